"""What `minipaas-sql queues`, `tasks`, `streams`, `consumers` and `schedules` show."""

import json
from datetime import datetime
from typing import Any

from rich.filesize import decimal
from rich.table import Table
from rich.text import Text
from sqlalchemy import Column, Connection, Engine, select

from minipaas_sql.cli._database import Refused
from minipaas_sql.cli._show import cell, moment, table
from minipaas_sql.views import consumer_stats, queue_stats, queue_tasks, stream_stats
from minipaas_sql.views import queues as queue_settings
from minipaas_sql.views import schedules as schedule_settings
from minipaas_sql.views import streams as stream_settings

_COUNTS = ("ready", "delayed", "leased", "retrying", "blocked", "dead", "done")


def queues(engine: Engine) -> Table:
    """Look at all queues."""
    shown = table("queue", *_COUNTS, "oldest")
    for column in shown.columns[1:]:
        column.justify, column.no_wrap = "right", True
    with engine.connect() as connection:
        for row in connection.execute(select(queue_stats).order_by(queue_stats.c.queue)).mappings():
            name = cell(row["queue"], "bold")
            if row["paused"]:
                name.append(" (paused)", "yellow")
            counts = [cell(row[count], "red" if count == "dead" and row[count] else "") for count in _COUNTS]
            shown.add_row(name, *counts, cell(row["oldest_ready_age"]))
    return shown


def tasks(engine: Engine, queue: str, state: str | None, limit: int) -> Table:
    """Look at the oldest tasks of a queue."""
    view = queue_tasks.c
    statement = select(queue_tasks).where(view.queue == queue).order_by(view.id).limit(limit)
    if state is not None:
        statement = statement.where(view.state == state)
    with engine.connect() as connection:
        _known(connection, queue_settings.c.queue, queue)
        rows = connection.execute(statement).all()
    shown = table("id", "state", "attempt", "prio", "run at (UTC)", "worker", "last error", "payload")
    for column in shown.columns[:5]:
        column.no_wrap = True
    for column in shown.columns[5:]:
        column.min_width = 6
    for row in rows:
        attempt = f"{row.attempt}/{row.max_attempts}" if row.max_attempts else f"{row.attempt}"
        shown.add_row(
            cell(row.id), cell(row.state, "red" if row.state == "dead" else ""), cell(attempt),
            cell(row.priority), cell(row.run_at), cell(row.worker), cell(row.last_error),
            cell(json.dumps(row.payload, ensure_ascii=False)),
        )  # fmt: skip
    return shown


def streams(engine: Engine) -> Table:
    """Look at all streams."""
    shown = table("stream", "partitions", "events", "size", "oldest (UTC)", "head")
    for column in shown.columns[1:]:
        column.justify, column.no_wrap = "right", True
    view, settings = stream_stats.c, stream_settings.c
    statement = (
        select(stream_stats, settings.partitions)
        .join(stream_settings, settings.stream == view.stream)
        .order_by(view.stream)
    )
    with engine.connect() as connection:
        for row in connection.execute(statement):
            shown.add_row(
                cell(row.stream, "bold"), cell(row.partitions), _count(row.events, row.events_estimated),
                cell(decimal(row.bytes)), cell(row.oldest), cell(row.head),
            )  # fmt: skip
    return shown


def consumers(engine: Engine, stream: str | None) -> Table:
    """Look at how far all consumers are, or those of one stream, in each partition."""
    shown = table("stream", "consumer", "part", "committed", "lag", "behind", "lost", "held by", "blocked by")
    for column in shown.columns[2:7]:
        column.justify, column.no_wrap = "right", True
    for column in shown.columns[7:]:
        column.min_width = 6
    view = consumer_stats.c
    statement = select(consumer_stats).order_by(view.stream, view.consumer, view.partition)
    if stream is not None:
        statement = statement.where(view.stream == stream)
    with engine.connect() as connection:
        if stream is not None:
            _known(connection, stream_settings.c.stream, stream)
        for row in connection.execute(statement):
            shown.add_row(
                cell(row.stream, "bold"), cell(row.consumer), cell(row.partition),
                cell(row.committed_offset), _count(row.lag_events, row.lag_estimated), cell(row.lag_time),
                cell(row.events_lost, "red" if row.events_lost else ""),
                cell(row.worker or (row.lease_id and f"lease {row.lease_id}")),
                cell(_blocker(row.blocked_by), "yellow"),
            )  # fmt: skip
    return shown


def schedules(engine: Engine) -> Table:
    """Look at all schedules; errors have a column where there are some, so that 80 are enough where not."""
    with engine.connect() as connection:
        found = connection.execute(select(schedule_settings).order_by(schedule_settings.c.schedule)).all()
    errors = ["error"] if any(row.last_error for row in found) else []
    shown = table("schedule", "cron", "zone", "queue", "missed", "next (UTC)", "last (UTC)", *errors)
    for column in shown.columns[5:7]:
        column.no_wrap = True
    for row in found:
        name = cell(row.schedule, "bold")
        if row.paused:
            name.append(" (paused)", "yellow")
        shown.add_row(
            name, cell(row.cron), cell(row.timezone), cell(row.queue), cell(row.missed),
            _minute(row.next_at), _minute(row.last_at), *[cell(row.last_error, "red") for _ in errors],
        )  # fmt: skip
    return shown


def _minute(value: datetime | None) -> Text:
    """Show a fire time, which has no seconds: in 80 columns they would cut the names short."""
    return cell(value and moment(value).removesuffix(":00"))


def _known(connection: Connection, column: Column[Any], name: str) -> None:
    """Refuse a name that is not there, where an empty table would say that it is."""
    if connection.execute(select(column).where(column == name)).first() is None:
        kind = column.name
        raise Refused(f"there is no {kind} {name!r}\nhint: minipaas-sql {kind}s shows those that there are")


def _count(number: int, estimated: bool) -> Text:
    return cell(f"~{number}" if estimated else number)


def _blocker(blocked_by: dict[str, Any] | None) -> str | None:
    """Name the open transaction that readers wait for; it may end while the view looks at it."""
    if blocked_by is None:
        return None
    if blocked_by["pid"] is None:
        who = ["prepared", blocked_by["prepared"]]
    else:
        who = [str(blocked_by["pid"]), blocked_by["application"]]
    age = (blocked_by["age"] or "").partition(".")[0]
    return " ".join(part for part in (*who, age) if part)
