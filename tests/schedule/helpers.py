"""What the tests of schedules share: a moment that time starts from, and looks at what they made."""

from datetime import UTC, datetime, timedelta
from typing import Any

from tests.conftest import Connection

NOON = datetime(2030, 1, 1, 12, tzinfo=UTC)


def after(**duration: float) -> datetime:
    """The moment that long after noon."""
    return NOON + timedelta(**duration)


def schedule(db: Connection, name: str = "report") -> Any:
    """The row of the view, or None when there is no such schedule."""
    return db.execute("select * from minipaas.schedules where schedule = %s", [name]).fetchone()


def fired(db: Connection, name: str = "report") -> list[datetime]:
    """The fire times that have made a task, in the order of the tasks."""
    rows = db.execute(
        "select headers from minipaas.queue_tasks where headers ->> 'schedule' = %s order by id", [name]
    ).fetchall()
    return [datetime.fromisoformat(headers["scheduled_at"]) for (headers,) in rows]


def contents(db: Connection) -> list[Any]:
    """Everything that the views show of all schedules and tasks."""
    schedules = db.execute("select * from minipaas.schedules order by schedule").fetchall()
    return schedules + db.execute("select * from minipaas.queue_tasks order by id").fetchall()
