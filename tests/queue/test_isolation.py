import pytest
from psycopg import IsolationLevel

from .helpers import fill, hold, ids, state

STRICT = [IsolationLevel.REPEATABLE_READ, IsolationLevel.SERIALIZABLE]


@pytest.mark.parametrize("level", STRICT)
@pytest.mark.parametrize("function", ["queue_dequeue", "queue_pop"])
def test_reading_needs_read_committed(db, queue, connect, refused, level, function):
    made = fill(db, queue, 1)
    other = connect(autocommit=False)
    other.isolation_level = level
    with refused("MP007", level.name.lower().replace("_", " ")):
        other.rows(function, queue)
    other.rollback()
    other.isolation_level = IsolationLevel.READ_COMMITTED
    assert ids(other.rows(function, queue)) == made


@pytest.mark.parametrize("level", list(IsolationLevel))
def test_every_other_call_works_at_every_level(db, queue, connect, level):
    made = fill(db, queue, 5)
    acked, nacked, buried, *rest = ids(db.rows("queue_dequeue", queue, 5))
    other = connect(autocommit=False)
    other.isolation_level = level
    other.call("queue_create", "other", keep_done="1 hour")
    other.call("queue_alter", "other", lease="2 minutes")
    other.call("queue_pause", "other")
    other.call("queue_resume", "other")
    cancelled = other.call("queue_enqueue", queue, {})
    fill(other, queue, 2)
    assert other.call("queue_cancel", cancelled) is True
    assert other.call("queue_ack", acked, 1) is True
    assert other.call("queue_nack", nacked, 1, delay="1 hour") == "waiting"
    assert other.call("queue_bury", buried, 1) is True
    assert other.call("queue_extend", rest[0], 1) is not None
    assert other.call("queue_extend_many", rest, [1, 1]) == 2
    assert other.call("queue_nack_many", rest[:1], [1]) == 1
    assert other.call("queue_ack_many", rest[1:], [1]) == 1
    assert other.call("queue_redrive", queue) == 1
    assert other.value("select count(*) from minipaas.queues") == 2
    assert other.value("select sum(ready) from minipaas.queue_stats") == 3
    assert other.call("queue_purge", queue) == 5
    assert other.call("queue_drop", "other") is True
    other.commit()
    assert [state(db, id) for id in made] == [None] * 5


@pytest.mark.parametrize("level", STRICT)
def test_a_task_enqueued_under_an_old_snapshot_comes_out(db, queue, connect, level):
    other = connect(autocommit=False)
    other.isolation_level = level
    other.execute("select 1 from pg_class limit 1")
    first = fill(db, queue, 200)
    assert len(db.rows("queue_pop", queue, 200)) == 200
    (id,) = fill(other, queue, 1)
    other.commit()
    assert first[-1] < id
    assert hold(db, queue).id == id
