"""Every stream helper on every way to run a statement."""

from datetime import UTC, datetime, timedelta

import pytest
from sqlalchemy import func, select, text

from minipaas_sql import errors, maintain, stream, views

from .conftest import Execute
from .test_errors import failure

LONG_AGO = datetime(2020, 1, 1, tzinfo=UTC)
FIELDS = ("event_offset", "partition", "key", "payload", "headers", "published_at")


def test_an_event_goes_through(execute: Execute) -> None:
    execute(stream.create("orders"), stream.subscribe("orders", "billing"))
    ((offset,),) = execute(stream.publish("orders", {"id": 42}, key="k", headers={"trace": "é"}))
    assert execute(stream.head("orders")) == [(offset,)]
    (event,) = execute(stream.consume("orders"))
    assert event._fields == FIELDS
    assert (event.event_offset, event.partition, event.key) == (offset, 0, "k")
    assert (event.payload, event.headers) == ({"id": 42}, {"trace": "é"})
    assert event.published_at.tzinfo is not None
    (fetched,) = execute(stream.fetch("orders", "billing", worker="me"))
    assert fetched._fields == (*FIELDS, "lease_id")
    assert fetched[:6] == event[:]
    assert execute(stream.commit("orders", "billing", fetched, strict=True)) == [(True,)]
    assert execute(stream.commit("orders", "billing", fetched)) == [(False,)]
    assert execute(stream.fetch("orders", "billing")) == []


def test_no_headers_are_null_and_a_payload_of_none_is_json_null(execute: Execute) -> None:
    execute(stream.create("s"))
    execute(stream.publish("s", None), stream.publish_many("s", [None], headers=[None]))
    event = stream.consume("s").subquery().c
    seen = execute(select(event.headers.is_(None), func.jsonb_typeof(event.payload)))
    assert seen == [(True, "null"), (True, "null")]


def test_publish_many_returns_offsets_in_the_order_of_the_payloads(execute: Execute) -> None:
    execute(stream.create("s"))
    payloads, keys = [{"n": n} for n in range(3)], ["a", None, "b"]
    many = stream.publish_many("s", payloads, keys=keys, headers=[None, 1, None], dedup_keys=["x", None, "y"])
    offsets = execute(many)
    assert execute(stream.publish_many("s", [])) == []
    events = execute(stream.consume("s"))
    assert [(event.event_offset,) for event in events] == offsets
    assert [event.payload for event in events] == payloads
    assert [event.key for event in events] == keys
    assert [event.headers for event in events] == [None, 1, None]
    assert execute(stream.publish("s", "again", dedup_key="y")) == [offsets[2]]


def test_reads_are_bounded_and_filtered(execute: Execute) -> None:
    execute(stream.create("s", partitions=4))
    ((one,), (two,), (three,)) = execute(stream.publish_many("s", [1, 2, 3], keys=["a", "b", "a"]))
    assert [event.payload for event in execute(stream.consume("s", one))] == [2, 3]
    assert [event.payload for event in execute(stream.consume("s", batch_size=2))] == [1, 2]
    first, third = execute(stream.consume("s", key="a"))
    assert (first.event_offset, third.event_offset) == (one, three)
    assert first in execute(stream.consume("s", partition=first.partition))
    assert execute(stream.consume("s", two, partition=third.partition, key="a")) == [third]


def test_settings(execute: Execute) -> None:
    create = stream.create("s", partitions=3, keep=timedelta(days=1, seconds=1), max_lag=timedelta(days=2))
    assert execute(create) == [(True,)]
    assert execute(create) == [(False,)]
    execute(stream.alter("s", keep_events=10**10))
    (settings,) = execute(select(views.streams))
    assert (settings.stream, settings.partitions, settings.keep_events) == ("s", 3, 10**10)
    assert (settings.keep, settings.max_lag) == (timedelta(days=1, seconds=1), timedelta(days=2))
    execute(stream.publish("s", 1))
    assert execute(stream.drop("s", force=True)) == [(True,)]
    assert execute(stream.drop("s")) == [(False,)]


