"""The short scenarios: what a queue does in a second, in interleaved rounds."""

from collections.abc import Callable, Iterator, Mapping
from functools import partial

from benchmarks._bench import Options, Row, Scenario, interleave
from benchmarks._lab import PAYLOAD, Database, Lab, payload
from benchmarks._queue_sides import OURS, SIDES, Side, asked, preload


def prepare(base: Database, options: Options, backlog: int = 0, document: str = PAYLOAD) -> None:
    """Make both queues with their backlogs."""
    for side in asked(options):
        base.execute(side.create)
        preload(base, side, backlog, document=document)
    base.settle()


def steady(
    name: str,
    script: Callable[[Side], str],
    *,
    batch: int = 1,
    unit: str = "tasks/s",
    backlog: int = 0,
    document: str = PAYLOAD,
    drains: bool = False,
    target: float | None = None,
) -> Scenario:
    """Make a scenario that runs a script; one that drains the queues is filled up after each run."""

    def measure(base: Database, options: Options, side: Side, clients: int) -> float:
        seconds = options.seconds if clients > 1 else options.seconds / 2  # no target is for one client
        done = base.pgbench(script(side), clients, seconds, document, batch)
        if drains:
            if done.transactions * batch > options.amount(backlog):
                raise RuntimeError(f"{name}: {side.name} ran dry; take fewer --seconds")
            preload(base, side, done.transactions * batch, document=document)
            base.settle()
        return done.tps * (batch if unit == "tasks/s" else 1)

    def run(lab: Lab, options: Options, name: str) -> Iterator[Row]:
        with lab.database() as base:
            prepare(base, options, options.amount(backlog), document)
            for clients in options.clients(1, 4):
                figures = interleave(
                    options.rounds,
                    {side.name: partial(measure, base, options, side, clients) for side in asked(options)},
                )
                goal = target if clients == 4 else None
                yield Row(name, clients, unit, figures.get("ours"), figures.get("pgmq"), target=goal)

    return Scenario(name, run)


def beside(name: str, fill: Callable[[Database, Options, Side], None]) -> Scenario:
    """Make a scenario that runs cycles of 10 beside tasks that nobody can have, and without them."""

    def run(lab: Lab, options: Options, name: str) -> Iterator[Row]:
        with lab.database() as clean, lab.database() as filled:
            prepare(clean, options)
            prepare(filled, options)
            for side in asked(options):
                fill(filled, options, side)
            filled.settle()
            figures = interleave(
                options.rounds,
                {
                    f"{side.name} {state}": partial(_cycles, base, options, side)
                    for state, base in (("clean", clean), ("filled", filled))
                    for side in asked(options)
                },
            )
        yield against_clean(name, figures, 0.9)

    return Scenario(name, run)


def _cycles(base: Database, options: Options, side: Side) -> float:
    return base.pgbench(side.cycle(10), 4, options.seconds).tps


def against_clean(name: str, figures: Mapping[str, float], target: float) -> Row:
    """Compare our cycles with our own clean ones, and tell what pgmq keeps of its own."""
    kept = {
        side.name: figures[f"{side.name} filled"] / figures[f"{side.name} clean"]
        for side in SIDES
        if f"{side.name} clean" in figures
    }
    clean = ", ".join(f"{side} {figures[f'{side} clean']:,.0f}" for side in kept)
    note = f"clean: {clean}" + (f"; pgmq keeps {kept['pgmq']:.2f}" if "pgmq" in kept else "")
    ours, pgmq = figures.get("ours filled"), figures.get("pgmq filled")
    return Row(name, 4, "cycles/s", ours, pgmq, "clean", kept.get(OURS.name), target, note=note)


def delayed(base: Database, options: Options, side: Side) -> None:
    """Add tasks that are due tomorrow."""
    preload(base, side, options.amount(1_000_000), delay=86_400)


def in_flight(base: Database, options: Options, side: Side) -> None:
    """Add tasks and take them for an hour."""
    preload(base, side, 10_000)
    with base.connect() as connection:
        for _ in range(100):
            connection.execute(side.take, {"count": 100})


def _cycle(side: Side) -> str:
    return side.cycle(10)


SHORT = (
    steady("enqueue-1 empty", lambda side: side.enqueue(1), target=1.4),
    steady("enqueue-1 backlog-1M", lambda side: side.enqueue(1), backlog=1_000_000),
    steady("enqueue-100 empty", lambda side: side.enqueue(100), batch=100, target=1.1),
    steady("enqueue-100 backlog-1M", lambda side: side.enqueue(100), batch=100, backlog=1_000_000),
    steady("dequeue-ack-1", lambda side: side.consume(1), backlog=1_000_000, drains=True, target=2.5),
    steady(
        "dequeue-ack-100", lambda side: side.consume(100),
        batch=100, backlog=1_000_000, drains=True, target=2.2,
    ),
    steady("dequeue-nothing", lambda side: side.dequeue_one, unit="calls/s"),
    steady("cycles-1 empty", lambda side: side.cycle(1), unit="cycles/s"),
    steady("cycles-10 empty", _cycle, batch=10, unit="cycles/s"),
    steady("cycles-10 backlog-400k", _cycle, batch=10, unit="cycles/s", backlog=400_000, target=4),
    steady("cycles-10 backlog-1M", _cycle, batch=10, unit="cycles/s", backlog=1_000_000),
    steady("cycles-10 8kB", _cycle, batch=10, unit="cycles/s", document=payload(8_000), target=1.5),
    beside("cycles-10 delayed-1M", delayed),
    beside("cycles-10 in-flight-10k", in_flight),
)  # fmt: skip
