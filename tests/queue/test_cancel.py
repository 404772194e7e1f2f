from .helpers import NOON, after, drain, fill, hold, state


def test_cancel_removes_a_task_that_nobody_holds(db, queue):
    ready = db.call("queue_enqueue", queue, {}, -1)
    delayed = db.call("queue_enqueue", queue, {}, delay="1 hour")
    retrying = db.call("queue_enqueue", queue, {})
    db.call("queue_nack", hold(db, queue).id)
    assert [state(db, id) for id in (ready, delayed, retrying)] == ["ready", "delayed", "retrying"]
    for id in (ready, delayed, retrying):
        assert db.call("queue_cancel", id) is True
        assert db.call("queue_cancel", id) is False
        assert state(db, id) is None
    db.at(after(days=1))
    assert drain(db, queue) == []


def test_cancel_leaves_a_held_task_alone(db, queue):
    fill(db, queue, 1)
    held = hold(db, queue)
    assert db.call("queue_cancel", held.id) is False
    assert db.call("queue_ack", held.id, 1) is True


def test_cancel_of_an_unknown_task_returns_false(db, queue):
    assert db.call("queue_cancel", 10**12) is False


def test_cancel_does_not_wait_for_a_task_in_an_open_dequeue(db, queue, connect):
    fill(db, queue, 1)
    worker = connect(autocommit=False)
    worker.at(NOON)
    held = hold(worker, queue)
    db.execute("set lock_timeout = '5s'")
    assert db.call("queue_cancel", held.id) is False
    worker.commit()
    assert db.call("queue_ack", held.id, 1) is True


def test_a_rolled_back_cancel_leaves_the_task(db, queue, connect):
    made = fill(db, queue, 2)
    other = connect(autocommit=False)
    assert other.call("queue_cancel", made[0]) is True
    other.rollback()
    assert drain(db, queue) == made
