"""What a worker does with a task, whatever becomes of its handler."""

import asyncio
import threading
from datetime import timedelta

import pytest
from sqlalchemy import create_engine, text
from sqlalchemy.orm import sessionmaker

from minipaas_sql import worker
from minipaas_sql._link import url_of
from tests.queue.helpers import fill, state, task

DONE = worker.Outcomes(done=1)


@pytest.fixture
def effects(db):
    """A table for what handlers do; the value reads it."""
    db.execute("create table test.effect (n integer)")
    return lambda: [n for (n,) in db.execute("select n from test.effect order by n")]


def insert(n):
    return text("insert into test.effect values (:n)").bindparams(n=n)


def records(caplog):
    """The lines of the log that are about tasks."""
    return [record for record in caplog.records if hasattr(record, "seconds")]


@pytest.mark.parametrize("kind", ["plain", "async"])
def test_a_handler_gets_the_task_and_its_return_acks_it(db, queue, db_url, kind):
    id = db.call("queue_enqueue", queue, {"to": 42}, 3, headers={"trace": "x"})
    got = []

    async def handle(one):
        got.append(one)

    handler = handle if kind == "async" else got.append
    assert worker.run_once(handler, queue, url=db_url, name="me") == DONE
    (one,) = got
    assert (one.id, one.payload, one.attempt, one.headers, one.priority, one.queue) == (
        id, {"to": 42}, 1, {"trace": "x"}, 3, queue,
    )  # fmt: skip
    assert one.lease_until > one.enqueued_at and one.key is None
    assert task(db, id) is None


async def _async_insert(one, session):
    await session.execute(insert(one.payload["n"]))
    if one.payload["n"] == 1:
        raise ValueError("one")


def _insert(one, session):
    session.execute(insert(one.payload["n"]))
    if one.payload["n"] == 1:
        raise ValueError("one")


@pytest.mark.parametrize("handler", [_insert, _async_insert])
def test_effects_in_the_session_are_there_exactly_when_the_task_is_done(db, queue, db_url, effects, handler):
    ids = fill(db, queue, 3)
    assert worker.run_once(handler, queue, url=db_url, concurrency=2) == (2, 1, 0, 0)
    assert effects() == [0, 2]
    assert [state(db, id) for id in ids] == [None, "retrying", None]
    assert task(db, ids[1]).last_error == "ValueError: one"


def test_the_application_s_own_sessions_are_used(db, queue, db_url, effects):
    fill(db, queue, 1)
    engine = create_engine(url_of(db_url), connect_args={"application_name": "mine"})

    def handle(one, session):
        assert session.scalar(text("show application_name")) == "mine"
        session.execute(insert(7))

    assert worker.run_once(handler := handle, queue, url=db_url, sessions=sessionmaker(engine)) == DONE
    assert handler and effects() == [7]
    engine.dispose()


def test_a_handler_that_raises_gives_the_task_back(db, queue, db_url, caplog):
    id = db.call("queue_enqueue", queue, {})

    def handle(one):
        raise RuntimeError("boom\nand more")

    with caplog.at_level("INFO"):
        assert worker.run_once(handle, queue, url=db_url, name="me") == (0, 1, 0, 0)
    (line,) = records(caplog)
    assert (line.levelname, line.queue, line.task, line.attempt, line.outcome, line.worker, line.error) == (
        "WARNING", queue, id, 1, "waiting", "me", "RuntimeError: boom and more",
    )  # fmt: skip
    assert line.exc_info[0] is RuntimeError
    assert task(db, id).last_error == "RuntimeError: boom and more"
    assert state(db, id) == "retrying"


def test_each_task_has_one_line_in_the_log(db, queue, db_url, caplog):
    ids = fill(db, queue, 5)
    with caplog.at_level("INFO"):
        worker.run_once(lambda one: None, queue, url=db_url, concurrency=3)
    lines = records(caplog)
    assert sorted(line.task for line in lines) == ids
    assert {(line.levelname, line.outcome, line.error) for line in lines} == {("INFO", "done", None)}


def test_a_task_without_attempts_left_is_dead(db, queue, db_url, caplog):
    id = db.call("queue_enqueue", queue, {}, max_attempts=1)
    assert worker.run_once(lambda one: 1 / 0, queue, url=db_url) == (0, 0, 1, 0)
    assert state(db, id) == "dead"
    assert [line.levelname for line in records(caplog)] == ["ERROR"]


def test_a_handler_may_bury_a_task_or_say_when_to_retry(db, queue, db_url):
    bury, retry = fill(db, queue, 2)

    def handle(one):
        if one.id == bury:
            raise worker.Bury("no such address")
        raise worker.Retry("not yet", delay=timedelta(days=1))

    assert worker.run_once(handle, queue, url=db_url) == (0, 1, 1, 0)
    assert (state(db, bury), task(db, bury).last_error) == ("dead", "Bury: no such address")
    assert (state(db, retry), task(db, retry).last_error) == ("retrying", "Retry: not yet")
    assert db.value(
        "select run_at > now() + '23 hours'::interval from minipaas.queue_tasks where id = %s", retry
    )


