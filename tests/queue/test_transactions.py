import subprocess
import sys

import pytest

from .helpers import NOON, after, contents, drain, fill, hold, ids, pass_by, state, task


@pytest.fixture
def worker(connect, queue):
    """A connection that is in a transaction from its first call on, at noon."""
    connection = connect()
    connection.at(NOON)
    connection.autocommit = False
    return connection


def test_a_rolled_back_enqueue_was_never_there(db, queue, worker):
    fill(worker, queue, 3)
    worker.call("queue_enqueue", queue, {}, delay="1 hour")
    assert contents(db)[1:] == []
    worker.rollback()
    db.at(after(days=1))
    assert drain(db, queue) == []


def test_an_enqueue_is_seen_when_it_commits(db, queue, worker):
    made = fill(worker, queue, 3)
    assert db.rows("queue_dequeue", queue, 10) == []
    worker.commit()
    assert drain(db, queue) == made


def test_a_transaction_can_dequeue_and_ack_what_it_enqueued(queue, worker):
    made = fill(worker, queue, 3)
    assert drain(worker, queue) == made
    worker.commit()
    assert contents(worker)[1:] == []


def test_a_rolled_back_dequeue_leaves_the_task_as_it_was(db, queue, worker):
    made = fill(db, queue, 3)
    before = contents(db)
    assert ids(worker.rows("queue_dequeue", queue, 2)) == made[:2]
    worker.rollback()
    assert contents(db) == before
    assert hold(db, queue).attempt == 1
    assert drain(db, queue) == made[1:]


def test_a_rolled_back_dequeue_of_due_tasks_leaves_them_as_they_were(db, queue, worker):
    (expired,) = fill(db, queue, 1)
    hold(db, queue)
    delayed = db.call("queue_enqueue", queue, {}, delay="30 seconds")
    before = contents(db)
    worker.at(after(minutes=1))
    worker.commit()
    assert ids(worker.rows("queue_dequeue", queue, 2)) == [delayed, expired]
    worker.rollback()
    assert contents(db) == before
    db.at(after(minutes=1))
    assert [(row.id, row.attempt) for row in db.rows("queue_dequeue", queue, 2)] == [
        (delayed, 1),
        (expired, 2),
    ]


def test_a_rolled_back_ack_leaves_the_task_held(db, queue, worker):
    fill(db, queue, 1)
    held = hold(db, queue)
    before = contents(db)
    assert worker.call("queue_ack", held.id, 1) is True
    worker.rollback()
    assert contents(db) == before
    assert db.call("queue_ack", held.id, 1) is True


def test_an_ack_rolled_back_after_expiry_gives_the_task_to_the_next(db, queue, worker):
    fill(db, queue, 1)
    held = hold(db, queue)
    worker.call("queue_ack", held.id, 1)
    db.at(after(minutes=2))
    assert db.rows("queue_dequeue", queue) == []
    worker.rollback()
    assert hold(db, queue).attempt == 2


@pytest.mark.parametrize("function", ["queue_nack", "queue_bury", "queue_extend"])
def test_a_rolled_back_nack_bury_or_extend_leaves_the_task_held(db, queue, worker, function):
    fill(db, queue, 1)
    held = hold(db, queue)
    before = contents(db)
    worker.call(function, held.id, 1)
    worker.rollback()
    assert contents(db) == before
    assert db.call("queue_ack", held.id, 1) is True


@pytest.mark.parametrize("function", ["queue_purge", "queue_redrive"])
def test_a_rolled_back_purge_or_redrive_changes_nothing(db, queue, worker, function):
    made = fill(db, queue, 4)
    db.call("queue_bury", hold(db, queue).id)
    before = contents(db)
    assert worker.call(function, queue) > 0
    worker.rollback()
    assert contents(db) == before
    assert drain(db, queue) == made[1:]


def test_an_open_transaction_that_holds_a_task_blocks_nobody(db, queue, worker):
    made = fill(db, queue, 5)
    assert hold(worker, queue).id == made[0]
    db.execute("set lock_timeout = '5s'")
    assert hold(db, queue).id == made[1]
    assert drain(db, queue) == made[2:]
    made += fill(db, queue, 1)
    assert hold(db, queue).id == made[5]
    worker.rollback()
    assert hold(db, queue).id == made[0]


def test_an_open_transaction_that_took_due_tasks_blocks_nobody(db, queue, worker):
    made = fill(db, queue, 40, delay="1 minute")
    for connection in (db, worker):
        connection.at(after(minutes=1))
    worker.commit()
    assert hold(worker, queue).id == made[0]
    db.execute("set lock_timeout = '5s'")
    assert drain(db, queue) == made[1:]
    worker.rollback()
    assert drain(db, queue) == made[:1]


def test_an_open_transaction_that_took_expired_tasks_blocks_nobody(db, queue, worker):
    made = fill(db, queue, 40)
    db.rows("queue_dequeue", queue, 40)
    for connection in (db, worker):
        connection.at(after(minutes=1))
    worker.commit()
    assert hold(worker, queue).attempt == 2
    db.execute("set lock_timeout = '5s'")
    assert len(drain(db, queue)) == 39
    worker.rollback()
    assert drain(db, queue) == made[:1]


