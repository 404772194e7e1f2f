"""The code in docs/adoption.md runs."""

import asyncio
import textwrap
from typing import Any

import pytest
from sqlalchemy import create_engine
from sqlalchemy.ext.asyncio import create_async_engine

from minipaas_sql import _revisions, migrate
from minipaas_sql._url import sqlalchemy_url
from tests.docs.pages import read, take

PAGE = read("docs/adoption.md")


@pytest.mark.parametrize("text", take("docs/adoption.md", "python"))
def test_services_are_recorded(text: str, database_url: str) -> None:
    url = sqlalchemy_url(database_url)
    engine = create_engine(url)
    with engine.begin() as connection:
        migrate.upgrade_to(migrate.head(), connection=connection)

    async def run() -> None:
        async_engine = create_async_engine(url.set(drivername="postgresql+asyncpg"))
        names: dict[str, Any] = {"engine": engine, "async_engine": async_engine}
        exec("async def main():\n" + textwrap.indent(text, "    "), names)
        await names["main"]()
        await async_engine.dispose()

    asyncio.run(run())
    with engine.connect() as connection:
        seen = connection.exec_driver_sql("select service from minipaas.services").all()
    engine.dispose()
    assert [tuple(row) for row in seen] == [("billing",)]


def test_the_numbers_on_the_page_are_those_of_the_code() -> None:
    assert f"{_revisions.LOCK_TIMEOUT.removesuffix('ms')} ms lets go" in PAGE
    assert f"tries again, {_revisions.TRIES} times" in PAGE
