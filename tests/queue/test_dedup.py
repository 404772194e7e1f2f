"""While a task with a dedup_key is outstanding there is no second one, whoever asks and however it ends."""

from concurrent.futures import ThreadPoolExecutor

import pytest

from tests import books
from tests.conftest import Connection

from .helpers import after, contents, drain, fill, hold, ids, state, task


def once(db, queue, payload=None, dedup_key="d", **options):
    return db.call("queue_enqueue", queue, payload or {}, dedup_key=dedup_key, **options)


def leave_outstanding(db, queue, id, how):
    """Bring a ready task into another state in which it is outstanding."""
    if how in ("leased", "retrying", "expired"):
        assert hold(db, queue).id == id
    if how == "retrying":
        assert db.call("queue_nack", id, 1, delay="1 hour") == "waiting"
    if how == "expired":
        db.at(after(minutes=2))


OUTSTANDING = ["ready", "leased", "retrying", "expired"]


@pytest.mark.parametrize("how", OUTSTANDING)
def test_enqueue_returns_the_id_of_the_outstanding_task_and_adds_nothing(db, queue, how):
    id = once(db, queue, {"n": 1}, headers={"h": 1})
    leave_outstanding(db, queue, id, how)
    before = contents(db)
    assert once(db, queue, {"n": 2}, headers={"h": 2}, priority=3, delay="1 minute") == id
    assert contents(db) == before


def test_delayed_and_blocked_tasks_are_outstanding(db, queue):
    delayed = once(db, queue, dedup_key="later", delay="1 hour")
    db.call("queue_enqueue", queue, {}, key="k")
    blocked = once(db, queue, key="k")
    assert state(db, blocked) == "blocked"
    assert once(db, queue, dedup_key="later") == delayed
    assert once(db, queue) == blocked


def test_the_task_shows_its_dedup_key(db, queue):
    assert task(db, once(db, queue)).dedup_key == "d"
    assert task(db, once(db, queue, dedup_key="e", delay="1 hour")).dedup_key == "e"


@pytest.mark.parametrize("dedup_key", ["", " ", "é" * 500, "'); drop", "a\nb"])
def test_any_text_is_a_dedup_key(db, queue, dedup_key):
    assert once(db, queue, dedup_key=dedup_key) == once(db, queue, dedup_key=dedup_key)


def test_dedup_keys_of_different_queues_have_nothing_to_do_with_each_other(db, queue):
    db.call("queue_create", "other")
    assert once(db, queue) != once(db, "other")


def end_by_ack(db, id):
    assert db.call("queue_ack", id, 1) is True


def end_by_ack_many(db, id):
    assert db.call("queue_ack_many", [id], [1], strict=True) == 1


def end_by_bury(db, id):
    assert db.call("queue_bury", id, 1) is True


def end_by_last_nack(db, id):
    assert db.call("queue_nack", id, 1) == "dead"


def end_by_expiry(db, id):
    db.at(after(minutes=2))
    assert state(db, id) == "dead"


def end_by_expiry_and_upkeep(db, id):
    db.at(after(minutes=2))
    db.rows("maintain")
    assert state(db, id) == "dead"


def end_by_cancel_after_expiry(db, id):
    db.at(after(minutes=2))
    assert db.call("queue_cancel", id) is True


ENDS = [
    end_by_ack,
    end_by_ack_many,
    end_by_bury,
    end_by_last_nack,
    end_by_expiry,
    end_by_expiry_and_upkeep,
    end_by_cancel_after_expiry,
]


@pytest.mark.parametrize("end", ENDS)
@pytest.mark.parametrize("keep_done", ["0", "1 hour"])
@pytest.mark.parametrize("key", [None, "k"])
def test_a_task_that_ends_frees_its_dedup_key(db, queue, end, keep_done, key):
    db.call("queue_alter", queue, keep_done=keep_done)
    first = once(db, queue, key=key, max_attempts=1)
    assert hold(db, queue).id == first
    end(db, first)
    second = once(db, queue, key=key)
    assert second != first
    assert hold(db, queue).id == second
    assert once(db, queue) == second


def test_pop_purge_drop_and_cancel_free_the_dedup_key(db, queue):
    first = once(db, queue)
    assert ids(db.rows("queue_pop", queue)) == [first]
    second = once(db, queue)
    assert db.call("queue_purge", queue) == 1
    third = once(db, queue, delay="1 hour")
    assert db.call("queue_cancel", third) is True
    fourth = once(db, queue)
    assert db.call("queue_cancel", fourth) is True
    assert len({first, second, third, fourth, once(db, queue)}) == 5
    assert db.call("queue_drop", queue, force=True) is True
    db.call("queue_create", queue)
    assert once(db, queue) == drain(db, queue)[0]