def test_an_open_transaction_that_met_tasks_out_of_attempts_blocks_nobody(db, queue, worker):
    fill(db, queue, 5, max_attempts=1)
    db.rows("queue_dequeue", queue, 5)
    fresh = fill(db, queue, 2)
    for connection in (db, worker):
        connection.at(after(minutes=1))
    worker.commit()
    assert hold(worker, queue).id == fresh[0]
    db.execute("set lock_timeout = '5s'")
    assert hold(db, queue).id == fresh[1]
    assert db.rows("queue_dequeue", queue) == []


def test_an_open_enqueue_blocks_nobody(db, queue, worker):
    fill(worker, queue, 3)
    db.execute("set lock_timeout = '5s'")
    made = fill(db, queue, 3)
    assert drain(db, queue) == made
    worker.commit()
    assert len(drain(db, queue)) == 3


def test_first_enqueues_of_a_priority_do_not_wait_for_each_other(db, queue, worker):
    first, second = (worker.call("queue_enqueue", queue, {}, priority) for priority in (3, 4))
    db.execute("set lock_timeout = '5s'")
    made = [db.call("queue_enqueue", queue, {}, priority) for priority in (4, 3)]
    assert drain(db, queue) == made
    worker.commit()
    assert drain(db, queue) == [second, first]


def test_savepoints_take_back_what_was_done_after_them(db, queue, worker):
    first, second = fill(db, queue, 2)
    kept = hold(worker, queue)
    with worker.transaction(force_rollback=True):
        assert hold(worker, queue).id == second
        assert worker.call("queue_ack", kept.id, 1) is True
        fill(worker, queue, 5)
    with worker.transaction():
        added = fill(worker, queue, 1)
    assert worker.call("queue_ack", kept.id, 1) is True
    worker.commit()
    assert state(db, first) is None
    assert drain(db, queue) == [second, *added]


@pytest.fixture
def prepare(server, db):
    if db.value("show max_prepared_transactions") == "0":
        pytest.skip("the server allows no prepared transactions")

    def do(connection, name):
        connection.tpc_begin(connection.xid(1, name, "test"))

    yield do
    for xid in db.tpc_recover():
        db.tpc_rollback(xid)


def test_prepared_transactions_below_the_hint_come_out_after_commit(db, queue, connect, prepare):
    other = connect(autocommit=False)
    prepare(other, "late")
    below = fill(other, queue, 3)
    pass_by(db, queue)  # which waits for the transaction, and must not lose sight of it now
    other.tpc_prepare()
    pass_by(db, queue)
    other.tpc_commit()
    assert drain(db, queue) == below


def test_a_prepared_dequeue_holds_its_task_and_blocks_nobody(db, queue, connect, prepare):
    made = fill(db, queue, 2)
    other = connect(autocommit=False)
    other.at(NOON)
    other.commit()
    prepare(other, "held")
    assert hold(other, queue).id == made[0]
    other.tpc_prepare()
    db.execute("set lock_timeout = '5s'")
    assert drain(db, queue) == made[1:]
    other.tpc_rollback()
    assert drain(db, queue) == made[:1]


WORKER = """
import psycopg, sys
with psycopg.connect(sys.argv[1], autocommit=True) as db:
    db.execute("select * from minipaas.queue_dequeue('work', lease => '1 minute', worker => 'doomed')")
    db.execute("begin")
    db.execute("insert into test.effect values (1)")
    print("holds it", flush=True)
    sys.stdin.read()
"""


def test_the_task_of_a_killed_worker_returns_after_its_lease(db, db_url, queue):
    db.at(None)
    db.execute("create table test.effect (n integer)")
    (id,) = fill(db, queue, 1)
    command, pipe = [sys.executable, "-c", WORKER, db_url], subprocess.PIPE
    process = subprocess.Popen(command, stdin=pipe, stdout=pipe, text=True)
    with process:
        assert process.stdout.readline() == "holds it\n"
        process.kill()
    assert (state(db, id), task(db, id).worker) == ("leased", "doomed")
    assert db.rows("queue_dequeue", queue) == []
    db.at(db.value("select clock_timestamp() + interval '1 minute'"))
    held = hold(db, queue)
    assert (held.id, held.attempt) == (id, 2)
    assert db.value("select count(*) from test.effect") == 0


def test_a_job_that_drains_leaves_nothing_that_was_committed_before_its_last_call(db, queue, connect):
    """Late commits of every kind, each right before a call that would have returned nothing."""
    late = [connect(autocommit=False) for _ in range(8)]
    below = [fill(connection, queue, 1)[0] for connection in late]
    fill(db, queue, 300)
    assert len(drain(db, queue, 7)) == 300
    for connection, id in zip(reversed(late), reversed(below), strict=True):
        assert db.rows("queue_dequeue", queue) == []
        connection.commit()
        assert ids(db.rows("queue_dequeue", queue, 10)) == [id]
