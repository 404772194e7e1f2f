"""How a floor is confirmed: by who holds the sequence's lock, which is there before a transaction id is."""

import time

import pytest

from minipaas_sql import _sql

from . import producers
from .helpers import drain, fill, hold, state

BY_TRANSACTION_IDS = {
    "not (v_holders && mark.holders or 'prepared' = any(v_holders))": (
        "pg_snapshot_xmin(pg_current_snapshot()) >= mark.holders[1]::xid8"
    ),
    "mark.holders := minipaas._holders('minipaas._task_id')": (
        "mark.holders := array[pg_snapshot_xmax(pg_current_snapshot())::text]"
    ),
}
"""What to replace in _mark_confirm, so that xmin has to reach the xmax of the candidate's time instead."""


OWE_FULL_PASS = "update minipaas._mark set next_short = '-infinity', next_full = '-infinity'"


@pytest.fixture
def by_transaction_ids(db):
    """Confirm floors by transaction ids while the test runs."""
    (text,) = (one.text for one in _sql.objects() if one.name == "_mark_confirm")
    real = variant = text.replace("create function", "create or replace function")
    for old, new in BY_TRANSACTION_IDS.items():
        assert variant.count(old) == 1
        variant = variant.replace(old, new)
    db.execute(variant)
    yield
    db.execute(real)


@pytest.fixture
def enqueue_late(db, queue, connect, background, waits):
    """An enqueue that stands between nextval and its transaction id; a call lets it commit, for its id."""
    db.execute(
        "create function test.stop() returns trigger language plpgsql as "
        "$$ begin perform pg_advisory_xact_lock_shared(1); return new; end $$"
    )
    db.execute(
        "create trigger stop before insert on minipaas._ready for each row "
        "when (new.payload ? 'late') execute function test.stop()"
    )
    gate, producer = connect(), connect()
    gate.execute("select pg_advisory_lock(1)")
    fill(db, queue, 1)  # some calls of nextval are logged, with a transaction id: not the next one
    while db.value("select log_cnt from minipaas._task_id") == 0:
        fill(db, queue, 1)
    late = background(producer.call, "queue_enqueue", queue, {"late": True})
    waits(producer)
    xid = "select backend_xid from pg_stat_activity where pid = %s"
    assert db.value(xid, producer.info.backend_pid) is None
    drain(db, queue)

    def finish():
        gate.execute("select pg_advisory_unlock(1)")
        return late.result()

    yield finish
    gate.close()


def mark(db, queue):
    """Hint, floor and candidate of the lane's newest mark."""
    return db.execute(
        "select m.hint, m.floor, m.candidate from minipaas._mark m join minipaas._queue q on q.id = m.queue "
        "where q.name = %s order by m.id desc limit 1",
        [queue],
    ).fetchone()


def full_pass(db, queue):
    """Deliver one task in a full pass, which is owed from now on: it tries to confirm a floor."""
    db.execute(OWE_FULL_PASS)
    made = fill(db, queue, 1)
    assert drain(db, queue) == made


def pass_it_by(db, queue):
    """Deliver tasks above it, in a pass that draws a candidate and one that confirms what it can.

    In between, every transaction id of the candidate's time ends: it is a matter of moments.
    """
    full_pass(db, queue)
    candidate = mark(db, queue).candidate
    xmax = db.value("select pg_snapshot_xmax(pg_current_snapshot())::text")
    deadline = time.monotonic() + 20
    while not db.value("select pg_snapshot_xmin(pg_current_snapshot()) >= %s::xid8", xmax):
        assert time.monotonic() < deadline, "somebody keeps a transaction id"
    full_pass(db, queue)
    return candidate


def test_a_task_with_an_id_and_no_transaction_id_is_not_passed_by(db, queue, enqueue_late):
    candidate = pass_it_by(db, queue)
    late = enqueue_late()
    assert mark(db, queue).floor <= late <= candidate
    assert drain(db, queue) == [late]


def test_transaction_ids_would_pass_it_by(db, queue, by_transaction_ids, enqueue_late):
    candidate = pass_it_by(db, queue)
    late = enqueue_late()
    assert late <= candidate < mark(db, queue).floor
    full_pass(db, queue)
    assert drain(db, queue) == []
    assert state(db, late) == "ready"


