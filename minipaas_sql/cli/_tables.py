"""What `minipaas-sql queues` and `minipaas-sql tasks` show."""

import json
from datetime import datetime, timedelta
from typing import Any

from rich.table import Table
from rich.text import Text
from sqlalchemy import Engine, select

from minipaas_sql.cli._database import Refused
from minipaas_sql.views import queue_stats, queue_tasks
from minipaas_sql.views import queues as queue_settings

_COUNTS = ("ready", "delayed", "leased", "retrying", "blocked", "dead", "done")


def queues(engine: Engine) -> Table:
    """Look at all queues."""
    table = Table(title="queues")
    table.add_column("queue")
    for name in (*_COUNTS, "oldest", "lease", "attempts"):
        table.add_column(name, justify="right")
    table.add_column("paused")
    stats, settings = queue_stats, queue_settings
    statement = (
        select(stats, settings.c.lease, settings.c.max_attempts)
        .join(settings, settings.c.queue == stats.c.queue)
        .order_by(stats.c.queue)
    )
    with engine.connect() as connection:
        for row in connection.execute(statement).mappings():
            counts = [_cell(row[name], "red" if name == "dead" and row[name] else "") for name in _COUNTS]
            limit = row["max_attempts"] or "no limit"
            table.add_row(
                _cell(row["queue"], "bold"), *counts, _cell(row["oldest_ready_age"]), _cell(row["lease"]),
                _cell(limit), _cell("paused" if row["paused"] else "", "yellow"),
            )  # fmt: skip
    return table


def tasks(engine: Engine, queue: str, state: str | None, limit: int) -> Table:
    """Look at the oldest tasks of a queue."""
    with engine.connect() as connection:
        known = connection.execute(select(queue_settings).where(queue_settings.c.queue == queue)).first()
        if known is None:
            raise Refused(
                f"there is no queue {queue!r}\nhint: minipaas-sql queues shows those that there are"
            )
        view = queue_tasks.c
        statement = select(queue_tasks).where(view.queue == queue).order_by(view.id).limit(limit)
        if state is not None:
            statement = statement.where(view.state == state)
        rows = connection.execute(statement).all()
    table = Table(title=_cell(queue))
    table.add_column("id", justify="right")
    for name in ("state", "attempt", "priority", "run at", "worker", "last error", "payload"):
        table.add_column(name, overflow="ellipsis", no_wrap=True)
    for row in rows:
        table.add_row(
            _cell(row.id), _cell(row.state, "red" if row.state == "dead" else ""),
            _cell(f"{row.attempt}/{row.max_attempts or 'no limit'}"), _cell(row.priority), _cell(row.run_at),
            _cell(row.worker), _cell(row.last_error), _cell(json.dumps(row.payload, ensure_ascii=False)),
        )  # fmt: skip
    return table


def _cell(value: Any, style: str = "") -> Text:
    """Show a value as it is: text in a queue is data, neither markup nor terminal control."""
    if value is None:
        return Text("")
    if isinstance(value, datetime):
        value = value.isoformat(" ", "seconds")
    if isinstance(value, timedelta):
        value = timedelta(seconds=round(value.total_seconds()))
    return Text(
        "".join(char if char.isprintable() else "\N{REPLACEMENT CHARACTER}" for char in str(value)), style
    )
