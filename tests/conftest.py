"""Databases for the tests: one server per test process, and in each test a database with nothing in it.

The server is an embedded one (of another version with MINIPAAS_POSTGRES_BIN, see `_embedded`), or the
one that MINIPAAS_TEST_URL names (a role that may make databases and roles). Every database and role made
there has a name of its own and is gone at the end.
"""

import os
import secrets
import signal
import time
from collections.abc import Callable, Iterator
from concurrent.futures import Future, ThreadPoolExecutor
from contextlib import AbstractContextManager, contextmanager
from datetime import datetime
from pathlib import Path
from typing import Any, NamedTuple

import psycopg
import pytest
from psycopg import sql
from psycopg.rows import namedtuple_row
from psycopg.types.json import Jsonb, JsonbDumper
from sqlalchemy import make_url

from minipaas_sql import _embedded, _sql

pytest_plugins = ["pytester"]


class _DictDumper(JsonbDumper):
    """Binds a dict as jsonb; psycopg before 3.2 takes the wrapped ones only."""

    def dump(self, obj: Any) -> Any:
        return super().dump(Jsonb(obj))


LENGTHS = {"chaos_seconds": (2, 60), "fuzz_examples": (40, 1000)}


def pytest_addoption(parser: pytest.Parser) -> None:
    """How long the tests go on that may go on for any length."""
    parser.addoption("--long", action="store_true", help="tests/chaos and tests/fuzz take 20 minutes")
    parser.addoption("--chaos-seconds", type=float, help="how long tests/chaos keeps up each load")
    parser.addoption("--fuzz-examples", type=int, help="how many examples tests/fuzz tries")


def pytest_configure(config: pytest.Config) -> None:
    """What was not said goes by --long. Our programs get SIGINT, which a shell's background jobs ignore."""
    if signal.getsignal(signal.SIGINT) is signal.SIG_IGN:
        signal.signal(signal.SIGINT, signal.default_int_handler)
    for name, lengths in LENGTHS.items():
        if getattr(config.option, name) is None:
            setattr(config.option, name, lengths[config.option.long])


def pytest_terminal_summary(terminalreporter: pytest.TerminalReporter) -> None:
    """Print what tests have recorded as a `summary`: how much work stands behind their dots."""
    for report in terminalreporter.getreports("passed"):
        for name, value in report.user_properties:
            if name == "summary" and report.when == "call":
                terminalreporter.write_line(value)


class Connection(psycopg.Connection[Any]):
    """A psycopg connection with short forms for calls of `minipaas` functions.

    Rows are named tuples, and a dict is bound as jsonb.
    """

    @classmethod
    def open(cls, url: str, autocommit: bool = True) -> "Connection":
        """Connect to `url`."""
        options = "-c statement_timeout=60s -c lock_timeout=20s"  # a test that hangs fails
        connection = cls.connect(url, autocommit=autocommit, row_factory=namedtuple_row, options=options)
        connection.adapters.register_dumper(dict, _DictDumper)
        return connection

    def call(self, function: str, *arguments: Any, **named: Any) -> Any:
        """The only value that `minipaas.<function>(...)` returns."""
        (value,) = self.execute(*_statement("select", function, arguments, named)).fetchone()
        return value

    def rows(self, function: str, *arguments: Any, **named: Any) -> list[Any]:
        """The rows that `minipaas.<function>(...)` returns."""
        return self.execute(*_statement("select * from", function, arguments, named)).fetchall()

    def one(self, function: str, *arguments: Any, **named: Any) -> Any:
        """The only row that `minipaas.<function>(...)` returns."""
        (row,) = self.rows(function, *arguments, **named)
        return row

    def at(self, moment: datetime | None) -> None:
        """Move this session's clock to `moment`, where it stands still; None gives the real time back."""
        self.execute("select set_config('minipaas.now', %s, false)", [moment.isoformat() if moment else ""])

    def value(self, statement: str, *parameters: Any) -> Any:
        """The only value of a statement's only row."""
        (value,) = self.execute(statement, parameters).fetchone()
        return value


def _statement(verb: str, function: str, arguments: Any, named: Any) -> tuple[sql.Composed, list[Any]]:
    slots = [sql.SQL("%s")] * len(arguments) + [
        sql.SQL("{} => %s").format(sql.Identifier(name)) for name in named
    ]
    text = sql.SQL(verb + " minipaas.{}({})").format(sql.Identifier(function), sql.SQL(", ").join(slots))
    return text, [*arguments, *named.values()]


class Host(NamedTuple):
    """The server under test: `url` of its maintenance database, `bin` of psql beside an embedded one."""

    url: str
    bin: Path | None

    def url_of(self, database: str, user: str | None = None) -> str:
        """The libpq URL of another database, as another user (whose password is its name)."""
        url = make_url(self.url).set(database=database)
        if user is not None:
            url = url.set(username=user, password=user)
        return url.render_as_string(hide_password=False)


@pytest.fixture(scope="session")
def server() -> Iterator[Host]:
    """The server that this process of the test run works on."""
    given = os.environ.get("MINIPAAS_TEST_URL")
    if given:
        url = make_url(given.replace("postgres://", "postgresql://", 1)).set(drivername="postgresql")
        yield Host(url.render_as_string(hide_password=False), None)
        return
    with _embedded.server() as running:
        yield Host(running.url, _embedded.installed())


@pytest.fixture(scope="session")
def admin(server: Host) -> Iterator[Connection]:
    """An autocommit connection to the maintenance database, for making and dropping databases and roles."""
    with Connection.open(server.url) as connection:
        yield connection


