"""Runs of a minute while somebody else holds something, against the seconds before."""

import time
from collections.abc import Callable, Iterator, Mapping
from contextlib import AbstractContextManager, contextmanager
from dataclasses import dataclass
from statistics import fmean

from benchmarks._bench import OURS, Options, Row
from benchmarks._lab import Database, Lab, finish

WINDOW = 5
"""Seconds over which the parts of a long run are averaged."""


@contextmanager
def snapshot(base: Database) -> Iterator[None]:
    """Hold an idle snapshot, so that vacuum can't remove what dies from now on."""
    with base.connect() as connection:
        connection.execute("begin isolation level repeatable read")
        connection.execute("select count(*) from pg_class")
        yield


@dataclass(frozen=True)
class Course:
    """Cycles per second, second by second, and how many seconds were undisturbed, held, and after that."""

    before: int
    held: int
    after: int
    cycles: tuple[float, ...]

    @property
    def clean(self) -> float:
        """The last seconds before anything was held; the very first one warms up."""
        return fmean(self.cycles[: self.before][-WINDOW:])

    @property
    def first(self) -> float:
        """The first seconds under what is held."""
        return fmean(self.cycles[self.before :][:WINDOW])

    @property
    def last(self) -> float:
        """The last seconds under what is held."""
        return fmean(self.cycles[self.before : self.before + self.held][-WINDOW:])

    def __str__(self) -> str:
        clean, first, last = (f"{value:,.0f}" for value in (self.clean, self.first, self.last))
        later = f", {self.after} s later {self.cycles[-1]:,.0f}" if self.after else ""
        return f"clean {clean}, first {WINDOW} s {first}, last {WINDOW} s {last}{later}"


def course(
    lab: Lab,
    options: Options,
    script: str,
    prepare: Callable[[Database], None],
    hold: Callable[[Database], AbstractContextManager[None]],
    part: float = 1,
    after: int = 0,
) -> Course:
    """Run a script with 4 clients: undisturbed, (part of) a minute while something is held, and after."""
    held = max(1, round(options.minute * part))
    before, after = min(WINDOW + 1, held), min(after, held)
    with lab.database() as base:
        prepare(base)
        running = base.start(script, 4, before + held + after)
        time.sleep(before)
        with hold(base):
            time.sleep(held)
        return Course(before, held, after, finish(running).progress)


def row(name: str, courses: Mapping[str, Course], other: str, target: float) -> Row:
    """Compare our last seconds with our own undisturbed ones, and tell what the other side did."""
    ours, others = courses.get(OURS), courses.get(other)
    return Row(
        name, 4, "cycles/s", ours.last if ours else None, others.last if others else None, "clean",
        ours.last / ours.clean if ours else None, target,
        note="; ".join(f"{side} {seen}" for side, seen in courses.items()), courses=courses,
    )  # fmt: skip
