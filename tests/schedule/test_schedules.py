"""Schedules: create, alter, drop, pause and resume, and who may."""

import psycopg
import pytest
from psycopg import IsolationLevel

from .helpers import NOON, after, contents, fired, schedule

NAMES = ["it's", 'a "quoted" name', "x'; drop schema minipaas cascade; --", "100% %s %I $1", "é" * 255]
CALLS = [
    "schedule_create('new', '@daily', 'work')",
    "schedule_alter('report', missed => 'all')",
    "schedule_pause('report')",
    "schedule_resume('report')",
    "schedule_drop('report')",
]


@pytest.fixture
def report(db, queue):
    db.call("schedule_create", "report", "0 * * * *", queue)
    return "report"


def test_create_uses_defaults(db, queue):
    notices = []
    db.add_notice_handler(lambda notice: notices.append(notice.message_primary))
    assert db.call("schedule_create", "report", "0 * * * *", queue) is True
    assert schedule(db) == (
        "report", "0 * * * *", queue, {}, "UTC", "one", False, after(hours=1), None, None, NOON,
    )  # fmt: skip
    before = contents(db)
    assert db.call("schedule_create", "report", "0 * * * *", queue, None, None, None) is False
    assert notices == []
    assert db.call("schedule_create", "report", "5 * * * *", queue) is False
    assert len(notices) == 1
    assert "report" in notices[0]
    assert contents(db) == before


@pytest.mark.parametrize("name", NAMES)
def test_a_name_is_data(db, queue, name):
    db.call("schedule_create", name, "0 * * * *", queue, {"x": name})
    db.at(after(hours=1))
    assert db.call("schedule_tick") == 1
    assert fired(db, name) == [after(hours=1)]
    assert db.call("schedule_drop", name) is True
    assert db.call("schedule_drop", name) is False


@pytest.mark.parametrize(
    ("wrong", "named"),
    [
        ({"schedule": ""}, "schedule"),
        ({"schedule": "a" * 256}, "schedule"),
        ({"cron": "0 0 30 2 *"}, "day-of-month"),
        ({"cron": None}, "cron"),
        ({"timezone": "Mars/Olympus"}, "Mars/Olympus"),
        ({"missed": "two"}, "missed"),
    ],
)
def test_create_refuses(db, queue, refused, wrong, named):
    given = {"schedule": "report", "cron": "0 * * * *", "queue": queue, **wrong}
    with refused("MP006", named):
        db.call("schedule_create", **given)
    assert contents(db) == []


def test_the_queue_must_be_there(db, report, refused):
    with refused("MP001", "nowhere"):
        db.call("schedule_create", "new", "0 * * * *", "nowhere")
    with refused("MP001", "nowhere"):
        db.call("schedule_alter", report, queue="nowhere")


@pytest.mark.parametrize("call", ["schedule_alter", "schedule_pause", "schedule_resume"])
def test_an_unknown_schedule_is_named(db, refused, call):
    with refused("MP004", "no'where"):
        db.call(call, "no'where")


def test_alter_leaves_what_is_null(db, report):
    before = schedule(db)
    db.call("schedule_alter", report)
    assert schedule(db) == before
    db.call("queue_create", "other")
    db.call("schedule_alter", report, "30 9 * * *", "other", {"b": 2}, "Europe/Berlin", "all")
    row = schedule(db)
    assert row[1:6] == ("30 9 * * *", "other", {"b": 2}, "Europe/Berlin", "all")
    assert row.next_at == after(hours=20, minutes=30)


def test_alter_keeps_what_is_due_unless_the_times_change(db, report):
    db.at(after(hours=1, minutes=30))
    db.call("schedule_alter", report, cron="0 * * * *", payload={"b": 2})
    assert schedule(db).next_at == after(hours=1)
    db.call("schedule_alter", report, cron="15 * * * *")
    assert schedule(db).next_at == after(hours=2, minutes=15)


def test_a_pause_is_not_made_up_for(db, report):
    db.call("schedule_pause", report)
    db.call("schedule_pause", report)
    assert (schedule(db).paused, schedule(db).next_at) == (True, None)
    db.at(after(hours=2, minutes=30))
    assert db.call("schedule_tick") == 0
    db.call("schedule_resume", report)
    assert schedule(db).next_at == after(hours=3)
    db.at(after(hours=3, minutes=1))
    db.call("schedule_resume", report)
    assert db.call("schedule_tick") == 1


@pytest.mark.parametrize("level", [IsolationLevel.REPEATABLE_READ, IsolationLevel.SERIALIZABLE])
def test_a_tick_needs_read_committed_and_the_rest_does_not(db, report, connect, refused, level):
    other = connect(autocommit=False)
    other.isolation_level = level
    for call in CALLS:
        other.execute(f"select minipaas.{call}")
    with refused("MP007", level.name.lower().replace("_", " ")):
        other.call("schedule_tick")


@pytest.mark.parametrize("call", CALLS)
def test_managing_needs_the_right(db, report, connect, new_role, call):
    role = new_role()
    db.call("access_grant", role, ["enqueue", "dequeue", "publish", "consume", "observe"])
    other = connect(role)
    with pytest.raises(psycopg.Error) as caught:
        other.execute(f"select minipaas.{call}")
    assert caught.value.sqlstate == "MP005"
    assert "manage" in caught.value.diag.message_hint
    db.call("access_grant", role, ["manage"])
    other.execute(f"select minipaas.{call}")


@pytest.mark.parametrize("right", ["enqueue", "dequeue", "publish", "consume", "manage", "observe"])
def test_anybody_with_a_right_may_tick(db, queue, connect, new_role, right):
    role = new_role()
    db.call("access_grant", role, [right])
    db.call("schedule_create", "report", "* * * * *", queue)
    db.execute("update minipaas._schedule set next_at = '2020-01-01 00:00Z'")
    assert connect(role).call("schedule_tick") == 1


def test_who_may_observe_sees_no_payload(db, queue, connect, new_role):
    role = new_role()
    db.call("access_grant", role, ["enqueue"])
    db.call("schedule_create", "report", "@daily", queue, {"secret": 1})
    assert schedule(connect(role)) is None
    db.call("access_grant", role, ["observe"])
    assert schedule(connect(role)).payload is None
    db.call("access_grant", role, ["manage"])
    assert schedule(connect(role)).payload == {"secret": 1}
