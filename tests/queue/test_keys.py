"""Tasks of one key run one at a time and in order, whatever happens to each of them."""

import pytest

from .helpers import NOON, after, contents, drain, fill, hold, ids, state, task


def keyed(db, queue, *keys, **options):
    """Enqueue a task for each key, one call each, and return their ids."""
    return [db.call("queue_enqueue", queue, {}, key=key, **options) for key in keys]


def states(db, given):
    return [state(db, id) for id in given]


def idle_or_lost(db):
    """The keys with blocked tasks that nobody will ever wake: the baton is idle, or there is none."""
    found = db.execute("""
        select distinct b.queue, b.key from minipaas._blocked b
        left join minipaas._baton t on t.queue = b.queue and t.key = b.key
        where t.idle is not false
    """)
    return found.fetchall()


def test_tasks_of_a_key_run_one_at_a_time_in_order_of_enqueue(db, queue):
    made = keyed(db, queue, *"kkk")
    assert states(db, made) == ["ready", "blocked", "blocked"]
    for id in made:
        (held,) = db.rows("queue_dequeue", queue, 10)
        assert (held.id, held.key) == (id, "k")
        assert db.rows("queue_dequeue", queue, 10) == []
        assert db.call("queue_ack", held.id, held.attempt) is True
    assert contents(db)[1:] == []


def test_different_keys_and_tasks_without_one_run_side_by_side(db, queue):
    first, second, free, _ = keyed(db, queue, "a", "b", None, "a")
    assert ids(db.rows("queue_dequeue", queue, 10)) == [first, second, free]


def test_keys_of_different_queues_have_nothing_to_do_with_each_other(db, queue):
    db.call("queue_create", "other")
    (here,), (there,) = keyed(db, queue, "k"), keyed(db, "other", "k")
    assert (hold(db, queue).id, hold(db, "other").id) == (here, there)


@pytest.mark.parametrize("key", ["", " ", "é" * 500, "'); drop", "a\nb"])
def test_any_text_is_a_key(db, queue, key):
    first, second = keyed(db, queue, key, key)
    assert task(db, second).key == key
    assert drain(db, queue) == [first, second]


def test_the_order_of_enqueue_beats_priority_within_a_key_only(db, queue):
    low, high = (*keyed(db, queue, "k", priority=-5), *keyed(db, queue, "k", priority=5))
    other = db.call("queue_enqueue", queue, {}, 1)
    assert drain(db, queue, 1) == [other, low, high]


def test_a_batch_has_one_task_of_a_key_at_most(db, queue):
    made = keyed(db, queue, *"aabbab")
    assert ids(db.rows("queue_dequeue", queue, 10)) == [made[0], made[2]]
    assert db.call("queue_ack_many", [made[0], made[2]], [1, 1]) == 2
    assert ids(db.rows("queue_dequeue", queue, 10)) == [made[1], made[3]]


def test_the_task_shows_its_key_and_that_it_is_blocked(db, queue):
    first, second = keyed(db, queue, "k", "k", headers={"h": 1}, max_attempts=3, priority=2)
    row = task(db, second)
    assert (row.state, row.key, row.priority, row.attempt, row.max_attempts) == ("blocked", "k", 2, 0, 3)
    assert (row.headers, row.run_at, row.worker, row.enqueued_at) == ({"h": 1}, None, None, NOON)
    counts = db.execute("select ready, blocked from minipaas.queue_stats").fetchone()
    assert counts == (1, 1)
    assert task(db, first).state == "ready"


def test_a_task_that_backs_off_holds_its_key(db, queue):
    first, second = keyed(db, queue, "k", "k")
    hold(db, queue)
    assert db.call("queue_nack", first, 1, delay="1 minute") == "waiting"
    assert db.rows("queue_dequeue", queue, 10) == []
    assert states(db, [first, second]) == ["retrying", "blocked"]
    db.at(after(minutes=1))
    assert drain(db, queue) == [first, second]


def test_nack_many_keeps_the_keys(db, queue):
    made = keyed(db, queue, *"abab")
    taken = db.rows("queue_dequeue", queue, 10)
    assert db.call("queue_nack_many", ids(taken), [1, 1], delay="0") == 2
    assert ids(db.rows("queue_dequeue", queue, 10)) == made[:2]


def test_an_expired_lease_holds_the_key_for_the_same_task(db, queue):
    first, second = keyed(db, queue, "k", "k")
    hold(db, queue)
    db.at(after(minutes=2))
    (again,) = db.rows("queue_dequeue", queue, 10)
    assert (again.id, again.attempt) == (first, 2)
    assert db.call("queue_ack", first, 1) is False
    assert state(db, second) == "blocked"
    assert db.call("queue_ack", first, 2) is True
    assert hold(db, queue).id == second


