import pytest

from .helpers import NOON, after, contents, drain, fill, hold, ids, state, task


def test_dequeue_returns_the_task_with_its_first_attempt_and_lease(db, queue):
    id = db.call("queue_enqueue", queue, {"to": 42}, 3, headers={"trace": "a"})
    (row,) = db.rows("queue_dequeue", queue)
    assert row._fields == (
        "id",
        "payload",
        "attempt",
        "headers",
        "key",
        "priority",
        "enqueued_at",
        "lease_until",
    )
    assert row == (id, {"to": 42}, 1, {"trace": "a"}, None, 3, NOON, after(minutes=1))


def test_a_leased_task_names_its_worker(db, queue):
    fill(db, queue, 1)
    (row,) = db.rows("queue_dequeue", queue, worker="host-1")
    shown = task(db, row.id)
    assert (shown.state, shown.attempt, shown.worker) == ("leased", 1, "host-1")


def test_dequeue_takes_null_for_every_default(db, queue):
    first, _ = fill(db, queue, 2)
    (row,) = db.rows("queue_dequeue", queue, None, None, None)
    assert (row.id, row.lease_until) == (first, after(minutes=1))


def test_dequeue_takes_a_lease_of_its_own(db, queue):
    fill(db, queue, 1)
    (row,) = db.rows("queue_dequeue", queue, lease="1 hour")
    assert row.lease_until == after(hours=1)
    db.at(after(minutes=59))
    assert db.rows("queue_dequeue", queue) == []


def test_dequeue_returns_at_most_a_batch(db, queue):
    made = fill(db, queue, 5)
    assert ids(db.rows("queue_dequeue", queue, 3)) == made[:3]
    assert ids(db.rows("queue_dequeue", queue, 3)) == made[3:]
    assert db.rows("queue_dequeue", queue, 3) == []


def test_two_workers_never_hold_one_task(db, queue, connect):
    made = fill(db, queue, 10)
    workers = [connect(autocommit=False) for _ in range(3)]
    taken = [ids(worker.rows("queue_dequeue", queue, 4)) for worker in workers]
    assert [len(batch) for batch in taken] == [4, 4, 2]
    assert sorted(id for batch in taken for id in batch) == made


def test_a_higher_priority_comes_first(db, queue):
    made = {priority: db.call("queue_enqueue", queue, {}, priority) for priority in (0, -10, 10, 5, -3)}
    assert drain(db, queue) == [made[priority] for priority in (10, 5, 0, -3, -10)]


def test_a_higher_priority_comes_first_after_its_lane_was_empty(db, queue):
    fill(db, queue, 2, priority=5)
    drain(db, queue)
    low = fill(db, queue, 2)
    assert hold(db, queue).id == low[0]
    (high,) = fill(db, queue, 1, priority=5)
    assert ids(db.rows("queue_dequeue", queue, 2)) == [high, low[1]]


def test_order_within_a_priority_is_that_of_enqueue(db, queue):
    made = fill(db, queue, 50)
    made += fill(db, queue, 50)
    assert drain(db, queue, 7) == made


def test_tasks_that_became_due_come_in_order_of_their_time_before_fresh_ones(db, queue):
    third = db.call("queue_enqueue", queue, {}, delay="3 minutes")
    first = db.call("queue_enqueue", queue, {}, delay="1 minute")
    second = db.call("queue_enqueue", queue, {}, run_at=after(minutes=2))
    later = db.call("queue_enqueue", queue, {}, delay="10 minutes")
    fresh = fill(db, queue, 2)
    db.at(after(minutes=5))
    assert ids(db.rows("queue_dequeue", queue, 4)) == [first, second, third, fresh[0]]
    assert ids(db.rows("queue_dequeue", queue, 4)) == [fresh[1]]
    assert state(db, later) == "delayed"


