"""The long scenarios: cycles of 10 while somebody else holds something, and over ever larger backlogs."""

from collections.abc import Callable, Iterator
from contextlib import AbstractContextManager, contextmanager
from dataclasses import dataclass
from functools import partial
from statistics import median

from benchmarks._bench import Options, Row, Scenario
from benchmarks._held import course, row, snapshot
from benchmarks._lab import Database, Lab, finish
from benchmarks._queue_short import prepare
from benchmarks._queue_sides import OURS, PGMQ, Side, asked, preload

Holder = Callable[[Side, Database], AbstractContextManager[None]]

PRODUCERS = 20
SIZES = (1_000, 100_000, 5_000_000)


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
    preload(base, side, 1)
    with base.connect() as connection:
        connection.execute("begin")
        connection.execute(side.take, {"count": 1})
        yield


def held(name: str, hold: Holder, target: float, part: float = 1) -> Scenario:
    """Make a scenario that runs cycles of 10 for (part of) a minute while somebody holds something."""

    def run(lab: Lab, options: Options, name: str) -> Iterator[Row]:
        courses = {
            side.name: course(
                lab, options, side.cycle(10),
                prepare=lambda base: prepare(base, options), hold=partial(hold, side), part=part,
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


def flat(lab: Lab, options: Options, name: str) -> Iterator[Row]:
    """Tell what our cycle of 10 costs, in time and in its session's memory, as the backlog grows."""
    if OURS.name not in options.sides:
        return
    with lab.database() as base:
        base.execute(OURS.create, "create unlogged table memory (bytes bigint)")
        first: tuple[float, float] | None = None
        filled = 0
        for size in map(options.amount, SIZES):
            preload(base, OURS, size - filled)
            base.settle()
            filled = size
            cost = _cost(base, options)
            first = first or cost
            for part, (unit, limit) in enumerate((("us/cycle", 1.25), ("kB", 1.1))):
                ratio = cost[part] / first[part]
                row = f"{name} {size:,}"
                yield Row(row, 1, unit, cost[part], None, f"{SIZES[0]:,}", ratio, limit, at_most=True)


def _cost(base: Database, options: Options) -> tuple[float, float]:
    times = [1e6 / base.pgbench(OURS.cycle(10), 1, options.seconds).tps for _ in range(options.rounds)]
    script = f"""
{OURS.cycle(10)}
\\set cycles :cycles + 1
\\if :cycles % 100 = 0
insert into memory select sum(total_bytes) from pg_backend_memory_contexts;
\\endif
"""
    base.execute("truncate memory")
    base.pgbench(script, 1, options.seconds, variables={"cycles": 0})
    with base.connect() as connection:
        found = connection.execute("select max(bytes) / 1024.0 from memory").fetchone()
    if found is None or found[0] is None:
        raise RuntimeError("fewer than 100 cycles; take more --seconds")
    return median(times), float(found[0])


LONG = (
    held("held-snapshot", lambda side, base: snapshot(base), 0.9),
    held("held-writer", writer, 0.7),
    held("held-task", taken, 0.8, part=0.5),
    Scenario("slow-producers", slow_producers),
    Scenario("flat", flat),
)
