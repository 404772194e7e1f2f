"""What `python -m benchmarks` measures: every figure that has a target, and what the plots need."""

from collections.abc import Mapping
from dataclasses import dataclass, field, replace
from typing import Any

from benchmarks._bench import OURS, Options
from benchmarks.queue import QUEUE
from benchmarks.stream import STREAM
from benchmarks.worker import WORKER

BENCHES = {"queue": QUEUE, "stream": STREAM, "worker": WORKER}


@dataclass(frozen=True)
class Part:
    """A scenario, about how many seconds it takes on two cores, and which options differ for it."""

    bench: str
    scenario: str
    takes: int
    options: Mapping[str, Any] = field(default_factory=dict)
    quick: float = 0.05
    """The part of each backlog for a quick look; who drains needs enough for a second."""


PLAN = (
    Part("queue", "enqueue-1 empty", 10),
    Part("queue", "enqueue-100 empty", 10),
    Part("queue", "dequeue-ack-1", 12, {"scale": 0.2}, quick=0.1),
    Part("queue", "dequeue-ack-100", 25, quick=0.4),
    Part("queue", "cycles-10 backlog-400k", 16),
    Part("queue", "cycles-10 8kB", 10),
    Part("queue", "cycles-10 delayed-1M", 35),
    Part("queue", "cycles-10 in-flight-10k", 18),
    Part("queue", "hot-key", 20),
    Part("queue", "held-snapshot", 160),
    Part("queue", "held-writer", 50, {"minute": 15}),
    Part("queue", "held-task", 40, {"minute": 20}),
    Part("queue", "slow-producers", 25, {"minute": 20}),
    Part("queue", "flat", 100),
    Part("queue", "flat-delayed", 40),
    Part("stream", "publish-1", 10),
    Part("stream", "publish-1 sync", 10),
    Part("stream", "publish-100", 12),
    Part("stream", "consume-1000", 15, {"scale": 0.5, "rounds": 5}),
    Part("stream", "fetch-commit-1000", 20, {"scale": 0.5, "rounds": 5}),
    Part("stream", "fetch-commit-1000 shared", 20, {"scale": 0.5, "rounds": 5}),
    Part("stream", "latency", 15),
    Part("stream", "held-snapshot", 160),
    Part("stream", "large", 60, {"scale": 0.25, "rounds": 2}),
    Part("worker", "drain acks-together", 40),
    Part("worker", "drain ack-each", 40),
    Part("worker", "latency asleep", 10),
)

FULL = Options(rounds=3, seconds=1, minute=60, scale=1, sides=(OURS,), quick=True, held=False)


def options_of(part: Part, quick: bool) -> Options:
    """Return the options of a part; `quick` only shows that all of it works."""
    both = replace(FULL, sides=(OURS, BENCHES[part.bench].other), **part.options)
    return replace(both, rounds=1, minute=2, scale=part.quick) if quick else both
