import pytest

from .helpers import NOON, after, contents, fill, ids, state


def test_pop_deletes_what_it_returns(db, queue):
    first, second = fill(db, queue, 2)
    (row,) = db.rows("queue_pop", queue)
    assert (row.id, row.payload, row.attempt, row.enqueued_at) == (first, {"n": 0}, 1, NOON)
    assert row._fields == db.one("queue_dequeue", queue)._fields
    assert state(db, first) is None
    db.at(after(days=1))
    assert ids(db.rows("queue_pop", queue, 10)) == [second]
    assert contents(db)[1:] == []


def test_pop_takes_a_batch_in_the_order_of_dequeue(db, queue):
    low = fill(db, queue, 2)
    high = fill(db, queue, 2, priority=1)
    due = fill(db, queue, 1, delay="1 minute")
    db.at(after(minutes=1))
    assert ids(db.rows("queue_pop", queue, 3)) == [*high, *due]
    assert ids(db.rows("queue_pop", queue, 3)) == low
    assert db.rows("queue_pop", queue, 3) == []


def test_pop_leaves_delayed_and_leased_tasks(db, queue):
    made = fill(db, queue, 1)
    db.rows("queue_dequeue", queue)
    made += fill(db, queue, 1, delay="1 minute")
    assert db.rows("queue_pop", queue, 10) == []
    assert [state(db, id) for id in made] == ["leased", "delayed"]


def test_pop_takes_an_expired_lease_away_from_its_holder(db, queue):
    (id,) = fill(db, queue, 1)
    db.rows("queue_dequeue", queue)
    db.at(after(minutes=2))
    (row,) = db.rows("queue_pop", queue)
    assert (row.id, row.attempt) == (id, 2)
    assert db.call("queue_ack", id, 1) is False


def test_a_rolled_back_pop_leaves_the_tasks(db, queue, connect):
    made = fill(db, queue, 3)
    other = connect(autocommit=False)
    assert ids(other.rows("queue_pop", queue, 2)) == made[:2]
    assert ids(db.rows("queue_pop", queue)) == made[2:]
    other.rollback()
    assert ids(db.rows("queue_pop", queue, 10)) == made[:2]


def test_pop_takes_null_for_one(db, queue):
    made = fill(db, queue, 2)
    assert ids(db.rows("queue_pop", queue, None)) == made[:1]


@pytest.mark.parametrize("size", [0, -7])
def test_pop_refuses_a_batch_of_nothing(db, queue, refused, size):
    fill(db, queue, 1)
    before = contents(db)
    with refused("MP006", str(size)):
        db.rows("queue_pop", queue, size)
    assert contents(db) == before
