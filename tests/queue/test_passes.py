"""What a pass finds below the hint, and what keeps a floor from passing it by: step by step, with no wait."""

from datetime import timedelta

import pytest

from .helpers import NOON, after, drain, fill, ids


def mark(db, queue, priority=0):
    """The newest mark of a lane."""
    return db.execute(
        "select m.floor, m.hint, m.due_candidate, greatest(m.due_floor, '1970-01-01') as due_floor, "
        "greatest(m.due_hint, '1970-01-01') as due_hint "
        "from minipaas._mark m join minipaas._queue q on q.id = m.queue "
        "where q.name = %s and m.lane = %s order by m.epoch desc, m.id desc limit 1",
        [queue, -priority],
    ).fetchone()


def owe(db, kind):
    """Have the next dequeue make a pass, and none after it for the length of a test."""
    full = "-infinity" if kind == "full" else "infinity"
    db.execute("update minipaas._mark set next_short = '-infinity', next_full = %s", [full])


def take(db, queue, count=1, kind="full"):
    """Take tasks out in one pass, and return their ids in the order of delivery."""
    owe(db, kind)
    return ids(db.rows("queue_pop", queue, count))


def go_by(db, queue, **options):
    """Deliver tasks in passes enough for all floors to move: to draw candidates, see holders, and confirm."""
    for _ in range(6):
        made = fill(db, queue, 1, **options)
        assert take(db, queue) == made


def is_above(db, queue, id):
    """Whether the floor lies above this task, and the hint above both."""
    now = mark(db, queue)
    assert now.floor <= now.hint
    assert now.hint > id
    return now.floor > id


@pytest.fixture
def producer(connect):
    """A producer that commits when it is told to."""
    producer = connect(autocommit=False)
    producer.at(NOON)
    producer.commit()
    return producer


def test_the_floor_follows_what_is_delivered(db, queue):
    made = fill(db, queue, 300)
    assert take(db, queue, 300) == made
    go_by(db, queue)
    assert is_above(db, queue, made[-1])


def test_the_first_full_pass_after_a_late_commit_finds_the_task(db, queue, producer):
    late = fill(producer, queue, 1)
    go_by(db, queue)
    above = fill(db, queue, 2)
    assert not is_above(db, queue, late[0])
    producer.commit()
    assert take(db, queue, 2) == [late[0], above[0]]
    assert take(db, queue) == above[1:]
    go_by(db, queue)
    assert is_above(db, queue, late[0])


def test_a_short_pass_finds_what_commits_above_the_hint_of_a_second_ago(db, queue, producer):
    made = fill(db, queue, 1)
    assert take(db, queue) == made
    db.execute("update minipaas._mark set at = at - interval '1.5 s'")
    late = fill(producer, queue, 1)
    above = fill(db, queue, 10)
    assert take(db, queue, 5) == above[:5]
    producer.commit()
    assert take(db, queue, 1, "short") == late
    assert take(db, queue, 9) == above[5:]


def test_the_first_full_pass_after_a_rollback_finds_the_claimed_task(db, queue, connect):
    claimed = fill(db, queue, 1)
    worker = connect(autocommit=False)
    assert ids(worker.rows("queue_dequeue", queue)) == claimed
    go_by(db, queue)
    above = fill(db, queue, 1)
    assert not is_above(db, queue, claimed[0])
    worker.rollback()
    assert take(db, queue) == claimed
    assert take(db, queue) == above


def test_a_hint_comes_back_down_to_what_a_pass_found(db, queue, producer):
    late = fill(producer, queue, 3)
    go_by(db, queue)
    producer.commit()
    assert take(db, queue) == late[:1]
    assert mark(db, queue).hint == late[0]
    assert ids(db.rows("queue_pop", queue)) == late[1:2], "no pass was owed"


def test_an_enqueue_that_rolls_back_frees_the_floor(db, queue, producer):
    (gone,) = fill(producer, queue, 1)
    go_by(db, queue)
    assert not is_above(db, queue, gone)
    producer.rollback()
    go_by(db, queue)
    assert is_above(db, queue, gone)


@pytest.mark.parametrize("rolls_back", [True, False])
def test_a_savepoint_s_end_does_not_free_the_floor(db, queue, producer, rolls_back):
    """The lock on the sequence, though taken in the savepoint, is the transaction's."""
    producer.execute("select 'so that what comes next is a savepoint'")
    with producer.transaction(force_rollback=rolls_back):
        first = fill(producer, queue, 1)
    go_by(db, queue)
    second = fill(producer, queue, 1)
    go_by(db, queue)
    assert not is_above(db, queue, first[0])
    producer.commit()
    expected = second if rolls_back else first + second
    assert take(db, queue, 3) == expected
    go_by(db, queue)
    assert is_above(db, queue, second[0])


