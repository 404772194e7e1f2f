"""What every benchmark is made of: options, scenarios, lines of the table, and interleaved rounds."""

from collections.abc import Callable, Iterator, Mapping
from dataclasses import dataclass, field
from statistics import median
from typing import Any

from benchmarks._lab import Lab

OURS = "ours"


@dataclass(frozen=True)
class Options:
    """What the command line asked for."""

    rounds: int
    seconds: float
    minute: int
    """Seconds of the long scenarios."""
    scale: float
    """The part of each backlog that is made: 1, or less for a quick look."""
    sides: tuple[str, ...]
    quick: bool
    """Whether short scenarios run with one number of clients alone."""
    held: bool = True
    """Whether those of streams run under a held snapshot as well."""

    def amount(self, full: int) -> int:
        """Return the size of a backlog."""
        return max(1_000, int(full * self.scale)) if full else 0

    def clients(self, *full: int) -> tuple[int, ...]:
        """Return the numbers of clients to run: all, or 4 (or the only one) for a quick look."""
        return full if not self.quick else (4,) if 4 in full else full[-1:]


@dataclass
class Row:
    """One line of the table; `ratio` is to `versus`, or without it to the other side's figure."""

    scenario: str
    clients: int
    unit: str
    ours: float | None
    other: float | None
    versus: str = ""
    ratio: float | None = None
    target: float | None = None
    at_most: bool = False
    note: str = ""
    peer: str = ""
    """Who the other side is, where it is not the same for all rows."""
    courses: Mapping[str, Any] = field(default_factory=dict)
    """The seconds of a long run, by sides."""

    def __post_init__(self) -> None:
        """Compare with the other side, where nothing else is asked for."""
        if not self.versus and self.ours is not None and self.other:
            self.ratio = self.ours / self.other

    @property
    def met(self) -> bool | None:
        """Whether the target is met; None without a target or a figure."""
        if self.target is None or self.ratio is None:
            return None
        return self.ratio <= self.target if self.at_most else self.ratio >= self.target


@dataclass(frozen=True)
class Scenario:
    """A name, and what yields its lines."""

    name: str
    run: Callable[[Lab, Options, str], Iterator[Row]]


@dataclass(frozen=True)
class Bench:
    """A benchmark: its words for the command line, the name of the other side, and what it runs."""

    about: str
    notes: str
    other: str
    scenarios: tuple[Scenario, ...]
    install: Callable[[str, bool, str], str]
    """Installs a side by name, ours from files if asked, into the database at a URL; returns its version."""


def interleave(rounds: int, variants: Mapping[str, Callable[[], float]]) -> dict[str, float]:
    """Measure every variant once per round, each round in the other direction; return medians."""
    figures: dict[str, list[float]] = {name: [] for name in variants}
    for number in range(rounds):
        names = list(variants)[:: -1 if number % 2 else 1]
        for name in names:
            figures[name].append(variants[name]())
    return {name: median(found) for name, found in figures.items()}
