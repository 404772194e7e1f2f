"""What the helpers render to, without a database."""

from datetime import UTC, datetime, timedelta
from types import SimpleNamespace
from typing import Any

import pytest
from sqlalchemy import Column, ColumnElement, Dialect, Integer, MetaData, Table, func, null, select
from sqlalchemy.dialects.postgresql import asyncpg, psycopg

from minipaas_sql import access, queue

MINUTE = timedelta(minutes=1)
HELD = SimpleNamespace(id=7, attempt=2)
MOMENT = datetime(2030, 1, 1, 12, tzinfo=UTC)


def literal(statement: Any, dialect: Dialect | None = None) -> str:
    named = psycopg.dialect(paramstyle="named")
    return str(statement.compile(dialect=dialect or named, compile_kwargs={"literal_binds": True}))


CALLS = [
    (queue.create("q"), "queue_create('q')"),
    (
        queue.create(
            "q", lease=MINUTE, max_attempts=3, backoff=MINUTE, backoff_max=MINUTE, keep_done=timedelta(days=2)
        ),
        "queue_create('q', interval '0 days 60.000000 seconds', 3, interval '0 days 60.000000 seconds', "
        "interval '0 days 60.000000 seconds', interval '2 days 0.000000 seconds')",
    ),
    (queue.alter("q", max_attempts=3), "queue_alter('q', NULL, 3)"),
    (queue.drop("q"), "queue_drop('q')"),
    (queue.drop("q", force=True), "queue_drop('q', true)"),
    (queue.pause("q"), "queue_pause('q')"),
    (queue.resume("q"), "queue_resume('q')"),
    (queue.purge("q"), "queue_purge('q')"),
    (queue.channel("q"), "queue_channel('q')"),
    (queue.enqueue("q", {"to": 42}), """queue_enqueue('q', '{"to": 42}'::jsonb)"""),
    (queue.enqueue("q", None), "queue_enqueue('q', 'null'::jsonb)"),
    (queue.enqueue("q", null()), "queue_enqueue('q', NULL)"),
    (
        queue.enqueue("q", 1, priority=5, run_at=MOMENT, headers=[]),
        "queue_enqueue('q', '1'::jsonb, 5, NULL, '2030-01-01 12:00:00+00:00', NULL, NULL, '[]'::jsonb)",
    ),
    (
        queue.enqueue("q", 1, delay=MINUTE, key="k", dedup_key="d", max_attempts=1, on_duplicate="replace"),
        "queue_enqueue('q', '1'::jsonb, NULL, interval '0 days 60.000000 seconds', NULL, 'k', 'd', NULL, 1, "
        "'replace')",
    ),
    (queue.enqueue_many("q", []), "queue_enqueue_many('q', ARRAY[]::JSONB[])"),
    (
        queue.enqueue_many("q", [1, None], keys=["k", None], headers=[None, {}]),
        "queue_enqueue_many('q', ARRAY['1'::jsonb, 'null'::jsonb]::JSONB[], NULL, NULL, NULL, "
        "ARRAY['k', NULL]::TEXT[], NULL, ARRAY[NULL, '{}'::jsonb]::JSONB[])",
    ),
    (queue.ack(HELD), "queue_ack(7, 2)"),
    (queue.ack(7), "queue_ack(7)"),
    (queue.ack(7, 2, strict=True), "queue_ack(7, 2, true)"),
    (queue.ack_many([HELD, HELD]), "queue_ack_many(ARRAY[7, 7]::BIGINT[], ARRAY[2, 2]::INTEGER[])"),
    (queue.ack_many([7], [2], strict=True), "queue_ack_many(ARRAY[7]::BIGINT[], ARRAY[2]::INTEGER[], true)"),
    (queue.ack_many([]), "queue_ack_many(ARRAY[]::BIGINT[])"),
    (
        queue.nack(HELD, delay=MINUTE, error="it's"),
        "queue_nack(7, 2, interval '0 days 60.000000 seconds', 'it''s')",
    ),
    (
        queue.nack_many([HELD], error="e"),
        "queue_nack_many(ARRAY[7]::BIGINT[], ARRAY[2]::INTEGER[], NULL, 'e')",
    ),
    (queue.bury(HELD, error="e"), "queue_bury(7, 2, 'e')"),
    (queue.extend(HELD, lease=MINUTE), "queue_extend(7, 2, interval '0 days 60.000000 seconds')"),
    (queue.extend_many([HELD]), "queue_extend_many(ARRAY[7]::BIGINT[], ARRAY[2]::INTEGER[])"),
    (queue.cancel(7), "queue_cancel(7)"),
    (queue.redrive("q"), "queue_redrive('q')"),
    (queue.redrive("q", ids=iter([7]), batch_size=5), "queue_redrive('q', ARRAY[7]::BIGINT[], 5)"),
    (
        access.grant("app", ["enqueue", "observe"]),
        "access_grant('app', ARRAY['enqueue', 'observe']::TEXT[])",
    ),
    (access.revoke("app", ["enqueue"], queue="q"), "access_revoke('app', ARRAY['enqueue']::TEXT[], 'q')"),
]


