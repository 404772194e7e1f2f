"""Each timeout fires inside every public function: nothing is left of the call, and the session works on.

A function that waits for a table, which another session has locked, times out there for certain: so each is
made to wait for each table that it touches.
"""

import random
from collections import Counter
from contextlib import closing
from typing import Any

import psycopg
import pytest
from psycopg import sql

from tests import books
from tests.conftest import Connection
from tests.fuzz.arguments import Parameter, functions
from tests.queue.helpers import NOON, after

from .calls import Caller, fill

TOUCHED = """
select distinct c.relname from pg_locks l join pg_class c on c.oid = l.relation
where l.pid = pg_backend_pid() and c.relnamespace = 'minipaas'::regnamespace and c.relkind = 'r' order by 1
"""
# Touches no table, and takes a millisecond: many of them take long.
CRON_NEXT = "select count(minipaas.cron_next('0 0 29 2 *', now())) from generate_series(1, 1000000)"


def prepare(db: Connection) -> None:
    """Make something for every function: tasks in every state, leases of tasks and partitions, by noon."""
    db.at(NOON)
    fill(db)
    db.call("queue_alter", "work", lease="1 hour")
    db.call("queue_bury", db.one("queue_dequeue", "work").id)
    db.rows("queue_dequeue", "work", 3)
    db.rows("stream_fetch", "log", "audit", 1, lease="1 hour")
    for moment, delay in ((after(seconds=-2), "1 second"), (NOON, "1 hour")):
        db.at(moment)
        db.rows("queue_enqueue_many", "work", [{}] * 2, keys=["a", "e"], delay=delay)
    db.at(NOON)


def busiest(db: Connection, role: str, function: str, parameters: list[Parameter]) -> tuple[Any, list[str]]:
    """Of some calls that work, the one that touches the most tables, and these tables."""
    found: list[tuple[Any, list[str]]] = []
    for seed in range(12):
        call = Caller(db, random.Random(seed), role).statement(function, parameters)
        try:
            with db.transaction(force_rollback=True):
                db.execute(*call)
                tables = [table for (table,) in db.execute(TOUCHED)]
        except psycopg.Error as error:
            assert (error.sqlstate or "").startswith("MP"), f"{function}: {error.sqlstate} {error}"
        else:
            found.append((call, tables))
    return max(found, key=lambda one: len(one[1]))


def works(db: Connection, call: Any, setting: str, state: str) -> bool:
    """Make a call with a timeout of some ms: it works, and is taken back, or the timeout ends it."""
    try:
        with db.transaction(force_rollback=True):
            db.execute(sql.SQL("set local {} = '10ms'").format(sql.Identifier(setting)))
            db.execute(*call)
    except psycopg.Error as error:
        assert error.sqlstate == state, f"{call}: {error.sqlstate} {error}"
        return False
    return True


@pytest.mark.parametrize(("setting", "state"), [("statement_timeout", "57014"), ("lock_timeout", "55P03")])
def test_a_timeout_in_any_function_leaves_nothing_of_it(chaos_url, role, record_property, setting, state):
    fired: Counter[str] = Counter()
    with Connection.open(chaos_url) as db, Connection.open(chaos_url, autocommit=False) as holder:
        prepare(db)
        public = functions(db)
        for function, parameters in public.items():
            call, tables = busiest(db, role, function, parameters)
            before = books.read(db)
            with db.transaction():
                for table in tables:
                    holder.execute(sql.SQL("lock table minipaas.{}").format(sql.Identifier(table)))
                    fired[function] += not works(db, call, setting, state)
                    holder.rollback()
                if function == "cron_next" and setting == "statement_timeout":
                    fired[function] += not works(db, (CRON_NEXT,), setting, state)
                assert db.execute(*call).fetchall() is not None
                raise psycopg.Rollback
            assert books.read(db) == before, function
    record_property("summary", f"{setting}: {fired.total()} times in {len(fired)} functions")
    assert public.keys() - +fired == ({"cron_next"} if setting == "lock_timeout" else set())  # takes no lock


def test_a_session_that_idles_in_a_transaction_leaves_nothing_of_any_function(chaos_url, role):
    with Connection.open(chaos_url) as db:
        prepare(db)
        for function, parameters in functions(db).items():
            call, _ = busiest(db, role, function, parameters)
            before = books.read(db)
            with closing(Connection.open(chaos_url, autocommit=False)) as idle:
                idle.at(NOON)
                idle.execute(*call)
                idle.execute("set local idle_in_transaction_session_timeout = '1ms'")
                while db.value("select count(*) from pg_stat_activity where pid = %s", idle.info.backend_pid):
                    db.execute("select pg_sleep(0.001)")
            assert books.read(db) == before, function