@pytest.mark.parametrize("how", ["bury", "last nack", "expiry"])
def test_a_task_that_dies_frees_its_key(db, queue, how):
    first, second, third = keyed(db, queue, *"kkk", max_attempts=1)
    hold(db, queue)
    if how == "bury":
        assert db.call("queue_bury", first, 1) is True
    elif how == "last nack":
        assert db.call("queue_nack", first, 1) == "dead"
    else:
        db.at(after(minutes=2))
    assert hold(db, queue).id == second
    assert states(db, [first, second, third]) == ["dead", "leased", "blocked"]


def test_expired_tasks_that_are_dead_free_their_keys_in_every_priority(db, queue):
    keys = [f"k{n}" for n in range(30)]
    for priority in (-1, 0, 7):
        keyed(db, queue, *[f"{priority} {key}" for key in keys], priority=priority, max_attempts=1)
        keyed(db, queue, *[f"{priority} {key}" for key in keys], priority=-priority)
    assert len(db.rows("queue_dequeue", queue, 1000)) == 90
    db.at(after(minutes=2))
    assert len(drain(db, queue, 7)) == 90


@pytest.mark.parametrize("end", ["ready", "retrying", "expired", "dead by expiry"])
def test_cancel_of_the_active_task_lets_the_next_one_go(db, queue, end):
    first, second = keyed(db, queue, "k", "k", max_attempts=1 if end == "dead by expiry" else 5)
    if end != "ready":
        hold(db, queue)
    if end == "retrying":
        db.call("queue_nack", first, 1, delay="1 hour")
    if "expir" in end:
        db.at(after(minutes=2))
    assert db.call("queue_cancel", first) is True
    assert drain(db, queue) == [second]


def test_cancel_of_a_blocked_task_leaves_the_others_in_their_order(db, queue):
    made = keyed(db, queue, *"kkkk")
    assert db.call("queue_cancel", made[1]) is True
    assert db.call("queue_cancel", made[1]) is False
    assert drain(db, queue) == [made[0], made[2], made[3]]


def test_cancel_of_a_delayed_task_does_not_free_the_key(db, queue):
    first, second = keyed(db, queue, "k", "k")
    (later,) = keyed(db, queue, "k", delay="1 minute")
    assert db.call("queue_cancel", later) is True
    assert states(db, [first, second]) == ["ready", "blocked"]


def test_a_delayed_task_joins_when_it_is_due(db, queue):
    (later,) = keyed(db, queue, "k", delay="1 minute")
    first, second = keyed(db, queue, "k", "k")
    assert drain(db, queue) == [first, second], "until then it does not hold the key"
    db.at(after(minutes=1))
    assert drain(db, queue) == [later]


def test_a_due_task_whose_key_is_busy_is_blocked(db, queue):
    (active,) = keyed(db, queue, "k")
    hold(db, queue)
    later, last = keyed(db, queue, "k", "k", delay="20 s")
    db.at(after(seconds=30))
    assert states(db, [active, later, last]) == ["leased", "blocked", "blocked"]
    stats = "select ready, leased, blocked, oldest_ready_age from minipaas.queue_stats"
    assert db.execute(stats).fetchone() == (0, 1, 2, None), "nobody is told to start workers for it"
    assert db.call("queue_ack", active, 1) is True
    assert states(db, [later, last]) == ["ready", "blocked"]
    assert db.call("queue_cancel", later) is True
    assert states(db, [last]) == ["ready"]


def test_of_due_tasks_of_a_free_key_the_first_is_ready(db, queue):
    first, second = keyed(db, queue, "k", "k", delay="20 s")
    db.at(after(seconds=20))
    assert states(db, [first, second]) == ["ready", "blocked"]
    assert db.execute("select ready, blocked from minipaas.queue_stats").fetchone() == (1, 1)


def test_a_due_task_goes_before_what_was_enqueued_after_it_was_due(db, queue):
    (active,) = keyed(db, queue, "k")
    hold(db, queue)
    (before,) = keyed(db, queue, "k")
    later, last = (*keyed(db, queue, "k", delay="20 s"), *keyed(db, queue, "k", delay="40 s"))
    db.at(after(seconds=30))
    (behind,) = keyed(db, queue, "k")
    db.at(after(seconds=50))
    assert db.rows("queue_dequeue", queue, 10) == []
    assert db.call("queue_ack", active, 1) is True
    assert drain(db, queue) == [before, later, behind, last]


