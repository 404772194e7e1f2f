"""Keys while two sessions are at the same one: who waits for whom, and that nobody is left behind."""

import pytest
from psycopg.errors import DeadlockDetected, SerializationFailure
from psycopg.types.json import Jsonb

from .helpers import NOON, after, drain, fill, hold, ids, state, task
from .test_keys import idle_or_lost, keyed


@pytest.fixture
def two(connect):
    """Two sessions in transactions of their own, at noon."""
    first, second = connect(autocommit=False), connect(autocommit=False)
    for session in (first, second):
        session.at(NOON)
        session.commit()
    return first, second


def end(session, commit):
    session.commit() if commit else session.rollback()


@pytest.mark.parametrize("commit", [True, False])
def test_an_enqueue_waits_for_that_of_the_first_task_of_its_key(db, queue, two, background, waits, commit):
    first, second = two
    (one,) = keyed(first, queue, "k")
    waiting = background(keyed, second, queue, "k")
    waits(second)
    end(first, commit)
    (other,) = waiting.result()
    second.commit()
    assert state(db, other) == ("blocked" if commit else "ready")
    assert drain(db, queue) == ([one, other] if commit else [other])


def test_enqueues_behind_an_active_task_wait_for_nobody(db, queue, two):
    (active,) = keyed(db, queue, "k")
    first, second = two
    one, other = keyed(first, queue, "k") + keyed(second, queue, "k")
    second.commit()
    first.commit()
    assert drain(db, queue) == [active, one, other]


@pytest.mark.parametrize("enqueue_commits", [True, False])
@pytest.mark.parametrize("ack_commits", [True, False])
@pytest.mark.parametrize("ack_first", [True, False])
def test_the_last_ack_while_the_next_task_is_being_enqueued(
    db, queue, two, ack_first, ack_commits, enqueue_commits
):
    worker, producer = two
    (active,) = keyed(db, queue, "k")
    hold(db, queue)
    (new,) = keyed(producer, queue, "k")
    assert worker.call("queue_ack", active, 1) is True
    for session in (worker, producer) if ack_first else (producer, worker):
        end(session, ack_commits if session is worker else enqueue_commits)
    if not ack_commits:
        assert db.call("queue_ack", active, 1) is True
    assert drain(db, queue) == ([new] if enqueue_commits else [])
    assert keyed(db, queue, "k") == drain(db, queue)
    assert idle_or_lost(db) == []


@pytest.mark.parametrize("commit", [True, False])
def test_an_enqueue_waits_for_the_last_ack_of_its_key(db, queue, two, background, waits, commit):
    worker, producer = two
    (active,) = keyed(db, queue, "k")
    hold(db, queue)
    assert worker.call("queue_ack", active, 1) is True
    waiting = background(keyed, producer, queue, "k")
    waits(producer)
    end(worker, commit)
    (new,) = waiting.result()
    producer.commit()
    assert state(db, new) == ("ready" if commit else "blocked")
    assert commit or db.call("queue_ack", active, 1) is True
    assert drain(db, queue) == [new]


def test_an_enqueue_wakes_a_key_that_was_left_idle(db, queue, two):
    worker, producer = two
    (active,) = keyed(db, queue, "k")
    hold(db, queue)
    (one,) = keyed(producer, queue, "k")
    assert worker.call("queue_ack", active, 1) is True
    worker.commit()
    producer.commit()
    assert state(db, one) == "blocked"
    (other,) = keyed(db, queue, "k")
    assert [state(db, one), state(db, other)] == ["ready", "blocked"]
    assert drain(db, queue) == [one, other]


def test_a_woken_key_whose_enqueue_is_rolled_back_is_woken_again(db, queue, two, connect):
    worker, producer = two
    (active,) = keyed(db, queue, "k")
    hold(db, queue)
    (one,) = keyed(producer, queue, "k")
    worker.call("queue_ack", active, 1)
    worker.commit()
    producer.commit()
    keyed(producer, queue, "k")
    (other,) = keyed(worker, queue, "k")
    worker.commit()
    producer.rollback()
    assert [state(db, one), state(db, other)] == ["blocked", "blocked"]
    assert drain(db, queue) == [one, other]


