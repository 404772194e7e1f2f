"""What the tests of queues share: a moment that time starts from, and looks at tasks."""

import time
from collections.abc import Iterable
from datetime import UTC, datetime, timedelta
from typing import Any

from tests.conftest import Connection

NOON = datetime(2030, 1, 1, 12, tzinfo=UTC)


def after(**duration: float) -> datetime:
    """The moment that long after noon."""
    return NOON + timedelta(**duration)


def task(db: Connection, id: int) -> Any:
    """The row of queue_tasks, or None when there is no such task."""
    return db.execute("select * from minipaas.queue_tasks where id = %s", [id]).fetchone()


def state(db: Connection, id: int) -> str | None:
    """The task's state, or None when there is no such task."""
    row = task(db, id)
    return row.state if row else None


def fill(db: Connection, queue: str, count: int, **options: Any) -> list[int]:
    """Enqueue `count` tasks, {"n": 0} first, and return their ids."""
    payloads = [{"n": n} for n in range(count)]
    return [id for (id,) in db.rows("queue_enqueue_many", queue, payloads, **options)]


def ids(rows: Iterable[Any]) -> list[int]:
    """The ids of what a dequeue returned, in its order."""
    return [row.id for row in rows]


def drain(db: Connection, queue: str, batch_size: int = 100) -> list[int]:
    """Dequeue and ack until a call returns nothing, and return the ids in the order of delivery."""
    seen: list[int] = []
    while batch := db.rows("queue_dequeue", queue, batch_size):
        seen += ids(batch)
        done = db.call("queue_ack_many", ids(batch), [row.attempt for row in batch])
        assert done == len(batch)
    return seen


def pass_by(db: Connection, queue: str) -> None:
    """Fill and drain the queue for a second: what is known to be empty moves up as time goes by."""
    deadline = time.monotonic() + 1
    while time.monotonic() < deadline:
        made = fill(db, queue, 100)
        assert set(made) <= set(drain(db, queue))


def contents(db: Connection) -> list[Any]:
    """Everything that the views show of all queues and tasks."""
    queues = db.execute("select * from minipaas.queues order by queue").fetchall()
    return queues + db.execute("select * from minipaas.queue_tasks order by id").fetchall()


def hold(db: Connection, queue: str) -> Any:
    """Dequeue one task and return its row."""
    return db.one("queue_dequeue", queue)
