"""`access list`, `grant` and `revoke`."""

from collections.abc import Callable

from tests.conftest import Connection

from .conftest import Cli
from .test_tables import rows


def test_rights_are_granted_shown_and_revoked(
    cli: Cli, db: Connection, db_url: str, new_role: Callable[..., str]
) -> None:
    role = new_role()
    db.call("queue_create", "work")
    db.call("stream_create", "log")
    assert rows(cli("access", "list", "--url", db_url).stdout) == []
    said = cli("access", "grant", role, "enqueue", "dequeue", "--queue", "work", "--url", db_url).stdout
    assert said == f"{role} may enqueue, dequeue on queue 'work'\n"
    cli("access", "grant", role, "consume", "--stream", "log", "--url", db_url)
    cli("access", "grant", role, "observe", "--url", db_url)
    assert rows(cli("access", "list", "--url", db_url).stdout) == [
        [role, "queue", "'work'", "enqueue,", "dequeue"],
        [role, "stream", "'log'", "consume"],
        [role, "all", "queues", "and", "streams", "observe"],
    ]
    cli("access", "revoke", role, "enqueue", "--queue", "work", "--url", db_url)
    cli("access", "revoke", role, "observe", "consume", "--url", db_url)
    assert db.execute("select queue, stream, rights from minipaas.access").fetchall() == [
        ("work", None, ["dequeue"])
    ]


def test_what_is_refused_says_why(
    cli: Cli, db: Connection, db_url: str, new_role: Callable[..., str]
) -> None:
    done = cli("access", "grant", new_role(), "enqueue", "--queue", "typo", "--url", db_url)
    assert done.returncode == 1
    assert 'error: queue "typo" does not exist' in done.stderr
    assert "hint: " in done.stderr
    assert cli("access", "grant", "somebody", "fly", "--url", db_url).returncode == 2
