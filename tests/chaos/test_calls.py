"""Single calls of all public functions, on the same few objects at once: no deadlock, no error but ours."""

import random
import time
from collections import Counter
from concurrent.futures import ThreadPoolExecutor
from itertools import combinations_with_replacement

import psycopg

from tests import books
from tests.conftest import Connection
from tests.fuzz.arguments import functions

from .calls import Caller, fill

COUPLES = 3
# Who writes a row waits a moment, with what it has locked before, so that the other one can come between.
SLOWLY = """
create schema test;
create function test.wait() returns trigger language plpgsql as $$
begin
    perform pg_sleep(0.001 * random());
    return coalesce(new, old);
end
$$;
do $$
declare
    v_table text;
begin
    for v_table in
        select c.oid::regclass from pg_class c
        where c.relnamespace = 'minipaas'::regnamespace and c.relkind = 'r'
    loop
        execute 'create trigger wait before insert or update or delete on ' || v_table
            || ' for each row execute function test.wait()';
    end loop;
end
$$;
"""


def keep_there(db: Connection, function: str) -> None:
    """Make again what a call has taken away from all others."""
    if function.endswith(("_drop", "_unsubscribe", "_purge", "_trim", "_pause")):
        fill(db)
        db.call("queue_resume", "work")
        db.call("schedule_resume", "tick")


class Couple:
    """Two sessions that call a pair of functions at the same moment, each in a transaction of its own."""

    def __init__(self, pool: ThreadPoolExecutor, url: str, role: str, nr: int) -> None:
        self.pool, self.rng, self.outcomes = pool, random.Random(nr), Counter[str]()
        self.callers = [Caller(Connection.open(url), self.rng, role) for _ in range(2)]
        self.public = functions(self.callers[0].db)

    def walk(self, pairs: list[tuple[str, str]], ends: float) -> int:
        """Meet all pairs, and again until the time is over; how many they were."""
        met = 0
        try:
            while met == 0 or time.monotonic() < ends:
                for pair in self.rng.sample(pairs, len(pairs)):
                    calls = zip(self.callers, pair, strict=True)
                    for done in [self.pool.submit(self.call, caller, function) for caller, function in calls]:
                        done.result()
                    met += 1
        finally:
            for caller in self.callers:
                caller.db.close()
        return met

    def call(self, caller: Caller, function: str) -> None:
        """Make a call: the only errors are ours."""
        try:
            caller.call(function, self.public[function])
            self.outcomes["worked"] += 1
            keep_there(caller.db, function)
        except psycopg.Error as error:
            assert (error.sqlstate or "").startswith("MP"), f"{function}: {error.sqlstate} {error}"
            self.outcomes["refused"] += 1
        if self.rng.random() < 0.2:
            caller.look()


def test_no_two_calls_ever_deadlock(chaos_url, role, request, record_property):
    """Three couples at once, so that six sessions are at the same few objects."""
    with Connection.open(chaos_url) as db:
        fill(db)
        db.execute(SLOWLY)
        pairs = list(combinations_with_replacement(functions(db), 2))
        ends = time.monotonic() + request.config.getoption("--chaos-seconds")
        with ThreadPoolExecutor(3 * COUPLES) as pool:
            couples = [Couple(pool, chaos_url, role, nr) for nr in range(COUPLES)]
            walks = [pool.submit(one.walk, pairs[nr::COUPLES], ends) for nr, one in enumerate(couples)]
            met = sum(walk.result() for walk in walks)
        fill(db)
        db.rows("maintain")
        books.read(db)
    outcomes = sum((one.outcomes for one in couples), Counter())
    record_property(
        "summary",
        f"deadlock search: each of {len(pairs)} pairs of functions side by side, {met} calls of two, "
        f"{outcomes['refused']} refused",
    )
    assert outcomes["worked"] > outcomes["refused"]


def test_what_is_dropped_and_made_again_and_again_harms_no_other_call(
    chaos_url, role, request, record_property
):
    calls: Counter[str] = Counter()
    ends = time.monotonic() + request.config.getoption("--chaos-seconds")

    def drop() -> None:
        with Connection.open(chaos_url) as db:
            while time.monotonic() < ends:
                for kind, name in (("queue", "work"), ("stream", "log")):
                    calls["drops"] += db.call(f"{kind}_drop", name, force=True)
                fill(db)

    def use(nr: int) -> None:
        with Connection.open(chaos_url) as db:
            caller, rng, public = Caller(db, random.Random(nr), role), random.Random(nr), functions(db)
            while time.monotonic() < ends:
                function = rng.choice([name for name in public if not name.endswith("_drop")])
                try:
                    caller.call(function, public[function])
                except psycopg.Error as error:
                    assert (error.sqlstate or "").startswith("MP"), f"{function}: {error.sqlstate} {error}"
                calls["others"] += 1

    with Connection.open(chaos_url) as db:
        fill(db)
        with ThreadPoolExecutor(COUPLES * 2) as pool:
            for done in [pool.submit(drop), *(pool.submit(use, nr) for nr in range(COUPLES * 2 - 1))]:
                done.result()
        fill(db)
        db.rows("maintain")
        books.read(db)
    record_property(
        "summary", f"drops: {calls['drops']} beside {calls['others']} calls of any other function"
    )


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