@contextmanager
def _database(server: Host, admin: Connection, template: str | None) -> Iterator[str]:
    name = f"minipaas_test_{secrets.token_hex(6)}"
    of = sql.SQL("") if template is None else sql.SQL(" template {}").format(sql.Identifier(template))
    admin.execute(sql.SQL("create database {}").format(sql.Identifier(name)) + of)
    try:
        yield name
    finally:
        admin.execute(sql.SQL("drop database {} with (force)").format(sql.Identifier(name)))


@pytest.fixture(scope="session")
def template(server: Host, admin: Connection) -> Iterator[str]:
    """The name of a database with the schema, to clone: nobody may be connected to it."""
    with _database(server, admin, None) as name:
        with psycopg.connect(server.url_of(name)) as connection:
            connection.execute(_sql.install_text())
        yield name


@pytest.fixture(scope="session")
def new_database(
    server: Host, admin: Connection, request: pytest.FixtureRequest
) -> Callable[..., AbstractContextManager[str]]:
    """`with new_database() as url`: a fresh database with the schema, or an empty one with `empty=True`."""

    @contextmanager
    def make(empty: bool = False) -> Iterator[str]:
        template = None if empty else request.getfixturevalue("template")
        with _database(server, admin, template) as name:
            yield server.url_of(name)

    return make


@pytest.fixture
def database_url(new_database: Callable[..., AbstractContextManager[str]], new_role: object) -> Iterator[str]:
    """The libpq URL of a fresh, empty database; dropped before the roles that it may name."""
    with new_database(empty=True) as url:
        yield url


@pytest.fixture(scope="session")
def shared(new_database: Callable[..., AbstractContextManager[str]]) -> Iterator[Connection]:
    """The owner's own connection to the database that the tests of this process use one after the other."""
    with new_database() as url, Connection.open(url) as connection:
        connection.execute("create schema test")
        yield connection


@pytest.fixture
def new_role(admin: Connection, shared: Connection) -> Iterator[Callable[..., str]]:
    """Make a login role that has nothing, and return its name; the attributes are those of CREATE ROLE."""
    made: list[str] = []

    def make(attributes: str = "") -> str:
        made.append(f"minipaas_role_{secrets.token_hex(6)}")
        role, password = sql.Identifier(made[-1]), sql.Literal(made[-1])
        create = sql.SQL("create role {} login password {} ").format(role, password)
        admin.execute(create + sql.SQL(attributes))
        return made[-1]

    yield make
    for role in map(sql.Identifier, made):
        for what in ("schema", "all tables in schema", "all routines in schema"):
            shared.execute(sql.SQL("revoke all on {} minipaas from {}").format(sql.SQL(what), role))
        admin.execute(sql.SQL("drop role {}").format(role))


@pytest.fixture
def db_url(shared: Connection, server: Host, new_role: object) -> Iterator[str]:
    """The libpq URL of a database with the schema and nothing in it, and an empty schema `test`.

    To make a database takes half a second, so one serves all: what a test leaves is deleted, ids go on.
    """
    yield server.url_of(shared.info.dbname)
    shared.execute(
        "select pg_terminate_backend(pid, 10000) from pg_stat_activity "
        "where datname = current_database() and backend_type = 'client backend' and pid <> pg_backend_pid()"
    )
    shared.execute("drop schema test cascade")
    shared.execute("create schema test")
    tables = shared.execute(
        "select relname from pg_class where relnamespace = 'minipaas'::regnamespace and relkind = 'r'"
    )
    for (table,) in tables.fetchall():
        if table not in ("_version", "_upgrade"):
            shared.execute(sql.SQL("delete from minipaas.{}").format(sql.Identifier(table)))


@pytest.fixture
def connect(db_url: str, server: Host) -> Iterator[Callable[..., Connection]]:
    """Open one more connection to `db_url` (autocommit unless told otherwise), as another user if given."""
    opened: list[Connection] = []

    def make(user: str | None = None, autocommit: bool = True) -> Connection:
        url = server.url_of(make_url(db_url).database or "", user)
        opened.append(Connection.open(url, autocommit))
        return opened[-1]

    yield make
    for connection in opened:
        connection.close()


@pytest.fixture
def db(connect: Callable[..., Connection]) -> Connection:
    """An autocommit connection to a fresh database with the schema, as its owner."""
    return connect()


@pytest.fixture
def waits(connect: Callable[..., Connection]) -> Callable[[Connection], None]:
    """Return when the server says that this connection waits for a lock."""

    def until(connection: Connection) -> None:
        watcher, pid = connect(), connection.info.backend_pid
        deadline = time.monotonic() + 20
        while not watcher.value("select cardinality(pg_blocking_pids(%s)) > 0", pid):
            assert time.monotonic() < deadline, "nobody blocks it"

    return until


@pytest.fixture
def background() -> Iterator[Callable[..., Future[Any]]]:
    """Run a call in a thread of its own; its future has the result."""
    with ThreadPoolExecutor() as pool:
        yield pool.submit


@pytest.fixture
def refused() -> Callable[[str], AbstractContextManager[Any]]:
    """`with refused("MP006", "lease"):` this SQLSTATE is raised, its message names these, it has a hint."""

    @contextmanager
    def expect(sqlstate: str, *named: str) -> Iterator[None]:
        with pytest.raises(psycopg.Error) as caught:
            yield
        assert caught.value.sqlstate == sqlstate, caught.value
        assert caught.value.diag.message_hint, f"no hint: {caught.value}"
        for thing in named:
            assert thing in (caught.value.diag.message_primary or ""), caught.value

    return expect
