"""An upgrade gives way to those who hold locks, and leaves nothing half done."""

from collections.abc import Callable
from concurrent.futures import ThreadPoolExecutor

import pytest
from sqlalchemy import Connection, Engine, text
from sqlalchemy.exc import DBAPIError, OperationalError

from minipaas_sql import _revisions, migrate
from tests.migrate.conftest import History
from tests.migrate.test_concurrent import wait_until

Installed = Callable[[], str | None]

WAITS = "exists (select from pg_locks where relation = to_regclass('minipaas.boxes') and not granted)"
READ = text("select count(*) from minipaas.boxes")


@pytest.fixture
def due(history: History, install: Callable[..., None]) -> None:
    """The next revision drops a view and makes it anew."""
    install()
    history.write("box/boxes.sql", "create view minipaas.boxes as\nselect 1 as one from minipaas._box;\n")
    history.revise("another view")


def upgrade(engine: Engine) -> int:
    """Upgrade on a connection of its own, and tell its process."""
    with engine.begin() as connection:
        pid = connection.scalar(text("select pg_backend_pid()"))
        connection.execute(text("set lock_timeout = '7s'"))
        migrate.upgrade_to("0004", connection=connection)
        assert connection.scalar(text("show lock_timeout")) == "7s"
        return int(pid)


def pid_of(connection: Connection) -> int:
    return int(connection.scalar(text("select pg_backend_pid()")))


def test_readers_pass_while_an_upgrade_waits_for_another(
    due: None, engine: Engine, installed: Installed, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(_revisions, "TRIES", 1000)
    with ThreadPoolExecutor(1) as threads, engine.begin() as first:
        first.execute(READ)
        upgrading = threads.submit(upgrade, engine)
        for _ in range(2):
            wait_until(engine, WAITS)
            with engine.begin() as second:
                second.execute(text("set local lock_timeout = '5s'"))
                second.execute(READ)
        assert not upgrading.done()
        assert installed() == "0003"
        first.rollback()
        upgrading.result()
    assert installed() == "0004"


def test_an_upgrade_that_gets_no_lock_names_who_blocks_it(
    due: None, engine: Engine, installed: Installed, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(_revisions, "LOCK_TIMEOUT", "20ms")
    monkeypatch.setattr(_revisions, "TRIES", 3)
    monkeypatch.setattr(_revisions, "PAUSE", "0")
    with engine.begin() as reader, engine.begin() as other:
        reader.execute(READ)
        other.execute(text("select 1"))
        with pytest.raises(
            OperationalError, match="minipaas_0004 got no lock within 20ms, 3 times"
        ) as caught:
            upgrade(engine)
        assert f"blocked by pid {pid_of(reader)}\n" in str(caught.value)
        assert "pg_terminate_backend" in str(caught.value)
    assert installed() == "0003"


def test_the_whole_upgrade_gives_way_only_in_its_own_step(
    due: None, engine: Engine, installed: Installed, monkeypatch: pytest.MonkeyPatch
) -> None:
    """What the caller did before it in the transaction stays."""
    with ThreadPoolExecutor(1) as threads, engine.begin() as first, engine.begin() as second:
        first.execute(READ)
        second.execute(text("create table ours ()"))
        upgrading = threads.submit(migrate.upgrade_to, "0004", connection=second)
        wait_until(engine, WAITS)
        wait_until(engine, f"not {WAITS}")
        first.rollback()
        upgrading.result()
        assert second.scalar(text("select to_regclass('ours')::text")) == "ours"
    assert installed() == "0004"


def test_a_connection_lost_half_way_leaves_nothing_half_applied(
    due: None, history: History, engine: Engine, installed: Installed
) -> None:
    path = _revisions.revisions()[-1].path.with_suffix(".sql")
    path.write_text(path.read_text() + "-- step: box/_box.sql\nselect pg_advisory_xact_lock(1);\n")
    stuck = "exists (select from pg_locks where locktype = 'advisory' and objid = 1 and not granted)"
    with ThreadPoolExecutor(1) as threads, engine.begin() as holder:
        holder.execute(text("select pg_advisory_xact_lock(1)"))
        upgrading = threads.submit(upgrade, engine)
        wait_until(engine, stuck)
        killed = """
            bool_or(pg_terminate_backend(pid, 10000)) from pg_locks
            where locktype = 'advisory' and objid = 1 and not granted"""
        wait_until(engine, killed)
        with pytest.raises(DBAPIError, match="terminating connection"):
            upgrading.result()
    assert installed() == "0003"
    with engine.connect() as connection:
        assert connection.execute(text("select * from minipaas.boxes")).keys() == {"item"}
        assert connection.scalar(text("select max(version) from minipaas._upgrade")) == "0003"
    upgrade(engine)
    assert installed() == "0004"
