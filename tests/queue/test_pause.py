from .helpers import drain, fill, hold, state


def test_a_paused_queue_delivers_nothing_and_takes_tasks(db, queue):
    made = fill(db, queue, 2)
    db.call("queue_pause", queue)
    assert db.rows("queue_dequeue", queue, 10) == []
    assert db.rows("queue_pop", queue, 10) == []
    made += fill(db, queue, 2)
    db.call("queue_resume", queue)
    assert drain(db, queue) == made


def test_pause_and_resume_may_be_repeated_and_return_nothing(db, queue):
    for function, paused in [("queue_pause", True), ("queue_resume", False)]:
        for _ in range(2):
            assert db.call(function, queue) in ("", None)
            assert db.value("select paused from minipaas.queues") is paused
            assert db.value("select paused from minipaas.queue_stats") is paused


def test_held_tasks_can_be_finished_while_paused(db, queue):
    fill(db, queue, 4)
    acked, nacked, buried, extended = db.rows("queue_dequeue", queue, 4)
    db.call("queue_pause", queue)
    assert db.call("queue_ack", acked.id, 1) is True
    assert db.call("queue_nack", nacked.id, 1) == "waiting"
    assert db.call("queue_bury", buried.id, 1) is True
    assert db.call("queue_extend", extended.id, 1) is not None
    assert db.call("queue_redrive", queue) == 1
    assert state(db, buried.id) == "ready"


def test_pause_stops_one_queue(db, queue):
    db.call("queue_create", "other")
    (id,) = fill(db, "other", 1)
    db.call("queue_pause", queue)
    assert hold(db, "other").id == id
