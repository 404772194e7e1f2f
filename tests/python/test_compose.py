"""The helpers as parts of larger statements."""

from collections.abc import Iterator

import pytest
from sqlalchemy import Column, Integer, MetaData, Table, Text, func, insert, select, update
from sqlalchemy.dialects.postgresql import JSONB
from sqlalchemy.orm import DeclarativeBase, Mapped, Session, mapped_column

from minipaas_sql import queue

metadata = MetaData(schema="test")
orders = Table("orders", metadata, Column("id", Integer, primary_key=True), Column("state", Text))
inbox = Table("inbox", metadata, Column("id", Integer, primary_key=True), Column("payload", JSONB))


class Base(DeclarativeBase):
    metadata = metadata


class Customer(Base):
    __tablename__ = "customer"
    id: Mapped[int] = mapped_column(primary_key=True)
    name: Mapped[str]


@pytest.fixture(autouse=True)
def tables(session: Session) -> Iterator[None]:
    metadata.create_all(session.connection())
    session.execute(queue.create("q"))
    session.commit()
    yield


def payloads(session: Session) -> list[object]:
    return [task.payload for task in session.execute(queue.dequeue("q", batch_size=100))]


def test_one_statement_writes_a_row_and_enqueues_its_task(session: Session) -> None:
    new = insert(orders).values(state="new").returning(orders.c.id).cte("new")
    id = session.execute(queue.enqueue("q", func.jsonb_build_object("order", new.c.id))).scalar_one()
    assert isinstance(id, int)
    assert payloads(session) == [{"order": 1}]
    assert session.scalars(select(orders.c.state)).all() == ["new"]


def test_a_table_becomes_tasks_a_row_each(session: Session) -> None:
    session.execute(insert(orders), [{"state": "new"}, {"state": "old"}, {"state": "new"}])
    enqueue = queue.enqueue("q", func.to_jsonb(orders.c.id), priority=orders.c.id)
    assert len(session.scalars(select(enqueue).where(orders.c.state == "new")).all()) == 2
    assert payloads(session) == [3, 1]


def test_attributes_of_mapped_classes_are_expressions(session: Session) -> None:
    session.add_all([Customer(name="Ann"), Customer(name="Bob")])
    session.flush()
    session.execute(select(queue.enqueue("q", func.to_jsonb(Customer.name), priority=Customer.id)))
    assert payloads(session) == ["Bob", "Ann"]


def test_an_array_of_a_table_becomes_tasks_in_one_call(session: Session) -> None:
    session.execute(insert(orders), [{"state": "a"}, {"state": "b"}])
    array = select(func.array_agg(func.to_jsonb(orders.c.state))).scalar_subquery()
    ids = session.scalars(queue.enqueue_many("q", array)).all()
    assert ids == sorted(ids)
    assert sorted(map(str, payloads(session))) == ["a", "b"]


def test_claimed_tasks_join_tables(session: Session) -> None:
    session.execute(insert(orders), [{"id": 7, "state": "new"}])
    session.execute(queue.enqueue("q", {"order": 7}))
    claimed = queue.dequeue("q").cte("claimed")
    order = claimed.c.payload["order"].as_integer()
    statement = select(claimed.c.id, claimed.c.attempt, orders.c.state).join(orders, orders.c.id == order)
    (row,) = session.execute(statement)
    assert row.state == "new"
    assert session.execute(queue.ack(row)).scalar_one() is True


def test_an_update_follows_what_was_claimed(session: Session) -> None:
    session.execute(insert(orders), [{"id": 7, "state": "new"}])
    session.execute(queue.enqueue("q", {"order": 7}))
    claimed = queue.dequeue("q").subquery()
    session.execute(
        update(orders).values(state="busy").where(orders.c.id == claimed.c.payload["order"].as_integer())
    )
    assert session.scalar(select(orders.c.state)) == "busy"


def test_tasks_are_inserted_from_a_pop(session: Session) -> None:
    session.execute(queue.enqueue_many("q", [{"n": 1}, {"n": 2}]))
    popped = queue.pop("q", batch_size=10).subquery()
    session.execute(insert(inbox).from_select(["id", "payload"], select(popped.c.id, popped.c.payload)))
    assert session.scalars(select(inbox.c.payload).order_by(inbox.c.id)).all() == [{"n": 1}, {"n": 2}]


def test_ids_are_inserted_from_an_enqueue(session: Session) -> None:
    session.execute(insert(inbox).from_select(["id"], queue.enqueue_many("q", [1, 2])))
    session.execute(insert(inbox).from_select(["id"], select(queue.enqueue("q", 3))))
    tasks = session.execute(queue.dequeue("q", batch_size=10))
    assert [task.id for task in tasks] == session.scalars(select(inbox.c.id).order_by(inbox.c.id)).all()


def test_a_batch_is_popped_recorded_and_counted_in_one_statement(session: Session) -> None:
    session.execute(queue.enqueue_many("q", [1, 2, 3]))
    claimed = queue.pop("q", batch_size=10).cte("claimed")
    rows = select(claimed.c.id, claimed.c.payload)
    recorded = insert(inbox).from_select(["id", "payload"], rows).returning(inbox.c.id).cte("recorded")
    assert session.scalar(select(func.count()).select_from(recorded)) == 3


def test_a_batch_is_acked_from_columns(session: Session) -> None:
    session.execute(queue.enqueue_many("q", [1, 2, 3]))
    claimed = queue.dequeue("q", batch_size=10).cte("claimed")
    inserted = insert(inbox).from_select(["id"], select(claimed.c.id)).returning(inbox.c.id).cte("inserted")
    assert session.scalar(select(func.count()).select_from(inserted)) == 3
    ids = select(func.array_agg(inbox.c.id)).scalar_subquery()
    assert session.execute(queue.ack_many(ids, strict=True)).scalar_one() == 3
