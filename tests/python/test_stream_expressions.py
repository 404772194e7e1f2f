"""What the stream helpers render to, without a database."""

from datetime import UTC, datetime, timedelta
from types import SimpleNamespace
from typing import Any

import pytest
from sqlalchemy import Column, Integer, MetaData, Table, func, null, select
from sqlalchemy.dialects.postgresql import asyncpg

from minipaas_sql import maintain, stream

from .test_expressions import literal

MINUTE = timedelta(minutes=1)
FETCHED = SimpleNamespace(partition=2, event_offset=7, lease_id=5)
MOMENT = datetime(2030, 1, 1, 12, tzinfo=UTC)
COLUMNS = "event.event_offset, event.partition, event.key, event.payload, event.headers, event.published_at"

CALLS = [
    (stream.create("s"), "stream_create('s')"),
    (
        stream.create("s", partitions=4, keep=MINUTE, keep_events=9, max_lag=MINUTE),
        "stream_create('s', 4, interval '0 days 60.000000 seconds', 9, interval '0 days 60.000000 seconds')",
    ),
    (stream.alter("s", keep_events=0), "stream_alter('s', NULL, 0)"),
    (
        stream.alter("s", max_lag=MINUTE),
        "stream_alter('s', NULL, NULL, interval '0 days 60.000000 seconds')",
    ),
    (stream.drop("s"), "stream_drop('s')"),
    (stream.drop("s", force=True), "stream_drop('s', true)"),
    (stream.publish("s", {"id": 42}), """stream_publish('s', '{"id": 42}'::jsonb)"""),
    (stream.publish("s", None, key="k"), "stream_publish('s', 'null'::jsonb, 'k')"),
    (stream.publish("s", null()), "stream_publish('s', NULL)"),
    (
        stream.publish("s", 1, headers=[], dedup_key="d"),
        "stream_publish('s', '1'::jsonb, NULL, '[]'::jsonb, 'd')",
    ),
    (stream.publish_many("s", []), "stream_publish_many('s', ARRAY[]::JSONB[])"),
    (
        stream.publish_many(
            "s", iter([1, None]), keys=["k", None], headers=[None, {}], dedup_keys=["d", None]
        ),
        "stream_publish_many('s', ARRAY['1'::jsonb, 'null'::jsonb]::JSONB[], ARRAY['k', NULL]::TEXT[], "
        "ARRAY[NULL, '{}'::jsonb]::JSONB[], ARRAY['d', NULL]::TEXT[])",
    ),
    (stream.channel("s"), "stream_channel('s')"),
    (stream.head("s"), "stream_head('s')"),
    (stream.subscribe("s", "c"), "stream_subscribe('s', 'c')"),
    (stream.subscribe("s", "c", from_offset=7), "stream_subscribe('s', 'c', 7)"),
    (
        stream.subscribe("s", "c", from_time=MOMENT),
        "stream_subscribe('s', 'c', NULL, '2030-01-01 12:00:00+00:00')",
    ),
    (stream.subscribe("s", "c", from_latest=True), "stream_subscribe('s', 'c', NULL, NULL, true)"),
    (stream.unsubscribe("s", "c"), "stream_unsubscribe('s', 'c')"),
    (stream.commit("s", "c", FETCHED), "stream_commit('s', 'c', 2, 7, 5)"),
    (stream.commit("s", "c", FETCHED, strict=True), "stream_commit('s', 'c', 2, 7, 5, true)"),
    (stream.commit("s", "c", 2, 7), "stream_commit('s', 'c', 2, 7)"),
    (stream.commit("s", "c", 2, 7, strict=True), "stream_commit('s', 'c', 2, 7, NULL, true)"),
    (stream.commit("s", "c", 2, 7, 5), "stream_commit('s', 'c', 2, 7, 5)"),
    (stream.extend("s", "c", FETCHED), "stream_extend('s', 'c', 2, 5)"),
    (
        stream.extend("s", "c", 2, 5, lease=MINUTE),
        "stream_extend('s', 'c', 2, 5, interval '0 days 60.000000 seconds')",
    ),
    (stream.release("s", "c", FETCHED), "stream_release('s', 'c', 2, 5)"),
    (stream.release("s", "c", 2, 5), "stream_release('s', 'c', 2, 5)"),
    (stream.seek("s", "c", to_offset=7), "stream_seek('s', 'c', 7)"),
    (stream.seek("s", "c", to_time=MOMENT), "stream_seek('s', 'c', NULL, '2030-01-01 12:00:00+00:00')"),
    (stream.trim("s", 7), "stream_trim('s', 7)"),
]


