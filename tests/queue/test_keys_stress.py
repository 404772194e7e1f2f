import random
import threading
import time
from concurrent.futures import ThreadPoolExecutor

from tests.conftest import Connection

from . import keyed
from .helpers import drain


def test_keys_run_one_at_a_time_and_in_order_and_leave_nobody_behind_whatever_happens(db, db_url):
    outcome = keyed.run(db_url, "work", seconds=20, seed=4)
    made = outcome.made
    assert outcome.killed >= 5
    assert len(made) > 2_000
    done = {task for (task,) in db.execute("select task from test.done")}
    cancelled = {task for (task,) in db.execute("select task from test.cancelled")}
    assert done | cancelled == made.keys()
    assert done & cancelled == set()
    assert len(cancelled) > 10
    assert db.value("select count(*) from minipaas.queue_tasks") == 0
    assert db.value("select count(*) from test.delivery where attempt > 1") > 100
    began: dict[str, float] = {}
    for task, key in db.execute("select task, key from test.delivery where attempt = 1 order by nr"):
        if made[task].delayed or task in cancelled:
            continue
        assert made[task].committed > began.get(key, 0), (
            f"{task} of {key} was there before one that ran first"
        )
        began[key] = max(began.get(key, 0), made[task].began)
    db.rows("maintain")
    assert db.value("select count(*) from minipaas._baton") == 0


def hammer(url, seed, deadline):
    """Enqueue with dedup_keys, and work on what there is, with rollbacks."""
    rng = random.Random(seed)
    with Connection.open(url, autocommit=False) as db:
        while time.monotonic() < deadline:
            keys = [f"d{rng.randrange(100)}" for _ in range(rng.choice([1, 1, 5, 20]))]
            replace = rng.choice(["keep", "replace"])
            own = rng.choice([None, "k"])
            if len(keys) == 1:
                db.call("queue_enqueue", "work", {}, dedup_key=keys[0], key=own, on_duplicate=replace)
            else:
                options = {"dedup_keys": keys, "on_duplicate": replace, "delay": rng.choice([None, "10 ms"])}
                db.rows("queue_enqueue_many", "work", [{}] * len(keys), **options)
            db.rollback() if rng.random() < 0.2 else db.commit()
            for row in db.rows("queue_dequeue", "work", rng.choice([1, 10]), lease="200 ms"):
                end = rng.choice(["ack", "ack", "ack", "nack", "bury", "forget"])
                if end in ("ack", "bury"):
                    db.call(f"queue_{end}", row.id, row.attempt)
                elif end == "nack":
                    db.call("queue_nack", row.id, row.attempt, delay="0")
            db.rollback() if rng.random() < 0.2 else db.commit()
            if rng.random() < 0.05:
                db.call("queue_redrive", "work", batch_size=5)
                db.commit()


def watch(url, stop):
    """Look for two outstanding tasks with one dedup_key, as often as can be; return how often."""
    looks = 0
    with Connection.open(url) as db:
        while not stop.is_set():
            twice = db.execute("""
                select dedup_key from minipaas.queue_tasks
                where state not in ('dead', 'done') group by dedup_key having count(*) > 1
            """)
            assert twice.fetchall() == []
            looks += 1
    return looks


def test_16_connections_on_100_dedup_keys_never_leave_two_outstanding(db, db_url):
    db.call("queue_create", "work", max_attempts=2)
    stop, deadline = threading.Event(), time.monotonic() + 8
    with ThreadPoolExecutor(17) as pool:
        watcher = pool.submit(watch, db_url, stop)
        hammers = [pool.submit(hammer, db_url, seed, deadline) for seed in range(16)]
        try:
            for one in hammers:
                one.result()
        finally:
            stop.set()
        assert watcher.result() > 20
    db.execute("select pg_sleep(0.3)")
    drain(db, "work")
    db.call("queue_purge", "work")
    assert db.value("select count(*) from minipaas._dedup") == 0
