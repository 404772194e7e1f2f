from collections.abc import Callable, Iterator

import pytest

from tests.conftest import Connection

from .helpers import NOON


@pytest.fixture
def stream(db: Connection) -> str:
    """A stream with default settings; the clock of `db` stands at noon."""
    db.at(NOON)
    assert db.call("stream_create", "log") is True
    return "log"


@pytest.fixture
def wide(db: Connection) -> str:
    """A stream with four partitions; the clock of `db` stands at noon."""
    db.at(NOON)
    assert db.call("stream_create", "wide", 4) is True
    return "wide"


@pytest.fixture
def audit(db: Connection, stream: str) -> str:
    """A consumer of `stream` from its start."""
    db.call("stream_subscribe", stream, "audit")
    return "audit"


@pytest.fixture
def prepare(db: Connection) -> Iterator[Callable[[Connection, str], None]]:
    """Begin a transaction that can be prepared; what is prepared at the end of the test is rolled back."""
    if db.value("show max_prepared_transactions") == "0":
        pytest.skip("the server allows no prepared transactions")

    def begin(connection: Connection, name: str) -> None:
        connection.tpc_begin(connection.xid(1, name, "test"))

    yield begin
    for xid in db.tpc_recover():
        db.tpc_rollback(xid)