def test_retries_expired_leases_and_delays_share_one_order_of_time(db, queue):
    nacked, expired = fill(db, queue, 2)
    db.rows("queue_dequeue", queue, lease="4 minutes")
    db.rows("queue_dequeue", queue, lease="2 minutes")
    db.call("queue_nack", nacked, 1, delay="3 minutes")
    delayed = db.call("queue_enqueue", queue, {}, delay="1 minute")
    fresh = fill(db, queue, 1)
    db.at(after(minutes=10))
    assert ids(db.rows("queue_dequeue", queue, 10)) == [delayed, expired, nacked, *fresh]


def test_priority_beats_time_among_due_tasks(db, queue):
    low = db.call("queue_enqueue", queue, {}, delay="1 minute")
    high = db.call("queue_enqueue", queue, {}, 5, delay="3 minutes")
    fresh_high = db.call("queue_enqueue", queue, {}, 5)
    db.at(after(minutes=5))
    assert ids(db.rows("queue_dequeue", queue, 10)) == [high, fresh_high, low]


def test_a_due_task_of_low_priority_waits_for_fresh_ones_of_high_priority(db, queue):
    due = db.call("queue_enqueue", queue, {}, -1, delay="1 minute")
    fresh = fill(db, queue, 3)
    db.at(after(minutes=5))
    assert ids(db.rows("queue_dequeue", queue, 2)) == fresh[:2]
    assert ids(db.rows("queue_dequeue", queue, 2)) == [fresh[2], due]


def test_a_lease_that_runs_is_nobody_elses(db, queue, connect):
    fill(db, queue, 1)
    hold(db, queue)
    other = connect()
    other.at(after(seconds=59))
    assert other.rows("queue_dequeue", queue) == []


def test_an_expired_lease_returns_the_task_with_the_next_attempt(db, queue, connect):
    fill(db, queue, 1)
    held = hold(db, queue)
    other = connect()
    other.at(after(minutes=1))
    again = hold(other, queue)
    assert (again.id, again.attempt, again.payload) == (held.id, 2, held.payload)
    assert again.lease_until == after(minutes=2)
    assert again.enqueued_at == held.enqueued_at


def test_a_worker_that_dies_counts_as_an_attempt(db, queue):
    (id,) = fill(db, queue, 1, max_attempts=2)
    for minute in (0, 1):
        db.at(after(minutes=minute))
        assert hold(db, queue).attempt == minute + 1
    db.at(after(minutes=2))
    assert db.rows("queue_dequeue", queue) == []
    assert (state(db, id), task(db, id).attempt) == ("dead", 2)
    assert db.call("queue_redrive", queue) == 1
    assert hold(db, queue).attempt == 3


def test_tasks_whose_workers_died_for_the_last_time_hide_nothing(db, queue):
    fill(db, queue, 20, max_attempts=1)
    db.rows("queue_dequeue", queue, 20)
    delayed = fill(db, queue, 3, delay="2 minutes")
    fresh = fill(db, queue, 3)
    db.at(after(minutes=5))
    assert ids(db.rows("queue_dequeue", queue, 4)) == [*delayed, fresh[0]]
    assert ids(db.rows("queue_dequeue", queue, 4)) == fresh[1:]


def test_a_batch_may_be_larger_than_the_queue(db, queue):
    made = fill(db, queue, 3)
    assert ids(db.rows("queue_dequeue", queue, 2_000_000_000)) == made


BAD = [
    ({"batch_size": 0}, "0"),
    ({"batch_size": -7}, "-7"),
    ({"lease": "0"}, "lease"),
    ({"lease": "-5 minutes"}, "-00:05:00"),
]


@pytest.mark.parametrize(("bad", "named"), BAD)
def test_dequeue_refuses_a_bad_argument(db, queue, refused, bad, named):
    fill(db, queue, 1)
    before = contents(db)
    with refused("MP006", named):
        db.rows("queue_dequeue", queue, **bad)
    assert contents(db) == before
