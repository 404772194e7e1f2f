import pytest

from .helpers import NOON, after, contents, fill, hold, ids, state


def test_ack_many_counts_what_it_acked(db, queue):
    made = fill(db, queue, 5)
    held = ids(db.rows("queue_dequeue", queue, 4))
    assert db.call("queue_ack_many", held, [1] * 4) == 4
    assert [state(db, id) for id in made] == [None] * 4 + ["ready"]


def test_ack_many_without_attempts_acts_on_whoever_holds_the_tasks(db, queue):
    fill(db, queue, 3)
    held = ids(db.rows("queue_dequeue", queue, 3))
    assert db.call("queue_ack_many", held) == 3


def test_ack_many_passes_by_what_is_not_held_so(db, queue):
    made = fill(db, queue, 3)
    lost, held = ids(db.rows("queue_dequeue", queue, 2))
    db.call("queue_nack", lost, 1, delay="0")
    assert hold(db, queue).attempt == 2
    assert db.call("queue_ack_many", [lost, held, made[2], 10**12], [1, 1, 1, 1]) == 1
    assert [state(db, id) for id in made] == ["leased", None, "ready"]


def test_ack_many_counts_an_id_given_twice_once(db, queue):
    fill(db, queue, 1)
    id = hold(db, queue).id
    assert db.call("queue_ack_many", [id, id], [1, 1]) == 1


def test_ack_many_of_nothing_is_zero(db, queue):
    assert db.value("select minipaas.queue_ack_many('{}', '{}')") == 0


def test_strict_ack_many_is_all_or_nothing(db, queue, refused):
    fill(db, queue, 2)
    lost, held = ids(db.rows("queue_dequeue", queue, 2))
    db.call("queue_nack", lost, 1)
    before = contents(db)
    with refused("MP009", str(lost)):
        db.call("queue_ack_many", [held, lost], [1, 1], strict=True)
    assert contents(db) == before
    assert db.call("queue_ack_many", [held], [1], strict=True) == 1


def test_strict_ack_many_counts_a_task_that_is_given_twice_once(db, queue, refused):
    fill(db, queue, 1)
    id = hold(db, queue).id
    with refused("MP009", str(id)):
        db.call("queue_ack_many", [id, id], [1, 2], strict=True)
    assert db.call("queue_ack_many", [id, id], [1, 1], strict=True) == 1


def test_strict_ack_names_an_id_that_is_none(db, refused):
    with refused("MP009", "task NULL"):
        db.call("queue_ack_many", [None], strict=True)
    with refused("MP009", "task NULL"):
        db.call("queue_ack", None, strict=True)


def test_ack_many_spans_queues_and_keeps_what_is_to_be_kept(db, queue):
    db.at(NOON)
    db.call("queue_create", "kept", keep_done="1 hour")
    fill(db, queue, 1)
    fill(db, "kept", 1)
    held = [hold(db, queue).id, hold(db, "kept").id]
    assert db.call("queue_ack_many", held, [1, 1]) == 2
    assert [state(db, id) for id in held] == [None, "done"]
    db.at(after(hours=1))
    assert state(db, held[1]) is None


@pytest.mark.parametrize("function", ["queue_ack_many", "queue_nack_many", "queue_extend_many"])
def test_arrays_of_different_lengths_are_refused(db, queue, refused, function):
    fill(db, queue, 2)
    held = ids(db.rows("queue_dequeue", queue, 2))
    before = contents(db)
    for attempts in ([1], [1, 1, 1]):
        with refused("MP006", "attempts", str(len(attempts))):
            db.call(function, held, attempts)
    assert contents(db) == before


def test_two_ack_manys_in_opposite_order_do_not_deadlock(db, queue, connect, background, waits):
    fill(db, queue, 2)
    low, high = ids(db.rows("queue_dequeue", queue, 2))
    blocker, first, second = connect(autocommit=False), connect(), connect()
    blocker.call("queue_extend", low, 1)
    upward = background(first.call, "queue_ack_many", [low, high], [1, 1])
    waits(first)
    downward = background(second.call, "queue_ack_many", [high, low], [1, 1])
    waits(second)
    blocker.commit()
    assert sorted([upward.result(), downward.result()]) == [0, 2]


@pytest.mark.parametrize("keep", ["0", "1 hour"])
def test_ack_many_takes_tasks_in_one_order_whatever_they_are(db, queue, connect, background, waits, keep):
    db.call("queue_create", "other", keep_done=keep)
    low = db.call("queue_enqueue", "other", {}, key=None if keep != "0" else "k")
    high = db.call("queue_enqueue", queue, {})
    for one in ("other", queue):
        hold(db, one)
    holder, worker = connect(autocommit=False), connect()
    holder.call("queue_extend", low, 1)
    acked = background(worker.call, "queue_ack_many", [low, high])
    waits(worker)
    assert holder.call("queue_extend", high, 1) is not None
    holder.commit()
    assert acked.result() == 2


def test_what_has_been_kept_for_long_enough_is_deleted_by_later_acks(db):
    db.at(NOON)
    db.call("queue_create", "kept", keep_done="1 hour")
    for hours in (0, 2):
        db.at(after(hours=hours))
        made = fill(db, "kept", 100)  # a hundred at once always look for older ones
        db.rows("queue_dequeue", "kept", 100)
        assert db.call("queue_ack_many", made) == 100
    assert [row.id for row in db.execute("select id from minipaas._done order by id")] == made


def test_ack_many_strict_of_no_tasks_is_no_error(db, queue):
    assert db.call("queue_ack_many", [], strict=True) == 0
