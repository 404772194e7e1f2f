"""Publishers that commit late, and readers that poll all the while: what makes an event easy to skip.

A publisher draws offsets long before it commits, rolls some back, uses savepoints and exception blocks,
publishes one and many, with dedup keys and to two streams, at every isolation level and in two phases.
"""

import random
import threading
import time
from collections.abc import Callable, Iterator
from concurrent.futures import ThreadPoolExecutor
from dataclasses import dataclass, field

from psycopg import IsolationLevel
from psycopg.errors import SerializationFailure

from tests.conftest import Connection

PUBLISHERS = 14
QUICK = range(1, PUBLISHERS, 2)
"""Those whose transactions last for moments, with pauses in between. The others take their time, and rest
every other half second: then readers come to where nobody holds them back, and race with who begins."""
LEVELS = list(IsolationLevel)
RISKY = """
    create function test.risky(fails boolean) returns setof bigint language plpgsql as $$
    begin
        return next minipaas.stream_publish('log', '1');
        begin
            return next minipaas.stream_publish('log', '2');
            if fails then
                raise 'oops';
            end if;
        exception when raise_exception then
            return query select minipaas.stream_publish('log', '3');
        end;
    end
    $$
"""
PLAIN = """
    select event_offset from minipaas._event
    where stream = (select id from minipaas._stream where name = 'log') and event_offset > %s
    order by event_offset limit %s
"""


SLOWER = """
    create or replace function minipaas._publishers({arguments}) returns {result}
    language plpgsql volatile as $x$
    begin
        perform pg_sleep(random() * 0.02) where random() < 0.25;
        return query {body};
        perform pg_sleep(random() * 0.02) where random() < 0.25;
    end
    $x$
"""
"""Before and after their look at who publishes, readers then take long at times: others get in between."""


@dataclass
class Outcome:
    """By offset, when a committed event's publish began and its commit returned; and what each reader got."""

    committed: dict[int, tuple[float, float]] = field(default_factory=dict)
    rolled_back: int = 0
    read: dict[str, list[int]] = field(default_factory=dict)

    def out_of_order(self) -> list[int]:
        """The offsets that are below one that had committed before they were published."""
        ends = sorted((end, offset) for offset, (_, end) in self.committed.items())
        wrong, highest, n = [], 0, 0
        for began, offset in sorted((began, offset) for offset, (began, _) in self.committed.items()):
            while n < len(ends) and ends[n][0] < began:
                highest, n = max(highest, ends[n][1]), n + 1
            if offset < highest:
                wrong.append(offset)
        return wrong


def slow_down(db: Connection) -> None:
    """Make readers slow where they race with publishers."""
    arguments, result, body = db.execute(
        "select pg_get_function_arguments(oid), pg_get_function_result(oid), prosrc from pg_proc "
        "where oid = 'minipaas._publishers'::regproc"
    ).fetchone()
    db.execute(SLOWER.format(arguments=arguments, result=result, body=body))


def run(url: str, seconds: float, seed: int) -> Outcome:
    """Publish to `log` and `other` for so long, and read `log` until everybody has read it all."""
    outcome, published = Outcome(), threading.Event()
    with ThreadPoolExecutor(PUBLISHERS + len(READERS)) as pool:
        readers = {
            name: pool.submit(_session, url, reader, published, random.Random(f"reader {seed} {n}"))
            for n, (name, reader) in enumerate(READERS.items())
        }
        try:
            ends = time.monotonic() + seconds
            publishers = [
                pool.submit(
                    _session, url, _publisher, n, random.Random(f"publisher {seed} {n}"), ends, outcome
                )
                for n in range(PUBLISHERS)
            ]
            for publisher in publishers:
                publisher.result()
        finally:
            published.set()
        outcome.read = {name: reader.result() for name, reader in readers.items()}
    return outcome


def _session(url, act, *arguments):
    with Connection.open(url, autocommit=False) as connection:
        return act(connection, *arguments)


