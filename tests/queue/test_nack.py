from datetime import timedelta

import pytest

from .helpers import NOON, after, contents, fill, hold, ids, state, task


def test_nack_returns_waiting_and_the_task_comes_back_with_the_next_attempt(db, queue):
    fill(db, queue, 1)
    held = hold(db, queue)
    assert db.call("queue_nack", held.id, 1, delay="30 seconds", error="no route") == "waiting"
    row = task(db, held.id)
    assert (row.state, row.attempt, row.last_error) == ("retrying", 1, "no route")
    assert (row.run_at, row.worker) == (after(seconds=30), None)
    db.at(after(seconds=29))
    assert db.rows("queue_dequeue", queue) == []
    db.at(after(seconds=30))
    again = hold(db, queue)
    assert (again.id, again.attempt, again.payload) == (held.id, 2, held.payload)


def test_nack_with_no_delay_at_all_gives_the_task_back_at_once(db, queue):
    fill(db, queue, 1)
    held = hold(db, queue)
    assert db.call("queue_nack", held.id, 1, delay="0") == "waiting"
    assert hold(db, queue).attempt == 2


def test_nack_waits_twice_as_long_each_time_with_bounded_jitter(db):
    db.at(NOON)
    db.call("queue_create", "work", max_attempts=0, backoff="10 seconds", backoff_max="2 minutes")
    fill(db, "work", 1)
    for expected in (10, 20, 40, 80, 120, 120):
        held = hold(db, "work")
        moment = db.value("select minipaas._clock()")
        db.call("queue_nack", held.id, held.attempt)
        due = task(db, held.id).run_at
        wait = (due - moment) / timedelta(seconds=1)
        assert expected * 0.8 <= wait <= expected * 1.2
        db.at(due)


def test_jitter_spreads_tasks_that_failed_together(db, queue):
    fill(db, queue, 40)
    held = ids(db.rows("queue_dequeue", queue, 40))
    assert db.call("queue_nack_many", held, [1] * 40) == 40
    waits = [(task(db, id).run_at - NOON) / timedelta(seconds=1) for id in held]
    assert len(set(waits)) > 20
    assert all(4 <= wait <= 6 for wait in waits)


def test_a_backoff_of_zero_retries_at_once(db):
    db.at(NOON)
    db.call("queue_create", "work", backoff="0")
    fill(db, "work", 1)
    assert db.call("queue_nack", hold(db, "work").id, 1) == "waiting"
    assert hold(db, "work").attempt == 2


def test_the_last_attempt_makes_the_task_dead_with_its_last_error(db):
    db.at(NOON)
    db.call("queue_create", "work", max_attempts=3)
    fill(db, "work", 1)
    for answer in ("waiting", "waiting", "dead"):
        held = hold(db, "work")
        assert db.call("queue_nack", held.id, held.attempt, "0", f"error {held.attempt}") == answer
    row = task(db, held.id)
    assert (row.state, row.attempt, row.last_error) == ("dead", 3, "error 3")
    assert row.finished_at == NOON
    assert db.value("select dead from minipaas.queue_stats") == 1
    db.at(after(days=365))
    assert db.rows("queue_dequeue", "work") == []


def test_nack_of_what_is_not_held_so_returns_null(db, queue):
    ready = db.call("queue_enqueue", queue, {})
    held = hold(db, queue)
    delayed = db.call("queue_enqueue", queue, {}, delay="1 hour")
    waiting = db.call("queue_enqueue", queue, {}, 5)
    before = contents(db)
    assert ready == held.id
    for id, attempt in [(held.id, 2), (held.id, 0), (delayed, None), (waiting, None), (10**12, 1)]:
        assert db.call("queue_nack", id, attempt) is None
    assert contents(db) == before


def test_a_late_nack_leaves_the_new_holder_alone(db, queue):
    fill(db, queue, 1)
    hold(db, queue)
    db.at(after(minutes=2))
    held = hold(db, queue)
    before = contents(db)
    assert db.call("queue_nack", held.id, 1, error="late") is None
    assert contents(db) == before
    assert db.call("queue_ack", held.id, 2) is True


def test_nack_without_attempt_acts_on_whoever_holds_the_task(db, queue):
    fill(db, queue, 1)
    assert db.call("queue_nack", hold(db, queue).id, None, None, None) == "waiting"


def test_nack_keeps_the_priority_and_the_headers(db, queue):
    db.call("queue_enqueue", queue, {}, 7, headers={"trace": "a"})
    held = hold(db, queue)
    db.call("queue_nack", held.id, 1, delay="0")
    again = hold(db, queue)
    assert (again.priority, again.headers, again.enqueued_at) == (7, {"trace": "a"}, NOON)


def test_nack_many_counts_what_it_took(db, queue):
    fill(db, queue, 2)
    fill(db, queue, 1, max_attempts=1)
    lost, waiting, dead = ids(db.rows("queue_dequeue", queue, 3))
    db.call("queue_ack", lost)
    given = ([lost, waiting, dead, 10**12], [1, 1, 1, 1], "1 minute", "no route")
    assert db.call("queue_nack_many", *given) == 2
    assert [state(db, id) for id in (lost, waiting, dead)] == [None, "retrying", "dead"]
    assert {task(db, id).last_error for id in (waiting, dead)} == {"no route"}
    assert task(db, waiting).run_at == after(minutes=1)
    assert db.call("queue_nack_many", [waiting]) == 0


def test_nack_many_without_attempts_acts_on_whoever_holds_the_tasks(db, queue):
    fill(db, queue, 3)
    held = ids(db.rows("queue_dequeue", queue, 3))
    assert db.call("queue_nack_many", held) == 3


@pytest.mark.parametrize("function", ["queue_nack", "queue_nack_many"])
def test_nack_refuses_a_negative_delay(db, queue, refused, function):
    fill(db, queue, 1)
    id = hold(db, queue).id
    before = contents(db)
    with refused("MP006", "delay", "-00:05:00"):
        db.call(function, [id] if function.endswith("many") else id, delay="-5 minutes")
    assert contents(db) == before
