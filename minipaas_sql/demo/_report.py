"""The end of the demo: every result against a direct computation, and how fast it was."""

import math
from collections import Counter
from dataclasses import dataclass
from pathlib import Path

from sqlalchemy import Engine, select

from minipaas_sql.demo._files import digest
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
class Report:
    """What came out: `lost`, `twice` and `different` name files, and are empty when all is well."""

    files: int
    results: int
    size: int
    lost: list[str]
    twice: list[str]
    different: list[str]
    held: int
    retried: int
    seconds: float
    handling: Latency
    waiting: Latency

    @property
    def exact(self) -> bool:
        """Whether there is one right result for every file, and nothing else."""
        return self.files == self.results and not (self.lost or self.twice or self.different)


def compare(engine: Engine, plan: Plan, files: list[Path], held: int) -> Report:
    """Compute directly what every result must be, and compare.

    :param held: how many tasks the killed worker had in its hands.
    """
    with engine.connect() as connection:
        rows = connection.execute(select(plan.results())).all()
    expected = {path.as_uri(): digest(path) for path in files}
    times = Counter(row.file for row in rows)
    first = min((row.done_at.timestamp() - row.seconds for row in rows), default=0.0)
    last = max((row.done_at.timestamp() for row in rows), default=0.0)
    return Report(
        files=len(files),
        results=len(rows),
        size=sum(row.size for row in rows),
        lost=sorted(expected.keys() - times.keys()),
        twice=sorted(file for file, count in times.items() if count > 1),
        different=sorted({row.file for row in rows if expected.get(row.file) != (row.digest, row.size)}),
        held=held,
        retried=sum(row.attempt > 1 for row in rows),
        seconds=last - first,
        handling=Latency.of([row.seconds for row in rows]),
        waiting=Latency.of([(row.done_at - row.enqueued_at).total_seconds() for row in rows]),
    )
