"""Workers that share a consumer, in processes of their own, and die, oversleep and give back as they go.

    python -m tests.stream.workers URL once|again WORKERS SEED

Each event that a worker has done is a row of test.effect, written in the transaction of the commit (once) or
before it (again). A worker that kills itself with SIGKILL is followed by another. All end when nothing lags.
"""

import os
import random
import signal
import sys

import psycopg

LEASE = "250 milliseconds"
FETCH = "select * from minipaas.stream_fetch('wide', 'audit', %s, %s, %s)"
COMMIT = "select minipaas.stream_commit('wide', 'audit', %s, %s, %s)"
RELEASE = "select minipaas.stream_release('wide', 'audit', %s, %s)"
EFFECT = "insert into test.effect (worker, event_offset, key) values (%s, %s, %s)"
LAG = "select sum(lag_events) from minipaas.consumer_stats where consumer = 'audit'"


def work(url: str, once: bool, rng: random.Random) -> None:
    """Do events until none is left."""
    with psycopg.connect(url, autocommit=True) as db:
        while True:
            rows = db.execute(FETCH, [rng.randint(1, 40), LEASE, str(os.getpid())]).fetchall()
            if rows:
                _maybe_die(rng)
                _maybe_oversleep(db, rng)
                _do(db, rows, once, rng)
            elif db.execute(LAG).fetchone() == (0,):
                return
            else:
                db.execute("select pg_sleep(0.01)")


def _do(db, rows, once, rng):
    """The events of a batch, at times only its first half, and the commit."""
    half = rng.random() < 0.2
    rows = rows[: len(rows) // 2 + 1] if half else rows
    last, mine = rows[-1], False
    effects = [(os.getpid(), event_offset, key) for event_offset, _, key, *_ in rows]
    with db.cursor() as cursor:
        if once:
            with db.transaction() as transaction:
                cursor.executemany(EFFECT, effects)
                _maybe_die(rng)
                _maybe_oversleep(db, rng)
                (mine,) = db.execute(COMMIT, [last[1], last[0], last[6]]).fetchone()
                _maybe_die(rng)
                if not mine:
                    raise psycopg.Rollback(transaction)
        else:
            for effect in effects:
                cursor.execute(EFFECT, effect)
                if rng.random() < 0.1:
                    _maybe_die(rng)
                    _maybe_oversleep(db, rng)
            (mine,) = db.execute(COMMIT, [last[1], last[0], last[6]]).fetchone()
    if not mine:
        db.execute("insert into test.lost values (%s)", [os.getpid()])
    elif half:
        db.execute(RELEASE, [last[1], last[6]])


def _maybe_die(rng):
    if rng.random() < 0.02:
        os.kill(os.getpid(), signal.SIGKILL)


def _maybe_oversleep(db, rng):
    if rng.random() < 0.03:
        db.execute("select pg_sleep(0.35)")


def main(url: str, mode: str, workers: int, seed: str) -> int:
    """Keep that many workers alive until they find nothing to do; print how many were killed."""
    alive, born, killed = set(), 0, 0
    while born < workers + killed or alive:
        while born < workers + killed:
            pid = os.fork()
            if pid == 0:
                work(url, mode == "once", random.Random(f"{seed} {born}"))
                os._exit(0)
            alive.add(pid)
            born += 1
        pid, status = os.wait()
        alive.remove(pid)
        if os.WIFSIGNALED(status) and os.WTERMSIG(status) == signal.SIGKILL:
            killed += 1
        elif status != 0:
            for other in alive:
                os.kill(other, signal.SIGKILL)
            return 1
    print(killed)
    return 0


if __name__ == "__main__":
    sys.exit(main(sys.argv[1], sys.argv[2], int(sys.argv[3]), sys.argv[4]))
