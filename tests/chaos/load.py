"""Producers, workers and readers under load, who go on whatever happens to their connections.

The database keeps the books: what a session has made, done and seen commits with what it did to the queue and
the stream, or not at all. So in the end they must match, although nobody knows which commits came through.
"""

import random
import threading
import time
from collections import Counter
from collections.abc import Callable, Iterator
from concurrent.futures import Future, ThreadPoolExecutor
from contextlib import contextmanager
from typing import Any

import psycopg

from tests import books
from tests.conftest import Connection

PRODUCERS, CONSUMERS = 3, ("audit", "mail")
KEYS = [None] * 10 + [f"k{n}" for n in range(10)]
TABLES = """
create schema test;
create table test.made (task bigint primary key);
create table test.done (task bigint not null);
create table test.published (event_offset bigint primary key);
create table test.seen (
    nr bigint generated always as identity, consumer text, partition integer, event_offset bigint
);
"""
LEFT = """
select (select count(*) from test.made) - (select count(*) from test.done)
    + 2 * (select count(*) from test.published) - (select count(*) from test.seen)
"""

Act = Callable[["Load", Connection, random.Random], bool]
Each = Callable[[Connection, random.Random], None]


class Load:
    """What the sessions share: where the database is now, and what became of their transactions."""

    def __init__(self, url: str, each: Each | None, expected: tuple[str, ...]) -> None:
        self.url, self.each, self.expected = url, each, expected
        self.produced, self.drained = threading.Event(), threading.Event()
        self.told: set[tuple[str, int]] = set()  # what a commit that returned has made
        self.errors: Counter[str] = Counter()
        self.wrong: list[psycopg.Error] = []
        self.faults = 0
        self.beat = threading.Condition()
        self.beats = 0
        self.sessions: list[Future[None]] = []

    def goes_on(self, transactions: int = 20) -> None:
        """Return when so many more transactions have come through that made, did or saw something."""
        with self.beat:
            aim = self.beats + transactions
            assert self.beat.wait_for(lambda: self.beats >= aim or self.wrong, timeout=60), "nothing goes on"

    def fails(self) -> None:
        """Return when the fault has been felt, and somebody's transaction or connection has failed."""
        with self.beat:
            errors = self.errors.total()
            assert self.beat.wait_for(lambda: self.errors.total() > errors + 10, timeout=60), "nobody felt it"

    def finish(self) -> None:
        """Stop making more, and wait until all is done and seen."""
        self.produced.set()
        for producer in self.sessions[:PRODUCERS]:
            producer.result()
        deadline = time.monotonic() + 60  # a lease that was lost is over after a second
        with Connection.open(self.url) as db:
            while left := db.value(LEFT):
                assert left > 0, "done or seen more than once"
                assert time.monotonic() < deadline and not self.wrong, f"{left} left, {self.wrong}"
                db.execute("select pg_sleep(0.05)")
        self.drained.set()
        for one in self.sessions:
            one.result()

    def session(self, act: Act, until: threading.Event, rng: random.Random) -> None:
        """Act again and again, on another connection when one is lost."""
        while not until.is_set():
            try:
                with Connection.open(self.url, autocommit=False) as db:
                    while not until.is_set():
                        if self.each is not None:
                            self.each(db, rng)
                            db.commit()
                        self.attempt(act, db, rng)
            except psycopg.Error as error:
                self.note(error)
                until.wait(0.1)

    def attempt(self, act: Act, db: Connection, rng: random.Random) -> None:
        try:
            moved = act(self, db, rng)
        except psycopg.Error as error:
            self.note(error)
            db.rollback()
        else:
            with self.beat:
                self.beats += moved
                self.beat.notify_all()

    def note(self, error: psycopg.Error) -> None:
        """A lost connection, a lost lease or what the fault explains; anything else is wrong."""
        lost = isinstance(error, psycopg.OperationalError) and (error.sqlstate or "57P")[:3] == "57P"
        if not lost and error.sqlstate not in ("MP009", *self.expected):
            self.wrong.append(error)
        with self.beat:
            self.errors[error.sqlstate or "connection"] += 1
            self.beat.notify_all()


