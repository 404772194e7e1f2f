import asyncio
import logging
import time

import pytest

from minipaas_sql import wait
from tests.conftest import Connection

LONG = 60.0  # a poll that no test waits for: what comes sooner was woken


def killed(db, name):
    """End the session of that application_name."""
    return db.value(
        "select count(pg_terminate_backend(pid, 5000)) from pg_stat_activity where application_name = %s",
        name,
    )


def test_what_is_there_is_found_at_once(db, queue, db_url):
    assert wait.for_queue(db_url, queue, timeout=0) is False
    id = db.call("queue_enqueue", queue, {})
    assert wait.for_queue(db_url, queue, timeout=0) is True
    assert db.one("queue_dequeue", queue)[:3] == (id, {}, 1)
    assert wait.for_queue(db_url, queue, timeout=0) is False


def test_an_enqueue_wakes(db, queue, db_url, background, asleep):
    waiting = background(wait.for_queue, db_url, queue, timeout=30, poll=LONG)
    asleep(db.call("queue_channel", queue))
    assert not waiting.done()
    db.call("queue_enqueue", queue, {})
    assert waiting.result(10) is True


def test_a_publish_wakes(db, stream, db_url, background, asleep):
    last = db.call("stream_publish", stream, {})
    assert wait.for_stream(db_url, stream, timeout=0) is True
    waiting = background(wait.for_stream, db_url, stream, last, timeout=30, poll=LONG)
    asleep(db.call("stream_channel", stream))
    db.call("stream_publish", stream, {})
    assert waiting.result(10) is True


def test_the_timeout_ends_it(queue, db_url):
    began = time.monotonic()
    assert wait.for_queue(db_url, queue, timeout=0.2, poll=LONG) is False
    assert 0.2 <= time.monotonic() - began < 5


def test_every_sleeper_is_woken_though_one_holds_the_lock(db, queue, db_url, background, until):
    def sleep():
        woken = iter([False, False, True])
        with wait.Listener(db_url, queues=[queue], poll=LONG) as listener:
            return listener.until(lambda: next(woken), timeout=30)

    waiting = [background(sleep) for _ in range(3)]
    until(
        "select count(*) = 3 from pg_stat_activity where state = 'idle' and query like 'listen %%'"
        " and datname = current_database()"
    )
    db.call("queue_enqueue", queue, {})
    assert [one.result(10) for one in waiting] == [True, True, True]


def test_a_wake_up_that_is_lost_costs_the_poll_and_no_more(db, queue, db_url, connect, background, asleep):
    producer = connect(autocommit=False)
    producer.call("queue_enqueue", queue, {})  # nobody sleeps: it will not notify
    waiting = background(wait.for_queue, db_url, queue, timeout=30, poll=1.0)
    asleep(db.call("queue_channel", queue))
    producer.commit()
    committed = time.monotonic()
    assert waiting.result(10) is True
    assert time.monotonic() - committed < 3


def test_a_lost_connection_is_replaced(db, queue, db_url, background, asleep, caplog):
    channel = db.call("queue_channel", queue)
    waiting = background(wait.for_queue, db_url, queue, timeout=30, poll=LONG)
    for _ in range(2):
        asleep(channel)
        assert killed(db, "minipaas-sql listener") == 1
    asleep(channel)
    db.call("queue_enqueue", queue, {})
    assert waiting.result(10) is True
    assert "lost" in caplog.text


def test_a_queue_made_again_has_its_sleeper(db, queue, db_url, background, asleep):
    with wait.Listener(db_url, queues=[queue]) as listener:
        db.call("queue_drop", queue)
        db.call("queue_create", queue)
        waiting = background(wait.for_queue, db_url, queue, timeout=30, poll=LONG)
        asleep(db.call("queue_channel", queue))
        db.call("queue_enqueue", queue, {})
        assert waiting.result(10) is True
        assert listener.until(lambda: db.rows("queue_dequeue", queue)) != []


def test_names_are_checked_at_the_start(db_url, refused):
    with refused("MP001", "nothing"):
        wait.for_queue(db_url, "nothing")
    with refused("MP002", "nothing"), wait.Listener(db_url, streams=["nothing"]):
        pass


def test_a_loop_s_own_look_is_what_it_waits_for(db, queue, stream, db_url, background, asleep):
    def claim():
        with Connection.open(db_url) as mine:
            return mine.rows("queue_dequeue", queue), mine.rows("stream_consume", stream)

    def found():
        tasks, events = claim()
        return tasks or events

    def loop():
        with wait.Listener(db_url, queues=[queue], streams=[stream], poll=LONG) as listener:
            return [listener.until(found)[0].payload, listener.until(found, timeout=30)[0].payload]

    waiting = background(loop)
    asleep(db.call("queue_channel", queue))
    db.call("queue_enqueue", queue, {"first": 1})
    asleep(db.call("stream_channel", stream))
    db.call("stream_publish", stream, {"second": 2})
    assert waiting.result(20) == [{"first": 1}, {"second": 2}]


def test_an_exception_of_the_look_ends_the_waiting(db, queue, db_url):
    def look():
        raise LookupError

    with wait.Listener(db_url, queues=[queue]) as listener, pytest.raises(LookupError):
        listener.until(look)
    assert db.value("select count(*) from pg_locks where locktype = 'advisory'") == 0


def test_a_listener_in_a_loop_can_be_stirred(queue, db_url):
    async def stirred():
        async with wait.AsyncListener(db_url, queues=[queue], poll=LONG) as listener:
            looks = iter([False, False, True])

            async def look():
                return next(looks)

            asyncio.get_running_loop().call_later(0.01, listener.stir)
            asyncio.get_running_loop().call_later(0.5, listener.stir)
            return await listener.until(look, timeout=30)

    assert asyncio.run(stirred()) is True


def test_who_was_busy_lingers_before_it_sleeps(db, queue, db_url):
    """While work keeps coming, no producer pays for a NOTIFY."""
    channel, shown = db.call("queue_channel", queue), []
    probe = "select not pg_try_advisory_lock_shared(hashtextextended(%s, 0))"

    def look():
        shown.append(db.value(probe, channel))
        db.execute("select pg_advisory_unlock_all()")
        return len(shown) in (1, 4)

    with wait.Listener(db_url, queues=[queue]) as listener:
        assert listener.until(look) and listener.until(look)
    assert shown == [False] * 4


def test_through_a_pooler_it_looks_instead_and_says_so_once(db, queue, pooled, background, caplog):
    with caplog.at_level(logging.WARNING):
        waiting = background(wait.for_queue, pooled, queue, timeout=30, poll=0.2)
        db.call("queue_enqueue", queue, {})
        assert waiting.result(10) is True
        assert wait.for_queue(pooled, queue, timeout=0.5, poll=0.1) is True
        for task in db.rows("queue_dequeue", queue, 10):
            assert db.call("queue_ack", task.id)
        assert wait.for_queue(pooled, queue, timeout=0.5, poll=0.1) is False
    warnings = [record for record in caplog.records if record.name == "minipaas_sql.wait"]
    assert len(warnings) == 1, [record.getMessage() for record in warnings]
    assert db.value("select count(*) from pg_locks where locktype = 'advisory'") == 0
