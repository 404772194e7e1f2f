"""The public views as SQLAlchemy tables, for reading: `select(views.queue_stats)`.

They live in a `MetaData` of their own, so that a host's autogenerate and `create_all` never see them.
"""

from sqlalchemy import BigInteger, Boolean, Column, DateTime, Integer, MetaData, Table, Text
from sqlalchemy.dialects.postgresql import ARRAY, INTERVAL, JSONB

__all__ = [
    "access", "consumer_stats", "health", "metadata", "queue_stats", "queue_tasks", "queues", "schedules",
    "services",
    "stream_stats", "streams",
]  # fmt: skip

metadata = MetaData(schema="minipaas")

queues = Table(
    "queues",
    metadata,
    Column("queue", Text),
    Column("lease", INTERVAL),
    Column("max_attempts", Integer),
    Column("backoff", INTERVAL),
    Column("backoff_max", INTERVAL),
    Column("keep_done", INTERVAL),
    Column("paused", Boolean),
    Column("created_at", DateTime(timezone=True)),
)
"""The queues and their settings, a row each. Source: `minipaas.queues`."""

queue_stats = Table(
    "queue_stats",
    metadata,
    Column("queue", Text),
    Column("ready", BigInteger),
    Column("delayed", BigInteger),
    Column("leased", BigInteger),
    Column("retrying", BigInteger),
    Column("blocked", BigInteger),
    Column("dead", BigInteger),
    Column("done", BigInteger),
    Column("oldest_ready_age", INTERVAL),
    Column("paused", Boolean),
    Column("estimated", Boolean),
)
"""The number of tasks in each state, a row per queue; large numbers are estimates, and `estimated` says so.

Source: `minipaas.queue_stats`.
"""

queue_tasks = Table(
    "queue_tasks",
    metadata,
    Column("id", BigInteger),
    Column("queue", Text),
    Column("state", Text),
    Column("attempt", Integer),
    Column("max_attempts", Integer),
    Column("key", Text),
    Column("dedup_key", Text),
    Column("priority", Integer),
    Column("run_at", DateTime(timezone=True)),
    Column("worker", Text),
    Column("last_error", Text),
    Column("enqueued_at", DateTime(timezone=True)),
    Column("finished_at", DateTime(timezone=True)),
    Column("payload", JSONB),
    Column("headers", JSONB(none_as_null=True)),
)
"""The tasks, a row each; `state` is 'ready', 'delayed', 'leased', 'retrying', 'blocked', 'dead' or 'done'.

Source: `minipaas.queue_tasks`.
"""

streams = Table(
    "streams",
    metadata,
    Column("stream", Text),
    Column("partitions", Integer),
    Column("keep", INTERVAL),
    Column("keep_events", BigInteger),
    Column("max_lag", INTERVAL),
    Column("created_at", DateTime(timezone=True)),
)
"""The streams and their settings, a row each. Source: `minipaas.streams`."""

stream_stats = Table(
    "stream_stats",
    metadata,
    Column("stream", Text),
    Column("head", BigInteger),
    Column("events", BigInteger),
    Column("events_estimated", Boolean),
    Column("bytes", BigInteger),
    Column("oldest", DateTime(timezone=True)),
    Column("oldest_offset", BigInteger),
)
"""What each stream holds, a row per stream; `bytes` is an estimate, and `events` where it says so.

Source: `minipaas.stream_stats`.
"""

consumer_stats = Table(
    "consumer_stats",
    metadata,
    Column("stream", Text),
    Column("consumer", Text),
    Column("partition", Integer),
    Column("committed_offset", BigInteger),
    Column("lag_events", BigInteger),
    Column("lag_estimated", Boolean),
    Column("lag_time", INTERVAL),
    Column("lease_id", BigInteger),
    Column("worker", Text),
    Column("lease_until", DateTime(timezone=True)),
    Column("events_lost", BigInteger),
    Column("blocked_by", JSONB(none_as_null=True)),
)
"""How far each consumer is, a row per partition; `blocked_by` is the open transaction that readers wait for.

Source: `minipaas.consumer_stats`.
"""

schedules = Table(
    "schedules",
    metadata,
    Column("schedule", Text),
    Column("cron", Text),
    Column("queue", Text),
    Column("payload", JSONB),
    Column("timezone", Text),
    Column("missed", Text),
    Column("paused", Boolean),
    Column("next_at", DateTime(timezone=True)),
    Column("last_at", DateTime(timezone=True)),
    Column("last_error", Text),
    Column("created_at", DateTime(timezone=True)),
)
"""The schedules, a row each; `last_error` says why the last tick could make no task.

Source: `minipaas.schedules`.
"""

health = Table(
    "health",
    metadata,
    Column("subject", Text),
    Column("name", Text),
    Column("level", Text),
    Column("value", Text),
    Column("advice", Text),
)
"""What is watched, a row each; `level` is 'ok', 'warn' or 'bad', and `advice` names the statement to run.

Source: `minipaas.health`.
"""

access = Table(
    "access",
    metadata,
    Column("role", Text),
    Column("queue", Text),
    Column("stream", Text),
    Column("rights", ARRAY(Text)),
)
"""Who may do what, a row per role and queue, stream or neither: on all of them. Source: `minipaas.access`."""

services = Table(
    "services",
    metadata,
    Column("service", Text),
    Column("role", Text),
    Column("package", Text),
    Column("version", Text),
    Column("minimum", Text),
    Column("seen_at", DateTime(timezone=True)),
)
"""The services that use the schema, as `migrate.require` recorded them. Source: `minipaas.services`."""
