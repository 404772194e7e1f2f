"""The long scenarios: a minute under a held snapshot, and a stream of 5,000,000 events."""

from collections.abc import Callable, Iterator
from dataclasses import replace
from functools import partial

from benchmarks._bench import Options, Row, Scenario, interleave
from benchmarks._held import course, row, snapshot
from benchmarks._lab import Database, Lab
from benchmarks._stream_sides import CONSUMER, EACH, OURS, RAW, Side, asked, prepare, subscribe

WORKERS = 4
PARTITIONS = 16
"""More than workers, so that each finds a free one with events."""
SMALL, LARGE = 1_000, 5_000_000
STRETCH = 500_000
"""How many events are read at each place of the large stream."""


def held(lab: Lab, options: Options, name: str) -> Iterator[Row]:
    """Publish 10, fetch 10 and commit, by 4 clients, for a minute while somebody holds a snapshot.

    Our clients share a consumer; each reader of the table has a cursor of its own.
    """
    courses = {
        side.name: course(lab, options, _cycle(side), partial(_ready, options, side), snapshot, after=10)
        for side in asked(options)
    }
    yield row(name, courses, RAW.name, 0.9)


def _ready(options: Options, side: Side, base: Database) -> None:
    prepare(base, options, partitions=PARTITIONS)
    subscribe(base, side, 0 if side is OURS else WORKERS, latest=True)


def _cycle(side: Side) -> str:
    consumer = CONSUMER if side is OURS else EACH
    return f"""
{side.publish_many}
\\set at_event_offset 0
{side.fetch.format(size=10, consumer=consumer)}
\\if :at_event_offset > 0
{side.commit.format(consumer=consumer)}
\\endif
"""


def large(lab: Lab, options: Options, name: str) -> Iterator[Row]:
    """Read a large stream at its start, middle and end, and compare its end with that of a small stream."""
    size = options.amount(LARGE)
    with lab.database() as small, lab.database() as big:
        for base, events in ((small, SMALL), (big, size)):
            prepare(base, options, events)
            for side in asked(options):
                subscribe(base, side, latest=True)
        yield from _places(big, options, name, size)
        yield from _ones(small, big, options, name)


def _places(base: Database, options: Options, name: str, size: int) -> Iterator[Row]:
    stretch = min(STRETCH, size // 3)
    places = {"start": size, "middle": size // 2, "end": stretch}

    def speed(side: Side, left: int) -> float:
        after = _end(base, side) - left
        passes = stretch // 1_000
        done = base.pgbench(side.read(1_000), 1, passes=passes, variables={"at_event_offset": after})
        return done.tps * 1_000

    figures = interleave(
        2 * options.rounds,
        {
            f"{side.name} {place}": partial(speed, side, left)
            for place, left in places.items()
            for side in asked(options)
        },
    )
    start = figures.get(f"{OURS.name} start")
    for place in places:
        ours, raw = figures.get(f"{OURS.name} {place}"), figures.get(f"{RAW.name} {place}")
        line = Row(f"{name} {place}", 1, "events/s", ours, raw)
        if place != "start" and ours and start:
            line = replace(line, versus="start", ratio=ours / start, target=0.9)
        yield line


def _ones(small: Database, big: Database, options: Options, name: str) -> Iterator[Row]:
    """Tell the time of reading one event, and of publishing, fetching and committing one."""

    def cost(base: Database, side: Side, script: str) -> float:
        begin = f"\\set at_event_offset {_end(base, side) - 1}\n"
        return 1e6 / base.pgbench(begin + script, 1, options.seconds).tps

    scripts: dict[str, Callable[[Side], str]] = {
        "consume-1": lambda side: side.read(1),
        "publish-fetch-commit-1": lambda side: side.publish + side.work(1),
    }
    for word, script in scripts.items():
        figures = interleave(
            2 * options.rounds,
            {
                f"{side.name} {place}": partial(cost, base, side, script(side))
                for place, base in (("small", small), ("big", big))
                for side in asked(options)
            },
        )
        ours, raw = figures.get(f"{OURS.name} big"), figures.get(f"{RAW.name} big")
        ratio = ours / figures[f"{OURS.name} small"] if ours else None
        yield Row(f"{name} {word}", 1, "us", ours, raw, f"{SMALL:,}", ratio, 1.1, at_most=True)


def _end(base: Database, side: Side) -> int:
    with base.connect() as connection:
        found = connection.execute(side.head).fetchone()
    if found is None:
        raise RuntimeError(f"{side.name} has no events")
    return int(found[0])


LONG = (Scenario("held-snapshot", held), Scenario("large", large))