@pytest.mark.parametrize("many", [False, True])
def test_what_is_enqueued_joins_behind_a_due_task_that_nobody_has_taken_yet(db, queue, many):
    (later,) = keyed(db, queue, "k", delay="20 s")
    db.at(after(seconds=20))
    behind = fill(db, queue, 2, keys=["k", "k"]) if many else keyed(db, queue, "k", "k")
    assert drain(db, queue) == [later, *behind]


def test_due_tasks_of_a_key_run_in_order_of_their_time_one_at_a_time(db, queue):
    late, soon, same = (
        *keyed(db, queue, "k", delay="3 s"),
        *keyed(db, queue, "k", "k", delay="2 s"),
    )
    db.at(after(seconds=5))
    assert ids(db.rows("queue_dequeue", queue, 10)) == [soon]
    assert db.call("queue_ack", soon, 1) is True
    assert drain(db, queue) == [same, late]


def test_the_time_of_due_tasks_beats_priority_within_a_key(db, queue):
    (low,) = keyed(db, queue, "k", delay="1 s", priority=-5)
    same, late = (
        *keyed(db, queue, "k", delay="1 s", priority=5),
        *keyed(db, queue, "k", delay="2 s", priority=9),
    )
    db.at(after(seconds=5))
    assert drain(db, queue) == [low, same, late]


def test_due_tasks_of_a_busy_key_do_not_hide_those_of_others(db, queue):
    (active,) = keyed(db, queue, "hot")
    hold(db, queue)
    fill(db, queue, 200, keys=["hot"] * 200, delay="1 s")
    (other,) = keyed(db, queue, "other", delay="2 s")
    db.at(after(seconds=3))
    assert ids(db.rows("queue_dequeue", queue, 5)) == [other]
    assert db.call("queue_ack_many", [active, other]) == 2
    assert len(drain(db, queue)) == 200


def test_redrive_lets_a_task_join_the_end_of_its_key(db, queue):
    dead, second, third = keyed(db, queue, *"kkk")
    hold(db, queue)
    db.call("queue_bury", dead, 1)
    assert db.call("queue_redrive", queue) == 1
    assert states(db, [dead, second, third]) == ["blocked", "ready", "blocked"]
    assert drain(db, queue) == [second, third, dead]


def test_redrive_of_a_free_key_makes_one_task_ready(db, queue):
    made = keyed(db, queue, *"kkk")
    for id in made:
        hold(db, queue)
        db.call("queue_bury", id)
    assert db.call("queue_redrive", queue) == 3
    assert states(db, made) == ["ready", "blocked", "blocked"]
    assert drain(db, queue) == made


def test_pop_frees_the_key(db, queue):
    made = keyed(db, queue, *"kkj")
    assert ids(db.rows("queue_pop", queue, 10)) == [made[0], made[2]]
    assert ids(db.rows("queue_pop", queue, 10)) == [made[1]]
    assert keyed(db, queue, "k") == ids(db.rows("queue_pop", queue, 10))


def test_purge_leaves_held_tasks_their_keys(db, queue):
    held, blocked, ready, retrying, last = keyed(db, queue, *"aabcc")
    assert db.call("queue_cancel", ready) is True
    assert ids(db.rows("queue_dequeue", queue, 2)) == [held, retrying]
    assert db.call("queue_nack", retrying, 1, delay="1 hour") == "waiting"
    keyed(db, queue, "b", "b", "d", delay="1 hour")
    assert db.call("queue_purge", queue) == 6
    assert states(db, [held, blocked, last]) == ["leased", None, None]
    behind, free, other = keyed(db, queue, *"acb")
    assert states(db, [behind, free, other]) == ["blocked", "ready", "ready"]
    assert db.call("queue_ack", held, 1) is True
    assert sorted(drain(db, queue)) == [behind, free, other]


def test_drop_takes_the_keys_along(db, queue, refused):
    keyed(db, queue, *"kk")
    hold(db, queue)
    with refused("MP008", queue):
        db.call("queue_drop", queue)
    assert db.call("queue_drop", queue, force=True) is True
    db.call("queue_create", queue)
    made = keyed(db, queue, *"kk")
    assert drain(db, queue) == made