@pytest.mark.parametrize(("statement", "expected"), CALLS, ids=[expected for _, expected in CALLS])
def test_a_call_renders_as_one_statement_with_the_defaults_left_out(statement: Any, expected: str) -> None:
    assert literal(statement) == f"SELECT minipaas.{expected}"
    assert literal(select(statement)).startswith(f"SELECT minipaas.{expected} AS ")


def test_dequeue_and_pop_select_every_column_from_the_function() -> None:
    columns = (
        "SELECT task.id, task.payload, task.attempt, task.headers, task.key, task.priority, "
        "task.enqueued_at, task.lease_until \nFROM minipaas."
    )
    claimed = queue.dequeue("q", batch_size=10, lease=MINUTE, worker="w")
    assert literal(claimed) == (
        columns + "queue_dequeue('q', 10, interval '0 days 60.000000 seconds', 'w') AS task"
    )
    assert literal(queue.pop("q")) == columns + "queue_pop('q') AS task"


def test_every_bound_parameter_tells_the_driver_its_type() -> None:
    statement = queue.enqueue("q", 1, priority=1, delay=MINUTE, run_at=MOMENT, headers=1, max_attempts=1)
    expected = (
        "SELECT minipaas.queue_enqueue($1::VARCHAR, $2::JSONB, $3::INTEGER, $4::INTERVAL, "
        "$5::TIMESTAMP WITH TIME ZONE, $6::VARCHAR, $7::VARCHAR, $8::JSONB, $9::INTEGER)"
    )
    assert str(statement.compile(dialect=asyncpg.dialect())) == expected


def test_expressions_go_where_values_go() -> None:
    orders = Table("orders", MetaData(), Column("id", Integer), Column("rank", Integer))
    statement = select(queue.enqueue("q", func.jsonb_build_object("id", orders.c.id), priority=orders.c.rank))
    assert literal(statement) == (
        "SELECT minipaas.queue_enqueue('q', jsonb_build_object('id', orders.id), orders.rank) AS "
        "queue_enqueue_1 \nFROM orders"
    )
    claimed = queue.dequeue("q").cte("claimed")
    acked: ColumnElement[int] = queue.ack_many(
        func.array_agg(claimed.c.id), func.array_agg(claimed.c.attempt)
    )
    assert "queue_ack_many(array_agg(claimed.id), array_agg(claimed.attempt))" in literal(select(acked))


def test_statements_of_one_shape_share_a_cache_entry() -> None:
    one, two = (queue.enqueue("q", {"n": n}, delay=timedelta(n))._generate_cache_key() for n in range(2))
    assert one is not None
    assert one == two


def test_a_moment_without_a_time_zone_is_refused() -> None:
    with pytest.raises(ValueError, match="time zone"):
        queue.enqueue("q", 1, run_at=MOMENT.replace(tzinfo=None))


def test_a_row_has_its_own_attempt() -> None:
    with pytest.raises(TypeError, match="attempt"):
        queue.ack(HELD, attempt=1)


def test_one_thing_is_not_taken_for_a_list() -> None:
    for call in (
        lambda: access.grant("app", "enqueue"),
        lambda: queue.enqueue_many("q", "payload"),
        lambda: queue.enqueue_many("q", {"a": 1}),
    ):
        with pytest.raises(TypeError, match="list"):
            call()


def test_literals_keep_what_the_dialect_would_change() -> None:
    text = "it's 100% \\ :x $1"
    offline = psycopg.dialect(paramstyle="named")
    online = psycopg.dialect(paramstyle="named")
    for dialect, backslash in ((offline, None), (online, False), (online, True)):
        if backslash is not None:
            dialect._backslash_escapes = backslash
        assert literal(queue.pause(text), dialect) == (
            "SELECT minipaas.queue_pause(E'it''s 100% \\\\ :x $1')"
        )
        assert literal(queue.enqueue("q", text), dialect) == (
            """SELECT minipaas.queue_enqueue('q', E'"it''s 100% \\\\\\\\ :x $1"'::jsonb)"""
        )
