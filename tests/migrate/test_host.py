from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest
from alembic import command
from sqlalchemy import Engine, text

from minipaas_sql import migrate
from tests.migrate.conftest import BYTES, History
from tests.migrate.host import NAME, THING, Host

Installed = Callable[[], str | None]
DRIVERS = ["psycopg", "asyncpg", "psycopg_async"]


@pytest.fixture(params=DRIVERS)
def host(request: pytest.FixtureRequest, tmp_path: Path, engine: Engine, history: History) -> Host:
    """A host application that uses this driver, without revisions."""
    url = engine.url.set(drivername=f"postgresql+{request.param}").render_as_string(hide_password=False)
    return Host(tmp_path, url, asynchronous=request.param != "psycopg")


def tables(engine: Engine) -> list[Any]:
    query = """
        select 'public.' || table_name || '.' || string_agg(column_name, ',' order by column_name)
        from information_schema.columns where table_schema = 'public' group by table_name order by 1"""
    with engine.connect() as connection:
        return list(connection.scalars(text(query)))


def test_the_hosts_op_works_after_it_and_in_later_revisions(
    host: Host, engine: Engine, installed: Installed
) -> None:
    host.revision('migrate.upgrade_to("0001")', THING)
    host.revision(NAME, 'migrate.upgrade_to("0002")', "op.execute(\"select minipaas.box_put('x')\")")
    host.upgrade()
    assert installed() == "0002"
    assert tables(engine) == ["public.alembic_version.version_num", "public.thing.id,name"]


def test_a_failing_revision_of_the_host_leaves_nothing(
    host: Host, engine: Engine, installed: Installed
) -> None:
    host.revision('migrate.upgrade_to("0002")', THING, 'op.execute("select 1 / 0")')
    with pytest.raises(Exception, match="division by zero"):
        host.upgrade()
    assert installed() is None
    assert tables(engine) == []


def test_ours_failing_leaves_nothing_of_the_hosts(host: Host, engine: Engine, installed: Installed) -> None:
    with engine.begin() as connection:
        connection.execute(text("create schema minipaas create table t ()"))
    host.revision(THING, 'migrate.upgrade_to("0002")')
    with pytest.raises(
        migrate.MigrationError, match=r"(?s)not from minipaas-sql.*HINT: ALTER SCHEMA"
    ) as caught:
        host.upgrade()
    assert caught.value.sqlstate == "MP005"
    assert tables(engine) == []


def test_an_autocommit_block_is_refused(host: Host, installed: Installed) -> None:
    host.revision("with op.get_context().autocommit_block():", '    migrate.upgrade_to("0001")')
    with pytest.raises(RuntimeError, match="AUTOCOMMIT"):
        host.upgrade()
    assert installed() is None


def test_a_host_in_autocommit_is_refused(host: Host, engine: Engine, installed: Installed) -> None:
    host.edit("poolclass=", 'isolation_level="AUTOCOMMIT", poolclass=')
    host.revision('migrate.upgrade_to("0001")', THING)
    with pytest.raises(RuntimeError, match=r"AUTOCOMMIT, and an upgrade needs one transaction"):
        host.upgrade()
    assert installed() is None


def test_a_downgrade_of_the_host_may_take_the_schema_along(host: Host, installed: Installed) -> None:
    host.revision(
        'migrate.upgrade_to("0001")', THING, down=('op.drop_table("thing")', 'migrate.downgrade_to("base")')
    )
    host.revision('migrate.upgrade_to("0002")', down=('migrate.downgrade_to("0001")',))
    host.upgrade()
    command.downgrade(host.config, "a")
    assert installed() == "0001"
    command.downgrade(host.config, "base")
    assert installed() is None


def test_every_byte_of_a_revision_arrives(host: Host, engine: Engine) -> None:
    host.revision('migrate.upgrade_to("0002")')
    host.upgrade()
    assert_bytes(engine)


def assert_bytes(engine: Engine) -> None:
    query = "select obj_description(p.oid), p.prosrc from pg_proc p where p.proname = 'box_put'"
    with engine.connect() as connection:
        comment, source = connection.execute(text(query)).one()
        assert comment == BYTES
        assert f"-- {BYTES}\n" in source


@pytest.mark.parametrize("host", ["psycopg", "asyncpg"], indirect=True)
def test_offline_sql_does_the_same(
    host: Host, engine: Engine, installed: Installed, psql: Callable[..., Any], database_url: str
) -> None:
    host.revision(THING, 'migrate.upgrade_to("0001")', NAME)
    host.revision('migrate.upgrade_to("0002")', 'op.execute("insert into thing (id) values (1)")')
    done = psql(database_url, host.sql())
    assert (done.returncode, done.stderr) == (0, "")
    assert installed() == "0002"
    assert tables(engine) == ["public.alembic_version.version_num", "public.thing.id,name"]
    assert_bytes(engine)


def test_offline_sql_looks_for_itself_what_is_due(
    host: Host, engine: Engine, install: Callable[..., None], installed: Installed, psql: Callable[..., Any],
    database_url: str,
) -> None:  # fmt: skip
    host.revision('migrate.upgrade_to("0002")', THING)
    install("0003")
    assert psql(database_url, host.sql()).returncode == 0
    assert installed() == "0003"
    assert "public.thing.id" in tables(engine)


def test_a_blocking_revision_is_refused_in_a_hosts_revision(
    host: Host, engine: Engine, installed: Installed, psql: Callable[..., Any], database_url: str
) -> None:
    host.revision('migrate.upgrade_to("0002")')
    host.upgrade()
    host.revision('migrate.upgrade_to("0003")')
    with pytest.raises(migrate.MigrationError, match="minipaas_0003 takes strong locks") as caught:
        host.upgrade()
    assert "minipaas-sql upgrade" in str(caught.value)
    assert "strong locks" in psql(database_url, host.sql("a:head")).stderr
    assert installed() == "0002"
    with engine.begin() as connection:
        migrate.upgrade_to("0003", connection=connection)
    host.upgrade()
    assert installed() == "0003"


def test_a_blocking_revision_is_no_matter_where_all_is_new(host: Host, installed: Installed) -> None:
    host.revision('migrate.upgrade_to("0003")')
    host.upgrade()
    assert installed() == "0003"


def test_one_transaction_for_each_revision_serves_too(host: Host, installed: Installed) -> None:
    host.edit("connection=connection,", "connection=connection, transaction_per_migration=True,")
    host.revision('migrate.upgrade_to("0001")', THING)
    host.revision('migrate.upgrade_to("0002")', 'op.execute("select 1 / 0")')
    with pytest.raises(Exception, match="division by zero"):
        host.upgrade()
    assert installed() == "0001"


def test_after_a_hosts_revision_none_is_running(host: Host) -> None:
    host.revision('migrate.upgrade_to("0001")')
    host.upgrade()
    with pytest.raises(RuntimeError, match="no Alembic revision is running"):
        migrate.upgrade_to("0002")
    host.revision('op.execute("select 1 / 0")')
    with pytest.raises(Exception, match="division by zero"):
        host.upgrade()
    with pytest.raises(RuntimeError, match="no Alembic revision is running"):
        migrate.upgrade_to("0002")
