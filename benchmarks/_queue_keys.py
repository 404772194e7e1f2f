"""The scenario of keys: how fast the others drain beside one key with a huge backlog."""

from collections.abc import Iterator
from functools import partial

from benchmarks._bench import Options, Row, Scenario, interleave
from benchmarks._lab import PAYLOAD, Lab
from benchmarks._queue_sides import OURS

WORKERS, HOT, OTHERS = 8, 100_000, 10_000
FILL = """
    select count(*) from minipaas.queue_enqueue_many(
        'bench', array_fill(%(payload)s::jsonb, array[%(count)s]),
        keys => array(select {key} from generate_series(1, %(count)s) n)
    )"""


def hot_key(lab: Lab, options: Options, name: str) -> Iterator[Row]:
    """Drain 10,000 tasks of 10,000 keys behind 100,000 of one key, and as many of a queue without keys."""
    if OURS.name not in options.sides:
        return
    variants = {"keyed": ("'hot'", "'key ' || n"), "unkeyed": ("null::text", "null::text")}
    figures = interleave(
        options.rounds,
        {word: partial(_drain, lab, options, *keys) for word, keys in variants.items()},
    )
    ratio = figures["keyed"] / figures["unkeyed"]
    note = f"unkeyed: {figures['unkeyed']:,.0f}"
    yield Row(name, WORKERS, "tasks/s", figures["keyed"], None, "unkeyed", ratio, 0.5, note=note)


def _drain(lab: Lab, options: Options, hot: str, other: str) -> float:
    """Tell how many tasks a second are taken and acked that are not of the hot key."""
    with lab.database() as base:
        base.execute(OURS.create)
        with base.connect() as connection:
            for key, count in ((hot, options.amount(HOT)), (other, options.amount(OTHERS))):
                connection.execute(FILL.format(key=key), {"payload": PAYLOAD, "count": count})
        base.settle()
        passes = options.amount(OTHERS) // WORKERS
        done = base.pgbench(OURS.consume(1), WORKERS, passes=passes)
        with base.connect() as connection:
            found = connection.execute(
                "select count(*) from minipaas.queue_tasks where key is null or key <> 'hot'"
            ).fetchone()
        left = found[0] if found and hot == "'hot'" else 0
        return done.tps * (options.amount(OTHERS) - left) / done.transactions


KEYS = (Scenario("hot-key", hot_key),)
