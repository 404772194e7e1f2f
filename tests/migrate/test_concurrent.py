import time
from collections.abc import Callable
from concurrent.futures import ThreadPoolExecutor
from threading import Barrier

import pytest
from sqlalchemy import Connection, Engine, text
from sqlalchemy.exc import DBAPIError

from minipaas_sql import migrate
from tests.migrate.conftest import History


def wait_until(engine: Engine, condition: str) -> None:
    """Return when the server says so."""
    deadline = time.monotonic() + 20
    with engine.connect().execution_options(isolation_level="AUTOCOMMIT") as watcher:
        while not watcher.scalar(text(f"select {condition}")):
            assert time.monotonic() < deadline, condition


WAITS = "exists (select from pg_locks where locktype = 'advisory' and not granted)"


def test_six_installers_at_once_make_one_schema(
    history: History, engine: Engine, installed: Callable[[], str | None]
) -> None:
    together = Barrier(6)

    def install() -> None:
        with engine.begin() as connection:
            connection.execute(text("select 1"))
            together.wait()
            migrate.upgrade_to("0003", connection=connection)

    with ThreadPoolExecutor(6) as threads:
        for future in [threads.submit(install) for _ in range(6)]:
            future.result()
    assert installed() == "0003"
    with engine.connect() as connection:
        assert connection.scalar(text("select count(*) from minipaas._upgrade")) == 3


def test_who_waited_looks_again_and_finds_nothing_to_do(history: History, engine: Engine) -> None:
    with ThreadPoolExecutor(1) as threads, engine.begin() as first, engine.begin() as second:
        migrate.upgrade_to("0003", connection=first)
        waiting = threads.submit(migrate.upgrade_to, "0003", connection=second)
        wait_until(engine, WAITS)
        first.commit()
        waiting.result()
        assert migrate.current(second) == "0003"


def test_who_waited_for_one_that_failed_installs(history: History, engine: Engine) -> None:
    with ThreadPoolExecutor(1) as threads, engine.begin() as first, engine.begin() as second:
        migrate.upgrade_to("0003", connection=first)
        waiting = threads.submit(migrate.upgrade_to, "0003", connection=second)
        wait_until(engine, WAITS)
        first.rollback()
        waiting.result()
        assert migrate.current(second) == "0003"


def test_a_snapshot_that_is_too_old_to_look_again_fails_and_changes_nothing(
    history: History, engine: Engine, installed: Callable[[], str | None]
) -> None:
    with (
        ThreadPoolExecutor(1) as threads,
        engine.begin() as first,
        engine.connect().execution_options(isolation_level="SERIALIZABLE") as second,
    ):
        migrate.upgrade_to("0003", connection=first)
        waiting = threads.submit(migrate.upgrade_to, "0003", connection=second)
        wait_until(engine, WAITS)
        first.commit()
        with pytest.raises(DBAPIError, match="already exists"):
            waiting.result()
    assert installed() == "0003"


def test_a_schema_that_is_up_to_date_locks_nobody_out(
    history: History, install: Callable[..., None], engine: Engine
) -> None:
    def locks(connection: Connection) -> int:
        query = "select from pg_locks where locktype = 'advisory' and pid = pg_backend_pid()"
        return len(connection.execute(text(query)).all())

    install("0002")
    with engine.begin() as connection:
        migrate.upgrade_to("0002", connection=connection)
        migrate.downgrade_to("0002", connection=connection)
        assert locks(connection) == 0
        migrate.upgrade_to("0003", connection=connection)
        assert locks(connection) == 1


@pytest.mark.parametrize("second", ["an upgrade", "a grant"])
def test_grants_wait_for_each_other_and_for_upgrades(
    second: str, onward: History, install: Callable[..., None], engine: Engine, new_role: Callable[..., str]
) -> None:
    def grant(connection: Connection, role: str) -> None:
        connection.execute(text(f"select minipaas.access_grant('{role}', array['enqueue'])"))

    roles = [new_role(), new_role()]
    install()
    with engine.begin() as connection:
        grant(connection, roles[0])
    newest = onward.revise_nothing(floor="0001")
    with ThreadPoolExecutor(1) as threads, engine.begin() as granting, engine.begin() as waiting:
        grant(granting, roles[1])
        if second == "a grant":
            other = threads.submit(grant, waiting, roles[0])
        else:
            other = threads.submit(migrate.upgrade_to, newest, connection=waiting)
        wait_until(engine, WAITS)
        granting.commit()
        other.result()