def test_leases(execute: Execute) -> None:
    execute(stream.create("s"), stream.subscribe("s", "c"))
    execute(stream.publish_many("s", [1, 2, 3]))
    one, two = execute(stream.fetch("s", "c", batch_size=2, lease=timedelta(minutes=5), worker="me"))
    ((until,),) = execute(stream.extend("s", "c", one, lease=timedelta(hours=1)))
    (held,) = execute(select(views.consumer_stats))
    assert (held.worker, held.lease_id, held.lease_until) == ("me", one.lease_id, until)
    assert execute(stream.commit("s", "c", one)) == [(True,)]
    assert execute(stream.release("s", "c", two)) == [(True,)]
    assert execute(stream.release("s", "c", two.partition, two.lease_id)) == [(False,)]
    assert execute(stream.extend("s", "c", 0, two.lease_id)) == [(None,)]
    again, three = execute(stream.fetch("s", "c"))
    assert (again.payload, three.payload) == (2, 3)
    assert execute(stream.commit("s", "c", 0, again.event_offset)) == [(True,)]
    assert execute(stream.commit("s", "c", 0, three.event_offset, two.lease_id)) == [(False,)]
    assert execute(stream.commit("s", "c", 0, three.event_offset, three.lease_id)) == [(True,)]


def test_positions(execute: Execute) -> None:
    execute(stream.create("s"))
    _, (two,) = execute(stream.publish_many("s", [1, 2]))
    execute(
        stream.subscribe("s", "all"),
        stream.subscribe("s", "second", from_offset=two),
        stream.subscribe("s", "since", from_time=LONG_AGO),
        stream.subscribe("s", "new", from_latest=True),
    )
    view = views.consumer_stats.c
    lags = select(view.consumer, view.lag_events).order_by(view.consumer)
    assert execute(lags) == [("all", 2), ("new", 0), ("second", 1), ("since", 2)]
    execute(stream.seek("s", "all", to_offset=two))
    execute(stream.seek("s", "second", to_time=LONG_AGO))
    assert execute(lags) == [("all", 1), ("new", 0), ("second", 2), ("since", 2)]
    assert execute(stream.trim("s", two)) == [(1,)]
    assert [event.payload for event in execute(stream.fetch("s", "second"))] == [2]
    assert execute(stream.unsubscribe("s", "second")) == [(True,)]
    assert execute(stream.unsubscribe("s", "second")) == [(False,)]


def test_upkeep_trims_what_is_kept_no_longer(execute: Execute) -> None:
    execute(stream.create("s", keep_events=2))
    execute(stream.publish_many("s", [1, 2, 3, 4, 5]))
    assert dict(map(tuple, execute(maintain())))["events trimmed"] == 3
    assert [event.payload for event in execute(stream.consume("s"))] == [4, 5]


def test_what_a_stream_holds(execute: Execute) -> None:
    execute(stream.create("s"))
    ((one,), (two,)) = execute(stream.publish_many("s", [1, 2]))
    (stats,) = execute(select(views.stream_stats))
    assert (stats.events, stats.events_estimated, stats.oldest_offset, stats.head) == (2, False, one, two)
    assert stats.bytes > 0
    assert stats.oldest.tzinfo is not None


def test_errors(execute: Execute) -> None:
    found = failure(execute, stream.publish("nowhere", 1))
    assert type(found) is errors.UnknownStream
    assert "nowhere" in found.message
    execute(stream.create("s"), stream.publish("s", 1))
    found = failure(execute, stream.fetch("s", "nobody"))
    assert type(found) is errors.UnknownConsumer
    assert "stream_subscribe" in (found.hint or "")
    assert type(failure(execute, stream.consume("s", -1))) is errors.InvalidArgument
    assert type(failure(execute, stream.drop("s"))) is errors.NotEmpty
    repeatable = text("set transaction isolation level repeatable read")
    assert type(failure(execute, repeatable, stream.consume("s"))) is errors.WrongIsolation
    execute(stream.subscribe("s", "c"))
    assert type(failure(execute, stream.commit("s", "c", 0, 0, 1, strict=True))) is errors.LeaseLost


@pytest.mark.parametrize("name", ["it's; drop --", "100% of :them $1", 'a "b" \\ c', "é 🐘 \t x"])
def test_a_name_is_data(execute: Execute, name: str) -> None:
    execute(stream.create(name), stream.subscribe(name, name))
    execute(stream.publish(name, {name: name}, key=name, headers=name, dedup_key=name))
    (event,) = execute(stream.fetch(name, name, worker=name))
    assert (event.key, event.payload, event.headers) == (name, {name: name}, name)
    (row,) = execute(select(views.consumer_stats))
    assert (row.stream, row.consumer, row.worker) == (name, name, name)
    assert execute(stream.commit(name, name, event)) == [(True,)]
