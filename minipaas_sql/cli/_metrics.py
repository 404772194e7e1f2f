"""What `minipaas-sql metrics` prints: the numbers of the views in Prometheus' text format."""

from collections.abc import Iterator
from datetime import timedelta
from typing import TYPE_CHECKING, Any

from sqlalchemy import Engine, Table, select

from minipaas_sql.cli._database import Usage
from minipaas_sql.views import consumer_stats, queue_stats, stream_stats

if TYPE_CHECKING:
    from prometheus_client import Metric

_STATES = ("ready", "delayed", "leased", "retrying", "blocked", "dead", "done")

_GAUGES: tuple[tuple[Table, str, str, str], ...] = (
    (queue_stats, "oldest_ready_age", "minipaas_queue_oldest_ready_age_seconds",
     "How long the oldest ready task has waited."),
    (queue_stats, "paused", "minipaas_queue_paused", "1 while the queue is paused."),
    (queue_stats, "estimated", "minipaas_queue_tasks_estimated", "1 where numbers of tasks are estimates."),
    (stream_stats, "events", "minipaas_stream_events", "Events in the stream."),
    (stream_stats, "events_estimated", "minipaas_stream_events_estimated", "1 where that is an estimate."),
    (stream_stats, "bytes", "minipaas_stream_size_bytes", "Size of the events, an estimate."),
    (stream_stats, "head", "minipaas_stream_head_offset", "Offset up to which the stream can be read."),
    (consumer_stats, "committed_offset", "minipaas_consumer_committed_offset",
     "The consumer is done with the events up to here."),
    (consumer_stats, "lag_events", "minipaas_consumer_lag_events", "Events that it has not committed."),
    (consumer_stats, "lag_estimated", "minipaas_consumer_lag_estimated", "1 where that is an estimate."),
    (consumer_stats, "lag_time", "minipaas_consumer_lag_seconds", "How long the first of them has waited."),
)  # fmt: skip
_LABELS = {
    queue_stats: ("queue",),
    stream_stats: ("stream",),
    consumer_stats: ("stream", "consumer", "partition"),
}


def text(engine: Engine) -> str:
    """Read the views and write their numbers.

    :raises Usage: prometheus_client is not installed.
    """
    try:
        from prometheus_client import CollectorRegistry, generate_latest
        from prometheus_client.registry import Collector
    except ModuleNotFoundError as exc:
        if (exc.name or "").partition(".")[0] != "prometheus_client":
            raise
        raise Usage("metrics need the extra `metrics`: pip install 'minipaas-sql[cli,metrics]'") from exc

    with engine.connect() as connection:
        rows = {one: [dict(row) for row in connection.execute(select(one)).mappings()] for one in _LABELS}

    class Numbers(Collector):
        def collect(self) -> Iterator["Metric"]:
            return _families(rows)

    registry = CollectorRegistry()
    registry.register(Numbers())
    return generate_latest(registry).decode()


def _families(rows: dict[Table, list[dict[str, Any]]]) -> Iterator["Metric"]:
    from prometheus_client.core import CounterMetricFamily, GaugeMetricFamily

    tasks = GaugeMetricFamily(
        "minipaas_queue_tasks", "Tasks in the queue by state.", labels=("queue", "state")
    )
    for row in rows[queue_stats]:
        for state in _STATES:
            tasks.add_metric((row["queue"], state), row[state])
    yield tasks
    lost = CounterMetricFamily(
        "minipaas_consumer_lost_events", "Events that were trimmed before it had committed them.",
        labels=_LABELS[consumer_stats],
    )  # fmt: skip
    for row in rows[consumer_stats]:
        lost.add_metric(_labels(consumer_stats, row), row["events_lost"])
    yield lost
    for source, column, name, about in _GAUGES:
        family = GaugeMetricFamily(name, about, labels=_LABELS[source])
        for row in rows[source]:
            if row[column] is not None or column in ("oldest_ready_age", "lag_time"):
                family.add_metric(_labels(source, row), _number(row[column]))
        yield family


def _labels(source: Table, row: dict[str, Any]) -> list[str]:
    return [str(row[name]) for name in _LABELS[source]]


def _number(value: Any) -> float:
    """Return a number; durations in seconds, and nobody waiting is a wait of 0."""
    return value.total_seconds() if isinstance(value, timedelta) else float(value or 0)