def test_upkeep_wakes_a_key_that_was_left_idle(db, queue, two):
    worker, producer = two
    (active,) = keyed(db, queue, "k")
    hold(db, queue)
    (one,) = keyed(producer, queue, "k")
    worker.call("queue_ack", active, 1)
    worker.commit()
    producer.commit()
    db.rows("maintain")
    assert state(db, one) == "ready"


@pytest.mark.parametrize("commit", [True, False])
def test_the_next_task_of_a_key_goes_when_the_whole_transaction_of_an_ack_commits(db, queue, two, commit):
    worker, _ = two
    first, second = keyed(db, queue, "k", "k")
    assert worker.one("queue_dequeue", queue).id == first
    assert worker.call("queue_ack", first, 1) is True
    assert worker.one("queue_dequeue", queue).id == second, "its own transaction may go on"
    assert db.rows("queue_dequeue", queue, 10) == []
    end(worker, commit)
    if commit:
        assert db.call("queue_ack", second, 1) is True
        assert drain(db, queue) == []
    else:
        assert drain(db, queue) == [first, second]


def test_savepoints_take_back_enqueues_and_acks_of_a_key(db, queue, two):
    worker, producer = two
    first, second = keyed(db, queue, "k", "k")
    hold(db, queue)
    for session in two:
        session.execute("select 1")
    with worker.transaction(force_rollback=True):
        assert worker.call("queue_ack", first, 1) is True
        assert worker.one("queue_dequeue", queue).id == second
    with producer.transaction(force_rollback=True):
        keyed(producer, queue, "k", "new")
    (third,) = keyed(producer, queue, "k")
    (new,) = keyed(worker, queue, "new")
    worker.commit()
    producer.commit()
    assert state(db, first) == "leased"
    assert db.call("queue_ack", first, 1) is True
    assert drain(db, queue, 1) == [new, second, third]


def test_an_open_transaction_that_holds_a_key_does_not_slow_other_keys(db, queue, two):
    made = keyed(db, queue, *"abc")
    worker, _ = two
    assert worker.one("queue_dequeue", queue).id == made[0]
    assert worker.call("queue_ack", made[0], 1) is True
    assert drain(db, queue) == made[1:]


def test_due_tasks_behind_a_key_that_is_being_enqueued_have_their_turn(db, queue, two):
    keyed(db, queue, "k", "k", delay="1 s")
    (other,) = keyed(db, queue, "other", delay="2 s")
    producer, _ = two
    db.at(after(seconds=3))
    producer.call("queue_enqueue", queue, {}, key="k")
    assert ids(db.rows("queue_dequeue", queue)) == [other]
    producer.rollback()
    assert task(db, ids(db.rows("queue_dequeue", queue))[0]).key == "k"


def test_a_dequeue_makes_no_task_ready_that_it_does_not_return(db, queue, two):
    worker, _producer = two
    made = keyed(db, queue, *"aabbcc", max_attempts=1)
    assert len(db.rows("queue_dequeue", queue, 10)) == 3
    moment = after(minutes=2)
    for session in (db, worker):
        session.at(moment)
    worker.commit()
    fill(db, queue, 50)
    assert len(worker.rows("queue_dequeue", queue, 10)) == 10
    assert len(drain(db, queue)) == 43, "while a dequeue is not committed the others get all the rest"
    worker.commit()
    assert [state(db, id) for id in made] == ["dead", None] * 3


def test_cancel_and_ack_of_a_key_at_the_same_time(db, queue, two):
    worker, other = two
    first, second = keyed(db, queue, "k", "k")
    hold(db, queue)
    assert other.call("queue_cancel", second) is True
    assert worker.call("queue_ack", first, 1) is True
    worker.commit()
    other.rollback()
    assert drain(db, queue) == [second]
    assert idle_or_lost(db) == []


