"""The helpers for schedules on every way to run a statement."""

from datetime import UTC, datetime
from typing import Any

import pytest
from sqlalchemy import select
from sqlalchemy.dialects.postgresql import psycopg

from minipaas_sql import queue, schedule, views

from .conftest import Execute

NEW_YEAR = datetime(2030, 1, 1, tzinfo=UTC)

CALLS = [
    (schedule.create("s", "@daily", "q"), "schedule_create('s', '@daily', 'q')"),
    (
        schedule.create("s", "@daily", "q", [1], timezone="UTC", missed="all"),
        "schedule_create('s', '@daily', 'q', '[1]'::jsonb, 'UTC', 'all')",
    ),
    (schedule.alter("s", queue="q", missed="skip"), "schedule_alter('s', NULL, 'q', NULL, NULL, 'skip')"),
    (schedule.drop("s"), "schedule_drop('s')"),
    (schedule.pause("s"), "schedule_pause('s')"),
    (schedule.resume("s"), "schedule_resume('s')"),
    (schedule.tick(), "schedule_tick()"),
    (
        schedule.cron_next("* * * * *", NEW_YEAR, "Europe/Berlin"),
        "cron_next('* * * * *', '2030-01-01 00:00:00+00:00', 'Europe/Berlin')",
    ),
]


@pytest.mark.parametrize(("statement", "expected"), CALLS, ids=[expected for _, expected in CALLS])
def test_a_call_renders_with_the_defaults_left_out(statement: Any, expected: str) -> None:
    named = psycopg.dialect(paramstyle="named")
    text = str(statement.compile(dialect=named, compile_kwargs={"literal_binds": True}))
    assert text == f"SELECT minipaas.{expected}"


def test_a_schedule_from_create_to_drop(execute: Execute) -> None:
    execute(queue.create("q"))
    assert execute(schedule.create("s", "@yearly", "q", {"a": 1}, missed="all")) == [(True,)]
    assert execute(schedule.create("s", "@yearly", "q", {"a": 1}, missed="all")) == [(False,)]
    execute(schedule.alter("s", timezone="Europe/Berlin", payload=[1]))
    execute(schedule.pause("s"))
    (row,) = execute(select(views.schedules))
    assert (row.cron, row.payload, row.timezone, row.paused) == ("@yearly", [1], "Europe/Berlin", True)
    execute(schedule.resume("s"))
    assert execute(schedule.tick()) == [(0,)]
    assert execute(schedule.drop("s")) == [(True,)]
    assert execute(schedule.cron_next("0 12 * * *", NEW_YEAR)) == [(NEW_YEAR.replace(hour=12),)]


def test_a_moment_needs_a_time_zone() -> None:
    with pytest.raises(ValueError, match="time zone"):
        schedule.cron_next("* * * * *", NEW_YEAR.replace(tzinfo=None))
