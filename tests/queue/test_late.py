"""Tasks that appear behind what was delivered: late commits, claims taken back, a clock that goes back."""

import time

import pytest
from psycopg import IsolationLevel

from .helpers import NOON, after, drain, fill, hold, ids, pass_by


def busy_until(db, queue, expected):
    """Keep the queue full and every batch too, and return when the expected tasks were delivered."""
    deadline = time.monotonic() + 8
    missing = set(expected)
    while missing:
        assert time.monotonic() < deadline, f"{len(missing)} tasks were passed by for seconds"
        fill(db, queue, 100)
        batch = db.rows("queue_dequeue", queue, 50)
        assert len(batch) == 50
        missing -= set(ids(batch))
        db.call("queue_ack_many", ids(batch))


@pytest.fixture
def real(db):
    db.call("queue_create", "real")
    return "real"


def test_a_late_commit_is_delivered_while_the_queue_is_never_empty(db, real, connect):
    late = connect(autocommit=False)
    below = fill(late, real, 3)
    fill(db, real, 2000)
    for _ in range(20):
        assert len(db.rows("queue_dequeue", real, 60)) == 60
    late.commit()
    busy_until(db, real, below)


def test_a_claim_taken_back_is_delivered_while_the_queue_is_never_empty(db, real, connect):
    fill(db, real, 2000)
    worker = connect(autocommit=False)
    claimed = ids(worker.rows("queue_dequeue", real, 5))
    for _ in range(20):
        assert len(db.rows("queue_dequeue", real, 60)) == 60
    worker.rollback()
    busy_until(db, real, claimed)


def test_a_due_task_that_committed_late_is_delivered_while_the_queue_is_never_empty(db, real, connect):
    late = connect(autocommit=False)
    below = fill(late, real, 3, run_at=after(days=-3650))
    below += fill(late, real, 3, delay="1 millisecond")
    fill(db, real, 1000, delay="10 milliseconds")
    fill(db, real, 3000)
    for _ in range(50):
        assert len(db.rows("queue_dequeue", real, 60)) == 60
    late.commit()
    busy_until(db, real, below)


def test_a_high_priority_that_committed_late_is_delivered_while_others_keep_the_queue_busy(db, real, connect):
    fill(db, real, 200, priority=5)
    assert len(drain(db, real)) == 200
    late = connect(autocommit=False)
    below = fill(late, real, 3, priority=5)
    fill(db, real, 200, priority=5)
    fill(db, real, 2000)
    for _ in range(10):
        assert len(db.rows("queue_dequeue", real, 60)) == 60
    late.commit()
    busy_until(db, real, below)


def test_late_commits_below_what_was_delivered_come_out(db, queue, connect):
    late = [connect(autocommit=False) for _ in range(5)]
    below = [fill(connection, queue, 3) for connection in late]
    fill(db, queue, 1000)
    assert len(drain(db, queue)) == 1000
    pass_by(db, queue)
    for connection, made in zip(late, below, strict=True):
        connection.commit()
        assert drain(db, queue) == made
    fill(db, queue, 1)
    assert len(drain(db, queue)) == 1


def test_a_short_batch_looks_below_before_it_answers(db, queue, connect):
    late = connect(autocommit=False)
    (below,) = fill(late, queue, 1)
    fill(db, queue, 500)
    drain(db, queue)
    above = fill(db, queue, 3)
    late.commit()
    assert sorted(ids(db.rows("queue_dequeue", queue, 10))) == [below, *above]


def test_a_delayed_task_that_committed_late_comes_out(db, queue, connect):
    late = connect(autocommit=False)
    late.at(NOON)
    below = fill(late, queue, 2, delay="1 minute")
    above = fill(db, queue, 300, delay="2 minutes")
    db.at(after(minutes=5))
    assert drain(db, queue) == above
    pass_by(db, queue)
    late.commit()
    assert drain(db, queue) == below


def test_a_shortened_lease_comes_out_after_longer_ones(db, queue):
    fill(db, queue, 300)
    held = db.rows("queue_dequeue", queue, 300, "1 hour")
    kept = held.pop()
    db.at(after(hours=1))
    assert db.call("queue_extend", kept.id, 1, "1 hour") is not None
    assert len(drain(db, queue)) == 299
    assert db.call("queue_extend", kept.id, 1, "1 second") is not None
    db.at(after(hours=1, seconds=1))
    assert drain(db, queue) == [kept.id]


def test_a_clock_that_goes_back_hides_nothing(db, queue):
    db.at(after(days=1))
    fill(db, queue, 300, delay="1 minute")
    fill(db, queue, 300)
    db.at(after(days=1, minutes=1))
    assert len(drain(db, queue)) == 600
    db.at(NOON)
    made = fill(db, queue, 3)
    delayed = fill(db, queue, 3, delay="1 minute")
    assert ids(db.rows("queue_dequeue", queue, 3)) == made
    db.at(after(minutes=1))
    assert sorted(drain(db, queue)) == made + delayed


def test_a_lease_given_after_the_clock_went_back_is_found_when_it_ends(db, queue):
    db.at(after(days=1))
    pass_by(db, queue)
    db.at(NOON)
    (id,) = fill(db, queue, 1)
    assert ids(db.rows("queue_dequeue", queue, 1, "1 minute")) == [id]
    db.at(after(minutes=1))
    assert ids(db.rows("queue_dequeue", queue)) == [id]


@pytest.mark.parametrize("level", list(IsolationLevel))
def test_a_clock_that_goes_back_hides_nothing_whatever_the_writer_can_see(db, queue, connect, level):
    writer = connect(autocommit=False)
    writer.isolation_level = level
    writer.at(after(days=-1))  # and from here on a strict writer sees nothing new
    db.at(after(hours=1))
    pass_by(db, queue)
    made = fill(writer, queue, 2, delay="1 minute")
    writer.commit()
    db.at(after(hours=-23))
    assert drain(db, queue) == made


def test_an_old_snapshot_hides_nothing_and_blocks_nobody(db, queue, connect):
    old = connect(autocommit=False)
    old.execute("set transaction isolation level repeatable read")
    old.execute("select count(*) from minipaas.queues")
    db.execute("set lock_timeout = '5s'")
    for _ in range(5):
        made = fill(db, queue, 300)
        delayed = fill(db, queue, 10, delay="1 minute")
        assert drain(db, queue, 50) == made
        for id in delayed:
            assert db.call("queue_cancel", id) is True
    assert db.rows("queue_dequeue", queue) == []


def test_tasks_left_by_one_worker_are_found_by_another(db, queue, connect):
    made = fill(db, queue, 1000)
    for start in range(0, 1000, 100):
        worker = connect()
        worker.at(NOON)
        assert ids(worker.rows("queue_dequeue", queue, 100)) == made[start : start + 100]
    assert db.rows("queue_dequeue", queue) == []


def test_a_task_is_held_once_however_often_its_position_was_passed(db, queue):
    (first,) = fill(db, queue, 1)
    for attempt in range(1, 8):
        assert (hold(db, queue).id, attempt) == (first, attempt)
        fill(db, queue, 300)
        assert len(db.rows("queue_pop", queue, 300)) == 300
        assert db.call("queue_nack", first, attempt, delay="0") == "waiting"