def test_cancel_of_what_an_open_transaction_made_ready_waits_for_nobody(db, queue, two):
    worker, _ = two
    first, second = keyed(db, queue, "k", "k")
    hold(db, queue)
    assert worker.call("queue_ack", first, 1) is True
    assert db.call("queue_cancel", second) is False
    worker.commit()
    assert db.call("queue_cancel", second) is True


def test_replace_of_a_blocked_task_and_ack_at_the_same_time(db, queue, two):
    worker, other = two
    (first,) = keyed(db, queue, "k")
    second = db.call("queue_enqueue", queue, {"n": 1}, key="k", dedup_key="d")
    hold(db, queue)
    again = other.call("queue_enqueue", queue, {"n": 2}, dedup_key="d", on_duplicate="replace")
    assert again == second
    assert worker.call("queue_ack", first, 1) is True
    worker.commit()
    other.commit()
    assert hold(db, queue).payload == {"n": 2}


def test_purge_while_a_task_of_the_key_is_being_enqueued(db, queue, two):
    _, producer = two
    keyed(db, queue, "k", "k")
    (new,) = keyed(producer, queue, "k")
    assert db.call("queue_purge", queue) == 2
    producer.commit()
    assert drain(db, queue) == [new]
    assert idle_or_lost(db) == []


def test_an_enqueue_prepared_for_two_phase_commit_is_not_left_behind(db, queue, two):
    if db.value("show max_prepared_transactions") == "0":
        pytest.skip("max_prepared_transactions is 0")
    _, producer = two
    (active,) = keyed(db, queue, "k")
    hold(db, queue)
    producer.rollback()
    producer.tpc_begin(producer.xid(1, "keys", "race"))
    (new,) = keyed(producer, queue, "k")
    producer.tpc_prepare()
    assert db.call("queue_ack", active, 1) is True
    assert drain(db, queue) == []
    producer.tpc_commit()
    assert drain(db, queue) == [new]


@pytest.mark.parametrize("level", ["repeatable read", "serializable"])
def test_an_enqueue_with_an_old_snapshot_joins_its_busy_key(db, queue, two, level):
    (active,) = keyed(db, queue, "k")
    producer, other = two
    producer.execute(f"set transaction isolation level {level}")
    producer.execute("select 1 from minipaas._baton")
    hold(db, queue)
    (between,) = keyed(other, queue, "k")
    other.commit()
    (new,) = keyed(producer, queue, "k")
    producer.commit()
    assert db.call("queue_ack", active, 1) is True
    assert drain(db, queue) == [between, new]


def test_an_enqueue_with_a_snapshot_from_before_its_key_was_taken_is_to_be_tried_again(db, queue, two):
    producer, _ = two
    producer.execute("set transaction isolation level repeatable read")
    producer.execute("select 1 from minipaas._baton")
    (active,) = keyed(db, queue, "k")
    with pytest.raises(SerializationFailure):
        keyed(producer, queue, "k")
    producer.rollback()
    assert drain(db, queue) == [active]


def test_transactions_that_begin_two_keys_in_opposite_orders_deadlock_and_arrays_do_not(
    db, queue, two, background, waits
):
    first, second = two
    keyed(first, queue, "a")
    keyed(second, queue, "b")
    both = [background(keyed, first, queue, "b"), background(keyed, second, queue, "a")]
    ends = [call.exception() for call in both]
    assert sorted(map(type, ends), key=str) == [type(None), DeadlockDetected]
    first.rollback()
    second.rollback()
    (one, _) = ids_of(first, queue, ["a", "b"])
    waiting = background(ids_of, second, queue, ["b", "a"])
    waits(second)
    first.commit()
    assert one not in waiting.result()
    second.commit()


