"""The short scenarios: publishing and reading, in interleaved rounds, clean and under a held snapshot."""

from collections.abc import Callable, Iterator, Mapping
from contextlib import AbstractContextManager, nullcontext
from functools import partial
from statistics import median

from benchmarks._bench import Options, Row, Scenario, interleave
from benchmarks._held import snapshot
from benchmarks._lab import NOTHING, Database, Lab, finish
from benchmarks._stream_sides import (
    CONSUMER,
    EACH,
    OURS,
    RAW,
    RAW_VALUES,
    Side,
    asked,
    prepare,
    subscribe,
)

BACKLOG = 1_000_000
STATES: Mapping[str, Callable[[Database], AbstractContextManager[None]]] = {
    "": lambda base: nullcontext(),
    " held": snapshot,
}
"""What is added to the name of a scenario, and what is held while it runs. Targets are for clean runs."""
FROM_START = {"at_event_offset": 0}
PERCENTILES = (50, 95, 99, 100)


def states(options: Options) -> list[tuple[str, Callable[[Database], AbstractContextManager[None]]]]:
    """Return the states to measure: clean, and held where the command line wants that."""
    return [(word, hold) for word, hold in STATES.items() if options.held or not word]


def publish(
    name: str,
    script: Callable[[Side], str],
    *others: tuple[str, str],
    batch: int = 1,
    clients: tuple[int, ...] = (1, 4, 16),
    targets: Mapping[int, float],
    settings: Mapping[str, str] = NOTHING,
) -> Scenario:
    """Make a scenario that publishes, each number of clients in a database of its own.

    :param others: more ways to write the plain table: a word for the name, and the script.
    :param targets: by numbers of clients.
    """

    def speed(base: Database, options: Options, script: str, clients: int) -> float:
        seconds = options.seconds if clients > 1 else options.seconds / 2  # one client is steadier
        return base.pgbench(script, clients, seconds, batch=batch, settings=settings).tps * batch

    def run(lab: Lab, options: Options, name: str) -> Iterator[Row]:
        scripts = {side.name: script(side) for side in asked(options)}
        scripts.update(others if RAW.name in scripts else ())
        for state, hold in states(options):
            for count in options.clients(*clients):
                with lab.database() as base:
                    prepare(base, options)
                    runs = {key: partial(speed, base, options, scripts[key], count) for key in scripts}
                    with hold(base):
                        figures = interleave(options.rounds, runs)
                ours, goal = figures.pop(OURS.name, None), None if state else targets.get(count)
                for key, other in figures.items() or [(RAW.name, None)]:
                    words = name + ("" if key == RAW.name else f" {key}") + state
                    yield Row(words, count, "events/s", ours, other, target=goal)

    return Scenario(name, run)


def reading(
    name: str,
    script: Callable[[Side], str],
    *,
    size: int,
    clients: tuple[int, ...],
    partitions: int = 1,
    consumers: int | None = None,
    target: float | None = None,
) -> Scenario:
    """Make a scenario that reads a backlog, divided by the number of clients.

    :param consumers: subscribe so many consumers (0: a single one that the clients share) before each run.
    """
    # Partitions differ a little in length, and nobody shall find an empty one.
    part = 0.9 if partitions > 1 else 1

    def speed(base: Database, backlog: int, side: Side, clients: int) -> float:
        if consumers is not None:
            subscribe(base, side, consumers)
        passes = max(1, int(backlog * part / size / clients))
        return base.pgbench(script(side), clients, passes=passes, variables=FROM_START).tps * size

    def run(lab: Lab, options: Options, name: str) -> Iterator[Row]:
        backlog = options.amount(BACKLOG)
        with lab.database() as base:
            prepare(base, options, backlog, partitions)
            for state, hold in states(options):
                for count in options.clients(*clients):
                    runs = {side.name: partial(speed, base, backlog, side, count) for side in asked(options)}
                    with hold(base):
                        figures = interleave(options.rounds, runs)
                    ours, raw = figures.get(OURS.name), figures.get(RAW.name)
                    yield Row(name + state, count, "events/s", ours, raw, target=None if state else target)

    return Scenario(name, run)


def _work(consumer: str, side: Side) -> str:
    """Fetch and commit, against a bare SELECT."""
    return side.work(1_000, consumer) if side is OURS else side.read(1_000)


def latency(lab: Lab, options: Options, name: str) -> Iterator[Row]:
    """Tell how old events are when a reader has them that polls each millisecond, at 1,000 events/s."""
    for state, hold in states(options):
        ages: dict[str, list[tuple[float, ...]]] = {side.name: [] for side in asked(options)}
        with lab.database() as base:
            prepare(base, options)
            base.execute("create unlogged table ages (ms double precision)")
            with hold(base):
                for number in range(options.rounds):
                    for side in asked(options)[:: -1 if number % 2 else 1]:
                        ages[side.name].append(_ages(base, options, side))
        for place, percentile in enumerate(PERCENTILES):
            found = {key: median(one[place] for one in rounds) for key, rounds in ages.items()}
            unit = f"ms p{percentile}" if percentile < 100 else "ms max"
            yield Row(name + state, 1, unit, found.get(OURS.name), found.get(RAW.name))


def _ages(base: Database, options: Options, side: Side) -> tuple[float, ...]:
    script = f"""
{side.latency}
\\if :at_count > 0
insert into ages select unnest(:at_ages::double precision[]);
{side.commit.format(consumer=CONSUMER)}
\\else
\\sleep 1 ms
\\endif
"""
    base.execute("truncate ages")
    subscribe(base, side, latest=True)
    publishers = base.start(side.publish, 4, 2 * options.seconds, rate=1_000)
    base.pgbench(script, 1, 2 * options.seconds)
    finish(publishers)
    with base.connect() as connection:
        found = connection.execute(
            "select percentile_cont(%s::double precision[]) within group (order by ms) from ages",
            [[percentile / 100 for percentile in PERCENTILES]],
        ).fetchone()
    if found is None or found[0] is None:
        raise RuntimeError(f"{side.name} delivered nothing")
    return tuple(found[0])


SHORT = (
    publish("publish-1", lambda side: side.publish, targets={4: 0.75}),
    publish(
        "publish-1 sync", lambda side: side.publish,
        clients=(16,), targets={16: 0.8}, settings={"synchronous_commit": "on"},
    ),
    publish(
        "publish-100", lambda side: side.publish_many, ("values", RAW_VALUES),
        batch=100, targets={1: 0.9, 4: 0.9, 16: 0.9},
    ),
    reading("consume-100", lambda side: side.read(100), size=100, clients=(1, 4)),
    reading("consume-1000", lambda side: side.read(1_000), size=1_000, clients=(1, 4), target=0.85),
    reading("consume-10000", lambda side: side.read(10_000), size=10_000, clients=(1, 4)),
    reading(
        "fetch-commit-1000", partial(_work, CONSUMER),
        size=1_000, clients=(1,), consumers=0, target=0.7,
    ),
    reading(
        "fetch-commit-1000 shared", partial(_work, CONSUMER),
        size=1_000, clients=(4,), partitions=8, consumers=0, target=0.7,
    ),
    reading("fan-out-10", partial(_work, EACH), size=1_000, clients=(10,), consumers=10),
    Scenario("latency", latency),
)  # fmt: skip
