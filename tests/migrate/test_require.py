"""`migrate.require`, and the services that it records."""

import asyncio
from collections.abc import Callable
from importlib.metadata import version as release_of
from typing import Any

import pytest
from sqlalchemy import Connection, Engine, create_engine, pool, select, text
from sqlalchemy.ext.asyncio import create_async_engine
from sqlalchemy.orm import Session

from minipaas_sql import migrate, views
from minipaas_sql._url import sqlalchemy_url
from tests.conftest import Host
from tests.migrate.conftest import History, forget_newest

Install = Callable[..., None]
NewRole = Callable[..., str]
HEAD = migrate.head()


def require(engine: Engine, **named: Any) -> None:
    with engine.begin() as connection:
        migrate.require(connection, **{"service": "billing", **named})


def services(connection: Connection) -> list[Any]:
    columns = (views.services.c[name] for name in ("service", "role", "package", "version", "minimum"))
    return [tuple(row) for row in connection.execute(select(*columns).order_by("service", "role"))]


@pytest.fixture
def as_role(server: Host, engine: Engine) -> Callable[[str], Engine]:
    """An engine for logins of a role."""

    def make(role: str) -> Engine:
        url = sqlalchemy_url(server.url_of(engine.url.database or "", role))
        return create_engine(url, poolclass=pool.NullPool)

    return make


def run(engine: Engine, statement: str) -> None:
    with engine.begin() as connection:
        connection.exec_driver_sql(statement)


def test_a_service_that_fits_is_recorded(install: Install, engine: Engine) -> None:
    install()
    for _ in range(2):
        require(engine)
    require(engine, service="orders: 50% :new", minimum="minipaas_0002")
    with engine.connect() as connection:
        role, release = connection.scalar(text("select session_user")), release_of("minipaas-sql")
        assert services(connection) == [
            ("billing", role, release, HEAD, HEAD),
            ("orders: 50% :new", role, release, HEAD, "0002"),
        ]


@pytest.mark.parametrize("driver", ["asyncpg", "psycopg_async"])
def test_it_runs_on_async_drivers(install: Install, engine: Engine, driver: str) -> None:
    install()

    async def start() -> None:
        ours = create_async_engine(engine.url.set(drivername=f"postgresql+{driver}"))
        async with ours.begin() as connection:
            await connection.run_sync(migrate.require, service="billing")
            with pytest.raises(TypeError, match=r"not AsyncConnection: .*await conn\.run_sync"):
                migrate.require(connection, service="billing")  # type: ignore[arg-type]
        await ours.dispose()

    asyncio.run(start())
    with engine.connect() as connection:
        assert [row[0] for row in services(connection)] == ["billing"]


def test_it_belongs_to_the_callers_transaction_or_to_none(install: Install, engine: Engine) -> None:
    install()
    with Session(engine) as session:
        migrate.require(session.connection(), service="billing")
        session.rollback()
    with engine.connect() as connection:
        assert services(connection) == []
        connection.rollback()
        connection.execution_options(isolation_level="AUTOCOMMIT")
        migrate.require(connection, service="billing")
        connection.invalidate()
    with engine.connect() as connection:
        assert len(services(connection)) == 1


def test_a_missing_schema_is_named_with_the_line_to_add(engine: Engine) -> None:
    with pytest.raises(migrate.MigrationError, match="the schema minipaas is behind") as caught:
        require(engine)
    assert f'migrate.upgrade_to("{HEAD}")' in str(caught.value)
    assert "there is none in this database" in str(caught.value)
    assert caught.value.sqlstate == "MP006"


def test_a_schema_that_is_behind_is_named_with_the_line_to_add(install: Install, engine: Engine) -> None:
    install("0002")
    with pytest.raises(migrate.MigrationError, match="the schema minipaas is behind") as caught:
        require(engine)
    for part in (
        "'billing'",
        "it is at 0002",
        f'migrate.upgrade_to("{HEAD}")',
        f"minipaas-sql upgrade {HEAD}",
    ):
        assert part in str(caught.value)
    require(engine, minimum="0002")


def test_a_package_that_is_behind_is_named_with_the_command(
    onward: History, install: Install, engine: Engine
) -> None:
    newest = str(onward.revise_nothing(floor=None))
    install()
    forget_newest()
    with pytest.raises(migrate.MigrationError, match='the package of service "billing" is behind') as caught:
        require(engine)
    assert f"knows the schema up to {HEAD}, and the schema is at {newest}" in str(caught.value)
    assert "pip install --upgrade minipaas-sql" in str(caught.value)
    assert caught.value.sqlstate == "MP006"


def test_an_older_package_that_is_still_served_fits(
    onward: History, install: Install, engine: Engine
) -> None:
    onward.revise_nothing(floor="0001")
    install()
    forget_newest()
    require(engine)


