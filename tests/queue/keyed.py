"""Producers, workers and an operator that do to tasks with keys whatever can be done, all at once.

The database keeps the books: what a session notes commits, or is rolled back, with what it did to the queue.
"""

import multiprocessing
import random
import threading
import time
from concurrent.futures import ThreadPoolExecutor
from dataclasses import dataclass, field

from tests.conftest import Connection

KEYS, HOT, PRODUCERS = 5_000, 4, 6
BOOKS = """
create table test.delivery (nr bigint generated always as identity, task bigint, key text, attempt integer);
create table test.active (key text primary key, task bigint not null);
create table test.done (task bigint primary key);
create table test.cancelled (task bigint primary key);
"""


@dataclass
class Made:
    """One committed task: when its enqueue began and when its commit returned, in monotonic seconds."""

    key: str | None
    began: float
    committed: float
    delayed: bool


@dataclass
class Outcome:
    made: dict[int, Made] = field(default_factory=dict)
    killed: int = 0


def run(url: str, queue: str, seconds: float, seed: int) -> Outcome:
    """Let everybody loose for so long, then finish what is left, and return what was made."""
    with Connection.open(url) as db:
        db.execute(BOOKS)
        db.call("queue_create", queue, "1 s", 3, "50 ms", "100 ms")
    outcome, deadline = Outcome(), time.monotonic() + seconds
    produced = threading.Event()
    roles = [(_produce, n) for n in range(PRODUCERS)] + [(_cancel, 0), (_redrive, 1)]
    workers = [(_work, 1), (_work, 5), (_work, 20), (_work_at_once, 1), (_work_at_once, 7), (_pop, 2)]
    with ThreadPoolExecutor(len(roles) + len(workers) + 1) as pool:
        killer = pool.submit(_kill, url, queue, deadline, outcome)
        acting = [
            pool.submit(_session, url, act, queue, n, random.Random(seed + nr), deadline, outcome)
            for nr, (act, n) in enumerate(roles)
        ]
        working = [
            pool.submit(_session, url, act, queue, size, random.Random(seed - nr), produced)
            for nr, (act, size) in enumerate(workers)
        ]
        try:
            for one in [*acting, killer]:
                one.result()
        finally:
            produced.set()
        for one in working:
            one.result()
    with Connection.open(url) as db:
        _finish(db, queue)
    return outcome


def _session(url, act, *arguments):
    with Connection.open(url, autocommit=False) as connection:
        act(connection, *arguments)


def _key(rng, hot, after):
    """One of a few keys, or of many, that does not sort before `after`."""
    names = [f"hot {n}" for n in range(HOT)] if rng.random() < hot else [f"k{n}" for n in range(KEYS)]
    key = rng.choice(names)
    return key if key >= after else after


def _produce(connection, queue, n, rng, deadline, outcome):
    while time.monotonic() < deadline:
        began = time.monotonic()
        made = _enqueue(connection, queue, rng)
        with connection.transaction(force_rollback=rng.random() < 0.3) as savepoint:
            inner = _enqueue(connection, queue, rng, after=max(key for _, key, _ in made))
        if not savepoint.force_rollback:
            made += inner
        if rng.random() < 0.3:  # the transaction does something else for a while
            connection.execute("select pg_sleep(%s)", [rng.uniform(0, 0.05)])
        if rng.random() < 0.15:
            connection.rollback()
            continue
        connection.commit()
        committed = time.monotonic()
        outcome.made.update((id, Made(key, began, committed, late)) for id, key, late in made)


def _enqueue(connection, queue, rng, after=""):
    """Enqueue one or many; a transaction that begins keys takes them in one order, or it may deadlock."""
    options = {"priority": rng.choice([0, 0, 0, 3, -3]), "max_attempts": rng.choice([None, None, 1])}
    late = rng.random() < 0.1
    if late:
        options["delay"] = f"{rng.randint(1, 300)} ms"
    if rng.random() < 0.5:
        key = _key(rng, 1, after)
        return [(connection.call("queue_enqueue", queue, {}, key=key, **options), key, late)]
    keys = [_key(rng, 0.4, after) for _ in range(rng.randint(1, 10))]
    rows = connection.rows("queue_enqueue_many", queue, [{}] * len(keys), keys=keys, **options)
    return [(id, key, late) for (id,), key in zip(rows, keys, strict=True)]


def _note(connection, taken):
    """Note a delivery: there must be no other task of the key in somebody's hands, or backing off.

    One that died by an expired lease is still noted as active, since nobody was there to take it out.
    """
    for row in taken:
        connection.execute(
            "insert into test.delivery (task, key, attempt) values (%s, %s, %s)",
            [row.id, row.key, row.attempt],
        )
        clash = connection.execute(
            "insert into test.active as a values (%s, %s) "
            "on conflict (key) do update set task = excluded.task where a.task = excluded.task "
            "or not exists (select from minipaas._waiting w where w.id = a.task and w.state in ('l', 'r'))",
            [row.key, row.id],
        )
        assert clash.rowcount == 1, f"task {row.id} of {row.key} runs beside another"