@pytest.mark.parametrize("many", [False, True])
def test_a_task_that_expired_hands_its_key_on_after_the_new_one_has_its_own(
    db, queue, two, connect, background, waits, many
):
    """Before it, keys would be taken in any order, and a call that takes them in theirs would deadlock."""
    first, second = two
    third = connect(autocommit=False)
    db.call("queue_alter", queue, max_attempts=1)
    (expired,) = keyed(db, queue, "z", dedup_key="d")
    hold(db, queue)
    for session in (db, first, second):
        session.at(after(hours=1))
    keyed(third, queue, "m")
    others = background(ids_of, second, queue, ["a", "m", "z"])
    waits(second)
    if many:
        call = background(ids_of, first, queue, ["a"], dedup_keys=["d"])
    else:
        call = background(keyed, first, queue, "a", dedup_key="d")
    waits(first)
    third.commit()
    (a, m, z) = others.result()
    second.commit()
    (new,) = call.result()
    first.commit()
    assert [state(db, id) for id in (expired, z)] == ["dead", "ready"]
    assert [state(db, id) for id in (a, m, new)] == ["ready", "blocked", "blocked"]


def test_a_redrive_releases_the_keys_of_what_it_buries_after_it_has_the_keys_of_what_rises(
    db, queue, two, connect, background, waits
):
    """Before, an enqueue that has the dedup_key of one and waits for the key of the other would deadlock."""
    first, second = two
    third = connect(autocommit=False)
    db.call("queue_alter", queue, max_attempts=1)
    for dedup_key in ("d", "e"):
        (dead,) = keyed(db, queue, None, dedup_key=dedup_key)
        db.call("queue_bury", hold(db, queue).id)
    (expired,) = keyed(db, queue, "k")
    hold(db, queue)
    for session in (db, first):
        session.at(after(hours=1))
    keyed(third, queue, None, dedup_key="d")
    redriven = background(first.call, "queue_redrive", queue)
    waits(first)
    (new,) = keyed(second, queue, "k", dedup_key="e")
    second.commit()
    third.commit()
    assert redriven.result() == 1
    first.commit()
    assert [state(db, id) for id in (expired, new, dead)] == ["blocked", "ready", "dead"]


def test_a_nack_of_many_has_all_tasks_before_it_frees_a_key(db, queue, two, connect, background, waits):
    """Before, an enqueue that buries one of them and waits for the key would deadlock."""
    first, second = two
    third = connect(autocommit=False)
    db.call("queue_alter", queue, max_attempts=1)
    one, other = keyed(db, queue, "k", None)
    (expired,) = keyed(db, queue, None, dedup_key="d")
    held = db.rows("queue_dequeue", queue, 3)
    second.at(after(hours=1))
    third.call("queue_extend", other, 1)
    nacked = background(first.call, "queue_nack_many", ids(held), [1, 1, 1])
    waits(first)
    (new,) = keyed(second, queue, "k", dedup_key="d")
    second.commit()
    third.commit()
    assert nacked.result() == 2
    first.commit()
    assert [state(db, id) for id in (one, other, expired, new)] == ["dead", "dead", "dead", "ready"]


def test_a_purge_that_is_taken_back_strands_no_task_that_was_enqueued_while_it_waited(
    db, queue, two, background, waits
):
    worker, purger = two
    one, other = keyed(db, queue, "j", "j")
    (active,) = keyed(db, queue, "k")
    db.rows("queue_dequeue", queue, 2)
    worker.call("queue_ack", one)
    hold(worker, queue)
    worker.call("queue_ack", other)
    purged = background(purger.call, "queue_purge", queue)
    waits(purger)
    (new,) = keyed(db, queue, "k")
    worker.commit()
    assert purged.result() == 0
    assert db.call("queue_ack", active) is True
    purger.rollback()
    assert drain(db, queue) == [new]
    assert idle_or_lost(db) == []


def ids_of(db, queue, keys, **options):
    payloads = [Jsonb({})] * len(keys)
    return [id for (id,) in db.rows("queue_enqueue_many", queue, payloads, keys=keys, **options)]
