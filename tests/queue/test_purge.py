from .helpers import NOON, after, drain, fill, hold, state


def test_purge_takes_all_that_nobody_holds(db, queue):
    buried, nacked, held, *_ = fill(db, queue, 5)
    fill(db, queue, 3, delay="1 hour")
    db.rows("queue_dequeue", queue, 3)
    db.call("queue_bury", buried)
    db.call("queue_nack", nacked)
    assert db.call("queue_purge", queue) == 7
    assert [row.id for row in db.execute("select id from minipaas.queue_tasks").fetchall()] == [held]
    assert db.call("queue_ack", held, 1) is True
    db.at(after(days=1))
    assert drain(db, queue) == []


def test_purge_of_an_empty_queue_counts_nothing(db, queue):
    assert db.call("queue_purge", queue) == 0


def test_purge_leaves_other_queues_alone(db, queue):
    db.call("queue_create", "other")
    (kept,) = fill(db, "other", 1)
    fill(db, queue, 3)
    assert db.call("queue_purge", queue) == 3
    assert drain(db, "other") == [kept]


def test_purge_passes_by_a_task_in_an_open_dequeue(db, queue, connect):
    held, _ = fill(db, queue, 2)
    worker = connect(autocommit=False)
    worker.at(NOON)
    assert hold(worker, queue).id == held
    db.execute("set lock_timeout = '5s'")
    assert db.call("queue_purge", queue) == 1
    worker.commit()
    assert state(db, held) == "leased"
    assert db.call("queue_ack", held, 1) is True


def test_a_purged_task_cannot_be_cancelled_or_redriven(db, queue):
    (id,) = fill(db, queue, 1)
    db.call("queue_bury", hold(db, queue).id)
    db.call("queue_purge", queue)
    assert db.call("queue_cancel", id) is False
    assert db.call("queue_redrive", queue) == 0
