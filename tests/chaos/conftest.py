"""A server of its own for what would harm others, which keeps what it has committed."""

import secrets
import time
from collections.abc import Callable, Iterator

import psycopg
import pytest

from minipaas_sql import _embedded, _sql

from . import load

SETTINGS = {
    "fsync": "on",
    "full_page_writes": "on",
    "synchronous_commit": "on",
    "deadlock_timeout": "20ms",
    "shared_buffers": "64MB",
}


@pytest.fixture(scope="package")
def sturdy() -> Iterator[_embedded.Server]:
    """A server that loses nothing when it crashes."""
    with _embedded.server(SETTINGS) as server:
        yield server


def new_database(server: _embedded.Server) -> str:
    """The URL of a new database with the schema."""
    name = f"chaos_{secrets.token_hex(4)}"
    with psycopg.connect(server.url, autocommit=True) as connection:
        connection.execute(f"create database {name}")
    with psycopg.connect(server.url_of(name)) as connection:
        connection.execute(_sql.install_text())
    return server.url_of(name)


@pytest.fixture
def chaos_url(sturdy: _embedded.Server) -> str:
    """A new database on that server, with the schema."""
    return new_database(sturdy)


@pytest.fixture
def load_url(chaos_url: str) -> str:
    """A new database that is ready for the load."""
    load.prepare(chaos_url)
    return chaos_url


@pytest.fixture
def still(request: pytest.FixtureRequest) -> Callable[[], bool]:
    """True for as long as --chaos-seconds says, counted from the first time that it is asked."""
    ends: list[float] = []

    def ask() -> bool:
        ends.append(time.monotonic() + request.config.getoption("--chaos-seconds"))
        return time.monotonic() < ends[0]

    return ask


@pytest.fixture
def role(sturdy: _embedded.Server, chaos_url: str) -> str:
    """A role that rights are granted to."""
    name = f"role_{secrets.token_hex(4)}"
    with psycopg.connect(sturdy.url, autocommit=True) as admin:
        admin.execute(f"create role {name}")
    return name