def _pass_fully(connection, queue, batch, rng, outcome, produced):
    """Pop in full passes only, and commit seldom: few transaction ids end between those of producers."""
    while True:
        ending = produced.is_set()
        connection.execute(OWE_FULL_PASS)
        taken = [row.id for row in connection.rows("queue_pop", queue, batch)]
        connection.commit()
        outcome.delivered.update({id: [time.monotonic()] for id in taken})
        if ending and not taken:
            return
        connection.execute("select pg_sleep(0.01)")


@pytest.fixture
def stress(db, db_url, monkeypatch):
    """Run the producers of the stress test against full passes, and return the ids of stranded tasks."""
    db.call("queue_create", "stress")
    monkeypatch.setattr(producers, "TRANSACTIONS", 20)
    monkeypatch.setattr(producers, "CONSUMERS", [(_pass_fully, 1000)])
    return lambda seed: producers.run(db_url, "stress", seed).stranded()


def test_stress_strands_none(stress):
    assert stress(1) == set()


def test_stress_strands_tasks_with_transaction_ids(by_transaction_ids, stress):
    assert any(stress(seed) for seed in range(10))  # two of three do


def test_floors_move_by_the_real_clock_and_begin_no_epoch(db, queue):
    db.at(None)
    (first,) = fill(db, queue, 1)
    assert drain(db, queue) == [first]
    for _ in range(5):
        full_pass(db, queue)
    assert mark(db, queue).floor > first
    assert db.value("select count(*) from minipaas._lane") == 0


def test_a_held_snapshot_holds_neither_hint_nor_floor(db, queue, connect):
    old = connect(autocommit=False)
    old.execute("set transaction isolation level repeatable read")
    old.execute("select pg_current_xact_id(), count(*) from minipaas.queue_tasks")
    for _ in range(30):
        made = fill(db, queue, 100)
        assert drain(db, queue) == made
        full_pass(db, queue)
    full_pass(db, queue)
    low = mark(db, queue)
    assert made[-1] < low.floor <= low.hint
    held = "select backend_xmin is not null and backend_xid is not null from pg_stat_activity where pid = %s"
    assert db.value(held, old.info.backend_pid)


def test_a_task_in_a_long_transaction_holds_the_floor_and_not_the_hint(db, queue, connect):
    fill(db, queue, 1)
    worker = connect(autocommit=False)
    held = hold(worker, queue).id
    for _ in range(20):
        made = fill(db, queue, 100)
        assert drain(db, queue) == made
        full_pass(db, queue)
    low = mark(db, queue)
    assert low.floor <= held < made[-1] < low.hint
    worker.rollback()
    assert drain(db, queue) == [held]


def test_a_long_enqueue_holds_the_floor_and_not_the_hint(db, queue, connect):
    producer = connect(autocommit=False)
    (late,) = fill(producer, queue, 1)
    for _ in range(20):
        made = fill(db, queue, 100)
        assert drain(db, queue) == made
        full_pass(db, queue)
    low = mark(db, queue)
    assert low.floor <= late < made[-1] < low.hint
    producer.commit()
    assert drain(db, queue) == [late]


@pytest.fixture
def read_by_dequeue(db, queue):
    """How many entries of _ready's index one dequeue reads that owes such a pass (None: no pass)."""
    owed = {None: ("infinity", "infinity"), "short": ("-infinity", "infinity"), "full": ("-infinity",) * 2}

    def entries():
        db.execute("select pg_stat_force_next_flush()")
        return db.value("select pg_stat_get_tuples_returned('minipaas._ready_pkey'::regclass)")

    def read(kind):
        db.execute("update minipaas._mark set next_short = %s, next_full = %s", owed[kind])
        fill(db, queue, 1)
        before = entries()
        hold(db, queue)
        return entries() - before

    return read


@pytest.mark.parametrize("long", ["snapshot", "claim", "enqueue"])
def test_long_transactions_keep_dequeues_and_short_passes_short(db, queue, connect, read_by_dequeue, long):
    fill(db, queue, 1)
    other = connect(autocommit=False)
    if long == "snapshot":
        other.execute("set transaction isolation level repeatable read")
        other.execute("select pg_current_xact_id()")
    elif long == "claim":
        hold(other, queue)
    else:
        fill(other, queue, 1)
    for _ in range(20):
        fill(db, queue, 100)
        drain(db, queue)
        full_pass(db, queue)
    db.execute("update minipaas._mark set at = at - interval '2 s'")  # a second goes by
    full_pass(db, queue)
    read = [read_by_dequeue(kind) for kind in (None, "short", "full")]
    assert max(read[:2]) < 200
    assert (read[2] < 200) == (long == "snapshot"), "where a task below may still appear, full passes see all"
