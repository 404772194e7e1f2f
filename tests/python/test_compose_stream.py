"""The stream helpers as parts of larger statements."""

from collections.abc import Iterator

import pytest
from sqlalchemy import BigInteger, Column, MetaData, Table, Text, func, insert, select, update
from sqlalchemy.dialects.postgresql import JSONB
from sqlalchemy.orm import Session

from minipaas_sql import stream, views

metadata = MetaData(schema="test")
orders = Table("orders", metadata, Column("id", BigInteger, primary_key=True), Column("state", Text))
audit = Table("audit", metadata, Column("event_offset", BigInteger), Column("payload", JSONB))


@pytest.fixture(autouse=True)
def tables(session: Session) -> Iterator[None]:
    metadata.create_all(session.connection())
    session.execute(stream.create("s"))
    session.execute(stream.subscribe("s", "c"))
    session.commit()
    yield


def payloads(session: Session) -> list[object]:
    return [event.payload for event in session.execute(stream.consume("s"))]


def test_one_statement_writes_a_row_and_publishes_its_event(session: Session) -> None:
    new = insert(orders).values(state="new").returning(orders.c.id).cte("new")
    event = func.jsonb_build_object("order", new.c.id)
    assert session.execute(stream.publish("s", event, key=func.md5("x"))).scalar_one() > 0
    assert payloads(session) == [{"order": 1}]
    assert session.scalars(select(orders.c.state)).all() == ["new"]


def test_a_table_becomes_events_a_row_each(session: Session) -> None:
    session.execute(insert(orders), [{"state": "new"}, {"state": "old"}, {"state": "new"}])
    published = select(stream.publish("s", func.to_jsonb(orders.c.id), key=orders.c.state))
    assert len(session.scalars(published.where(orders.c.state == "new")).all()) == 2
    assert sorted(map(str, payloads(session))) == ["1", "3"]


def test_a_table_becomes_events_in_one_call(session: Session) -> None:
    session.execute(insert(orders), [{"state": "a"}, {"state": "b"}])
    documents, keys = (
        select(func.array_agg(column)).select_from(orders).scalar_subquery()
        for column in (func.to_jsonb(orders.c.state), orders.c.state)
    )
    offsets = session.scalars(stream.publish_many("s", documents, keys=keys)).all()
    assert offsets == sorted(offsets)
    assert [(event.key, event.payload) for event in session.execute(stream.consume("s"))] == [
        ("a", "a"),
        ("b", "b"),
    ]


def test_events_join_tables(session: Session) -> None:
    session.execute(insert(orders), [{"id": 7, "state": "new"}])
    session.execute(stream.publish("s", {"order": 7}))
    event = stream.consume("s").subquery()
    order = event.c.payload["order"].as_integer()
    (row,) = session.execute(select(event.c.event_offset, orders.c.state).join(orders, orders.c.id == order))
    assert row.state == "new"
    session.execute(update(orders).values(state="seen").where(orders.c.id == order))
    assert session.scalar(select(orders.c.state)) == "seen"


def test_a_reader_keeps_its_offset_beside_what_it_wrote(session: Session) -> None:
    session.execute(stream.publish_many("s", [1, 2, 3]))
    for _ in range(4):
        last = select(func.coalesce(func.max(audit.c.event_offset), 0)).scalar_subquery()
        event = stream.consume("s", last, batch_size=2).subquery().c
        session.execute(
            insert(audit).from_select(["event_offset", "payload"], select(event.event_offset, event.payload))
        )
    assert session.scalars(select(audit.c.payload).order_by(audit.c.event_offset)).all() == [1, 2, 3]


def test_offsets_are_inserted_from_a_publish(session: Session) -> None:
    session.execute(insert(audit).from_select(["event_offset"], stream.publish_many("s", [1, 2])))
    session.execute(insert(audit).from_select(["event_offset"], select(stream.publish("s", 3))))
    offsets = [event.event_offset for event in session.execute(stream.consume("s"))]
    assert session.scalars(select(audit.c.event_offset).order_by(audit.c.event_offset)).all() == offsets


def test_a_batch_is_fetched_and_recorded_in_one_statement_and_committed_from_columns(
    session: Session,
) -> None:
    session.execute(stream.publish_many("s", [1, 2, 3]))
    fetched = stream.fetch("s", "c").cte("fetched")
    into = ["event_offset", "payload"]
    rows = select(fetched.c.event_offset, fetched.c.payload)
    recorded = insert(audit).from_select(into, rows).returning(audit.c.event_offset).cte("recorded")
    assert session.scalar(select(func.count()).select_from(recorded)) == 3
    view = views.consumer_stats.c
    last = select(func.max(audit.c.event_offset)).scalar_subquery()
    committed = select(stream.commit("s", "c", view.partition, last, view.lease_id, strict=True))
    assert session.scalars(committed.where(view.consumer == "c")).all() == [True]
    assert session.execute(stream.fetch("s", "c")).all() == []
