"""What a tick makes, and when."""

from datetime import UTC, datetime, timedelta

import pytest

from .helpers import NOON, after, contents, fired, schedule

HOUR = timedelta(hours=1)


def test_a_fire_time_makes_one_task_with_its_headers(db, queue):
    db.call("schedule_create", "report", "0 * * * *", queue, {"a": 1})
    assert db.call("schedule_tick") == 0
    db.at(after(minutes=59, seconds=59.9))
    assert db.call("schedule_tick") == 0
    db.at(after(hours=1))
    assert (db.call("schedule_tick"), db.call("schedule_tick")) == (1, 0)
    task = db.one("queue_dequeue", queue)
    assert task.payload == {"a": 1}
    assert task.headers == {"schedule": "report", "scheduled_at": "2030-01-01T13:00:00+00:00"}
    row = schedule(db)
    assert (row.last_at, row.next_at, row.last_error) == (after(hours=1), after(hours=2), None)


def test_the_time_in_the_headers_is_utc_whatever_the_session_shows(db, queue):
    db.execute("set timezone = 'Asia/Tokyo'")
    db.call("schedule_create", "report", "0 12 * * *", queue, timezone="Europe/Berlin")
    db.at(after(hours=23))
    assert db.call("schedule_tick") == 1
    assert db.one("queue_dequeue", queue).headers["scheduled_at"] == "2030-01-02T11:00:00+00:00"


@pytest.mark.parametrize(
    ("missed", "expected"), [("skip", []), ("one", [3]), ("all", [1, 2, 3]), (None, [3])]
)
def test_after_three_hours_of_nobody_ticking(db, queue, missed, expected):
    db.call("schedule_create", "report", "0 * * * *", queue, missed=missed)
    db.at(after(hours=3, minutes=20))
    assert db.call("schedule_tick") == len(expected)
    assert fired(db) == [after(hours=n) for n in expected]
    assert schedule(db).next_at == after(hours=4)
    db.at(after(hours=4, seconds=30))
    assert db.call("schedule_tick") == 1
    assert fired(db)[-1] == after(hours=4)


def test_skip_makes_what_is_less_than_a_minute_late(db, queue):
    db.call("schedule_create", "report", "*/5 * * * *", queue, missed="skip")
    db.at(after(minutes=15, seconds=59))
    assert db.call("schedule_tick") == 1
    assert fired(db) == [after(minutes=15)]
    db.at(after(minutes=21))
    assert db.call("schedule_tick") == 0
    assert schedule(db).next_at == after(minutes=25)


def test_the_latest_of_many_missed_times_is_found(db, queue):
    db.call("schedule_create", "report", "17 3 29 2 *", queue)
    db.call("schedule_create", "minutely", "* * * * *", queue)
    db.at(datetime(2043, 6, 1, 0, 0, 59, tzinfo=UTC))
    assert db.call("schedule_tick") == 2
    assert fired(db) == [datetime(2040, 2, 29, 3, 17, tzinfo=UTC)]
    assert fired(db, "minutely") == [datetime(2043, 6, 1, tzinfo=UTC)]


def test_a_long_time_missed_is_made_up_for_by_several_ticks(db, queue):
    db.call("schedule_create", "report", "* * * * *", queue, missed="all")
    db.call("schedule_create", "other", "0 * * * *", queue, missed="all")
    db.at(after(minutes=250))
    assert [db.call("schedule_tick") for _ in range(4)] == [104, 100, 50, 0]
    assert fired(db) == [after(minutes=n) for n in range(1, 251)]
    assert fired(db, "other") == [after(hours=n) for n in range(1, 5)]


def test_a_rolled_back_tick_comes_again(db, queue, connect):
    db.call("schedule_create", "report", "0 * * * *", queue)
    other = connect(autocommit=False)
    other.at(after(hours=1))
    before = contents(db)
    assert other.call("schedule_tick") == 1
    other.rollback()
    assert contents(db) == before
    db.at(after(hours=1))
    assert db.call("schedule_tick") == 1
    assert fired(db) == [after(hours=1)]


def test_a_caller_in_a_long_transaction_delays_nobody_else(db, queue, connect):
    db.call("schedule_create", "early", "0 * * * *", queue)
    db.call("schedule_create", "late", "30 * * * *", queue)
    long = connect(autocommit=False)
    long.at(after(minutes=30))
    assert long.call("schedule_tick") == 1
    db.at(after(hours=1))
    assert db.call("schedule_tick") == 1
    assert (fired(db, "early"), fired(db, "late")) == ([after(hours=1)], [])
    long.commit()
    assert fired(db, "late") == [after(minutes=30)]
    assert db.call("schedule_tick") == 0


def test_fifty_ticks_at_once_make_each_fire_time_once(db, queue, connect, background):
    names = [f"schedule {n}" for n in range(20)]
    for name in names:
        db.call("schedule_create", name, "* * * * *", queue, missed="all")

    others = [connect() for _ in range(50)]

    def tick(other):
        other.at(after(minutes=10))
        return [other.call("schedule_tick") for _ in range(3)]

    made = [count for future in [background(tick, other) for other in others] for count in future.result(60)]
    db.at(after(minutes=10))
    rest = db.call("schedule_tick")
    assert sum(made) + rest == 200
    for name in names:
        assert fired(db, name) == [after(minutes=n) for n in range(1, 11)]


def test_a_dropped_queue_stops_its_own_schedules_alone(db, queue):
    db.call("queue_create", "gone")
    db.call("schedule_create", "broken", "0 * * * *", "gone")
    db.call("schedule_create", "report", "0 * * * *", queue)
    db.call("queue_drop", "gone")
    db.at(after(hours=1))
    assert db.call("schedule_tick") == 1
    row = schedule(db, "broken")
    assert "gone" in row.last_error
    assert (row.next_at, row.last_at) == (after(hours=1), None)
    db.call("queue_create", "gone")
    assert db.call("schedule_tick") == 1
    assert schedule(db, "broken").last_error is None
    assert fired(db, "broken") == [after(hours=1)]


def test_a_time_zone_that_is_gone_stops_its_own_schedules_alone(db, queue):
    db.call("schedule_create", "broken", "0 * * * *", queue)
    db.call("schedule_create", "report", "0 * * * *", queue)
    db.execute("update minipaas._schedule set timezone = 'Gone/Zone' where name = 'broken'")
    db.at(after(hours=1))
    assert db.call("schedule_tick") == 1
    assert "Gone/Zone" in schedule(db, "broken").last_error
    db.call("schedule_alter", "broken", timezone="UTC")
    db.at(after(hours=2))
    assert db.call("schedule_tick") == 2
    assert schedule(db, "broken").last_error is None


def test_a_clock_that_goes_back_makes_nothing_twice(db, queue):
    db.call("schedule_create", "report", "0 * * * *", queue)
    for moment in (after(hours=1), NOON, after(hours=1), after(hours=2)):
        db.at(moment)
        db.call("schedule_tick")
    assert fired(db) == [after(hours=1), after(hours=2)]


def test_nothing_due_reads_no_schedule(db, queue):
    for n in range(300):
        db.call("schedule_create", f"{n}", "0 0 1 1 *", queue)
    db.execute("set enable_seqscan = off")
    plan = db.execute("explain select id from minipaas._schedule where not paused and next_at <= now()")
    assert "_schedule_next_at" in str(plan.fetchall())