def test_a_second_attempt_keeps_the_dedup_key(db, queue):
    first = once(db, queue)
    for attempt in range(1, 4):
        assert hold(db, queue).attempt == attempt
        db.call("queue_nack", first, attempt, delay="0")
        assert once(db, queue) == first
    hold(db, queue)
    db.at(after(minutes=2))
    assert once(db, queue) == first
    assert hold(db, queue).attempt == 5
    assert once(db, queue) == first


@pytest.mark.parametrize("how", ["ready", "retrying"])
def test_replace_gives_a_free_task_the_new_payload_headers_and_time(db, queue, how):
    id = once(db, queue, {"n": 1}, headers={"h": 1}, priority=2, max_attempts=7)
    leave_outstanding(db, queue, id, how)
    assert once(db, queue, {"n": 2}, delay="5 s", on_duplicate="replace", priority=-2, max_attempts=1) == id
    row = task(db, id)
    assert (row.state, row.payload, row.headers, row.run_at) == ("delayed", {"n": 2}, None, after(seconds=5))
    assert (row.priority, row.max_attempts, row.dedup_key) == (2, 7, "d")
    assert once(db, queue, {"n": 3}, headers={"h": 3}, on_duplicate="replace") == id
    held = hold(db, queue)
    assert (held.id, held.payload, held.headers) == (id, {"n": 3}, {"h": 3})
    assert held.attempt == (2 if how == "retrying" else 1)


def test_replace_debounces(db, queue):
    id = once(db, queue, delay="10 s")
    for second in (5, 10, 15):
        db.at(after(seconds=second))
        assert once(db, queue, {"n": second}, delay="10 s", on_duplicate="replace") == id
        assert db.rows("queue_dequeue", queue) == []
    db.at(after(seconds=25))
    assert hold(db, queue).payload == {"n": 15}


@pytest.mark.parametrize("time", [{}, {"delay": "1 hour"}, {"run_at": after(hours=2)}])
def test_replace_leaves_a_task_in_somebodys_hands_as_it_is(db, queue, time):
    id = once(db, queue, {"n": 1})
    hold(db, queue)
    before = contents(db)
    assert once(db, queue, {"n": 2}, on_duplicate="replace", **time) == id
    assert contents(db) == before
    assert db.call("queue_ack", id, 1) is True
    assert contents(db)[1:] == []


def test_replace_adds_a_task_where_there_is_none(db, queue):
    id = once(db, queue, {"n": 1}, on_duplicate="replace")
    assert hold(db, queue).payload == {"n": 1}
    assert db.call("queue_bury", id) is True
    assert once(db, queue, {"n": 2}, on_duplicate="replace") != id
    assert task(db, id).payload == {"n": 1}, "a dead one is left as it is"


@pytest.mark.parametrize("delay", [None, "1 minute"])
@pytest.mark.parametrize("how", ["ready", "blocked", "delayed", "retrying"])
def test_a_replaced_task_takes_part_in_its_key(db, queue, how, delay):
    options = {"key": "k", "delay": "1 hour" if how == "delayed" else None}
    before = [db.call("queue_enqueue", queue, {}, key="k")] if how == "blocked" else []
    id = once(db, queue, {"n": 1}, **options)
    if how == "retrying":
        leave_outstanding(db, queue, id, "retrying")
    behind = db.call("queue_enqueue", queue, {}, key="k")
    assert once(db, queue, {"n": 2}, delay=delay, on_duplicate="replace") == id
    assert (task(db, id).key, task(db, id).payload) == ("k", {"n": 2})
    order = [*before, behind, id] if delay or how == "delayed" else [*before, id, behind]
    seen = []
    for _ in order:
        if not (batch := db.rows("queue_dequeue", queue, 10)):
            db.at(after(minutes=1))
            batch = db.rows("queue_dequeue", queue, 10)
        (held,) = batch
        seen.append(held.id)
        assert db.call("queue_ack", held.id, held.attempt) is True
    assert seen == order
    assert contents(db)[1:] == []


def test_enqueue_many_keeps_the_first_of_a_repeated_dedup_key(db, queue):
    there = once(db, queue, dedup_key="there")
    given = ["b", None, "a", "there", "b", None, "a", "b"]
    made = fill(db, queue, len(given), dedup_keys=given)
    first, free, second, existing, *again = made
    assert existing == there
    assert again == [first, again[1], second, first]
    assert len({first, free, second, again[1]}) == 4
    assert [task(db, id).payload for id in (first, free, second)] == [{"n": n} for n in (0, 1, 2)]
    assert sorted(drain(db, queue)) == sorted({*made, there})


def test_enqueue_many_replaces_by_the_last_of_a_repeated_dedup_key(db, queue):
    there = once(db, queue, dedup_key="there")
    given = ["a", "there", "a", "there", "b"]
    made = fill(db, queue, len(given), dedup_keys=given, on_duplicate="replace")
    assert made == [made[0], there, made[0], there, made[4]]
    assert [task(db, id).payload["n"] for id in made] == [2, 3, 2, 3, 4]


