"""Fixtures of pytest for applications: the schema, a connection that is rolled back, time travel, a worker.

A conftest.py at the root of the application's tests names the plugin::

    pytest_plugins = ["minipaas_sql.testing"]

and a test then goes from an order to what its task does in one transaction, which is rolled back::

    def test_an_order_is_mailed(minipaas_session, minipaas_travel, minipaas_run_worker):
        place_order(minipaas_session, id=42)  # which may commit: it ends a savepoint
        minipaas_travel(timedelta(minutes=5))
        assert minipaas_run_worker(send_mail, "emails").done == 1

The database is a new one, on the server that MINIPAAS_TEST_URL names, or else on an embedded one (the extra
`embedded`). An application with a database of its own for tests overrides a fixture: `minipaas_url`,
`minipaas_engine` (to make its tables there, or to run its migrations), or `minipaas_connection`, which may be
an AsyncConnection. What the last three fixtures do is here as functions, too: `travel`, `run_worker` and
`run_consumer` take a Connection or Session, or an AsyncConnection or AsyncSession, and are awaited then.

Everything happens in the transaction of that connection: a handler that takes a session gets a new one there,
whose commit ends a savepoint. Other connections see none of it, so what is at work in the real
`minipaas_sql.worker` and `minipaas_sql.consumer` (threads, leases that are extended, wake-up) is tested with
their `run_once` and `minipaas_url`, on committed data. Processes that test at once need a database each: a
reader of a stream waits for whoever has published to it and is still in a transaction.

PYTEST_DONT_REWRITE: there is no assert here, and a conftest.py may import this module before it is a plugin.
"""

import os
import secrets
from collections.abc import Awaitable, Callable, Iterator
from contextlib import contextmanager
from datetime import datetime, timedelta
from functools import partial
from typing import TYPE_CHECKING, Any, overload

import pytest
from sqlalchemy import URL, Connection, Engine, create_engine, text
from sqlalchemy.orm import Session

from minipaas_sql import _drain, _embedded, migrate
from minipaas_sql._link import url_of
from minipaas_sql.worker import Outcomes

if TYPE_CHECKING:
    from sqlalchemy.ext.asyncio import AsyncConnection, AsyncSession

__all__ = [
    "install",
    "minipaas_connection",
    "minipaas_engine",
    "minipaas_run_consumer",
    "minipaas_run_worker",
    "minipaas_schema",
    "minipaas_session",
    "minipaas_travel",
    "minipaas_url",
    "run_consumer",
    "run_worker",
    "travel",
]


def install(connection: Connection, version: str | None = None) -> None:
    """Install the schema where there is none, without Alembic's files; one that is there stays as it is.

    :param version: such as ``"0001"``; by default the newest.
    :raises minipaas_sql.migrate.MigrationError: the role may not (the message has the GRANT).
    """
    if migrate.current(connection) is None:
        migrate.upgrade_to(version or migrate.head(), connection=connection)


@overload
def travel(on: Connection | Session, to: datetime | timedelta) -> datetime: ...


@overload
def travel(on: "AsyncConnection | AsyncSession", to: datetime | timedelta) -> Awaitable[datetime]: ...


def travel(on: Any, to: datetime | timedelta) -> Any:
    """Move the time of the schema, where it stands still until the transaction ends or the next `travel`.

    Only the functions of this schema go by it, not the server's now() nor Python's clock. A savepoint that
    is rolled back takes the clock back with it.

    :param on: a connection or session of a role that is a member of the schema's owner.
    :param to: a moment with a time zone, or how far to go from the time that it is.
    :returns: the time that it is then.
    :raises ValueError: the moment has no time zone.
    :raises RuntimeError: the role may not, or the connection is in AUTOCOMMIT.
    """
    if isinstance(to, datetime) and to.tzinfo is None:
        raise ValueError(f"{to!r} has no time zone: add tzinfo")
    return on.run_sync(_travel, to) if hasattr(on, "run_sync") else _travel(on, to)


def _travel(on: Connection | Session, to: datetime | timedelta) -> datetime:
    member = on.execute(
        text("""
            select pg_catalog.pg_has_role(session_user, n.nspowner, 'member'), session_user::text,
                pg_catalog.format('GRANT %I TO %I;', pg_catalog.pg_get_userbyid(n.nspowner), session_user),
                coalesce(nullif(current_setting('minipaas.now', true), '')::timestamptz, clock_timestamp())
            from pg_catalog.pg_namespace n where n.nspname = 'minipaas'
        """)
    ).one_or_none()
    if member is None:
        raise RuntimeError("there is no schema minipaas: minipaas_sql.testing.install(connection) makes it")
    may, user, grant, now = member
    if not may:
        raise RuntimeError(f"{user} is no member of the schema's owner, and may not move time\nHINT: {grant}")
    moment: datetime = to if isinstance(to, datetime) else now + to
    on.execute(text("select set_config('minipaas.now', :now, true)"), {"now": moment.isoformat()})
    if on.scalar(text("select coalesce(current_setting('minipaas.now', true), '')")) != moment.isoformat():
        raise RuntimeError("the connection is in AUTOCOMMIT, and the time is moved for one transaction")
    return moment


