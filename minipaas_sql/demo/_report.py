"""The end of the demo: all that was written against a direct computation, and how fast it was."""

import math
from collections import Counter
from collections.abc import Collection, Iterable, Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from sqlalchemy import Engine, select

from minipaas_sql.demo._files import digest, folder_of
from minipaas_sql.demo._plan import Plan


@dataclass(frozen=True)
class Latency:
    """Percentiles, in seconds."""

    p50: float
    p95: float
    p99: float
    max: float

    @classmethod
    def of(cls, seconds: list[float]) -> "Latency":
        """Take them from measurements; zeros when there are none."""
        ranked = sorted(seconds) or [0.0]
        p50, p95, p99 = (ranked[math.ceil(part * len(ranked)) - 1] for part in (0.50, 0.95, 0.99))
        return cls(p50, p95, p99, ranked[-1])


@dataclass(frozen=True)
class Check:
    """Rows against the truth: `lost`, `twice` and `different` name them, and are empty when all is well."""

    files: int
    size: int
    lost: list[str]
    twice: list[str]
    different: list[str]

    @classmethod
    def of(cls, truth: Mapping[str, Any], rows: Collection[tuple[str, Any]], files: int) -> "Check":
        """Compare names and their values, the last of which is a size."""
        times = Counter(name for name, _ in rows)
        return cls(
            files=files,
            size=sum(value[-1] for _, value in rows),
            lost=sorted(truth.keys() - times.keys()),
            twice=sorted(name for name, count in times.items() if count > 1),
            different=sorted({name for name, value in rows if truth.get(name) != value}),
        )

    @property
    def exact(self) -> bool:
        """Whether there is one right row for each, and nothing else."""
        return not (self.lost or self.twice or self.different)


@dataclass(frozen=True)
class Held:
    """What the killed processes had in their hands: how many tasks, and which partitions of the stream."""

    tasks: int
    partitions: list[int]


@dataclass(frozen=True)
class Report:
    """What came out: `truth` is computed directly, `checks` are the demo's tables, by what they hold."""

    truth: Check
    checks: dict[str, Check]
    held: Held
    retried: int  # tasks that took a second attempt
    repeated: int  # events that came to the index twice
    seconds: float
    handling: Latency
    waiting: Latency

    @property
    def exact(self) -> bool:
        """Whether each table is as computed directly."""
        return all(check.exact for check in self.checks.values())


def compare(engine: Engine, plan: Plan, files: list[Path], held: Held) -> Report:
    """Compute directly what every row must be, and compare."""
    with engine.connect() as connection:
        results, totals, index = [connection.execute(select(table)).all() for table in plan.tables]
    truth = {path.as_uri(): digest(path) for path in files}
    folders = {folder_of(file): (0, 0) for file in truth}
    for file, (_, size) in truth.items():
        count, sizes = folders[folder_of(file)]
        folders[folder_of(file)] = (count + 1, sizes + size)
    first = min((row.done_at.timestamp() - row.seconds for row in results), default=0.0)
    last = max((row.done_at.timestamp() for row in results), default=0.0)
    totalled = [(row.folder, (row.files, row.size)) for row in totals]
    return Report(
        truth=Check.of(truth, truth.items(), len(truth)),
        checks={
            "results": Check.of(truth, _by_file(results), len(results)),
            "audit, exactly once": Check.of(folders, totalled, sum(row.files for row in totals)),
            "index, at least once": Check.of(truth, _by_file(index), len(index)),
        },
        held=held,
        retried=sum(row.attempt > 1 for row in results),
        repeated=sum(row.times > 1 for row in index),
        seconds=last - first,
        handling=Latency.of([row.seconds for row in results]),
        waiting=Latency.of([(row.done_at - row.enqueued_at).total_seconds() for row in results]),
    )


def _by_file(rows: Iterable[Any]) -> list[tuple[str, tuple[str, int]]]:
    return [(row.file, (row.digest, row.size)) for row in rows]
