import shutil
from collections.abc import Callable
from typing import Any

import pytest
from sqlalchemy import Engine, create_engine, text
from sqlalchemy.orm import Session

from minipaas_sql import _revisions, migrate
from tests.migrate.conftest import History, forget_newest

Install = Callable[..., None]
Installed = Callable[[], str | None]


def log(engine: Engine) -> list[Any]:
    with engine.connect() as connection:
        query = (
            "select version, floor, direction, applied_by = session_user from minipaas._upgrade order by id"
        )
        return [tuple(row) for row in connection.execute(text(query))]


def test_head_is_the_newest_version(history: History) -> None:
    assert migrate.head() == "0003"


def test_an_empty_database_has_no_current_version(installed: Installed) -> None:
    assert installed() is None


@pytest.mark.parametrize("version", ["0002", "minipaas_0002"])
def test_upgrade_stops_at_the_version_it_is_told(
    history: History, install: Install, installed: Installed, version: str
) -> None:
    install(version)
    assert installed() == "0002"


def test_each_step_is_logged_with_the_floor_it_leaves(
    history: History, install: Install, engine: Engine
) -> None:
    install()
    with engine.begin() as connection:
        migrate.downgrade_to("0002", connection=connection)
    assert log(engine) == [
        ("0001", "0001", "up", True),
        ("0002", "0001", "up", True),
        ("0003", "0003", "up", True),
        ("0002", "0001", "down", True),
    ]


def test_schema_version_tells_the_version(history: History, install: Install, engine: Engine) -> None:
    install("0002")
    with engine.connect() as connection:
        assert connection.scalar(text("select minipaas.schema_version()")) == "0002"


def test_upgrading_to_an_older_version_does_nothing(
    history: History, install: Install, installed: Installed, engine: Engine
) -> None:
    install("0003")
    install("0001")
    assert installed() == "0003"
    assert len(log(engine)) == 3


def test_an_older_package_leaves_a_newer_schema_alone(
    history: History, install: Install, installed: Installed, engine: Engine
) -> None:
    install("0003")
    forget_newest()
    install("0002")
    assert installed() == "0003"


def test_an_older_package_refuses_to_downgrade_a_newer_schema(
    history: History, install: Install, installed: Installed, engine: Engine
) -> None:
    install("0003")
    forget_newest()
    with (
        pytest.raises(migrate.MigrationError, match="minipaas_0003 is installed") as caught,
        engine.begin() as c,
    ):
        migrate.downgrade_to("base", connection=c, force=True)
    assert caught.value.sqlstate == "MP006"
    assert installed() == "0003"


@pytest.mark.parametrize("version", ["0004", "minipaas_9", "1", "head", "", "base"])
def test_an_unknown_version_is_refused_by_naming_the_known(
    history: History, engine: Engine, version: str
) -> None:
    with (
        pytest.raises(migrate.UnknownVersion, match=r"it knows 0001, 0002, 0003\."),
        engine.connect() as connection,
    ):
        migrate.upgrade_to(version, connection=connection)


def test_an_upgrade_belongs_to_the_callers_transaction(
    history: History, engine: Engine, installed: Installed
) -> None:
    with engine.connect() as connection:
        migrate.upgrade_to("0002", connection=connection)
        assert migrate.current(connection) == "0002"
        connection.rollback()
    assert installed() is None


def test_autocommit_is_refused(history: History, engine: Engine, installed: Installed) -> None:
    with (
        engine.connect().execution_options(isolation_level="AUTOCOMMIT") as connection,
        pytest.raises(RuntimeError, match="AUTOCOMMIT"),
    ):
        migrate.upgrade_to("0001", connection=connection)
    assert installed() is None


def test_a_session_is_refused_by_naming_what_to_pass(engine: Engine) -> None:
    with (
        Session(engine) as session,
        pytest.raises(TypeError, match=r"not Session: use session\.connection\(\)"),
    ):
        migrate.upgrade_to("0001", connection=session)  # type: ignore[arg-type]


def test_another_database_is_refused() -> None:
    engine = create_engine("sqlite://")
    with engine.connect() as connection, pytest.raises(RuntimeError, match="needs PostgreSQL"):
        migrate.upgrade_to("0001", connection=connection)
    engine.dispose()


def test_without_a_connection_there_must_be_a_revision_running() -> None:
    with pytest.raises(RuntimeError, match="pass connection="):
        migrate.upgrade_to("0001")