def test_enqueue_many_with_keys_and_dedup_keys_and_a_delay(db, queue):
    made = fill(db, queue, 3, keys=["k", "k", "j"], dedup_keys=["a", "a", "b"], delay="1 minute")
    assert made[0] == made[1]
    assert fill(db, queue, 2, dedup_keys=["b", "a"]) == [made[2], made[0]]
    db.at(after(minutes=1))
    assert sorted(drain(db, queue)) == sorted({*made})


def test_redrive_skips_a_task_whose_dedup_key_is_taken_again(db, queue):
    dead = once(db, queue)
    hold(db, queue)
    db.call("queue_bury", dead)
    taken = once(db, queue)
    assert db.call("queue_redrive", queue) == 0
    assert state(db, dead) == "dead"
    assert drain(db, queue) == [taken]
    assert db.call("queue_redrive", queue) == 1
    assert once(db, queue) == dead


def test_redrive_lets_one_of_many_dead_tasks_have_the_dedup_key(db, queue):
    made = []
    for _ in range(3):
        made.append(once(db, queue))
        hold(db, queue)
        db.call("queue_bury", made[-1])
    assert db.call("queue_redrive", queue) == 1
    assert [state(db, id) for id in made] == ["ready", "dead", "dead"]


def test_redrive_of_a_task_that_died_by_expiry_takes_its_dedup_key_again(db, queue):
    id = once(db, queue, max_attempts=1)
    hold(db, queue)
    db.at(after(minutes=2))
    assert db.call("queue_redrive", queue) == 1
    assert once(db, queue) == id
    assert hold(db, queue).attempt == 2


def test_a_rolled_back_enqueue_leaves_the_dedup_key_free(db, queue, connect):
    other = connect(autocommit=False)
    first = once(other, queue)
    other.rollback()
    second = once(db, queue)
    assert second != first
    assert drain(db, queue) == [second]


@pytest.mark.parametrize("commit", [True, False])
@pytest.mark.parametrize("many", [True, False])
def test_of_two_concurrent_enqueues_one_stands(db, queue, connect, background, waits, commit, many):
    first, second = connect(autocommit=False), connect()
    one = once(first, queue)
    if many:
        waiting = background(lambda: fill(second, queue, 1, dedup_keys=["d"])[0])
    else:
        waiting = background(once, second, queue)
    waits(second)
    first.commit() if commit else first.rollback()
    two = waiting.result()
    assert (one == two) is commit
    assert drain(db, queue) == [two]


def test_an_ack_that_has_not_committed_keeps_no_enqueue_waiting(db, queue, connect):
    id = once(db, queue)
    hold(db, queue)
    worker = connect(autocommit=False)
    assert worker.call("queue_ack", id, 1) is True
    assert once(db, queue) == id
    worker.rollback()
    assert once(db, queue) == id
    assert db.call("queue_ack", id, 1) is True
    assert once(db, queue) != id


def test_an_enqueue_with_an_old_snapshot_sees_the_dedup_key_as_it_was(db, queue, connect):
    id = once(db, queue)
    producer = connect(autocommit=False)
    producer.execute("set transaction isolation level repeatable read")
    producer.execute("select 1 from minipaas._dedup")
    assert drain(db, queue) == [id]
    assert once(producer, queue) == id, "as if it had come before the ack"
    producer.commit()
    assert drain(db, queue) == []
    assert once(db, queue) != id


def test_replace_does_not_wait_for_who_is_just_taking_the_task(db, queue, connect):
    id = once(db, queue, {"n": 1})
    worker = connect(autocommit=False)
    (held,) = worker.rows("queue_dequeue", queue)
    assert once(db, queue, {"n": 2}, on_duplicate="replace") == id
    assert (held.id, held.payload) == (id, {"n": 1})
    worker.commit()
    assert task(db, id).payload == {"n": 1}


def test_batches_with_the_same_dedup_keys_in_any_order_do_not_deadlock(db, queue, db_url):
    keys = [f"d{n}" for n in range(100)]

    def enqueue(turn):
        with Connection.open(db_url) as own:
            return fill(own, queue, 100, dedup_keys=keys[:: (-1) ** turn])[:: (-1) ** turn]

    with ThreadPoolExecutor(8) as pool:
        answers = list(pool.map(enqueue, range(16)))
    assert len({tuple(answer) for answer in answers}) == 1
    assert len(drain(db, queue)) == 100


def test_replace_that_is_put_off_until_a_moment_within_the_call_leaves_no_key_behind(db):
    db.call("queue_create", "work", max_attempts=0)
    for microseconds in range(20, 2_000, 5):
        key = str(microseconds)
        db.call("queue_enqueue", "work", {}, key=key, dedup_key=key)
        replace = {"keys": [key], "dedup_keys": [key], "on_duplicate": "replace"}
        db.rows("queue_enqueue_many", "work", [{}], delay=f"{microseconds} microseconds", **replace)
    books.read(db)
    assert len(drain(db, "work")) == len(range(20, 2_000, 5))
