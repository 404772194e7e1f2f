"""What `minipaas-sql queues` and `minipaas-sql tasks` show, in 80 columns or more."""

import json
from datetime import UTC, datetime, timedelta
from typing import Any

from rich import box
from rich.table import Table
from rich.text import Text
from sqlalchemy import Engine, select

from minipaas_sql.cli._database import Refused
from minipaas_sql.views import queue_stats, queue_tasks
from minipaas_sql.views import queues as queue_settings

_COUNTS = ("ready", "delayed", "leased", "retrying", "blocked", "dead", "done")


def queues(engine: Engine) -> Table:
    """Look at all queues."""
    table = _table("queue", *_COUNTS, "oldest")
    for column in table.columns[1:]:
        column.justify, column.no_wrap = "right", True
    with engine.connect() as connection:
        for row in connection.execute(select(queue_stats).order_by(queue_stats.c.queue)).mappings():
            name = _cell(row["queue"], "bold")
            if row["paused"]:
                name.append(" (paused)", "yellow")
            counts = [_cell(row[count], "red" if count == "dead" and row[count] else "") for count in _COUNTS]
            table.add_row(name, *counts, _cell(row["oldest_ready_age"]))
    return table


def tasks(engine: Engine, queue: str, state: str | None, limit: int) -> Table:
    """Look at the oldest tasks of a queue."""
    view = queue_tasks.c
    statement = select(queue_tasks).where(view.queue == queue).order_by(view.id).limit(limit)
    if state is not None:
        statement = statement.where(view.state == state)
    with engine.connect() as connection:
        known = select(queue_settings.c.queue).where(queue_settings.c.queue == queue)
        if connection.execute(known).first() is None:
            raise Refused(
                f"there is no queue {queue!r}\nhint: minipaas-sql queues shows those that there are"
            )
        rows = connection.execute(statement).all()
    table = _table("id", "state", "attempt", "prio", "run at (UTC)", "worker", "last error", "payload")
    for column in table.columns[:5]:
        column.no_wrap = True
    for column in table.columns[5:]:
        column.min_width = 6
    for row in rows:
        attempt = f"{row.attempt}/{row.max_attempts}" if row.max_attempts else f"{row.attempt}"
        table.add_row(
            _cell(row.id), _cell(row.state, "red" if row.state == "dead" else ""), _cell(attempt),
            _cell(row.priority), _cell(row.run_at), _cell(row.worker), _cell(row.last_error),
            _cell(json.dumps(row.payload, ensure_ascii=False)),
        )  # fmt: skip
    return table


def _table(*titles: str) -> Table:
    return Table(*titles, box=box.SIMPLE_HEAD, pad_edge=False, padding=(0, 1, 0, 0))


def _cell(value: Any, style: str = "") -> Text:
    """Show a value as it is, in one line: text in a queue is data, neither markup nor terminal control."""
    if value is None:
        return Text("")
    if isinstance(value, datetime):
        value = f"{value.astimezone(UTC):%Y-%m-%d %H:%M:%S}"
    if isinstance(value, timedelta):
        value = timedelta(seconds=round(value.total_seconds()))
    plain = "".join(char if char.isprintable() else "\N{REPLACEMENT CHARACTER}" for char in str(value))
    return Text(plain, style, no_wrap=True, overflow="ellipsis")