def _produce(load: Load, db: Connection, rng: random.Random) -> bool:
    if db.value("select count(*) from minipaas.queue_tasks") > 200:
        return _rest(db)
    options: dict[str, Any] = {"priority": rng.choice([0, 0, 3]), "delay": rng.choice([None, None, "10 ms"])}
    if rng.random() < 0.5:
        one = {"key": rng.choice(KEYS), "dedup_key": rng.choice([None, "c"])}
        tasks = [db.call("queue_enqueue", "work", {}, **options, **one)]
        offsets = [db.call("stream_publish", "log", {}, key=rng.choice([None, "a"]))]
    else:
        keys = [rng.choice(KEYS) for _ in range(rng.randint(1, 9))]
        rows = db.rows("queue_enqueue_many", "work", [{}] * len(keys), **options, keys=keys)
        tasks = [task for (task,) in rows]
        offsets = [offset for (offset,) in db.rows("stream_publish_many", "log", [{}] * len(keys), keys)]
    db.execute("insert into test.made select unnest(%s::bigint[]) on conflict do nothing", [tasks])
    db.execute("insert into test.published select unnest(%s::bigint[])", [offsets])
    if rng.random() < 0.1:
        db.rollback()
        return False
    db.commit()
    load.told |= {("task", task) for task in tasks} | {("event", offset) for offset in offsets}
    return True


def _rest(db: Connection) -> bool:
    db.execute("select pg_sleep(0.01)")
    db.commit()
    return False


def _work(load: Load, db: Connection, rng: random.Random) -> bool:
    batch = db.rows("queue_dequeue", "work", rng.choice([1, 5, 20]), lease="1 second")
    if not batch:
        return _rest(db)
    if rng.random() < 0.5:
        db.commit()
    tasks, attempts = [row.id for row in batch], [row.attempt for row in batch]
    db.execute("insert into test.done select unnest(%s::bigint[])", [tasks])
    db.call("queue_ack_many", tasks, attempts, strict=True)
    db.rollback() if rng.random() < 0.05 else db.commit()
    return True


def _read(load: Load, db: Connection, rng: random.Random) -> bool:
    consumer = rng.choice(CONSUMERS)
    batch = db.rows("stream_fetch", "log", consumer, rng.choice([1, 10, 50]), lease="1 second")
    if not batch:
        return _rest(db)
    if rng.random() < 0.5:
        db.commit()
    last, offsets = batch[-1], [row.event_offset for row in batch]
    db.execute(
        "insert into test.seen (consumer, partition, event_offset) select %s, %s, unnest(%s::bigint[])",
        [consumer, last.partition, offsets],
    )
    db.call("stream_commit", "log", consumer, last.partition, last.event_offset, last.lease_id, strict=True)
    db.rollback() if rng.random() < 0.05 else db.commit()
    return True


def prepare(url: str) -> None:
    """Make the queue, the stream and the books."""
    with Connection.open(url) as db:
        db.execute(TABLES)
        db.call("queue_create", "work", max_attempts=0)
        db.call("stream_create", "log", 3)
        for consumer in CONSUMERS:
            db.call("stream_subscribe", "log", consumer)


@contextmanager
def running(url: str, each: Each | None = None, expected: tuple[str, ...] = ()) -> Iterator[Load]:
    """Keep up the load for the length of a `with` block, then let it finish what is left.

    `each` is called before each transaction; `expected` are SQLSTATEs that the fault explains.
    """
    load = Load(url, each, expected)
    roles = [_produce] * PRODUCERS + [_work] * 3 + [_read] * 2
    with ThreadPoolExecutor(len(roles)) as pool:
        for seed, act in enumerate(roles):
            until = load.produced if act is _produce else load.drained
            load.sessions.append(pool.submit(load.session, act, until, random.Random(seed)))
        try:
            load.goes_on()
            yield load
            if not load.drained.is_set():
                load.finish()
        finally:
            load.produced.set()
            load.drained.set()
    assert load.wrong == []


def verify(load: Load) -> str:
    """Each committed task is done once, each committed event seen once and in order, and nothing else is."""
    with Connection.open(load.url) as db:
        made = {task for (task,) in db.execute("select task from test.made")}
        done = [task for (task,) in db.execute("select task from test.done")]
        published = {offset for (offset,) in db.execute("select event_offset from test.published")}
        assert {("task", task) for task in made} | {("event", offset) for offset in published} >= load.told
        assert sorted(done) == sorted(made)
        events = db.rows("stream_consume", "log", 0, 10**9)
        assert {event.event_offset for event in events} == published
        for consumer in CONSUMERS:
            for partition in range(3):
                seen = db.execute(
                    "select event_offset from test.seen where consumer = %s and partition = %s order by nr",
                    [consumer, partition],
                ).fetchall()
                there = [event.event_offset for event in events if event.partition == partition]
                assert [offset for (offset,) in seen] == there, f"{consumer}, partition {partition}"
        db.rows("maintain")
        assert books.read(db).tasks == {}
        assert db.execute("select * from minipaas.health where level = 'bad'").fetchall() == []
    met = ", ".join(f"{count} {state}" for state, count in sorted(load.errors.items())) or "none"
    return f"{load.faults} faults, {len(made)} tasks and {len(published)} events once each (errors: {met})"
