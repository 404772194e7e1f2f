"""What the tests of streams share: a moment that time starts from, and looks at events and consumers."""

from collections.abc import Iterable
from datetime import UTC, datetime, timedelta
from typing import Any

from tests.conftest import Connection

NOON = datetime(2030, 1, 1, 12, tzinfo=UTC)


def after(**duration: float) -> datetime:
    """The moment that long after noon."""
    return NOON + timedelta(**duration)


def publish(db: Connection, stream: str, count: int, **options: Any) -> list[int]:
    """Publish `count` events, {"n": 0} first, and return their offsets."""
    payloads = [{"n": n} for n in range(count)]
    return [offset for (offset,) in db.rows("stream_publish_many", stream, payloads, **options)]


def offsets(rows: Iterable[Any]) -> list[int]:
    """The offsets of what a consume or fetch returned, in its order."""
    return [row.event_offset for row in rows]


def read(
    db: Connection, stream: str, after_offset: int = 0, batch_size: int = 100, **filters: Any
) -> list[int]:
    """Consume until a call returns nothing, and return the offsets in the order of delivery."""
    seen: list[int] = []
    while batch := offsets(db.rows("stream_consume", stream, after_offset, batch_size, **filters)):
        seen += batch
        after_offset = batch[-1]
    return seen


def fetch(
    db: Connection, stream: str, consumer: str = "audit", batch_size: int = 100, **options: Any
) -> list[Any]:
    """The rows of one fetch."""
    return db.rows("stream_fetch", stream, consumer, batch_size, **options)


def commit(db: Connection, stream: str, rows: list[Any], consumer: str = "audit", **options: Any) -> bool:
    """Commit what a fetch returned, with its lease, up to its last row."""
    last = rows[-1]
    return db.call(
        "stream_commit", stream, consumer, last.partition, last.event_offset, last.lease_id, **options
    )


def work(db: Connection, stream: str, consumer: str = "audit", batch_size: int = 100) -> list[int]:
    """Fetch and commit until a fetch returns nothing, and return the offsets in the order of delivery."""
    seen: list[int] = []
    while rows := fetch(db, stream, consumer, batch_size):
        seen += offsets(rows)
        assert commit(db, stream, rows, consumer) is True
    return seen


def stats(db: Connection, stream: str) -> Any:
    """The stream's row of stream_stats."""
    return db.execute("select * from minipaas.stream_stats where stream = %s", [stream]).fetchone()


def standing(db: Connection, consumer: str = "audit", partition: int = 0) -> Any:
    """The row of consumer_stats of one partition."""
    return db.execute(
        "select * from minipaas.consumer_stats where consumer = %s and partition = %s", [consumer, partition]
    ).fetchone()


def keys_of(db: Connection, stream: str) -> dict[int, str]:
    """One key of each partition that events with the keys k0 to k49 are in."""
    publish(db, stream, 50, keys=[f"k{n}" for n in range(50)])
    rows = db.rows("stream_consume", stream, 0, 1000)
    return {row.partition: row.key for row in reversed(rows) if row.key is not None}


def contents(db: Connection) -> list[Any]:
    """Everything that the views and reading show of all streams, but the size, which is an estimate."""
    streams = db.execute("select * from minipaas.streams order by stream").fetchall()
    shown = (
        streams
        + db.execute(
            "select stream, head, events, oldest, oldest_offset from minipaas.stream_stats order by stream"
        ).fetchall()
    )
    shown += db.execute(
        "select * from minipaas.consumer_stats order by stream, consumer, partition"
    ).fetchall()
    for stream in streams:
        shown += db.rows("stream_consume", stream.stream, 0, 100_000)
    return shown


def maintain(db: Connection) -> int:
    """Run the upkeep, and return how many events it trimmed."""
    return sum(row.count for row in db.rows("maintain") if row.what == "events trimmed")
