"""Workers that share a consumer: killed, too late, or slow, they lose nothing and disturb nobody."""

import subprocess
import sys
import threading
from collections import Counter
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path

import pytest

from .helpers import after, commit, fetch, offsets, publish, standing, work

EVENTS, KEYS, WORKERS = 4000, 60, 6


@pytest.fixture
def run(db, db_url, wide):
    """Let workers do all events of `wide`; return how many were killed and how many commits were too late."""
    db.at(None)
    db.execute(
        "create table test.effect (nr bigint generated always as identity, worker integer, "
        "event_offset bigint, key text); create table test.lost (worker integer)"
    )
    db.call("stream_subscribe", wide, "audit")

    def start(mode):
        command = [sys.executable, "-m", "tests.stream.workers", db_url, mode, str(WORKERS), "seed"]
        root = Path(__file__).parents[2]
        done = subprocess.run(command, cwd=root, capture_output=True, text=True, timeout=90)
        assert done.returncode == 0, done.stderr
        return int(done.stdout), db.value("select count(*) from test.lost")

    return start


def first_effects(db):
    """By key: the offsets in the order in which they were done for the first time."""
    rows = db.execute("select key, event_offset from test.effect order by nr").fetchall()
    done = {}
    for key, offset in rows:
        done.setdefault(key, {})[offset] = None
    return {key: list(offsets) for key, offsets in done.items()}


def in_order(db, wide):
    """By key: the offsets of the events in their order."""
    expected = {}
    for row in db.rows("stream_consume", wide, 0, EVENTS + 1):
        expected.setdefault(row.key, []).append(row.event_offset)
    return expected


def fill(db, wide):
    """Publish the events."""
    return publish(db, wide, EVENTS, keys=[f"k{n * 7 % KEYS}" for n in range(EVENTS)])


def test_with_the_effects_in_the_transaction_of_the_commit_each_event_is_done_once(db, wide, run):
    made = fill(db, wide)
    killed, lost = run("once")
    assert killed > 3
    assert lost > 0
    assert db.value("select count(*) from test.effect") == len(made)
    assert first_effects(db) == in_order(db, wide)


def test_with_the_effects_before_the_commit_each_event_is_done_at_least_once(db, wide, run):
    made = fill(db, wide)
    killed, lost = run("again")
    assert killed > 3
    assert lost > 0
    assert db.value("select count(*) from test.effect") > len(made)
    assert first_effects(db) == in_order(db, wide)


def test_sessions_that_fetch_at_once_never_get_one_partition_twice(db, connect):
    db.call("stream_create", "many", 8)
    db.call("stream_subscribe", "many", "audit")
    publish(db, "many", 400)
    sessions = [connect() for _ in range(12)]
    barrier = threading.Barrier(len(sessions), timeout=60)
    rounds = 30
    taken = [[] for _ in range(rounds)]

    def take(session):
        for held in taken:
            barrier.wait()
            rows = fetch(session, "many", batch_size=5)
            barrier.wait()
            if rows:
                held.append(rows[0].partition)
                session.call("stream_release", "many", "audit", rows[0].partition, rows[0].lease_id)

    with ThreadPoolExecutor(len(sessions)) as pool:
        list(pool.map(take, sessions))
    assert [Counter(held) for held in taken] == [Counter(range(8))] * rounds


def test_a_slow_consumer_slows_no_other(db, wide, connect):
    """Neither one that holds every partition, nor one in the middle of its transactions."""
    made = publish(db, wide, 100)
    for consumer in ("slow", "stuck", "audit"):
        db.call("stream_subscribe", wide, consumer)
    for _ in range(4):
        assert fetch(db, wide, "slow", lease="1 day")
    stuck = connect(autocommit=False)
    for n in range(4):
        rows = fetch(stuck, wide, "stuck")
        if n % 2:
            commit(stuck, wide, rows, "stuck")
    db.execute("set lock_timeout = '5s'")
    assert sorted(work(db, wide)) == made
    later = publish(db, wide, 100)
    assert sorted(work(db, wide)) == later
    db.call("stream_seek", wide, "audit", made[50])
    assert sorted(work(db, wide)) == made[50:] + later


def test_a_worker_that_died_in_its_transaction_leaves_its_partition_to_the_next(db, stream, audit, connect):
    made = publish(db, stream, 5)
    doomed = connect(autocommit=False)
    rows = fetch(doomed, stream)
    assert commit(doomed, stream, rows[:2]) is True
    db.execute("select pg_terminate_backend(%s, 20000)", [doomed.info.backend_pid])
    assert offsets(fetch(db, stream)) == made


def test_a_zombie_moves_nothing_after_its_successor(db, stream, audit):
    """Whatever it commits, releases or extends, at any stage of the successor."""
    made = publish(db, stream, 10)
    zombie = fetch(db, stream, batch_size=6)
    db.at(after(minutes=2))

    def try_everything():
        before = standing(db)
        for n in range(1, 7):
            assert commit(db, stream, zombie[:n]) is False
        assert db.call("stream_extend", stream, audit, 0, zombie[0].lease_id) is None
        assert db.call("stream_release", stream, audit, 0, zombie[0].lease_id) is False
        assert standing(db) == before

    rows = fetch(db, stream, batch_size=4)
    try_everything()
    commit(db, stream, rows[:2])
    try_everything()
    commit(db, stream, rows)
    try_everything()
    assert work(db, stream) == made[4:]
    try_everything()
