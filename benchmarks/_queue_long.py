"""The long scenarios: cycles of 10 while somebody else holds something, and over ever larger backlogs."""

from collections.abc import Callable, Iterator
from contextlib import AbstractContextManager, contextmanager
from dataclasses import dataclass
from functools import partial

from benchmarks._bench import Options, Row, Scenario, interleave
from benchmarks._held import course, row, snapshot
from benchmarks._lab import Database, Lab, finish
from benchmarks._queue_short import prepare
from benchmarks._queue_sides import OURS, PGMQ, Side, asked, preload

Holder = Callable[[Side, Database], AbstractContextManager[None]]

PRODUCERS = 20
SIZES = (1_000, 10_000, 100_000, 1_000_000, 5_000_000)
OTHERS_MOST = 1_000_000
"""The other side gets no larger backlog: filling it takes long, and no target asks for it."""


@contextmanager
def writer(side: Side, base: Database) -> Iterator[None]:
    """Hold an open transaction that has written elsewhere, and so has a transaction id."""
    with base.connect() as connection:
        connection.execute("create table bystander (id integer)")
        connection.execute("begin")
        connection.execute("insert into bystander values (1)")
        yield


@contextmanager
def taken(side: Side, base: Database) -> Iterator[None]:
    """Hold an open transaction that has dequeued the first task."""
    preload(base, side, 100)  # so that it finds one, whatever the others do meanwhile
    with base.connect() as connection:
        connection.execute("begin")
        connection.execute(side.take, {"count": 1})
        yield


def held(name: str, hold: Holder, target: float, part: float = 1, after: int = 0) -> Scenario:
    """Make a scenario that runs cycles of 10 for (part of) a minute while somebody holds something."""

    def run(lab: Lab, options: Options, name: str) -> Iterator[Row]:
        courses = {
            side.name: course(
                lab, options, side.cycle(10),
                prepare=lambda base: prepare(base, options), hold=partial(hold, side), part=part, after=after,
            )
            for side in asked(options)
        }  # fmt: skip
        yield row(name, courses, PGMQ.name, target)

    return Scenario(name, run)


@dataclass(frozen=True)
class Ages:
    """Ages at delivery in milliseconds, and how many tasks never came: these are as old as the run."""

    p50: float
    p99: float
    max: float
    missing: int

    def __str__(self) -> str:
        return f"p50 {self.p50:,.0f}, p99 {self.p99:,.0f}, max {self.max:,.0f} ms, {self.missing} missing"


def slow_producers(lab: Lab, options: Options, name: str) -> Iterator[Row]:
    """Tell the ages of tasks whose producers commit 20 ms after the enqueue, beside faster cycles.

    The cycles take two tasks more than they add, so that the slow tasks find no backlog to wait behind.
    """
    ages = {side.name: _ages(lab, options, side) for side in asked(options)}
    ours, pgmq = ages.get("ours"), ages.get("pgmq")
    yield Row(
        name, 4, "ms, oldest", ours.max if ours else None, pgmq.max if pgmq else None, "1 s",
        ours.max / 1000 if ours else None, 1, at_most=True,
        note="; ".join(f"{side} {seen}" for side, seen in ages.items()),
    )  # fmt: skip


def _ages(lab: Lab, options: Options, side: Side) -> Ages:
    produce = f"begin;\n{side.enqueue_one}\\sleep 20 ms\ncommit;\n"
    record = "insert into ages select unnest(:ages::double precision[]);\n"
    consume = f"{side.ages.format(size=12)}\\if :n > 0\n{record}{side.ack_many}\\endif\n"
    seconds = max(2, options.minute // 3)
    with lab.database() as base:
        prepare(base, options)
        base.execute("create unlogged table ages (ms double precision)")
        producers = base.start(produce, PRODUCERS, seconds, document='{"slow": true}')
        base.pgbench(side.enqueue_many + consume, 4, seconds)
        produced = finish(producers).transactions
        base.pgbench(consume, 4, 2)
        with base.connect() as connection:
            found = connection.execute("""
                select percentile_cont(array[0.5, 0.99, 1]) within group (order by ms), count(*) from ages
            """).fetchone()
    if found is None or found[0] is None:
        raise RuntimeError(f"{side.name} delivered nothing")
    (p50, p99, oldest), count = found
    missing = produced - count
    return Ages(p50, p99, max(oldest, 1000 * seconds if missing else 0), missing)


def growing(name: str, sizes: tuple[int, ...], delay: int = 0, limit: float | None = None) -> Scenario:
    """Make a scenario that tells what a cycle of 10 costs as the backlog grows, of tasks due after `delay`.

    Also the memory of our session, where the tasks are due.
    """

    def run(lab: Lab, options: Options, name: str) -> Iterator[Row]:
        with lab.database() as base:
            queues = [side.create for side in asked(options)]
            base.execute("create unlogged table memory (bytes bigint)", *queues)
            first: dict[str, float] = {}
            filled = 0
            for size in map(options.amount, sizes):
                sides = [side for side in asked(options) if side is OURS or size <= OTHERS_MOST]
                for side in sides:
                    preload(base, side, size - filled, delay)
                base.settle()
                filled = size
                cost = {side.name: partial(_time, base, options, side) for side in sides}
                found = interleave(options.rounds, cost)
                ours, pgmq = found.get(OURS.name), found.get(PGMQ.name)
                if ours is None:
                    yield Row(f"{name} {size:,}", 1, "us/cycle", None, pgmq)
                    continue
                lines = [("us/cycle", ours, pgmq, limit)]
                if not delay:
                    lines.append(("kB", _memory(base), None, 1.1))
                for unit, mine, other, most in lines:
                    ratio = mine / first.setdefault(unit, mine)
                    least = f"{options.amount(sizes[0]):,}"
                    yield Row(f"{name} {size:,}", 1, unit, mine, other, least, ratio, most, at_most=True)

    return Scenario(name, run)


def _time(base: Database, options: Options, side: Side) -> float:
    """Return the microseconds of a cycle."""
    return 1e6 / base.pgbench(side.cycle(10), 1, options.seconds).tps


def _memory(base: Database) -> float:
    """Return the most kB that our session had, looked at every 100 cycles."""
    script = f"""
{OURS.cycle(10)}
\\set cycles :cycles + 1
\\if :cycles % 100 = 0
insert into memory select sum(total_bytes) from pg_backend_memory_contexts;
\\endif
"""
    base.execute("truncate memory")
    base.pgbench(script, 1, passes=200, variables={"cycles": 0})
    with base.connect() as connection:
        found = connection.execute("select max(bytes) / 1024.0 from memory").fetchone()
    if found is None or found[0] is None:
        raise RuntimeError("the session told nothing of its memory")
    return float(found[0])


LONG = (
    held("held-snapshot", lambda side, base: snapshot(base), 0.9, after=10),
    held("held-writer", writer, 0.7),
    held("held-task", taken, 0.8, part=0.5),
    Scenario("slow-producers", slow_producers),
    growing("flat", SIZES, limit=1.25),
    growing("flat-delayed", SIZES[:-1], delay=86_400),
)