@pytest.mark.parametrize(
    "content",
    ["create table minipaas.t ()", "create type minipaas.e as enum ()",
     "create function minipaas.f() returns int language sql return 1"],
)  # fmt: skip
def test_a_schema_of_somebody_else_is_left_alone(
    history: History, engine: Engine, install: Install, content: str
) -> None:
    with engine.begin() as connection:
        connection.execute(text("create schema minipaas"))
        connection.execute(text(content))
    with pytest.raises(migrate.MigrationError, match="not from minipaas-sql"):
        install()


def test_an_empty_schema_of_ones_own_is_used(
    history: History, engine: Engine, install: Install, installed: Installed
) -> None:
    with engine.begin() as connection:
        connection.execute(text("create schema minipaas"))
    install()
    assert installed() == "0003"


def test_settings_are_as_before(history: History, engine: Engine) -> None:
    settings = text(
        "select current_setting('role'), current_setting('search_path'), "
        "current_setting('check_function_bodies')"
    )
    with engine.begin() as connection:
        connection.execute(text('set local search_path = pg_catalog, "odd \'name"'))
        before = connection.execute(settings).one()
        migrate.upgrade_to("0003", connection=connection)
        assert connection.execute(settings).one() == before


def test_minipaas_on_the_search_path_gives_a_warning(history: History, engine: Engine) -> None:
    with engine.begin() as connection:
        connection.execute(text("set local search_path = public, minipaas"))
        with pytest.warns(UserWarning, match="autogenerate would propose to drop its tables"):
            migrate.upgrade_to("0003", connection=connection)


def test_objects_of_a_callers_temporary_schema_are_not_used(history: History, engine: Engine) -> None:
    with engine.begin() as connection:
        connection.execute(text("create temporary table pg_namespace (oid oid, nspname name, nspowner oid)"))
        connection.execute(text("set local search_path = pg_temp, pg_catalog"))
        migrate.upgrade_to("0001", connection=connection)
        assert migrate.current(connection) == "0001"


def test_a_revision_that_fails_leaves_nothing_and_says_which_it_was(
    history: History, engine: Engine, installed: Installed
) -> None:
    path = _revisions.revisions()[1].path.with_suffix(".sql")
    path.write_text(path.read_text() + "-- step: box/broken.sql\nselect 1 / 0;\n")
    with (
        pytest.raises(Exception, match=r"(?s)division by zero.*minipaas-sql, minipaas_0002") as caught,
        engine.begin() as connection,
    ):
        migrate.upgrade_to("0003", connection=connection)
    assert "box/broken.sql" in str(caught.value)
    assert not any(other in str(caught.value) for other in ("minipaas_guard", "box_put"))  # nor all the text
    assert installed() is None


def test_downgrading_step_by_step_and_to_base(
    history: History, install: Install, installed: Installed, engine: Engine
) -> None:
    install()
    for version, expected in [
        ("0002", "0002"),
        ("0003", "0002"),
        ("0001", "0001"),
        ("base", None),
        ("base", None),
    ]:
        with engine.begin() as connection:
            migrate.downgrade_to(version, connection=connection)
        assert installed() == expected


def test_a_downgrade_that_would_drop_data_is_refused_unless_forced(
    history: History, install: Install, installed: Installed, engine: Engine
) -> None:
    install()
    with engine.begin() as connection:
        connection.execute(text("insert into minipaas._box values ('x')"))
    with (
        pytest.raises(migrate.MigrationError, match=r"minipaas\.boxes is not empty") as caught,
        engine.begin() as c,
    ):
        migrate.downgrade_to("base", connection=c)
    assert caught.value.sqlstate == "MP008"
    assert installed() == "0003"
    with engine.begin() as connection:
        migrate.downgrade_to("0001", connection=connection)  # this drops nothing but functions
    with engine.begin() as connection:
        migrate.downgrade_to("base", connection=connection, force=True)
    assert installed() is None


def test_a_downgrade_to_base_stops_at_a_strangers_object(
    history: History, install: Install, installed: Installed, engine: Engine
) -> None:
    install()
    with engine.begin() as connection:
        connection.execute(text("create table minipaas.theirs ()"))
    with (
        pytest.raises(Exception, match=r"(?s)cannot drop schema minipaas.*theirs"),
        engine.begin() as connection,
    ):
        migrate.downgrade_to("base", connection=connection)
    assert installed() == "0003"


def test_two_revisions_after_the_same_one_are_refused(history: History) -> None:
    versions = history.migrations / "versions"
    shutil.copy(versions / "0003_a_strong_lock.py", versions / "0004_fork.py")
    fork = versions / "0004_fork.py"
    fork.write_text(fork.read_text().replace('revision = "minipaas_0003"', 'revision = "minipaas_0004"', 1))
    _revisions.revisions.cache_clear()
    with pytest.raises(RuntimeError, match="must follow exactly one revision"):
        migrate.head()
