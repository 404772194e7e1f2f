"""A connection of our own, beside those of an engine: opened when needed, and again when it was lost."""

import asyncio
from collections.abc import Iterable, Sequence
from typing import Any

import psycopg
from psycopg import sql
from sqlalchemy import URL, Dialect

from minipaas_sql._url import sqlalchemy_url

Statement = str | sql.Composed
Rows = list[tuple[Any, ...]]

LOST = (psycopg.OperationalError, psycopg.InterfaceError)
"""What a statement raises when the server is gone, goes down or comes up: try again, on a new connection."""

# A peer that vanished without a word is found out in a minute instead of in hours.
_OPTIONS = {
    "keepalives_idle": 30,
    "keepalives_interval": 10,
    "keepalives_count": 3,
    "tcp_user_timeout": 60_000,
}


def url_of(url: str | URL) -> URL:
    """Return the URL for SQLAlchemy with psycopg, from text as people write it or from an engine's."""
    return sqlalchemy_url(url if isinstance(url, str) else url.render_as_string(hide_password=False))


class Link:
    """An autocommit connection; every statement is a transaction of its own."""

    def __init__(self, url: str | URL, name: str) -> None:
        """Keep the URL, and a name for `application_name`, where the URL has none."""
        self.where = url_of(url).render_as_string()
        """The URL for people to read, without the password."""
        dialect: Dialect = url_of(url).get_dialect()()
        _, arguments = dialect.create_connect_args(url_of(url))
        self._arguments: dict[str, Any] = {**_OPTIONS, "fallback_application_name": name, **arguments}
        self.connection: psycopg.AsyncConnection[tuple[Any, ...]] | None = None
        self._lock = asyncio.Lock()
        self.pooled = False
        """Whether a pooler is in between, which lends its sessions for a transaction at a time."""

    @property
    def connected(self) -> bool:
        """Whether there is a connection that is not known to be broken."""
        return self.connection is not None and not self.connection.closed

    async def open(self) -> "psycopg.AsyncConnection[tuple[Any, ...]]":
        """Return the connection, a new one where there is none or it is broken.

        :raises psycopg.OperationalError: the server can't be reached.
        """
        if self.connection is None or self.connection.closed:
            await self.close()
            connection = await psycopg.AsyncConnection.connect(**self._arguments, autocommit=True)
            self.connection = connection
            # A pooler tells its clients of no process that the server has. It may lend its sessions by the
            # transaction, and then what belongs to a session, such as prepared statements, is lost.
            try:
                cursor = await connection.execute("select pg_backend_pid()", prepare=False)
                self.pooled = await cursor.fetchone() != (connection.info.backend_pid,)
                if self.pooled:
                    connection.prepare_threshold = None
                else:  # what dequeue and fetch need, whatever the database's default is
                    await connection.execute("set default_transaction_isolation = 'read committed'")
            except BaseException:
                await self.close()
                raise
        return self.connection

    async def execute(self, statement: Statement, parameters: Sequence[Any] = ()) -> Rows:
        """Execute a statement and return its rows, or those of several without parameters.

        :raises psycopg.OperationalError: the connection is lost (`LOST`); the next call opens another.
        """
        query = statement.encode() if isinstance(statement, str) else statement
        async with self._lock:
            connection = await self.open()
            try:
                cursor = await connection.execute(query, parameters or None)
                rows = await cursor.fetchall() if cursor.description else []
                while cursor.nextset():
                    rows += await cursor.fetchall() if cursor.description else []
                return rows
            except LOST:
                await self.close()
                raise

    async def close(self) -> None:
        """Close the connection, if there is one."""
        connection, self.connection = self.connection, None
        if connection is not None:
            await connection.close()


async def close_all(links: Iterable[Link]) -> None:
    """Close connections."""
    for link in links:
        await link.close()
