from .helpers import after, contents, fill, hold, task


def test_bury_makes_the_task_dead_at_once(db, queue):
    fill(db, queue, 1)
    held = hold(db, queue)
    assert db.call("queue_bury", held.id, 1, "poison") is True
    row = task(db, held.id)
    assert (row.state, row.attempt, row.last_error, row.payload) == ("dead", 1, "poison", {"n": 0})
    db.at(after(days=365))
    assert db.rows("queue_dequeue", queue) == []


def test_bury_without_attempt_acts_on_whoever_holds_the_task(db, queue):
    fill(db, queue, 1)
    assert db.call("queue_bury", hold(db, queue).id) is True


def test_bury_of_what_is_not_held_so_returns_false(db, queue):
    fill(db, queue, 2)
    held = hold(db, queue)
    before = contents(db)
    assert db.call("queue_bury", held.id, 2) is False
    assert db.call("queue_bury", held.id + 1) is False
    assert db.call("queue_bury", 10**12) is False
    assert contents(db) == before


def test_a_late_bury_leaves_the_new_holder_alone(db, queue):
    fill(db, queue, 1)
    hold(db, queue)
    db.at(after(minutes=2))
    held = hold(db, queue)
    assert db.call("queue_bury", held.id, 1) is False
    assert db.call("queue_ack", held.id, 2) is True