def test_enqueue_many_with_repeated_keys_and_nulls(db, queue):
    keys = ["b", None, "a", "b", None, "a", "b"]
    made = fill(db, queue, len(keys), keys=keys)
    assert made == sorted(made)
    assert [task(db, id).key for id in made] == keys
    rounds = []
    while batch := db.rows("queue_dequeue", queue, 10):
        rounds.append([row.payload["n"] for row in batch])
        db.call("queue_ack_many", ids(batch), [1] * len(batch))
    assert sorted(rounds[0]) == [0, 1, 2, 4]
    assert rounds[1:] == [[3, 5], [6]] or rounds[1:] == [[5, 3], [6]]


def test_enqueue_many_behind_a_busy_key_and_with_a_delay(db, queue):
    (active,) = keyed(db, queue, "k")
    made = fill(db, queue, 2, keys=["k", "j"])
    later = fill(db, queue, 2, keys=["k", "k"], delay="1 minute")
    assert states(db, [*made, *later]) == ["blocked", "ready", "delayed", "delayed"]
    db.at(after(minutes=2))
    assert sorted(drain(db, queue)) == sorted([active, *made, *later])


def test_ack_many_frees_the_key_of_each(db, queue):
    made = keyed(db, queue, *"abcabc")
    batch = db.rows("queue_dequeue", queue, 10)
    assert db.call("queue_ack_many", ids(batch), [1, 1, 2]) == 2, "the last one is not held so"
    assert states(db, made[3:]) == ["ready", "ready", "blocked"]


def test_ack_many_strict_frees_nothing_when_it_raises(db, queue, refused):
    made = keyed(db, queue, *"abab")
    batch = db.rows("queue_dequeue", queue, 10)
    with refused("MP009", str(made[1])):
        db.call("queue_ack_many", ids(batch), [1, 2], strict=True)
    assert states(db, made) == ["leased", "leased", "blocked", "blocked"]


def test_done_and_dead_tasks_show_their_key(db, queue):
    db.call("queue_alter", queue, keep_done="1 hour")
    made = keyed(db, queue, *"kkk", dedup_key=None)
    hold(db, queue)
    db.call("queue_ack", made[0], 1)
    hold(db, queue)
    db.call("queue_bury", made[1])
    assert [(task(db, id).state, task(db, id).key) for id in made] == [
        ("done", "k"),
        ("dead", "k"),
        ("ready", "k"),
    ]


def test_a_paused_queue_keeps_its_keys(db, queue):
    made = keyed(db, queue, *"kk")
    db.call("queue_pause", queue)
    assert db.rows("queue_dequeue", queue, 10) == []
    db.call("queue_resume", queue)
    assert drain(db, queue) == made


@pytest.mark.parametrize("level", ["repeatable read", "serializable"])
def test_enqueue_ack_and_bury_work_at_every_isolation_level(db, queue, connect, level):
    made = keyed(db, queue, *"aabb")
    batch = db.rows("queue_dequeue", queue, 10)
    other = connect(autocommit=False)
    other.at(NOON)
    other.commit()
    other.execute(f"set session characteristics as transaction isolation level {level}")
    other.commit()
    assert other.call("queue_ack", batch[0].id, 1) is True
    assert other.call("queue_bury", batch[1].id, 1) is True
    new = other.call("queue_enqueue", queue, {}, key="a")
    first = other.call("queue_enqueue", queue, {}, key="new")
    other.commit()
    waiting = [id for id in made if id not in ids(batch)]
    assert sorted(drain(db, queue)) == [*waiting, new, first]
    assert idle_or_lost(db) == []


def test_nobody_is_left_behind_an_ack_with_an_old_snapshot(db, queue, connect):
    (active,) = keyed(db, queue, "k")
    hold(db, queue)
    old = connect(autocommit=False)
    old.execute("set transaction isolation level repeatable read")
    old.at(NOON)
    (behind,) = keyed(db, queue, "k")
    assert old.call("queue_ack", active, 1) is True, "it cannot see who waits"
    old.commit()
    assert drain(db, queue) == [behind]
    assert drain(db, queue) == []
    db.rows("maintain")
    assert db.value("select count(*) from minipaas._baton") == 0


@pytest.mark.parametrize("isolation", ["read committed", "repeatable read"])
def test_a_finished_key_leaves_nothing_behind(db, queue, connect, isolation):
    other = connect(autocommit=False)
    for n in range(20):
        (made,) = keyed(db, queue, f"k{n}")
        assert hold(db, queue).id == made
        other.execute(f"set transaction isolation level {isolation}")
        assert other.call("queue_ack", made) is True
        other.commit()
    assert drain(db, queue) == []
    db.rows("maintain")
    assert db.value("select count(*) from minipaas._baton") == 0
