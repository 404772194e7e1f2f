"""Workers as processes: signals, kills and restarts of the server."""

import json
import signal

import pytest

from minipaas_sql import _embedded, _sql, worker
from tests.conftest import Connection
from tests.queue.helpers import fill, state, task

# The handler of task 0 waits until the test lets go of a lock.
WAITS = """
import os
from sqlalchemy import text

def handle(task, session):
    if task.payload["n"] == 0:
        session.execute(text("select pg_advisory_xact_lock(1, 2)"))
    session.execute(text("insert into test.effect values (:n)"), {"n": task.payload["n"]})
"""
EVENTS = WAITS.replace("(task, session)", "(event, session)").replace("task.", "event.")
RETURNS = "async def handle(task): pass\n"


@pytest.fixture
def effects(db):
    db.execute("create table test.effect (n integer)")
    return lambda: [n for (n,) in db.execute("select n from test.effect order by n")]


@pytest.fixture
def gate(connect):
    """A session that keeps task 0 waiting until it is closed."""
    holder = connect()
    holder.execute("select pg_advisory_lock(1, 2)")
    return holder


@pytest.fixture
def log(tmp_path):
    """The lines of the log, as objects."""
    return lambda: [json.loads(line) for line in (tmp_path / "log").read_text().splitlines()]


@pytest.fixture
def told(tmp_path):
    """Return when a process says that it is going to stop."""

    def wait(process):
        while "stopping" not in (tmp_path / "log").read_text():
            assert process.poll() is None

    return wait


AT_IT = (
    "select exists (select from pg_stat_activity where wait_event_type = 'Lock' and wait_event = 'advisory')"
)


@pytest.mark.parametrize("number", [signal.SIGTERM, signal.SIGINT])
def test_a_signal_lets_the_task_at_hand_finish(
    db, queue, db_url, process, effects, gate, until, told, log, number
):  # fmt: skip
    ids = fill(db, queue, 3)
    running = process(WAITS, db_url, "worker", "--queue", queue)
    until(AT_IT)
    running.send_signal(number)
    told(running)
    gate.close()
    assert running.wait(20) == 0
    assert effects() == [0]
    assert [state(db, id) for id in ids] == [None, "ready", "ready"]
    assert [(line["task"], line["outcome"]) for line in log() if "task" in line] == [(ids[0], "done")]


def test_an_idle_worker_ends_at_once(db, queue, db_url, process, asleep):
    running = process(RETURNS, db_url, "worker", "--queue", queue)
    asleep(db.call("queue_channel", queue))
    running.terminate()
    assert running.wait(20) == 0


def test_a_second_signal_does_not_wait(db, queue, db_url, process, effects, gate, until, told):
    fill(db, queue, 1)
    running = process(WAITS, db_url, "worker", "--queue", queue)
    until(AT_IT)
    running.terminate()
    told(running)
    running.terminate()
    assert running.wait(20) == -signal.SIGTERM
    assert effects() == []


def test_a_killed_worker_loses_nothing(db, queue, db_url, process, effects, gate, until):
    ids = fill(db, queue, 20)
    running = process(WAITS, db_url, "worker", "--queue", queue, "--concurrency", "4", "--lease", "1")
    until(AT_IT)
    until("select count(*) > 5 from test.effect")
    running.kill()
    assert running.wait(20) == -signal.SIGKILL
    gate.close()
    other = process(WAITS, db_url, "worker", "--queue", queue, "--concurrency", "4")
    until("select count(*) = 0 from minipaas.queue_tasks")
    other.terminate()
    assert other.wait(20) == 0
    assert effects() == list(range(20))  # each once: effects and acks are one transaction
    assert all(task(db, id) is None for id in ids)


def test_a_consumer_stops_in_order(db, stream, db_url, process, effects, gate, until, told, log):
    for n in range(3):
        db.call("stream_publish", stream, {"n": n})
    running = process(EVENTS, db_url, "consumer", "--stream", stream, "--consumer", "reader")
    until(AT_IT)
    running.terminate()
    told(running)
    gate.close()
    assert running.wait(20) == 0
    assert effects() == [0]
    assert db.value("select lag_events from minipaas.consumer_stats") == 2
    assert [line["events"] for line in log() if "events" in line] == [1]


def test_once_works_off_a_queue_and_exits(db, queue, db_url, process, effects):
    fill(db, queue, 5)
    db.execute("update minipaas._ready set payload = '{\"n\": 7}' where payload = '{\"n\": 0}'")
    assert process(WAITS, db_url, "worker", "--queue", queue, "--once").wait(30) == 0
    assert effects() == [1, 2, 3, 4, 7]


def test_a_restart_of_the_server_is_nothing_to_a_worker(process, log):
    with _embedded.server() as server:
        with Connection.open(server.url) as db:
            db.execute("alter database postgres set synchronous_commit = on")  # an ack stays an ack
            db.execute(_sql.install_text())
            db.call("queue_create", "work")
            db.execute("create schema test")
            db.execute("create table test.effect (n integer)")
            fill(db, "work", 20)
            running = process(WAITS.replace("== 0", "== -1"), server.url, "worker", "--queue", "work")
            drained(db)
        for mode in ("fast", "immediate"):
            server.stop(mode)
            server.start()
            with Connection.open(server.url) as db:
                fill(db, "work", 20)
                drained(db)
                assert running.poll() is None
        running.terminate()
        assert running.wait(20) == 0
    assert len([line for line in log() if line.get("outcome") == "done"]) == 60
    assert any("database is not there" in line["message"] for line in log())


def test_a_task_outlives_a_restart_of_the_server(start, tmp_path):
    """Its handler has no session: the ack waits for the server to come back."""
    import threading

    came, go = threading.Event(), threading.Event()

    def handle(one):
        came.set()
        assert go.wait(30)

    with _embedded.server() as server:
        with Connection.open(server.url) as db:
            db.execute(_sql.install_text())
            db.call("queue_create", "work")
            fill(db, "work", 1)
        running = start(worker.serve, handle, "work", url=server.url)
        assert came.wait(20)
        server.stop("fast")
        go.set()
        server.start()
        with Connection.open(server.url) as db:
            drained(db)
        assert running.stop() == (1, 0, 0, 0)


def drained(db):
    """Return when there are no tasks."""
    while db.value("select count(*) > 0 from minipaas.queue_tasks"):
        db.execute("select pg_sleep(0.01)")


def test_wrong_usage_and_refusals_say_so(db, queue, cli, db_url, tmp_path, monkeypatch):
    monkeypatch.chdir(tmp_path)
    (tmp_path / "app.py").write_text(RETURNS + "number = 1\ndef none(): pass\n")
    for function, status, said in (
        ("app", 2, "module:function"), ("nothing:at_all", 2, "no module nothing"),
        ("app:number", 2, "no function"), ("app:none", 2, "neither"), ("app:handle", 0, ""),
    ):  # fmt: skip
        done = cli("worker", function, "--queue", queue, "--once", "--url", db_url)
        assert done.returncode == status and said in done.stderr, done
    done = cli("worker", "app:handle", "--queue", "nothing", "--url", db_url)
    assert done.returncode == 1 and 'queue "nothing" does not exist' in done.stderr and "hint" in done.stderr
    done = cli("consumer", "app:handle", "--stream", "s", "--consumer", "c", "--url", db_url)
    assert done.returncode == 1 and 'stream "s" does not exist' in done.stderr
    assert cli("worker", "app:handle", "--queue", queue).returncode == 2
