"""What a consumer does with events, whatever becomes of its handler."""

import asyncio
from datetime import timedelta

import pytest
from sqlalchemy import text

from minipaas_sql import consumer
from tests.stream.helpers import publish

from .test_leases import gate  # noqa: F401
from .test_tasks import effects, insert  # noqa: F401


@pytest.fixture
def wide(db):
    """A stream of eight partitions with a consumer `reader`."""
    db.call("stream_create", "wide", 8)
    db.call("stream_subscribe", "wide", "reader")
    return "wide"


def place(db, stream):
    """Committed offset and lag of the stream's first partition."""
    row = db.execute(
        "select committed_offset, lag_events from minipaas.consumer_stats"
        " where stream = %s and partition = 0",
        [stream],
    )
    return tuple(row.fetchone())


@pytest.mark.parametrize("kind", ["plain", "async"])
def test_events_come_in_order_and_are_committed(db, stream, db_url, kind):
    made = publish(db, stream, 25)
    seen = []

    async def handle(event):
        seen.append(event)

    handler = seen.append if kind == "plain" else handle
    assert consumer.run_once(handler, stream, "reader", url=db_url, batch_size=10) == 25
    assert [event.event_offset for event in seen] == made
    assert [event.payload["n"] for event in seen] == list(range(25))
    assert place(db, stream) == (made[-1], 0)
    assert consumer.run_once(handler, stream, "reader", url=db_url) == 0


def _insert(event, session):
    session.execute(insert(event.payload["n"]))
    if session.scalar(text("select count(*) = 4 from test.effect")):
        raise ValueError("four")


def test_effects_and_commit_are_one_transaction(db, stream, db_url, effects, caplog):  # noqa: F811
    made = publish(db, stream, 6)
    assert consumer.run_once(_insert, stream, "reader", url=db_url) == 3
    assert effects() == [0, 1, 2]
    assert place(db, stream) == (made[2], 3)
    (line,) = [record for record in caplog.records if hasattr(record, "seconds")]
    assert (line.levelname, line.outcome, line.stream, line.consumer, line.partition, line.events) == (
        "ERROR", "failed", stream, "reader", 0, 3,
    )  # fmt: skip
    assert (line.event_offset, line.error) == (made[3], "ValueError: four")
    db.execute("insert into test.effect values (99)")
    assert consumer.run_once(_insert, stream, "reader", url=db_url) == 3
    assert effects() == [*range(6), 99]


def test_without_a_session_what_was_handled_before_a_failure_is_committed(db, stream, db_url):
    made = publish(db, stream, 6)
    seen = []

    def handle(event):
        seen.append(event.payload["n"])
        assert len(seen) != 4

    assert consumer.run_once(handler := handle, stream, "reader", url=db_url) == 3
    assert place(db, stream) == (made[2], 3)
    assert consumer.run_once(handler, stream, "reader", url=db_url) == 3
    assert seen == [0, 1, 2, 3, 3, 4, 5]


def test_a_failing_event_is_tried_again_and_holds_up_its_partition_only(db, wide, start, until):
    publish(db, wide, 40, keys=[f"key {n % 10}" for n in range(40)])
    seen, failed = [], []

    def handle(event):
        if event.key == "key 3" and len(failed) < 2:
            failed.append(event.payload["n"])
            raise ValueError
        seen.append((event.key, event.payload["n"]))

    running = start(consumer.serve, handle, wide, "reader", concurrency=2)
    until("select coalesce(sum(lag_events), 0) = 0 from minipaas.consumer_stats where stream = 'wide'")
    assert running.stop() == 40
    assert failed == [3, 3]
    assert sorted(n for _, n in seen) == list(range(40))
    for key in {key for key, _ in seen}:
        assert [n for other, n in seen if other == key] == sorted(n for other, n in seen if other == key)


def test_a_lease_is_extended_while_events_are_handled(db, stream, start, gate, until):  # noqa: F811
    made = publish(db, stream, 3)
    running = start(consumer.serve, lambda event: gate.wait(), stream, "reader", lease=timedelta(seconds=0.6))
    assert gate.came.wait(20)
    first = db.value("select lease_until from minipaas.consumer_stats")
    until("select lease_until > %s + '2 s'::interval from minipaas.consumer_stats", first)
    gate.go.set()
    until("select lag_events = 0 from minipaas.consumer_stats")
    assert running.stop() == 3
    assert place(db, stream) == (made[-1], 0)


@pytest.mark.parametrize("with_session", [False, True])
def test_a_lost_partition_is_committed_by_nobody(
    db, stream, start, gate, effects, caplog, with_session  # noqa: F811
):  # fmt: skip
    publish(db, stream, 3)

    def in_session(event, session):
        session.execute(insert(1))
        gate.wait()

    handler = in_session if with_session else lambda event: gate.wait()
    running = start(consumer.serve, handler, stream, "reader")
    assert gate.came.wait(20)
    db.call("stream_seek", stream, "reader", 0)
    mine = db.rows("stream_fetch", stream, "reader")
    gate.go.set()
    assert running.stop() == 0
    assert effects() == []
    assert [line.outcome for line in caplog.records if hasattr(line, "seconds")] == ["lost"]
    assert db.call("stream_commit", stream, "reader", 0, mine[-1].event_offset, mine[-1].lease_id) is True


def test_stopping_finishes_the_event_at_hand_and_gives_back_the_rest(db, stream, start, gate):  # noqa: F811
    made = publish(db, stream, 5)
    running = start(consumer.serve, lambda event: gate.wait(), stream, "reader")
    assert gate.came.wait(20)
    running.tell()
    gate.go.set()
    assert running.stop() == 1
    assert place(db, stream) == (made[0], 4)
    assert [row.payload["n"] for row in db.rows("stream_fetch", stream, "reader")] == [1, 2, 3, 4]


def test_several_partitions_are_worked_on_at_a_time(db, wide, db_url):
    publish(db, wide, 80)
    running, most = 0, []

    async def handle(event):
        nonlocal running
        running += 1
        most.append(running)
        await asyncio.sleep(0.001)
        running -= 1

    assert consumer.run_once(handle, wide, "reader", url=db_url, concurrency=4, batch_size=5) == 80
    assert 1 < max(most) <= 4


def test_names_are_checked_at_the_start(db, stream, db_url, refused):
    with refused("MP002", "nothing"):
        consumer.run_once(lambda event: None, "nothing", "reader", url=db_url)
    with refused("MP003", "nobody"):
        consumer.run_once(lambda event: None, stream, "nobody", url=db_url)


def test_a_publish_wakes_a_consumer(db, stream, start, asleep, until):
    running = start(consumer.serve, lambda event: None, stream, "reader", poll=60.0)
    asleep(db.call("stream_channel", stream))
    publish(db, stream, 3)
    until("select lag_events = 0 from minipaas.consumer_stats")
    assert running.stop() == 3
