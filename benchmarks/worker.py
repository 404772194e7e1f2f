"""The worker, side by side with PgQueuer and Procrastinate: `python benchmarks/worker.py --help`."""

import sys
from collections.abc import Iterator
from pathlib import Path

# The repository's root takes the place of the script's folder: see queue.py.
sys.path.pop(0)
sys.path.insert(0, str(Path(__file__).resolve().parents[1]))

from benchmarks._bench import OURS, Bench, Options, Row, Scenario, interleave
from benchmarks._lab import Lab
from benchmarks._main import run
from benchmarks._worker_sides import OTHERS, install, ours, pgqueuer, procrastinate_
from benchmarks._worker_sides import run as run_drain
from benchmarks._worker_wake import latency, producers


def together(here: Lab, options: Options, scenario: str) -> Iterator[Row]:
    """No-op async handlers in batches of 100, acked together, beside PgQueuer's drain mode."""
    tasks = options.amount(50_000)

    def mine() -> float:
        with here.database() as base:
            return run_drain(ours, base.url, tasks, False)

    def other() -> float:
        with here.database() as base:
            return run_drain(pgqueuer, base.url, tasks)

    yield _row(options, scenario, mine, other, 1.2, "PgQueuer")


def each(here: Lab, options: Options, scenario: str) -> Iterator[Row]:
    """No-op async handlers, each acked in a transaction of its own, beside Procrastinate's worker."""

    def mine() -> float:
        with here.database() as base:
            return run_drain(ours, base.url, options.amount(20_000), True)

    def other() -> float:
        with here.database() as base:
            return run_drain(procrastinate_, base.url, options.amount(5_000))

    yield _row(options, scenario, mine, other, 5, "Procrastinate")


def _row(options: Options, scenario: str, mine: object, other: object, target: float, name: str) -> Row:
    sides = {OURS: mine, OTHERS: other}
    found = interleave(options.rounds, {side: sides[side] for side in options.sides})
    return Row(scenario, 1, "tasks/s", found.get(OURS), found.get(OTHERS), target=target, peer=name)


WORKER = Bench(
    about="minipaas-sql's worker, and PgQueuer's and Procrastinate's",
    notes="Tasks that do nothing, in one process.",
    other=OTHERS,
    scenarios=(
        Scenario("drain acks-together", together),
        Scenario("drain ack-each", each),
        Scenario("latency asleep", latency),
        Scenario("producers busy", producers),
    ),
    install=install,
)

if __name__ == "__main__":
    run(WORKER)
