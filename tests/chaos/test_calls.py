"""Single calls of all public functions, on the same few objects at once: no deadlock, no error but ours."""

import random
import threading
import time
from collections import Counter
from concurrent.futures import ThreadPoolExecutor

import psycopg

from tests import books
from tests.conftest import Connection
from tests.fuzz.arguments import functions

from .calls import Caller, fill

SESSIONS = 6


def keep_there(db: Connection, function: str) -> None:
    """Make again what a call has taken away from all others."""
    if function.endswith(("_drop", "_unsubscribe", "_purge", "_trim", "_pause")):
        fill(db)
        db.call("queue_resume", "work")
        db.call("schedule_resume", "tick")


class Search:
    """What the sessions are at now, and what they met."""

    def __init__(self, url: str, role: str, ends: float) -> None:
        self.url, self.role, self.ends = url, role, ends
        self.lock = threading.Lock()
        self.now: dict[int, str] = {}
        self.met: set[frozenset[str]] = set()
        self.outcomes: Counter[str] = Counter()

    def session(self, nr: int) -> None:
        """Call whatever comes, in autocommit: each call is a transaction of its own."""
        with Connection.open(self.url) as db:
            rng, public = random.Random(nr), functions(db)
            caller = Caller(db, rng, self.role)
            while time.monotonic() < self.ends:
                function = rng.choice(list(public))
                with self.lock:
                    self.met |= {frozenset((function, other)) for other in self.now.values()}
                    self.now[nr] = function
                try:
                    caller.call(function, public[function])
                    self.outcomes["worked"] += 1
                    keep_there(db, function)
                except psycopg.Error as error:
                    assert (error.sqlstate or "").startswith("MP"), f"{function}: {error.sqlstate} {error}"
                    self.outcomes["refused"] += 1
                finally:
                    with self.lock:
                        del self.now[nr]
                if rng.random() < 0.2:
                    caller.look()


def test_no_two_calls_ever_deadlock(chaos_url, role, request, record_property):
    with Connection.open(chaos_url) as db:
        fill(db)
        count = len(functions(db))
        ends = time.monotonic() + 4 * request.config.getoption("--chaos-seconds")
        search = Search(chaos_url, role, ends)
        with ThreadPoolExecutor(SESSIONS) as pool:
            for done in [pool.submit(search.session, nr) for nr in range(SESSIONS)]:
                done.result()
        fill(db)
        db.rows("maintain")
        books.read(db)
    record_property(
        "summary",
        f"deadlock search: {search.outcomes.total()} calls ({search.outcomes['refused']} refused), "
        f"{len(search.met)} of {count * (count + 1) // 2} pairs of functions side by side",
    )
    assert search.outcomes["worked"] > search.outcomes["refused"]


def test_a_lock_timeout_in_any_function_beside_any_other_is_all_that_fails(chaos_url, role, record_property):
    outcomes: Counter[str] = Counter()
    with (
        Connection.open(chaos_url) as db,
        Connection.open(chaos_url) as admin,
        Connection.open(chaos_url, autocommit=False) as holder,
    ):
        rng, public = random.Random(1), functions(db)
        db.execute("set lock_timeout = '1ms'")
        for first in public:
            fill(admin)
            admin.call("queue_resume", "work")
            caller, holding = Caller(db, rng, role), Caller(holder, rng, role)
            try:
                holding.call(first, public[first])
            except psycopg.Error as error:
                assert (error.sqlstate or "").startswith("MP"), f"{first}: {error.sqlstate} {error}"
                holder.rollback()
            for second in public:
                if second.endswith("_drop"):
                    continue
                try:
                    caller.call(second, public[second])
                    outcomes["worked"] += 1
                except psycopg.Error as error:
                    state = error.sqlstate or ""
                    assert state == "55P03" or state.startswith("MP"), f"{second} beside {first}: {error}"
                    outcomes["timed out" if state == "55P03" else "refused"] += 1
            holder.rollback()
            books.read(admin)
    record_property("summary", f"lock timeouts: {outcomes['timed out']} in {outcomes.total()} calls")
    assert outcomes["timed out"] > 0
