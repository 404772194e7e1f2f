from datetime import timedelta

from .helpers import NOON, after, contents, fill, hold, state, task


def test_ack_removes_the_task(db, queue):
    fill(db, queue, 1)
    held = hold(db, queue)
    assert db.call("queue_ack", held.id, held.attempt) is True
    assert state(db, held.id) is None
    db.at(after(days=1))
    assert db.rows("queue_dequeue", queue) == []


def test_ack_without_attempt_acts_on_whoever_holds_the_task(db, queue):
    fill(db, queue, 2)
    assert db.call("queue_ack", hold(db, queue).id) is True
    assert db.call("queue_ack", hold(db, queue).id, None, None) is True


def test_ack_twice_returns_false(db, queue):
    fill(db, queue, 1)
    held = hold(db, queue)
    assert db.call("queue_ack", held.id, 1) is True
    assert db.call("queue_ack", held.id, 1) is False
    assert db.call("queue_ack", held.id) is False


def test_ack_of_a_task_that_nobody_holds_returns_false(db, queue):
    ready = db.call("queue_enqueue", queue, {})
    delayed = db.call("queue_enqueue", queue, {}, delay="1 hour")
    dead = db.call("queue_enqueue", queue, {}, 5)
    db.call("queue_bury", hold(db, queue).id)
    before = contents(db)
    for id in (ready, delayed, dead, dead + 1_000_000):
        assert db.call("queue_ack", id) is False
        assert db.call("queue_ack", id, 0) is False
        assert db.call("queue_ack", id, 1) is False
    assert contents(db) == before


def test_a_late_ack_returns_false_and_the_new_holder_keeps_the_task(db, queue, connect):
    fill(db, queue, 1)
    late = hold(db, queue)
    new = connect()
    new.at(after(minutes=2))
    held = hold(new, queue)
    assert (held.id, held.attempt) == (late.id, 2)
    before = contents(db)
    assert db.call("queue_ack", late.id, late.attempt) is False
    assert contents(db) == before
    assert new.call("queue_ack", held.id, held.attempt) is True


def test_a_late_ack_returns_false_after_the_task_was_finished(db, queue):
    fill(db, queue, 1)
    hold(db, queue)
    db.at(after(minutes=2))
    held = hold(db, queue)
    assert db.call("queue_ack", held.id, 2) is True
    assert db.call("queue_ack", held.id, 1) is False


def test_ack_after_nack_returns_false(db, queue):
    fill(db, queue, 1)
    held = hold(db, queue)
    db.call("queue_nack", held.id, 1, delay="1 minute")
    assert db.call("queue_ack", held.id, 1) is False
    assert state(db, held.id) == "retrying"


def test_strict_ack_raises_when_the_lease_is_lost(db, queue, refused):
    fill(db, queue, 1)
    held = hold(db, queue)
    db.at(after(minutes=2))
    hold(db, queue)
    before = contents(db)
    with refused("MP009", str(held.id)):
        db.call("queue_ack", held.id, 1, strict=True)
    assert contents(db) == before
    assert db.call("queue_ack", held.id, 2, strict=True) is True


def test_strict_ack_that_fails_takes_the_effects_along(db, queue, connect, refused):
    db.execute("create table test.effect (id bigint)")
    fill(db, queue, 1)
    held = hold(db, queue)
    db.call("queue_cancel", held.id)
    db.at(after(minutes=2))
    hold(db, queue)
    worker = connect(autocommit=False)
    worker.execute("insert into test.effect values (%s)", [held.id])
    with refused("MP009"):
        worker.call("queue_ack", held.id, 1, strict=True)
    worker.rollback()
    assert db.value("select count(*) from test.effect") == 0


def test_keep_done_shows_the_task_for_that_long(db):
    db.at(NOON)
    db.call("queue_create", "work", keep_done="1 hour")
    fill(db, "work", 1)
    held = hold(db, "work")
    db.at(after(seconds=10))
    assert db.call("queue_ack", held.id, 1) is True
    row = task(db, held.id)
    assert (row.state, row.payload, row.attempt) == ("done", {"n": 0}, 1)
    assert row.finished_at == after(seconds=10)
    assert db.value("select done from minipaas.queue_stats") == 1
    assert db.call("queue_ack", held.id, 1) is False
    db.at(after(seconds=10, hours=1) - timedelta(milliseconds=1))
    assert state(db, held.id) == "done"
    assert db.rows("queue_dequeue", "work") == []
    db.at(after(seconds=10, hours=1))
    assert state(db, held.id) is None
    assert db.value("select done from minipaas.queue_stats") == 0
    assert db.rows("queue_dequeue", "work") == []


def test_two_acks_at_once_one_is_true(db, queue, connect, background, waits):
    fill(db, queue, 1)
    held = hold(db, queue)
    first, second = connect(autocommit=False), connect()
    assert first.call("queue_ack", held.id, 1) is True
    answer = background(second.call, "queue_ack", held.id, 1)
    waits(second)
    first.commit()
    assert answer.result() is False
