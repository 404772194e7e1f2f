"""A database with something in every state, so that names and ids that are tried often hit."""

from tests.conftest import Connection
from tests.queue.helpers import NOON, after

from .arguments import CONSUMERS, KEYS, QUEUES, SCHEDULES, STREAMS


def fill(db: Connection) -> None:
    """Make queues, streams, consumers and schedules, and tasks, leases and events of all kinds, by noon."""
    for queue in QUEUES:
        db.at(after(minutes=-5))
        keep = "1 hour" if queue == QUEUES[1] else None
        db.call("queue_create", queue, max_attempts=2, keep_done=keep)
        db.rows("queue_enqueue_many", queue, [{}] * 7)
        acked, buried, redriven, expired, retried, *_ = db.rows("queue_dequeue", queue, 6)
        db.call("queue_ack", acked.id)
        db.call("queue_bury", buried.id, error="it's broken")
        db.call("queue_bury", redriven.id)
        db.call("queue_redrive", queue, [redriven.id])
        db.call("queue_extend", expired.id, lease="1 second")
        db.call("queue_nack", retried.id, delay="1 hour")
        db.at(NOON)
        for key in KEYS:  # one is held, one blocked, one delayed
            db.call("queue_enqueue", queue, {}, 3, key=key, dedup_key=key)
            db.call("queue_enqueue", queue, {}, key=key)
            db.call("queue_enqueue", queue, {}, delay="1 minute", key=key)
        db.rows("queue_dequeue", queue, 2)
        db.call("queue_enqueue", queue, {}, -10, max_attempts=0)
    for nr, stream in enumerate(STREAMS):
        db.call("stream_create", stream, 3 if nr == 1 else 1, keep_events=50 if nr == 2 else 0)
        db.rows("stream_publish_many", stream, [{}] * 8, [*KEYS, *KEYS])
        db.call("stream_publish", stream, {}, dedup_key="a")
        for consumer in CONSUMERS:
            db.call("stream_subscribe", stream, consumer)
        db.rows("stream_fetch", stream, CONSUMERS[0], 2)
    for schedule in SCHEDULES:
        db.call("schedule_create", schedule, "*/15 * * * *", QUEUES[0], missed="all")
