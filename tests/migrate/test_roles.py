from collections.abc import Callable, Iterator
from contextlib import contextmanager

import pytest
from sqlalchemy import Connection, Engine, create_engine, pool, text

from minipaas_sql import migrate
from minipaas_sql._url import sqlalchemy_url
from tests.conftest import Host
from tests.migrate.conftest import History

NewRole = Callable[..., str]


@contextmanager
def acting_as(server: Host, engine: Engine, role: str) -> Iterator[Connection]:
    """Open a transaction of a login of this role."""
    url = sqlalchemy_url(server.url_of(engine.url.database or "", role))
    engine = create_engine(url, poolclass=pool.NullPool)
    with engine.begin() as connection:
        yield connection
    engine.dispose()


@pytest.fixture
def owner(new_role: NewRole, engine: Engine) -> str:
    """A role that may make schemas in the empty database."""
    role = new_role()
    grant(engine, f"grant create on database {engine.url.database} to {role}")
    return role


def grant(engine: Engine, statement: str) -> None:
    with engine.begin() as connection:
        connection.exec_driver_sql(statement)


def owners(engine: Engine) -> set[str]:
    query = """
        select relowner::regrole::text from pg_class where relnamespace = 'minipaas'::regnamespace
        union select proowner::regrole::text from pg_proc where pronamespace = 'minipaas'::regnamespace
        union select nspowner::regrole::text from pg_namespace where nspname = 'minipaas'"""
    with engine.connect() as connection:
        return {row[0] for row in connection.execute(text(query))}


def hint(error: Exception) -> str:
    return str(error).partition("HINT: ")[2]


def test_a_database_owner_without_further_rights_installs(
    history: History, server: Host, engine: Engine, owner: str
) -> None:
    with acting_as(server, engine, owner) as connection:
        migrate.upgrade_to("0003", connection=connection)
        assert migrate.current(connection) == "0003"
    assert owners(engine) == {owner}


@pytest.mark.parametrize("attributes", ["", "noinherit"])
def test_a_member_of_the_owner_upgrades_as_the_owner(
    history: History, server: Host, new_role: NewRole, engine: Engine, owner: str, attributes: str
) -> None:
    with acting_as(server, engine, owner) as connection:
        migrate.upgrade_to("0001", connection=connection)
    member = new_role(attributes)
    grant(engine, f"grant {owner} to {member}")
    with acting_as(server, engine, member) as connection:
        assert migrate.current(connection) == "0001"
        migrate.upgrade_to("0002", connection=connection)
        assert connection.scalar(text("select current_user")) == member
        migrate.upgrade_to("0002", connection=connection)  # nothing to do
        assert connection.scalar(text("select current_user")) == member
        assert migrate.current(connection) == "0002"
        assert connection.scalar(text("select current_user")) == member
    assert owners(engine) == {owner}


def test_a_role_that_the_caller_had_set_is_put_back(
    history: History, server: Host, new_role: NewRole, engine: Engine, owner: str
) -> None:
    with acting_as(server, engine, owner) as connection:
        migrate.upgrade_to("0001", connection=connection)
    member, other = new_role(), new_role()
    grant(engine, f"grant {owner}, {other} to {member}")
    with acting_as(server, engine, member) as connection:
        connection.execute(text(f"set role {other}"))
        migrate.upgrade_to("0002", connection=connection)
        assert connection.scalar(text("select current_user")) == other


def test_a_stranger_is_refused_with_the_grant_that_helps(
    history: History, server: Host, new_role: NewRole, engine: Engine, owner: str
) -> None:
    with acting_as(server, engine, owner) as connection:
        migrate.upgrade_to("0001", connection=connection)
    stranger = new_role()
    with (
        pytest.raises(migrate.MigrationError, match=f"belongs to {owner}") as caught,
        acting_as(server, engine, stranger) as connection,
    ):
        migrate.upgrade_to("0002", connection=connection)
    assert caught.value.sqlstate == "MP005"
    with (
        pytest.raises(migrate.MigrationError, match="may not read its version") as seen,
        acting_as(server, engine, stranger) as connection,
    ):
        migrate.current(connection)
    assert hint(seen.value) == hint(caught.value) == f"GRANT {owner} TO {stranger};"
    grant(engine, hint(caught.value))
    with acting_as(server, engine, stranger) as connection:
        migrate.upgrade_to("0002", connection=connection)
    assert owners(engine) == {owner}


def test_who_may_not_make_a_schema_is_told_the_grant(
    history: History, server: Host, new_role: NewRole, engine: Engine
) -> None:
    role = new_role()
    with (
        pytest.raises(migrate.MigrationError, match=f"{role} may not create the schema") as caught,
        acting_as(server, engine, role) as connection,
    ):
        migrate.upgrade_to("0001", connection=connection)
    assert hint(caught.value) == f"GRANT CREATE ON DATABASE {engine.url.database} TO {role};"
    grant(engine, hint(caught.value))
    with acting_as(server, engine, role) as connection:
        migrate.upgrade_to("0001", connection=connection)


def test_an_empty_schema_given_to_a_role_is_enough(
    history: History, server: Host, new_role: NewRole, engine: Engine
) -> None:
    role = new_role()
    grant(engine, f"create schema minipaas authorization {role}")
    with acting_as(server, engine, role) as connection:
        migrate.upgrade_to("0003", connection=connection)
    assert owners(engine) == {role}


def test_nothing_due_needs_no_right_to_make_a_schema(
    history: History, server: Host, new_role: NewRole, engine: Engine
) -> None:
    with acting_as(server, engine, new_role()) as connection:
        migrate.downgrade_to("base", connection=connection)


def test_public_gets_nothing(history: History, server: Host, new_role: NewRole, engine: Engine) -> None:
    with engine.begin() as connection:
        connection.execute(text("alter default privileges grant execute on functions to public"))
        migrate.upgrade_to("0003", connection=connection)
    query = """
        select p.proname from pg_proc p where p.pronamespace = 'minipaas'::regnamespace
            and has_function_privilege(p.oid, 'execute')
        union all select c.relname from pg_class c where c.relnamespace = 'minipaas'::regnamespace
            and c.relkind in ('r', 'v') and has_table_privilege(c.oid, 'select')
        union all select 'usage'
            where has_schema_privilege('minipaas'::regnamespace, 'usage')"""
    with acting_as(server, engine, new_role()) as connection:
        assert connection.execute(text(query)).all() == []


def test_whoever_was_granted_rights_may_call_what_an_upgrade_brings(
    install: Callable[..., None], server: Host, new_role: NewRole, engine: Engine
) -> None:
    role = new_role()
    install("0001")
    grant(engine, f"select minipaas.access_grant('{role}', array['publish'])")
    install()
    grant(engine, "select minipaas.stream_create('orders')")
    with acting_as(server, engine, role) as connection:
        published = connection.scalar(text("select minipaas.stream_publish('orders', '1')"))
        assert connection.scalar(text("select count(*) from minipaas.streams")) == 0, "no right to observe"
    with engine.connect() as connection:
        read = connection.scalar(text("select min(event_offset) from minipaas.stream_consume('orders')"))
        assert read == published