@pytest.mark.parametrize("prepared", ["before the candidate is drawn", "after it"])
@pytest.mark.parametrize("options", [{}, {"delay": timedelta(minutes=1)}], ids=["ready", "delayed"])
def test_a_prepared_enqueue_holds_the_floors_until_it_commits(db, queue, producer, prepared, options):
    if db.value("show max_prepared_transactions") == "0":
        pytest.skip("the server allows no prepared transactions")
    producer.tpc_begin(producer.xid(1, "prepared", "passes"))
    late = fill(producer, queue, 1, **options)
    db.at(after(minutes=2))
    if prepared == "after it":
        go_by(db, queue)
    producer.tpc_prepare()
    try:
        go_by(db, queue)
        if options:
            assert mark(db, queue).due_floor <= after(minutes=1) < mark(db, queue).due_hint
        else:
            assert not is_above(db, queue, late[0])
    finally:
        producer.tpc_commit()
    assert take(db, queue) == late


def test_a_late_commit_of_a_delayed_task_holds_the_floor_of_what_is_due(db, queue, producer):
    late = fill(producer, queue, 1, delay="1 minute")
    db.at(after(minutes=2))
    go_by(db, queue)
    assert mark(db, queue).due_floor <= after(minutes=1) < mark(db, queue).due_hint
    above = fill(db, queue, 1)
    producer.commit()
    assert take(db, queue) == late
    assert take(db, queue) == above
    go_by(db, queue)
    assert mark(db, queue).due_floor == after(minutes=2)


def test_the_first_full_pass_after_a_rollback_finds_the_due_task_that_was_claimed(db, queue, connect):
    due = fill(db, queue, 3, delay="1 minute")
    ready = fill(db, queue, 2)
    worker = connect(autocommit=False)
    for connection in (db, worker):
        connection.at(after(minutes=2))
    assert [take(db, queue) for _ in range(2)] == [due[:1], due[1:2]]
    assert ids(worker.rows("queue_dequeue", queue)) == due[2:], "when the candidate's holders are known"
    assert take(db, queue) == ready[:1]
    worker.rollback()
    assert take(db, queue) == due[2:]
    assert take(db, queue) == ready[1:]


def epochs(db):
    """How often a write below what counts as empty made dequeues forget what they knew."""
    return db.value("select count(*) from minipaas._lane")


def test_a_time_below_what_counts_as_empty_begins_an_epoch_once(db, queue):
    db.at(after(days=1))
    go_by(db, queue)
    assert mark(db, queue).due_floor == after(days=1)
    above = fill(db, queue, 1, delay="1 minute")
    assert epochs(db) == 0, "the clock goes on"
    db.at(NOON)
    below = [fill(db, queue, 1, delay="1 minute")[0] for _ in range(2)]
    assert epochs(db) == 1
    db.at(after(minutes=1))
    assert take(db, queue, 3) == below
    db.at(after(days=1, minutes=1))
    assert take(db, queue) == above


def test_a_time_below_a_candidate_that_is_not_confirmed_begins_an_epoch_too(db, queue):
    made = fill(db, queue, 1)
    db.at(after(days=1))
    assert take(db, queue) == made
    assert mark(db, queue).due_candidate == after(days=1) > mark(db, queue).due_floor
    db.at(NOON)
    below = fill(db, queue, 1, delay="1 minute")
    assert epochs(db) == 1
    db.at(after(minutes=1))
    assert take(db, queue) == below


def test_passes_of_one_transaction_confirm_no_time_that_others_could_not_see(db, queue, connect, producer):
    """Who writes below a candidate that is not committed yet begins no epoch, so it has to hold the floor."""
    made = fill(db, queue, 2)
    worker = connect(autocommit=False)
    worker.at(after(days=1))
    assert [take(worker, queue) for _ in range(2)] == [made[:1], made[1:]]
    late = fill(producer, queue, 1, delay="1 minute")
    worker.commit()
    db.at(after(days=1))
    go_by(db, queue)
    producer.commit()
    assert take(db, queue) == late
    assert epochs(db) == 0


def test_a_clock_that_goes_on_begins_no_epoch(db, queue):
    """A call that asks for more than there is meets the candidate that it drew itself, a moment before."""
    db.at(None)
    for _ in range(5):
        made = fill(db, queue, 3)
        assert take(db, queue, 10) == made
    assert mark(db, queue).floor >= made[0]
    assert epochs(db) == 0


def test_each_priority_has_floors_of_its_own(db, queue, producer):
    go_by(db, queue, priority=5)
    high = mark(db, queue, 5).floor
    go_by(db, queue)
    assert high < mark(db, queue).floor
    late = fill(producer, queue, 1, priority=5)
    go_by(db, queue, priority=5)
    go_by(db, queue)
    above = fill(db, queue, 2) + fill(db, queue, 1, priority=5)
    producer.commit()
    assert take(db, queue) == late
    assert take(db, queue) == above[2:]
    assert drain(db, queue) == above[:2]
    go_by(db, queue, priority=5)
    assert mark(db, queue, 5).floor > late[0]
