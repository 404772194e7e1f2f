"""The ways in which applications run a statement, all with the same face."""

import asyncio
from collections.abc import Callable, Iterator
from typing import Any

import pytest
from sqlalchemy import Executable, NullPool, create_engine
from sqlalchemy.ext.asyncio import AsyncSession, create_async_engine
from sqlalchemy.orm import Session

from minipaas_sql._url import sqlalchemy_url

Execute = Callable[..., list[Any]]
"""Execute statements in one transaction, commit, and return the rows of the last."""


def rows(result: Any) -> list[Any]:
    return list(result) if result.returns_rows else []


def with_connection(url: str, *statements: Executable) -> list[Any]:
    engine = create_engine(sqlalchemy_url(url), poolclass=NullPool)
    with engine.begin() as connection:
        return [rows(connection.execute(statement)) for statement in statements][-1]


def with_session(url: str, *statements: Executable) -> list[Any]:
    engine = create_engine(sqlalchemy_url(url), poolclass=NullPool)
    with Session(engine) as session, session.begin():
        return [rows(session.execute(statement)) for statement in statements][-1]


def with_async_session(driver: str) -> Callable[..., list[Any]]:
    async def run(url: str, *statements: Executable) -> list[Any]:
        engine = create_async_engine(sqlalchemy_url(url).set(drivername=driver), poolclass=NullPool)
        async with AsyncSession(engine) as session, session.begin():
            return [rows(await session.execute(statement)) for statement in statements][-1]

    return lambda url, *statements: asyncio.run(run(url, *statements))


def with_async_connection(url: str, *statements: Executable) -> list[Any]:
    async def run() -> list[Any]:
        engine = create_async_engine(
            sqlalchemy_url(url).set(drivername="postgresql+asyncpg"), poolclass=NullPool
        )
        async with engine.begin() as connection:
            return [rows(await connection.execute(statement)) for statement in statements][-1]

    return asyncio.run(run())


WAYS: dict[str, Callable[..., list[Any]]] = {
    "Connection, psycopg": with_connection,
    "Session, psycopg": with_session,
    "AsyncSession, psycopg": with_async_session("postgresql+psycopg"),
    "AsyncSession, asyncpg": with_async_session("postgresql+asyncpg"),
    "AsyncConnection, asyncpg": with_async_connection,
}


@pytest.fixture(params=WAYS)
def execute(request: pytest.FixtureRequest, db_url: str) -> Execute:
    """Execute statements in each of the ways, in a fresh database with the schema."""
    way = WAYS[request.param]
    return lambda *statements: way(db_url, *statements)


@pytest.fixture
def session(db_url: str) -> Iterator[Session]:
    """A session on a fresh database with the schema."""
    engine = create_engine(sqlalchemy_url(db_url), poolclass=NullPool)
    with Session(engine) as session:
        yield session
