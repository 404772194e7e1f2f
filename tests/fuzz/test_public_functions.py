"""Every public function with any arguments: it works or raises an MP code, and no task and no event is lost.

The functions and their types come from the catalogue, so what is added there is covered from then on. Each
example calls every function of a kind, in any order, on a database with something in every state, and is
rolled back.
"""

from collections import Counter
from datetime import timedelta
from typing import Any

import psycopg
import pytest
from hypothesis import HealthCheck, Phase, given, seed, settings
from hypothesis import strategies as st
from psycopg import sql
from psycopg.types.string import TextLoader

from tests import books
from tests.conftest import Connection
from tests.queue.helpers import NOON

from .arguments import Parameter, Pick, functions, values
from .state import fill

# Without shrinking, which would take minutes: the call that fails is printed.
PROFILE = settings(
    deadline=None,
    database=None,
    phases=[Phase.generate],
    suppress_health_check=list(HealthCheck),
)
VIEWS = """
select relname from pg_class
where relnamespace = 'minipaas'::regnamespace and relkind = 'v' and relname !~ '^_'
"""


class Fuzz:
    """The database, the functions that are called, and what came of that."""

    def __init__(self, db: Connection, role: str, functions: dict[str, list[Parameter]]) -> None:
        self.db, self.role, self.functions = db, role, functions
        self.views = [view for (view,) in db.execute(VIEWS)]
        self.worked: Counter[str] = Counter()
        self.refused: Counter[str] = Counter()

    def rounds(self) -> st.SearchStrategy[Any]:
        """All functions in any order, each with arguments and a jump of the clock in seconds."""
        endless = self.db.info.server_version >= 170000
        calls = []
        for function, parameters in self.functions.items():
            needed = {p.name: values(p, endless) for p in parameters if not p.optional}
            optional = {p.name: values(p, endless) for p in parameters if p.optional}
            jumps = st.sampled_from([0, 0, 0, 0, 1, 61, 3600, -1, -3600])
            calls.append(
                st.tuples(st.just(function), st.fixed_dictionaries(needed, optional=optional), jumps)
            )
        return st.tuples(*calls).flatmap(st.permutations)

    def run(self, calls: list[Any]) -> None:
        """Run an example, and see after each call that all is well."""
        with self.db.transaction(force_rollback=True):
            self.db.at(now := NOON)
            self.books = books.read(self.db)
            for function, arguments, jump in calls:
                self.db.at(now := now + timedelta(seconds=jump))
                try:
                    self.check(function, arguments)
                except Exception as error:
                    error.add_note(f"{function}({arguments})")
                    raise
            self.db.at(now + timedelta(days=1))
            self.use_what_is_left()

    def use_what_is_left(self) -> None:
        """Whatever was let in, all that was not named works on as if nothing had been."""
        for function in ("schedule_tick", "maintain"):
            self.db.rows(function)
        for (queue,) in self.db.execute("select queue from minipaas.queues").fetchall():
            self.db.call("queue_resume", queue)
            self.db.call("queue_redrive", queue)
            for task in self.db.rows("queue_dequeue", queue, 1000, lease="1 minute"):
                assert self.db.call("queue_nack", task.id, task.attempt) in ("waiting", "dead")
        consumers = "select distinct stream, consumer from minipaas.consumer_stats"
        for stream, consumer in self.db.execute(consumers).fetchall():
            self.db.rows("stream_fetch", stream, consumer)
        for view in self.views:
            self.db.execute(sql.SQL("select * from minipaas.{}").format(sql.Identifier(view)))

    def check(self, function: str, arguments: dict[str, Any]) -> None:
        """Make a call, and compare what there is before and after."""
        before = self.books
        try:
            rows = self.execute(function, arguments)
        except psycopg.Error as error:
            assert (error.sqlstate or "").startswith("MP"), f"{error.sqlstate} {error}"
            assert error.diag.message_hint, f"no hint: {error}"
            self.refused[function] += 1
            return
        self.worked[function] += 1
        self.books = books.read(self.db)
        tasks, events = self.books.tasks.keys(), self.books.events.keys()
        gone, gone_events = before.tasks.keys() - tasks, before.events.keys() - events
        if function.endswith("_drop"):
            dropped = {before.tasks[id] for id in gone} | {before.events[offset] for offset in gone_events}
            assert dropped <= {arguments.get("queue", arguments.get("stream"))}
        else:
            assert len(gone) == (_returned(rows) if function in TAKES_TASKS else 0)
            assert len(gone_events) == (_returned(rows) if function in TAKES_EVENTS else 0)
        made = {row[0] for row in rows} if function in MAKES else set()
        assert made <= tasks | events
        if function != "schedule_tick":
            assert (tasks - before.tasks.keys()) | (events - before.events.keys()) <= made

    def execute(self, function: str, arguments: dict[str, Any]) -> list[Any]:
        """Make a call in a savepoint, with every argument bound as what its type is."""
        types = {p.name: p.type for p in self.functions[function]}
        slots = [
            sql.SQL("{} => %s::" + {"jsonb[]": "text[]::jsonb[]"}.get(types[name], types[name])).format(
                sql.Identifier(name)
            )
            for name in arguments
        ]
        call = sql.SQL("select * from minipaas.{}({})").format(
            sql.Identifier(function), sql.SQL(", ").join(slots)
        )
        with self.db.transaction():
            return self.db.execute(call, [self.resolve(value) for value in arguments.values()]).fetchall()

    def resolve(self, value: Any) -> Any:
        """Put in what a Pick stands for."""
        if isinstance(value, list):
            return [self.resolve(one) for one in value]
        if not isinstance(value, Pick):
            return value
        if value.of == "role":
            return self.role
        known = {"id": self.books.tasks, "offset": self.books.events, "lease": self.books.leases}[value.of]
        return sorted(known)[value.n % len(known)] if known else value.n


TAKES_TASKS = ("queue_pop", "queue_ack", "queue_ack_many", "queue_cancel", "queue_purge")
TAKES_EVENTS = ("stream_trim", "maintain")
MAKES = ("queue_enqueue", "queue_enqueue_many", "stream_publish", "stream_publish_many")


def _returned(rows: list[Any]) -> int:
    """How many tasks or events a call says that it took away."""
    if rows and "what" in rows[0]._fields:
        return sum(row.count for row in rows if row.what == "events trimmed")
    return int(rows[0][0]) if rows and len(rows[0]) == 1 else len(rows)


@pytest.mark.parametrize("kind", ["queue", "stream", "other"])
def test_any_arguments_work_or_raise_a_code_of_ours_and_lose_nothing(
    db: Connection, new_role: Any, request: pytest.FixtureRequest, record_property: Any, kind: str
) -> None:
    db.adapters.register_loader("timestamptz", TextLoader)  # Python's calendar ends before PostgreSQL's
    fill(db)
    chosen = {
        function: parameters
        for function, parameters in functions(db).items()
        if kind == (function.split("_")[0] if function.startswith(("queue_", "stream_")) else "other")
    }
    fuzz = Fuzz(db, new_role(), chosen)
    examples = request.config.getoption("--fuzz-examples")
    for again in range(6):
        profile = settings(PROFILE, max_examples=examples)
        seed(again)(profile(given(fuzz.rounds())(fuzz.run)))()
        if fuzz.worked.keys() == chosen.keys():
            break
    worked, refused = fuzz.worked.total(), fuzz.refused.total()
    record_property(
        "summary",
        f"fuzz: {worked + refused} calls of {len(chosen)} functions ({kind}), {refused} refused, none lost",
    )
    assert fuzz.worked.keys() == chosen.keys(), "nothing got through to the others"