@overload
def run_worker(
    on: Connection | Session, handler: Callable[..., Any], *queues: str,
    sessions: Callable[..., Session] | None = None,
) -> Outcomes: ...  # fmt: skip


@overload
def run_worker(
    on: "AsyncConnection | AsyncSession", handler: Callable[..., Any], *queues: str,
    sessions: Callable[..., Any] | None = None,
) -> Awaitable[Outcomes]: ...  # fmt: skip


def run_worker(
    on: Any, handler: Callable[..., Any], *queues: str, sessions: Callable[..., Any] | None = None
) -> Any:
    """Call a handler for each task of some queues until there is nothing more to claim.

    As in `minipaas_sql.worker`, a handler that raises gives the task back, for its next attempt after the
    backoff (`travel` there), and `Retry` and `Bury` say it otherwise. Its effects are rolled back to a
    savepoint, the error is in the log and in `queue_tasks`. Tasks are handled one after the other.

    :param on: whose transaction it happens in; READ COMMITTED.
    :param handler: takes a task, or a task and a session; `async def` on an async connection only.
    :param sessions: makes the handler's sessions, a `sessionmaker` or `async_sessionmaker`; it is told the
        connection.
    :returns: how many attempts ended in which way.
    """
    return _drain.drain(on, handler, sessions, partial(_drain.tasks, queues))


@overload
def run_consumer(
    on: Connection | Session, handler: Callable[..., Any], stream: str, consumer: str, *,
    sessions: Callable[..., Session] | None = None,
) -> int: ...  # fmt: skip


@overload
def run_consumer(
    on: "AsyncConnection | AsyncSession", handler: Callable[..., Any], stream: str, consumer: str, *,
    sessions: Callable[..., Any] | None = None,
) -> Awaitable[int]: ...  # fmt: skip


def run_consumer(
    on: Any, handler: Callable[..., Any], stream: str, consumer: str, *,
    sessions: Callable[..., Any] | None = None,
) -> Any:  # fmt: skip
    """Call a handler for each event that a consumer has not had, until there is nothing more to fetch.

    The arguments are those of `run_worker`.

    :returns: how many events were handled and committed.
    :raises Exception: what the handler raised; the events before it are committed, it comes again.
    """
    return _drain.drain(on, handler, sessions, partial(_drain.events, stream, consumer))


@pytest.fixture(scope="session")
def minipaas_url() -> Iterator[URL]:
    """Yield the URL of an empty database for this process, which is dropped at the end."""
    given = os.environ.get("MINIPAAS_TEST_URL")
    if not given:
        if _embedded.installed() is None:
            raise pytest.UsageError(
                "no PostgreSQL to test on: set MINIPAAS_TEST_URL, or pip install 'minipaas-sql[embedded]'"
            )
        with _embedded.server() as server:
            yield url_of(server.url)
        return
    with _database(url_of(given)) as url:
        yield url


@contextmanager
def _database(server: URL) -> Iterator[URL]:
    name = f"minipaas_test_{secrets.token_hex(6)}"
    engine = create_engine(server, isolation_level="AUTOCOMMIT")
    try:
        with engine.connect() as connection:
            connection.execute(text(f"create database {name}"))
        yield server.set(database=name)
        with engine.connect() as connection:
            connection.execute(text(f"drop database {name} with (force)"))
    finally:
        engine.dispose()


@pytest.fixture(scope="session")
def minipaas_engine(minipaas_url: URL | str) -> Iterator[Engine]:
    """Yield an engine on `minipaas_url`; what overrides it may make the application's tables."""
    engine = create_engine(url_of(minipaas_url))
    yield engine
    engine.dispose()


@pytest.fixture(scope="session")
def minipaas_schema(minipaas_engine: Engine) -> None:
    """Install the schema in the database of `minipaas_engine`, where there is none."""
    with minipaas_engine.begin() as connection:
        install(connection)


@pytest.fixture
def minipaas_connection(minipaas_engine: Engine, minipaas_schema: None) -> Iterator[Connection]:
    """Yield a connection in a transaction that is rolled back after the test."""
    with minipaas_engine.connect() as connection, connection.begin() as transaction:
        yield connection
        transaction.rollback()


@pytest.fixture
def minipaas_session(minipaas_connection: Connection) -> Iterator[Session]:
    """Yield a session on `minipaas_connection`, whose commits and rollbacks end a savepoint."""
    with Session(minipaas_connection, join_transaction_mode="create_savepoint") as session:
        yield session


@pytest.fixture
def minipaas_travel(minipaas_connection: Any) -> Callable[[datetime | timedelta], Any]:
    """Return `travel` on `minipaas_connection`."""
    return partial(travel, minipaas_connection)


@pytest.fixture
def minipaas_run_worker(minipaas_connection: Any) -> Callable[..., Any]:
    """Return `run_worker` on `minipaas_connection`."""
    return partial(run_worker, minipaas_connection)


@pytest.fixture
def minipaas_run_consumer(minipaas_connection: Any) -> Callable[..., Any]:
    """Return `run_consumer` on `minipaas_connection`."""
    return partial(run_consumer, minipaas_connection)
