import pytest

from .helpers import NOON, contents, drain, fill, hold, ids, state, task


@pytest.fixture
def dead(db, queue):
    """Three dead tasks, oldest first."""
    made = fill(db, queue, 3)
    for id in ids(db.rows("queue_dequeue", queue, 3)):
        db.call("queue_bury", id, 1, "poison")
    return made


def test_redrive_makes_all_dead_tasks_ready(db, queue, dead):
    assert db.call("queue_redrive", queue) == 3
    assert [state(db, id) for id in dead] == ["ready"] * 3
    assert sorted(drain(db, queue)) == dead
    assert db.call("queue_redrive", queue) == 0


def test_redrive_takes_null_for_all(db, queue, dead):
    assert db.call("queue_redrive", queue, None, None) == 3


def test_redrive_of_some(db, queue, dead):
    (ready,) = fill(db, queue, 1)
    assert db.call("queue_redrive", queue, [dead[1], ready, 10**12]) == 1
    assert [state(db, id) for id in dead] == ["dead", "ready", "dead"]


def test_redrive_takes_at_most_a_batch(db, queue, dead):
    assert db.call("queue_redrive", queue, batch_size=2) == 2
    assert db.call("queue_redrive", queue, batch_size=2) == 1


def test_a_redriven_task_joins_the_end_of_its_priority(db, queue):
    (dead,) = fill(db, queue, 1, priority=5)
    db.call("queue_bury", hold(db, queue).id)
    high = fill(db, queue, 2, priority=5)
    low = fill(db, queue, 2)
    assert db.call("queue_redrive", queue) == 1
    high += fill(db, queue, 1, priority=5)
    assert drain(db, queue) == [high[0], high[1], dead, high[2], *low]


def test_redrive_grants_as_many_attempts_again_and_never_counts_down(db):
    db.at(NOON)
    db.call("queue_create", "work", max_attempts=2)
    (id,) = fill(db, "work", 1)
    attempts = []
    for round in range(3):
        for answer in ("waiting", "dead"):
            held = hold(db, "work")
            attempts.append(held.attempt)
            assert db.call("queue_nack", id, held.attempt, delay="0") == answer
        assert db.call("queue_redrive", "work") == 1
        row = task(db, id)
        assert (row.attempt, row.max_attempts) == (2 * round + 2, 2 * round + 4)
    assert attempts == [1, 2, 3, 4, 5, 6]


def test_a_worker_from_before_the_redrive_stays_fenced_out(db, queue):
    fill(db, queue, 1)
    late = hold(db, queue)
    db.call("queue_bury", late.id)
    db.call("queue_redrive", queue)
    held = hold(db, queue)
    assert held.attempt == 2
    assert db.call("queue_ack", late.id, late.attempt) is False
    assert db.call("queue_ack", held.id, held.attempt) is True


def test_redrive_leaves_other_queues_alone(db, queue, dead):
    db.call("queue_create", "other")
    assert db.call("queue_redrive", "other") == 0
    assert db.call("queue_redrive", "other", dead) == 0
    assert [state(db, id) for id in dead] == ["dead"] * 3


@pytest.mark.parametrize("size", [0, -7])
def test_redrive_refuses_a_batch_of_nothing(db, queue, refused, dead, size):
    before = contents(db)
    with refused("MP006", str(size)):
        db.call("queue_redrive", queue, batch_size=size)
    assert contents(db) == before


def test_two_redrives_at_once_make_each_task_ready_once(db, queue, dead, connect):
    other = connect(autocommit=False)
    assert other.call("queue_redrive", queue, batch_size=1) == 1
    db.execute("set lock_timeout = '5s'")
    assert db.call("queue_redrive", queue) == 2
    other.commit()
    assert sorted(drain(db, queue)) == dead
