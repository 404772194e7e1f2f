import pytest

from .helpers import after, contents, drain, fill, hold, state


def test_drop_returns_whether_there_was_something_to_drop(db, queue):
    assert db.call("queue_drop", queue) is True
    assert db.call("queue_drop", queue) is False
    assert contents(db) == []


def test_drop_of_a_queue_that_was_used_and_is_empty_again(db, queue):
    fill(db, queue, 5)
    drain(db, queue)
    assert db.call("queue_drop", queue) is True


def make_ready(db, queue):
    fill(db, queue, 1)


def make_delayed(db, queue):
    fill(db, queue, 1, delay="1 hour")


def make_leased(db, queue):
    fill(db, queue, 1)
    hold(db, queue)


def make_dead(db, queue):
    fill(db, queue, 1)
    db.call("queue_bury", hold(db, queue).id)


@pytest.mark.parametrize("make", [make_ready, make_delayed, make_leased, make_dead])
def test_drop_refuses_a_queue_that_has_tasks(db, queue, refused, make):
    make(db, queue)
    before = contents(db)
    with refused("MP008", queue):
        db.call("queue_drop", queue)
    assert contents(db) == before


@pytest.mark.parametrize("make", [make_ready, make_delayed, make_leased, make_dead])
def test_forced_drop_takes_the_tasks_along(db, queue, make):
    make(db, queue)
    assert db.call("queue_drop", queue, force=True) is True
    assert contents(db) == []
    db.call("queue_create", queue)
    db.at(after(days=1))
    assert drain(db, queue) == []
    assert db.call("queue_redrive", queue) == 0


def test_forced_drop_leaves_other_queues_alone(db, queue):
    db.call("queue_create", "other")
    (kept,) = fill(db, "other", 1)
    fill(db, queue, 3)
    db.call("queue_drop", queue, force=True)
    assert drain(db, "other") == [kept]


def test_a_task_of_a_dropped_queue_cannot_be_acked(db, queue):
    fill(db, queue, 1)
    held = hold(db, queue)
    db.call("queue_drop", queue, force=True)
    assert db.call("queue_ack", held.id, held.attempt) is False
    assert state(db, held.id) is None


def test_drop_takes_keys_in_the_order_of_enqueues_so_that_neither_waits_for_ever(
    db, queue, connect, waits, background
):
    for key in "ba":
        db.call("queue_enqueue", queue, {}, key=key)
    producer, dropper = connect(autocommit=False), connect()
    producer.call("queue_enqueue", queue, {}, key="a")
    dropped = background(dropper.call, "queue_drop", queue, force=True)
    waits(dropper)
    producer.call("queue_enqueue", queue, {}, key="b")
    producer.commit()
    assert dropped.result() is True


def test_drop_takes_tasks_in_the_order_of_workers_so_that_neither_waits_for_ever(
    db, queue, connect, waits, background
):
    low, high = fill(db, queue, 2)
    db.rows("queue_dequeue", queue, 2)
    db.call("queue_extend", low, 1, "1 hour")  # which puts it behind the other in table and index
    worker, dropper = connect(autocommit=False), connect()
    worker.call("queue_extend", low, 1)
    dropped = background(dropper.call, "queue_drop", queue, force=True)
    waits(dropper)
    assert worker.call("queue_ack", high, 1) is True
    worker.commit()
    assert dropped.result() is True


@pytest.mark.parametrize("key", [None, "j"])
def test_drop_and_a_cancel_of_what_was_enqueued_meanwhile_never_wait_for_each_other(
    db, queue, connect, waits, background, key
):
    db.call("queue_enqueue", queue, {}, key="k")
    held = hold(db, queue)
    worker, dropper, other = connect(autocommit=False), connect(), connect()
    producer = connect(autocommit=False)
    worker.call("queue_extend", held.id)
    dropped = background(dropper.call, "queue_drop", queue, force=True)
    waits(dropper)  # for the held task: it has deleted what was ready
    late = db.call("queue_enqueue", queue, {}, key=key, dedup_key="d")
    producer.call("queue_enqueue", queue, {}, key="k")
    worker.commit()
    waits(dropper)  # for the key, which the producer has, and it has locked those before it
    if key is None:
        assert producer.call("queue_cancel", late) is True
        producer.commit()
    else:
        cancelled = background(other.call, "queue_cancel", late)
        waits(other)
        producer.commit()
        assert cancelled.result() is True
    assert dropped.result() is True


def test_a_dequeue_beside_a_drop_that_commits_is_well(db, queue, connect, waits, background):
    dropper, worker, gate = connect(autocommit=False), connect(), connect(autocommit=False)
    fill(worker, queue, 40)
    hold(
        worker, queue
    )  # notes where it found it, and the next one is so far from there that it notes that, too
    db.execute("update minipaas._mark set next_short = 'infinity'")
    db.execute(
        "create function test.wait() returns trigger language plpgsql as "
        "$$ begin perform pg_advisory_xact_lock(42); return new; end $$"
    )
    db.execute(
        "create trigger wait before insert on minipaas._waiting for each row execute function test.wait()"
    )
    dropper.call("queue_drop", queue, force=True)
    fill(worker, queue, 1)
    gate.execute("select pg_advisory_xact_lock(42)")
    dequeued = background(worker.rows, "queue_dequeue", queue)
    waits(worker)
    dropper.commit()
    gate.commit()
    assert len(dequeued.result()) == 1


def test_what_was_enqueued_while_the_queue_was_dropped_goes_with_the_upkeep(db, queue, connect):
    producer = connect(autocommit=False)
    producer.call("queue_enqueue", queue, {}, -3, key="k", dedup_key="d")
    assert db.call("queue_drop", queue) is True
    producer.commit()
    for _ in range(200):  # each looks at some of the ids that are gone
        db.rows("maintain")
    for table in ("_ready", "_baton", "_dedup", "_keyed", "_lane"):
        assert db.value(f"select count(*) from minipaas.{table}") == 0, table


@pytest.mark.parametrize(
    ("function", "options", "answer"),
    [
        ("queue_extend", {}, None),
        ("queue_extend", {"lease": "1 minute"}, None),
        ("queue_nack", {}, None),
        ("queue_bury", {}, True),
        ("queue_ack", {}, True),
    ],
)
def test_a_task_that_was_leased_while_its_queue_was_dropped_has_no_queue(
    db, queue, connect, function, options, answer
):
    dropper = connect(autocommit=False)
    assert dropper.call("queue_drop", queue) is True
    (id,) = fill(db, queue, 1)
    hold(db, queue)
    dropper.commit()
    assert db.call(function, id, **options) == answer