@pytest.mark.parametrize("exc", [SystemExit(3), StopIteration(), asyncio.CancelledError()])
@pytest.mark.parametrize("kind", ["plain", "async"])
def test_no_exception_of_a_handler_ends_the_worker(db, queue, db_url, exc, kind):
    ids = fill(db, queue, 2)

    def handle(one):
        if one.id == ids[0]:
            raise exc

    async def async_handle(one):
        handle(one)

    handler = handle if kind == "plain" else async_handle
    assert worker.run_once(handler, queue, url=db_url) == (1, 1, 0, 0)


def test_handlers_run_side_by_side(db, queue, db_url):
    fill(db, queue, 3)
    meet = threading.Barrier(3, timeout=20)
    assert worker.run_once(lambda one: meet.wait(), queue, url=db_url, concurrency=3).done == 3


def test_no_more_run_than_asked_for(db, queue, db_url):
    fill(db, queue, 40)
    running, most = 0, []

    async def handle(one):
        nonlocal running
        running += 1
        most.append(running)
        await asyncio.sleep(0)
        running -= 1

    assert worker.run_once(handle, queue, url=db_url, concurrency=4, batch_size=10).done == 40
    assert max(most) == 4


def test_several_queues_are_worked_on_in_turn(db, queue, db_url):
    db.call("queue_create", "other")
    fill(db, queue, 4), fill(db, "other", 4)
    seen = []
    assert worker.run_once(lambda one: seen.append(one.queue), queue, "other", url=db_url).done == 8
    assert seen[:4] in (["work", "other"] * 2, ["other", "work"] * 2)


def test_once_works_off_what_handlers_add(db, queue, db_url):
    db.call("queue_enqueue", queue, {"left": 3})

    def handle(one, session):
        if one.payload["left"]:
            session.execute(
                text("select minipaas.queue_enqueue('work', jsonb_build_object('left', :n))"),
                {"n": one.payload["left"] - 1},
            )

    assert worker.run_once(handle, queue, url=db_url).done == 4


@pytest.mark.parametrize("ack_each", [False, True])
def test_acks_go_together_and_a_lost_one_takes_none_along(db, queue, db_url, caplog, ack_each):
    ids = fill(db, queue, 10)

    async def handle(one):
        if one.id == ids[3]:
            db.execute("select minipaas.queue_ack(%s)", [one.id])

    with caplog.at_level("INFO"):
        outcomes = worker.run_once(handle, queue, url=db_url, concurrency=10, ack_each=ack_each)
    assert outcomes == (9, 0, 0, 1)
    assert [line.task for line in records(caplog) if line.outcome == "lost"] == [ids[3]]
    assert db.value("select count(*) from minipaas.queue_tasks") == 0


def test_names_and_handlers_are_checked_at_the_start(db, queue, db_url, refused):
    with refused("MP001", "nothing"):
        worker.run_once(lambda one: None, queue, "nothing", url=db_url)
    for wrong in (lambda: None, lambda a, b, c: None):
        with pytest.raises(TypeError, match="neither"):
            worker.run_once(wrong, queue, url=db_url)
    with pytest.raises(ValueError, match="queue"):
        worker.run_once(lambda one: None, url=db_url)
    with pytest.raises(ValueError, match="concurrency"):
        worker.run_once(lambda one: None, queue, url=db_url, concurrency=0)


def test_a_default_isolation_of_the_database_does_not_matter(db, queue, db_url, effects):
    fill(db, queue, 1)
    name = db.info.dbname
    db.execute(f"alter database {name} set default_transaction_isolation = 'serializable'")
    try:
        assert worker.run_once(_insert, queue, url=db_url) == DONE
    finally:
        db.execute(f"alter database {name} reset default_transaction_isolation")


def test_a_worker_keeps_the_schema_tidy(db, queue, start, until):
    db.call("stream_create", "log", keep_events=1)
    for _ in range(3):
        db.call("stream_publish", "log", {})
    start(worker.serve, lambda one: None, queue)
    until("select events = 1 from minipaas.stream_stats where stream = 'log'")


def test_through_a_pooler_all_works_but_the_wake_up(db, queue, pooled, effects, start, until, caplog):
    start(worker.serve, _insert, queue, url=pooled, poll=0.1, concurrency=2, lease=timedelta(seconds=1))
    for _ in range(3):
        fill(db, queue, 10)
        until("select count(*) = 0 from minipaas.queue_tasks where state <> 'retrying'")
    assert effects() == sorted([0, *range(2, 10)] * 3)
    assert len([record for record in caplog.records if "pooler" in record.getMessage()]) == 1
