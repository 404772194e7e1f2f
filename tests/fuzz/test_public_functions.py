"""Every public function with any arguments: it works or raises an MP code, and no task and no event is lost.

The functions and their types come from the catalogue, so what is added there is covered from then on. Each example
is a few calls on a database with something in every state, and is rolled back.
"""

from collections import Counter
from datetime import timedelta
from typing import Any

import psycopg
import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st
from psycopg import sql

from tests import books
from tests.conftest import Connection
from tests.queue.helpers import NOON

from .arguments import Pick, functions, values
from .state import fill

VIEWS = """
select relname from pg_class
where relnamespace = 'minipaas'::regnamespace and relkind = 'v' and relname !~ '^_'
"""
PICKS = {
    "id": "select id from minipaas.queue_tasks order by id",
    "offset": "select event_offset from minipaas._event order by 1",
    "lease": "select lease_id from minipaas._position where lease_id is not null order by 1",
}


class Fuzz:
    """The database, the calls, and what came of them."""

    def __init__(self, db: Connection, role: str) -> None:
        self.db, self.role, self.functions = db, role, functions(db)
        self.views = [view for (view,) in db.execute(VIEWS)]
        self.worked: Counter[str] = Counter()
        self.refused: Counter[str] = Counter()

    def calls(self) -> st.SearchStrategy[Any]:
        """One call of any function, with optional arguments left out as often as not; or a jump of the clock."""
        endless = self.db.info.server_version >= 170000
        each = []
        for function, parameters in sorted(self.functions.items()):
            needed = {p.name: values(p, endless) for p in parameters if not p.optional}
            optional = {p.name: values(p, endless) for p in parameters if p.optional}
            arguments = st.fixed_dictionaries(needed, optional=optional)
            each.append(st.tuples(st.just(function), arguments))
        clock = st.tuples(st.just("at"), st.sampled_from([-3600, -1, 1, 61, 3600, 10**6]))
        return st.one_of(*each, clock)

    def resolve(self, value: Any) -> Any:
        """Put in what a Pick stands for now."""
        if isinstance(value, list):
            return [self.resolve(one) for one in value]
        if not isinstance(value, Pick):
            return value
        if value.of == "role":
            return self.role
        known = [one for (one,) in self.db.execute(PICKS[value.of])]
        return known[value.n % len(known)] if known else value.n

    def execute(self, function: str, arguments: dict[str, Any]) -> list[Any]:
        """Call it in a savepoint, with every argument bound as its type."""
        types = {p.name: p.type for p in self.functions[function]}
        slots = [
            sql.SQL("{} => %s::{}").format(sql.Identifier(name), sql.SQL(_through(types[name])))
            for name in arguments
        ]
        call = sql.SQL("select * from minipaas.{}({})").format(sql.Identifier(function), sql.SQL(", ").join(slots))
        with self.db.transaction():
            return self.db.execute(call, [self.resolve(one) for one in arguments.values()]).fetchall()

    def run(self, calls: list[Any]) -> None:
        """Run the calls of an example, and see after each that all is well; then use what they left."""
        with self.db.transaction(force_rollback=True):
            self.db.at(now := NOON)
            for function, arguments in calls:
                if function == "at":
                    self.db.at(now := now + timedelta(seconds=arguments))
                else:
                    self.check(function, arguments)
            self.db.at(now + timedelta(days=1))
            for function in ("schedule_tick", "maintain"):
                self.execute(function, {})
            for queue, in self.db.execute("select queue from minipaas.queues").fetchall():
                self.execute("queue_redrive", {"queue": queue})
                self.execute("queue_dequeue", {"queue": queue, "batch_size": 1000})
            for stream, consumer in self.db.execute(
                "select distinct stream, consumer from minipaas.consumer_stats"
            ).fetchall():
                self.execute("stream_fetch", {"stream": stream, "consumer": consumer})
            for view in self.views:
                self.db.execute(sql.SQL("select * from minipaas.{}").format(sql.Identifier(view)))
            assert books.problems(self.db) == []

    def check(self, function: str, arguments: dict[str, Any]) -> None:
        """Call it, and compare what there is before and after."""
        tasks, events = books.tasks(self.db), books.events(self.db)
        try:
            rows = self.execute(function, arguments)
        except psycopg.Error as error:
            assert (error.sqlstate or "").startswith("MP"), f"{function}: {error.sqlstate} {error}"
            assert error.diag.message_hint, f"no hint: {error}"
            self.refused[function] += 1
            return
        self.worked[function] += 1
        after, events_after = books.tasks(self.db), books.events(self.db)
        value = rows[0][0] if rows else None
        gone, events_gone = tasks.keys() - after.keys(), events.keys() - events_after.keys()
        new, events_new = after.keys() - tasks.keys(), events_after.keys() - events.keys()
        if function in ("queue_drop", "stream_drop"):
            assert {tasks[one] for one in gone} <= {arguments["queue"]} if gone else True
            assert {events[one] for one in events_gone} <= {arguments["stream"]} if events_gone else True
            assert value is True or not gone | events_gone
        else:
            assert len(gone) == _tasks_gone(function, rows, value)
            assert len(events_gone) == _events_gone(function, rows, value)
        returned = {row[0] for row in rows}
        if function.startswith("queue_enqueue"):
            assert new <= returned <= after.keys()
        elif function != "schedule_tick":
            assert new == set()
        assert events_new <= returned <= events_after.keys() if function.startswith("stream_publish") else not events_new
        assert books.problems(self.db) == []


def _through(type: str) -> str:
    """JSON is bound as text: so is what an array of it holds."""
    return "text[]::jsonb[]" if type == "jsonb[]" else type


def _tasks_gone(function: str, rows: list[Any], value: Any) -> int:
    if function == "queue_pop":
        return len(rows)
    return int(value) if function in ("queue_ack", "queue_ack_many", "queue_cancel", "queue_purge") else 0


def _events_gone(function: str, rows: list[Any], value: Any) -> int:
    if function == "maintain":
        return sum(row.count for row in rows if row.what == "events trimmed")
    return value if function == "stream_trim" else 0


def test_a_call_with_any_arguments_works_or_raises_a_code_of_ours_and_loses_nothing(
    db: Connection, new_role: Any, request: pytest.FixtureRequest, record_property: Any
) -> None:
    fill(db)
    fuzz = Fuzz(db, new_role())
    examples = request.config.getoption("--fuzz-examples")
    profile = settings(
        max_examples=examples, derandomize=True, deadline=None, database=None,
        suppress_health_check=list(HealthCheck),
    )  # fmt: skip
    profile(given(st.lists(fuzz.calls(), min_size=1, max_size=10))(fuzz.run))()
    worked, refused = sum(fuzz.worked.values()), sum(fuzz.refused.values())
    record_property(
        "summary", f"fuzz: {worked + refused} calls of {len(fuzz.functions)} functions, {refused} refused, nothing lost"
    )
    assert fuzz.functions.keys() == fuzz.worked.keys(), "the checks let nothing through"
