"""Calls of every public function on the same few objects, most of which work.

The functions come from the catalogue; for a parameter with a new name, VALUES has to say what it may be.
"""

import random
from collections.abc import Callable
from datetime import UTC, datetime
from typing import Any

from psycopg import sql

from tests.conftest import Connection
from tests.fuzz.arguments import Parameter

CONSUMERS, KEYS = ["audit", "mail"], ["a", "b", "c", "d"]


def fill(db: Connection) -> None:
    """Make what the calls are about, where it is not there, and some tasks and events."""
    db.call("queue_create", "work", "20 ms", 3, "1 ms", "1 ms")
    db.call("stream_create", "log", 2)
    for consumer in CONSUMERS:
        db.call("stream_subscribe", "log", consumer)
    db.call("schedule_create", "tick", "* * * * *", "work")
    db.rows("queue_enqueue_many", "work", [{}] * 8, keys=KEYS * 2)
    db.rows("queue_enqueue_many", "work", [{}] * 4, dedup_keys=KEYS)
    db.rows("queue_dequeue", "work", 4, lease="1 second")
    db.rows("stream_publish_many", "log", [{}] * 4, KEYS)


class Caller:
    """Makes up calls, of tasks, events and leases that were there a moment ago."""

    def __init__(self, db: Connection, rng: random.Random, role: str) -> None:
        self.db, self.rng, self.role = db, rng, role
        self.look()

    def look(self) -> None:
        """See what there is now."""
        self.ids = [
            id for (id,) in self.db.execute("select id from minipaas.queue_tasks order by id limit 60")
        ]
        places = self.db.execute(
            "select p.partition, p.lease_id, p.committed_offset from minipaas.consumer_stats p"
        ).fetchall()
        self.places = [tuple(place) for place in places] or [(0, None, 0)]

    def call(self, function: str, parameters: list[Parameter]) -> list[Any]:
        """Make up a call, and make it."""
        return self.db.execute(*self.statement(function, parameters)).fetchall()

    def statement(self, function: str, parameters: list[Parameter]) -> tuple[sql.Composed, list[Any]]:
        """A call of a function with all that it needs, and half of what it may have."""
        self.partition, self.lease, self.offset = self.rng.choice(self.places)
        given = {
            p.name: VALUES[p.name](self)
            for p in parameters
            if not p.optional or (p.name not in LEFT_OUT and self.rng.random() < 0.5)
        }
        types = {p.name: p.type for p in parameters}
        slots = [
            sql.SQL("{} => %s::" + types[name].replace("jsonb[]", "text[]::jsonb[]")).format(
                sql.Identifier(name)
            )
            for name in given
        ]
        text = sql.SQL("select * from minipaas.{}({})").format(
            sql.Identifier(function), sql.SQL(", ").join(slots)
        )
        return text, list(given.values())

    def some(self, of: list[Any], count: int) -> list[Any]:
        return self.rng.sample(of, min(count, len(of)))


LEFT_OUT = {"run_at", "from_time", "from_offset", "to_time", "timezone"}
VALUES: dict[str, Callable[[Caller], Any]] = {
    **{word: lambda of: None for word in ("attempt", "attempts")},
    **{word: lambda of: True for word in ("strict", "force", "from_latest")},
    **{word: lambda of: "1 minute" for word in ("backoff", "backoff_max", "keep_done", "keep", "max_lag")},
    **{word: lambda of: of.rng.choice(["1 ms", "20 ms"]) for word in ("lease", "delay")},
    **{word: lambda of: of.rng.choice([None, *KEYS]) for word in ("key", "dedup_key")},
    **{word: lambda of: of.some(KEYS, 3) for word in ("keys", "dedup_keys")},
    **{word: lambda of: of.offset + of.rng.randint(0, 4) for word in ("event_offset", "to_offset")},
    **{word: lambda of: of.offset for word in ("after_offset", "before_offset")},
    "queue": lambda of: "work",
    "stream": lambda of: "log",
    "consumer": lambda of: of.rng.choice(CONSUMERS),
    "schedule": lambda of: "tick",
    "role": lambda of: of.role,
    "rights": lambda of: of.some(["enqueue", "dequeue", "publish", "consume"], 2),
    "id": lambda of: of.rng.choice(of.ids or [1]),
    "ids": lambda of: of.some(of.ids, of.rng.choice([2, 20, 60])),
    "payload": lambda of: "{}",
    "payloads": lambda of: ["{}"] * 3,
    "headers": lambda of: None,
    "worker": lambda of: "somebody",
    "error": lambda of: "it broke",
    "on_duplicate": lambda of: of.rng.choice(["keep", "replace"]),
    "priority": lambda of: of.rng.choice([0, 1, -1]),
    "max_attempts": lambda of: of.rng.choice([0, 1, 3]),
    "batch_size": lambda of: of.rng.choice([1, 2, 10]),
    "partitions": lambda of: 2,
    "partition": lambda of: of.partition,
    "lease_id": lambda of: of.lease,
    "keep_events": lambda of: of.rng.choice([0, 50]),
    "service": lambda of: "shop",
    "package": lambda of: "0.1.0",
    "version": lambda of: "0004",
    "minimum": lambda of: "0001",
    "cron": lambda of: of.rng.choice(["* * * * *", "@hourly"]),
    "missed": lambda of: "all",
    "after": lambda of: datetime.now(UTC),
}