def _publisher(connection, n, rng, ends, outcome):
    two_phases = n in (0, 4) and connection.value("show max_prepared_transactions") != "0"
    connection.rollback()
    connection.isolation_level = LEVELS[n % len(LEVELS)]
    turn = 0
    while (now := time.monotonic()) < ends:
        if n in QUICK:
            threading.Event().wait(rng.uniform(0, 0.08))
        elif int(now * 2) % 2:
            threading.Event().wait(0.01)
            continue
        turn += 1
        if two_phases:
            connection.tpc_begin(connection.xid(1, f"{n}-{turn}", "stress"))
        made = {}
        try:
            for _ in range(rng.randint(1, 4)):
                began = time.monotonic()
                made |= dict.fromkeys(_publish(connection, rng, 0.002 if n in QUICK else 0.08), began)
            commits = _end(connection, two_phases, rng)
        except SerializationFailure:  # looks for dedup keys among serializable transactions may end so
            connection.rollback()
            commits = False
        if commits:
            ended = time.monotonic()
            outcome.committed.update({offset: (began, ended) for offset, began in made.items()})
        else:
            outcome.rolled_back += len(made)


def _end(connection, two_phases, rng):
    """Commit or roll back; return whether it was a commit."""
    commits = rng.random() > 0.2
    if two_phases:
        connection.tpc_prepare()
        threading.Event().wait(rng.uniform(0, 0.1))  # nothing may be executed in between
        connection.tpc_commit() if commits else connection.tpc_rollback()
    else:
        connection.commit() if commits else connection.rollback()
    return commits


def _publish(connection, rng, pause):
    """One of the things that a publisher does in its transaction; the offsets that would commit with it."""
    what = rng.choice(["one", "many", "many", "savepoint", "block", "dedup", "other", "pause", "pause"])
    if what == "one":
        return [connection.call("stream_publish", "log", {}, f"k{rng.randint(0, 50)}")]
    if what == "many":
        return _many(connection, rng.randint(1, 60))
    if what == "savepoint":
        connection.execute("savepoint s")
        made = _many(connection, rng.randint(1, 9))
        connection.execute("select pg_sleep(%s)", [rng.uniform(0, pause / 4)])
        keeps = rng.random() < 0.5
        connection.execute("release s" if keeps else "rollback to s")
        return made if keeps else []
    if what == "block":
        rows = connection.execute("select * from test.risky(%s)", [rng.random() < 0.5]).fetchall()
        offsets = [offset for (offset,) in rows]
        return offsets if len(offsets) == 2 else [offsets[0], offsets[2]]
    if what == "dedup":
        return [connection.call("stream_publish", "log", {}, dedup_key=str(rng.random()))]
    if what == "other":
        connection.call("stream_publish", "other", {})
        return []
    connection.execute("select pg_sleep(%s)", [rng.uniform(0, pause)])
    return []


def _many(connection, count):
    return [offset for (offset,) in connection.rows("stream_publish_many", "log", [{}] * count)]


def _poll(connection, published: threading.Event, batches: Callable[[], list[int]]) -> Iterator[list[int]]:
    """The batches, until one is empty that was asked for after everything had been published."""
    while True:
        ending = published.is_set()
        batch = batches()
        connection.commit()
        if batch:
            yield batch
        elif ending:
            return
        else:
            connection.execute("select pg_sleep(0.001)")


def _cursor(statement: str, batch: int):
    """A reader that keeps the last offset itself."""

    def reader(connection, published, rng):
        seen = [0]

        def more():
            return [row.event_offset for row in connection.execute(statement, [seen[-1], batch])]

        for got in _poll(connection, published, more):
            seen += got
        return seen[1:]

    return reader


def _consumer(name: str, batch: int):
    """A consumer that fetches and commits in one transaction or in two, and rolls some back."""

    def reader(connection, published, rng):
        seen = []

        def more():
            rows = connection.rows("stream_fetch", "log", name, batch, lease="1 hour")
            if not rows:
                return []
            if rng.random() < 0.5:
                connection.commit()
            elif rng.random() < 0.1:
                connection.rollback()
                return more()
            last = rows[-1]
            mine = connection.call(
                "stream_commit", "log", name, last.partition, last.event_offset, last.lease_id
            )
            assert mine is True
            return [row.event_offset for row in rows]

        for got in _poll(connection, published, more):
            seen += got
        return seen

    return reader


CONSUME = "select event_offset from minipaas.stream_consume('log', %s, %s)"
READERS = {
    f"{what} {batch}": reader(batch)
    for what, reader, batches in (
        ("consume", lambda batch: _cursor(CONSUME, batch), (40, 300, 5000)),
        ("fetch", lambda batch: _consumer(str(batch), batch), (60, 1000)),
        ("plain", lambda batch: _cursor(PLAIN, batch), (40, 300)),
    )
    for batch in batches
}
"""By name; the plain ones read on after the last offset that they have seen, and skip what commits late."""
