"""Handlers that take longer than their lease, or lose it."""

import asyncio
import threading
from datetime import timedelta

import pytest
from sqlalchemy import text
from sqlalchemy.exc import DBAPIError

from minipaas_sql import worker
from tests.queue.helpers import fill, state, task

from .test_tasks import effects, insert, records  # noqa: F401

SHORT = timedelta(seconds=0.6)


@pytest.fixture
def gate():
    """Two events: the handler has `came`, and `may go`; opened at the end of the test."""

    class Gate:
        came, go = threading.Event(), threading.Event()

        def wait(self):
            self.came.set()
            assert self.go.wait(20)

    gate = Gate()
    yield gate
    gate.go.set()


def test_a_lease_is_extended_while_the_handler_runs(db, queue, start, gate, until):
    id = db.call("queue_enqueue", queue, {})
    running = start(worker.serve, lambda one: gate.wait(), queue, lease=SHORT)
    assert gate.came.wait(20)
    first = db.value("select run_at from minipaas.queue_tasks where id = %s", id)
    until("select run_at > %s + '2 s'::interval from minipaas.queue_tasks where id = %s", first, id)
    assert db.rows("queue_dequeue", queue) == []
    gate.go.set()
    assert running.stop() == (1, 0, 0, 0)
    assert task(db, id) is None


def test_what_waits_for_a_free_handler_keeps_its_lease_too(db, queue, start, gate, until):
    ids = fill(db, queue, 3)
    running = start(worker.serve, lambda one: gate.wait(), queue, lease=SHORT, batch_size=3)
    assert gate.came.wait(20)
    first = db.value("select max(run_at) from minipaas.queue_tasks where id = %s", ids[2])
    until("select run_at > %s + '1 s'::interval from minipaas.queue_tasks where id = %s", first, ids[2])
    gate.go.set()
    assert running.stop() == (3, 0, 0, 0)


def test_a_handler_that_blocks_the_loop_past_its_lease_has_lost_it(
    db, queue, start, gate, until, effects, caplog  # noqa: F811
):  # fmt: skip
    id = db.call("queue_enqueue", queue, {})

    async def handle(one, session):
        await session.execute(insert(1))
        gate.wait()  # no `await`: nothing extends the lease

    running = start(worker.serve, handle, queue, lease=SHORT)
    assert gate.came.wait(20)
    until("select run_at < clock_timestamp() from minipaas.queue_tasks where id = %s", id)
    taken = db.one("queue_dequeue", queue)
    assert (taken.id, taken.attempt) == (id, 2)
    gate.go.set()
    assert running.stop() == (0, 0, 0, 1)
    assert effects() == []
    (line,) = records(caplog)
    assert (line.levelname, line.outcome, line.attempt) == ("WARNING", "lost", 1)
    assert db.call("queue_ack", id, 2) is True


@pytest.mark.parametrize("with_session", [False, True])
def test_a_handler_that_returns_after_its_lease_was_taken_finishes_nothing(
    db, queue, start, gate, effects, until, caplog, with_session  # noqa: F811
):  # fmt: skip
    id = db.call("queue_enqueue", queue, {})

    def in_session(one, session):
        session.execute(insert(1))
        gate.wait()

    running = start(worker.serve, in_session if with_session else lambda one: gate.wait(), queue, lease=SHORT)
    assert gate.came.wait(20)
    db.call("queue_nack", id, 1, "0")
    assert db.one("queue_dequeue", queue).attempt == 2
    with caplog.at_level("WARNING"):
        until(
            "select run_at < clock_timestamp() + '59 s'::interval from minipaas.queue_tasks where id = %s", id
        )
        gate.go.set()
        assert running.stop() == (0, 0, 0, 1)
    assert effects() == []
    assert state(db, id) == "leased"
    assert "lost while its handler runs" in caplog.text
    assert [line.outcome for line in records(caplog)] == ["lost"]


def test_a_handler_that_raises_after_its_lease_was_taken_gives_nothing_back(db, queue, start, gate):
    id = db.call("queue_enqueue", queue, {})

    def handle(one):
        gate.wait()
        raise ValueError

    running = start(worker.serve, handle, queue)
    assert gate.came.wait(20)
    db.call("queue_nack", id, 1, "0")
    assert db.one("queue_dequeue", queue).attempt == 2
    gate.go.set()
    assert running.stop() == (0, 0, 0, 1)
    assert state(db, id) == "leased"


def test_a_handler_that_hangs_is_given_up_after_its_time(db, queue, start, gate, effects, until):  # noqa: F811
    hangs, other = fill(db, queue, 2)

    def handle(one, session):
        session.execute(insert(one.payload["n"]))
        if one.id == hangs:
            gate.wait()

    running = start(worker.serve, handle, queue, timeout=0.3)
    until("select count(*) = 1 from minipaas.queue_tasks where state = 'retrying'")
    until("select count(*) = 0 from minipaas.queue_tasks where id = %s", other)
    assert task(db, hangs).last_error == "TimeoutError: the handler was given up after 0.3 s"
    assert running.stop() == (1, 1, 0, 0)  # does not wait for the thread
    gate.go.set()
    until("select not exists (select from pg_stat_activity where state = 'idle in transaction')")
    assert effects() == [1]
    assert state(db, hangs) == "retrying"


def test_an_async_handler_that_hangs_is_cancelled(db, queue, db_url):
    id = db.call("queue_enqueue", queue, {})
    cancelled = []

    async def handle(one):
        try:
            await asyncio.Event().wait()
        except asyncio.CancelledError:
            cancelled.append(one.id)
            raise

    assert worker.run_once(handle, queue, url=db_url, timeout=0.1) == (0, 1, 0, 0)
    assert cancelled == [id]


def test_a_timeout_of_the_handler_s_own_is_an_error_as_any(db, queue, db_url):
    id = db.call("queue_enqueue", queue, {})

    async def handle(one):
        raise TimeoutError("of the other side")

    assert worker.run_once(handle, queue, url=db_url, timeout=60) == (0, 1, 0, 0)
    assert task(db, id).last_error == "TimeoutError: of the other side"


def test_a_handler_that_kills_its_connection_gives_the_task_back(db, queue, db_url, effects, caplog):  # noqa: F811
    first, _ = fill(db, queue, 2)

    def handle(one, session):
        session.execute(insert(one.payload["n"]))
        if one.id == first:
            try:
                session.execute(text("select pg_terminate_backend(pg_backend_pid())"))
            except DBAPIError:
                return  # and the worker finds out by itself
            raise AssertionError

    assert worker.run_once(handle, queue, url=db_url) == (1, 1, 0, 0)
    assert effects() == [1]
    assert state(db, first) == "retrying"
    assert [line.outcome for line in records(caplog)] == ["waiting"]


@pytest.mark.parametrize("name", ["minipaas-sql worker", "minipaas-sql worker acks", "minipaas-sql listener"])
def test_a_worker_survives_the_loss_of_each_connection(db, queue, start, until, gate, name):
    first = db.call("queue_enqueue", queue, {})
    running = start(worker.serve, lambda one: gate.wait(), queue)
    assert gate.came.wait(20)
    if name.endswith("acks"):
        gate.go.set()
        until("select count(*) = 0 from minipaas.queue_tasks where id = %s", first)
    kill = "select count(pg_terminate_backend(pid, 5000)) from pg_stat_activity where application_name = %s"
    assert db.value(kill, name) == 1
    gate.go.set()
    db.call("queue_enqueue", queue, {})
    until("select count(*) = 0 from minipaas.queue_tasks")
    assert running.stop() == (2, 0, 0, 0)
