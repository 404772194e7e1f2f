import pytest

from tests.conftest import Connection

from .helpers import NOON


@pytest.fixture
def queue(db: Connection) -> str:
    """A queue; the clock of `db` stands at noon."""
    db.at(NOON)
    assert db.call("queue_create", "work") is True
    return "work"