@pytest.mark.parametrize(("statement", "expected"), CALLS, ids=[expected for _, expected in CALLS])
def test_a_call_renders_as_one_statement_with_the_defaults_left_out(statement: Any, expected: str) -> None:
    assert literal(statement) == f"SELECT minipaas.{expected}"
    assert literal(select(statement)).startswith(f"SELECT minipaas.{expected} AS ")


def test_reads_select_every_column_from_the_function() -> None:
    assert literal(stream.consume("s")) == (f"SELECT {COLUMNS} \nFROM minipaas.stream_consume('s') AS event")
    assert literal(stream.consume("s", 7, batch_size=10, partition=0, key="k")) == (
        f"SELECT {COLUMNS} \nFROM minipaas.stream_consume('s', 7, 10, 0, 'k') AS event"
    )
    assert literal(stream.fetch("s", "c", batch_size=10, lease=MINUTE, worker="w")) == (
        f"SELECT {COLUMNS}, event.lease_id \nFROM minipaas.stream_fetch('s', 'c', 10, "
        "interval '0 days 60.000000 seconds', 'w') AS event"
    )
    assert literal(maintain()) == "SELECT upkeep.what, upkeep.count \nFROM minipaas.maintain() AS upkeep"


def test_every_bound_parameter_tells_the_driver_its_type() -> None:
    for statement, expected in (
        (
            stream.create("s", partitions=1, keep=MINUTE, keep_events=1, max_lag=MINUTE),
            "stream_create($1::VARCHAR, $2::INTEGER, $3::INTERVAL, $4::BIGINT, $5::INTERVAL)",
        ),
        (
            stream.publish_many("s", [1], keys=["k"], headers=[1], dedup_keys=["d"]),
            "stream_publish_many($1::VARCHAR, $2::JSONB[], $3::TEXT[], $4::JSONB[], $5::TEXT[])",
        ),
        (
            stream.commit("s", "c", FETCHED, strict=True),
            "stream_commit($1::VARCHAR, $2::VARCHAR, $3::INTEGER, $4::BIGINT, $5::BIGINT, $6::BOOLEAN)",
        ),
        (
            stream.seek("s", "c", to_offset=1, to_time=MOMENT),
            "stream_seek($1::VARCHAR, $2::VARCHAR, $3::BIGINT, $4::TIMESTAMP WITH TIME ZONE)",
        ),
    ):
        assert str(statement.compile(dialect=asyncpg.dialect())) == f"SELECT minipaas.{expected}"


def test_expressions_go_where_values_go() -> None:
    orders = Table("orders", MetaData(), Column("id", Integer))
    published = stream.publish("s", func.to_jsonb(orders.c.id), key=func.md5("x"))
    assert "stream_publish('s', to_jsonb(orders.id), md5('x'))" in literal(select(published))
    event = stream.fetch("s", "c").cte("event").c
    committed = stream.commit("s", "c", event.partition, func.max(event.event_offset), event.lease_id)
    assert "stream_commit('s', 'c', event.partition, max(event.event_offset), event.lease_id)" in literal(
        select(committed)
    )


def test_a_row_has_its_own_offset_and_lease_and_a_partition_has_none() -> None:
    for call in (
        lambda: stream.commit("s", "c", FETCHED, 7),
        lambda: stream.commit("s", "c", FETCHED, lease_id=5),
        lambda: stream.extend("s", "c", FETCHED, 5),
        lambda: stream.release("s", "c", FETCHED, 5),
        lambda: stream.commit("s", "c", 2),
        lambda: stream.extend("s", "c", 2),
        lambda: stream.release("s", "c", 2),
    ):
        with pytest.raises(TypeError, match="beside"):
            call()


def test_a_moment_without_a_time_zone_is_refused() -> None:
    bare = MOMENT.replace(tzinfo=None)
    for call in (
        lambda: stream.subscribe("s", "c", from_time=bare),
        lambda: stream.seek("s", "c", to_time=bare),
    ):
        with pytest.raises(ValueError, match="time zone"):
            call()


def test_one_thing_is_not_taken_for_a_list() -> None:
    for call in (lambda: stream.publish_many("s", {"a": 1}), lambda: stream.publish_many("s", [1], keys="k")):
        with pytest.raises(TypeError, match="list"):
            call()