def test_a_minimum_that_the_package_does_not_know(install: Install, engine: Engine) -> None:
    install()
    with pytest.raises(migrate.UnknownVersion, match="pip install --upgrade"):
        require(engine, minimum="9999")


def test_who_has_only_grants_is_recorded_and_who_has_none_is_told_which(
    install: Install, engine: Engine, new_role: NewRole, as_role: Callable[[str], Engine]
) -> None:
    install()
    role = new_role()
    with pytest.raises(migrate.MigrationError, match=f"{role} has no right to use the schema") as caught:
        require(as_role(role))
    assert caught.value.sqlstate == "MP005"
    run(engine, "select " + str(caught.value).partition(": select ")[2])
    require(as_role(role))
    require(engine)
    with as_role(role).connect() as connection:
        assert migrate.current(connection) == HEAD
        assert services(connection) == [], "it has no right to observe"
    run(engine, f"select minipaas.access_grant('{role}', array['observe'])")
    with as_role(role).connect() as connection, engine.connect() as owner:
        seen = services(connection)
        assert seen == services(owner)
        assert {(row[0], row[1]) for row in seen} == {
            ("billing", role), ("billing", owner.scalar(text("select session_user")))
        }  # fmt: skip


def test_a_member_of_the_owner_who_does_not_inherit_is_told_to_act_for_it(
    install: Install, engine: Engine, new_role: NewRole, as_role: Callable[[str], Engine]
) -> None:
    owner, role = new_role(), new_role("noinherit")
    run(engine, f"create schema minipaas authorization {owner}")
    run(engine, f"grant {owner} to {role}")
    with as_role(owner).begin() as connection:
        migrate.upgrade_to(HEAD, connection=connection)
    with pytest.raises(migrate.MigrationError, match=f"HINT: SET ROLE {owner};"):
        require(as_role(role))
    with as_role(role).begin() as connection:
        connection.exec_driver_sql(f"set role {owner}")
        migrate.require(connection, service="billing")


def seen(engine: Engine, service: str, minimum: str, days_ago: int = 0) -> None:
    """Say that a service of this package started then."""
    with engine.begin() as connection:
        moved = f"select set_config('minipaas.now', (now() - interval '{days_ago} days')::text, true)"
        connection.exec_driver_sql(moved)
        migrate.require(connection, service=service, minimum=minimum)


def test_a_downgrade_names_the_services_that_need_more(
    onward: History, install: Install, engine: Engine, installed: Callable[[], str | None]
) -> None:
    newest = onward.revise_nothing(floor="0001")
    install()
    seen(engine, "billing", newest)
    seen(engine, "orders", newest, days_ago=29)
    seen(engine, "long gone", newest, days_ago=31)
    seen(engine, "modest", HEAD)
    with (
        pytest.raises(
            migrate.MigrationError, match=f"minipaas_{HEAD} would break billing .*, orders"
        ) as caught,
        engine.begin() as connection,
    ):
        migrate.downgrade_to(HEAD, connection=connection)
    assert caught.value.sqlstate == "MP008"
    assert "long gone" not in str(caught.value)
    assert "modest" not in str(caught.value)
    assert installed() == newest
    with engine.begin() as connection:
        migrate.downgrade_to(HEAD, connection=connection, force=True)
    assert installed() == HEAD
    with pytest.raises(migrate.MigrationError, match=r"would break .*modest"), engine.begin() as connection:
        migrate.downgrade_to("base", connection=connection)
    assert installed() == HEAD


def test_a_raised_floor_names_the_services_that_it_no_longer_serves(
    onward: History, install: Install, engine: Engine, installed: Callable[[], str | None]
) -> None:
    install()
    seen(engine, "billing", "0001")
    seen(engine, "long gone", "0001", days_ago=31)
    newest = onward.revise_nothing(floor=None)
    with pytest.raises(migrate.MigrationError, match=f"minipaas_{newest} would break billing") as caught:
        install()
    assert caught.value.sqlstate == "MP006"
    assert "long gone" not in str(caught.value)
    assert "minipaas-sql upgrade --force" in str(caught.value)
    assert installed() == HEAD
    seen(engine, "billing", "0001")  # it starts with the package that knows the newest
    install()
    assert installed() == newest


def test_a_raised_floor_can_be_forced(
    onward: History, install: Install, engine: Engine, installed: Callable[[], str | None], psql: Any,
    database_url: str,
) -> None:  # fmt: skip
    install()
    seen(engine, "billing", "0001")
    newest = onward.revise_nothing(floor=None)
    assert "would break billing" in psql(database_url, migrate.script()).stderr
    assert psql(database_url, migrate.script(force=True)).returncode == 0
    assert installed() == newest