def _over(connection, ids, done):
    connection.execute("delete from test.active where task = any(%s)", [ids])
    if done:
        connection.execute("insert into test.done select unnest(%s::bigint[])", [ids])


def _work(connection, queue, size, rng, produced=None):
    """Two transactions; some fail, some are forgotten, some come back after their lease."""
    while True:
        ending = produced is not None and produced.is_set()
        taken = connection.rows("queue_dequeue", queue, size, lease=f"{rng.randint(100, 1500)} ms")
        _note(connection, taken)
        connection.commit()
        if ending and not taken:
            return
        for row in taken:
            _settle(connection, row, rng)
            connection.rollback() if rng.random() < 0.05 else connection.commit()


def _settle(connection, row, rng):
    dice = rng.random()
    if dice < 0.80:
        if connection.call("queue_ack", row.id, row.attempt):
            _over(connection, [row.id], done=True)
    elif dice < 0.90:
        delay = rng.choice([None, "0", "20 ms"])
        if connection.call("queue_nack", row.id, row.attempt, delay=delay) == "dead":
            _over(connection, [row.id], done=False)
    elif dice < 0.95:
        if connection.call("queue_bury", row.id, row.attempt):
            _over(connection, [row.id], done=False)
    elif dice < 0.97:
        connection.execute("select pg_sleep(0.1)")
        if connection.call("queue_ack", row.id, row.attempt):
            _over(connection, [row.id], done=True)


def _work_at_once(connection, queue, size, rng, produced):
    """One transaction; one in eight is rolled back."""
    while True:
        ending = produced.is_set()
        taken = connection.rows("queue_dequeue", queue, size)
        _note(connection, taken)
        if rng.random() < 0.2:
            connection.execute("select pg_sleep(%s)", [rng.uniform(0, 0.05)])
        given = [row.id for row in taken]
        assert connection.call("queue_ack_many", given, [row.attempt for row in taken]) == len(taken)
        _over(connection, given, done=True)
        connection.rollback() if rng.random() < 1 / 8 else connection.commit()
        if ending and not taken:
            return


def _pop(connection, queue, size, rng, produced):
    while True:
        ending = produced.is_set()
        taken = connection.rows("queue_pop", queue, size)
        _note(connection, taken)
        _over(connection, [row.id for row in taken], done=True)
        connection.rollback() if rng.random() < 1 / 8 else connection.commit()
        if ending and not taken:
            return


def _cancel(connection, queue, _, rng, deadline, outcome):
    while time.monotonic() < deadline:
        for id in rng.sample(sorted(outcome.made)[-500:], min(20, len(outcome.made))):
            if connection.call("queue_cancel", id):
                connection.execute("insert into test.cancelled values (%s)", [id])
                _over(connection, [id], done=False)
            connection.commit()
        connection.execute("select pg_sleep(0.05)")


def _redrive(connection, queue, _, rng, deadline, outcome):
    while time.monotonic() < deadline:
        connection.call("queue_redrive", queue, batch_size=50)
        connection.rollback() if rng.random() < 0.3 else connection.commit()
        connection.execute("select pg_sleep(0.2)")
        connection.commit()


def _kill(url, queue, deadline, outcome):
    """Have a worker process killed every now and then, whatever it is at."""
    spawn = multiprocessing.get_context("spawn")
    while time.monotonic() < deadline:
        worker = spawn.Process(target=_session, args=(url, _work, queue, 10, random.Random(outcome.killed)))
        worker.start()
        worker.join(2)
        assert worker.exitcode is None, "the worker ended by itself"
        worker.kill()
        worker.join()
        outcome.killed += 1


def _finish(db, queue):
    """Redrive what is dead, and work until nothing is left; nobody may be blocked when dequeues say empty."""
    deadline = time.monotonic() + 60
    while db.value("select count(*) from minipaas.queue_tasks"):
        assert time.monotonic() < deadline, db.execute("select * from minipaas.queue_stats").fetchall()
        taken = db.rows("queue_dequeue", queue, 100)
        db.execute("delete from test.active where task = any(%s)", [[row.id for row in taken]])
        with db.transaction():
            _note(db, taken)
            db.call("queue_ack_many", [row.id for row in taken], [row.attempt for row in taken], strict=True)
            _over(db, [row.id for row in taken], done=True)
        if not taken:
            db.call("queue_redrive", queue)
            stuck = db.execute("""
                select b.key from minipaas._blocked b
                where not exists (select from minipaas._ready r where r.queue = b.queue and r.key = b.key)
                    and not exists (
                        select from minipaas._waiting w
                        where w.queue = b.queue and w.key = b.key and w.state <> 'd'
                    )
            """).fetchall()
            assert stuck == []
