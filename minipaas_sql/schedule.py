"""Schedules: one helper per SQL function, each an expression to execute or to build into another statement.

The functions, their guarantees and errors are those of the schema (`minipaas.schedule_*`); None means "the
default of the function"::

    session.execute(schedule.create("nightly report", "30 2 * * *", "reports", timezone="Europe/Berlin"))

    session.execute(schedule.tick())  # every few seconds, from anywhere, in a transaction of its own

Each fire time makes one task, with the headers `{"schedule": name, "scheduled_at": fire time}`.
"""

from datetime import datetime
from typing import Any

from minipaas_sql._expr import (
    BIGINT,
    BOOLEAN,
    OPTIONAL_JSON,
    TEXT,
    TIMESTAMPTZ,
    VOID,
    Call,
    Moment,
    Str,
    call,
)

__all__ = ["alter", "create", "cron_next", "drop", "pause", "resume", "tick"]


def create(
    schedule: Str,
    cron: Str,
    queue: Str,
    payload: Any = None,
    *,
    timezone: Str | None = None,
    missed: Str | None = None,
) -> Call[bool]:
    """Create a schedule, or leave the one of this name as it is (with a NOTICE where its settings differ).

    :param schedule: any text of 1 to 255 characters.
    :param cron: minute, hour, day of month, month and day of week, or a word such as `@hourly`.
    :param queue: where the tasks go.
    :param payload: any JSON value, the same for each task; default `{}`.
    :param timezone: whose clocks `cron` goes by; default UTC.
    :param missed: what becomes of fire times that passed while nobody ticked: 'skip', 'one' task for all
        of them (default), or 'all' of them.
    :returns: whether it was created.
    :raises: MP001 (unknown queue), MP006 (invalid argument).

    Source: `minipaas.schedule_create`.
    """
    return call(
        "schedule_create", BOOLEAN, (TEXT, schedule), (TEXT, cron), (TEXT, queue), (OPTIONAL_JSON, payload),
        (TEXT, timezone), (TEXT, missed),
    )  # fmt: skip


def alter(
    schedule: Str,
    *,
    cron: Str | None = None,
    queue: Str | None = None,
    payload: Any = None,
    timezone: Str | None = None,
    missed: Str | None = None,
) -> Call[Any]:
    """Change a schedule; None leaves a setting unchanged. The arguments are those of `create`.

    :returns: nothing (a row with an empty value).
    :raises: MP001 (unknown queue), MP004 (unknown schedule), MP006 (invalid argument).

    Source: `minipaas.schedule_alter`.
    """
    return call(
        "schedule_alter", VOID, (TEXT, schedule), (TEXT, cron), (TEXT, queue), (OPTIONAL_JSON, payload),
        (TEXT, timezone), (TEXT, missed),
    )  # fmt: skip


def drop(schedule: Str) -> Call[bool]:
    """Drop a schedule; the tasks that it has made stay.

    :returns: whether there was one.

    Source: `minipaas.schedule_drop`.
    """
    return call("schedule_drop", BOOLEAN, (TEXT, schedule))


def pause(schedule: Str) -> Call[Any]:
    """Let a schedule make no tasks until `resume`.

    :raises: MP004 (unknown schedule).

    Source: `minipaas.schedule_pause`.
    """
    return call("schedule_pause", VOID, (TEXT, schedule))


def resume(schedule: Str) -> Call[Any]:
    """End a `pause`; what passed meanwhile is not made up for.

    :raises: MP004 (unknown schedule).

    Source: `minipaas.schedule_resume`.
    """
    return call("schedule_resume", VOID, (TEXT, schedule))


def tick() -> Call[int]:
    """Make the tasks that are due. From anywhere, at any time, any number of times at once.

    Give it a transaction of its own, every few seconds. It works for about a second at most.

    :returns: how many tasks it made.
    :raises: MP007 (not READ COMMITTED, or a standby).

    Source: `minipaas.schedule_tick`.
    """
    return call("schedule_tick", BIGINT)


def cron_next(cron: Str, after: Moment, timezone: Str | None = None) -> Call[datetime]:
    """Compute the first fire time after a moment.

    :param cron: as in `create`.
    :param after: with a time zone.
    :param timezone: whose clocks `cron` goes by; default UTC.
    :returns: the time.
    :raises: MP006 (invalid argument); ValueError: `after` without a time zone.

    Source: `minipaas.cron_next`.
    """
    return call("cron_next", TIMESTAMPTZ, (TEXT, cron), (TIMESTAMPTZ, after), (TEXT, timezone))
