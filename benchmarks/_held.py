"""Runs of a minute while somebody else holds something, against undisturbed ones."""

from collections.abc import Callable, Iterator, Mapping
from contextlib import AbstractContextManager, contextmanager
from dataclasses import dataclass

from benchmarks._bench import OURS, Options, Row
from benchmarks._lab import Database, Lab

WINDOW = 5
"""Seconds over which the beginning and the end of a long run are averaged."""


@contextmanager
def snapshot(base: Database) -> Iterator[None]:
    """Hold an idle snapshot, so that vacuum can't remove what dies from now on."""
    with base.connect() as connection:
        connection.execute("begin isolation level repeatable read")
        connection.execute("select count(*) from pg_class")
        yield


@dataclass(frozen=True)
class Course:
    """Cycles per second: undisturbed, and at the two ends of the disturbed run."""

    clean: float
    first: float
    last: float

    def __str__(self) -> str:
        return (
            f"clean {self.clean:,.0f}, first {WINDOW} s {self.first:,.0f}, last {WINDOW} s {self.last:,.0f}"
        )


def course(
    lab: Lab,
    options: Options,
    script: str,
    prepare: Callable[[Database], None],
    hold: Callable[[Database], AbstractContextManager[None]],
    part: float = 1,
) -> Course:
    """Run a script with 4 clients for (part of) a minute while somebody holds something."""

    def clean() -> float:
        with lab.database() as base:
            prepare(base)
            return base.pgbench(script, 4, max(1, min(WINDOW, options.minute // 4))).tps

    before = clean()
    with lab.database() as base:
        prepare(base)
        with hold(base):
            run = base.pgbench(script, 4, options.minute * part)
    after = clean()
    return Course((before + after) / 2, run.first(WINDOW), run.last(WINDOW))


def row(name: str, courses: Mapping[str, Course], other: str, target: float) -> Row:
    """Compare our last seconds with our own undisturbed runs, and tell what the other side did."""
    ours, others = courses.get(OURS), courses.get(other)
    return Row(
        name, 4, "cycles/s", ours.last if ours else None, others.last if others else None, "clean",
        ours.last / ours.clean if ours else None, target,
        note="; ".join(f"{side} {seen}" for side, seen in courses.items()),
    )  # fmt: skip
