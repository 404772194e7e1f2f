"""What type checkers make of the helpers; never run, checked by test_typing."""

from datetime import datetime, timedelta
from typing import Any, assert_type

from sqlalchemy import Column, Connection, Integer, MetaData, Table, func, insert, select
from sqlalchemy.ext.asyncio import AsyncSession
from sqlalchemy.orm import Session

from minipaas_sql import access, errors, maintain, queue, schedule, stream, testing, views, worker

orders = Table("orders", MetaData(), Column("id", Integer))


def produce(session: Session) -> None:
    assert_type(session.execute(select(queue.enqueue("emails", {"to": 42}))).scalar_one(), int)
    id: int = session.execute(queue.enqueue("emails", {"to": 42}, delay=timedelta(minutes=5))).scalar_one()
    session.execute(queue.enqueue_many("emails", [{"to": id}, None], headers=[None, {}]))
    session.execute(select(queue.enqueue("emails", func.to_jsonb(orders.c.id), priority=orders.c.id)))


def work(session: Session) -> None:
    for row in session.execute(queue.dequeue("emails", batch_size=10)):
        session.execute(queue.ack(row, strict=True))
    tasks = queue.tasks(session.execute(queue.dequeue("emails", lease=timedelta(minutes=1), worker="me")))
    for task in tasks:
        assert_type(task.id, int)
        assert_type(task.payload, Any)
        assert_type(task.attempt, int)
        assert_type(task.key, str | None)
        assert_type(task.priority, int)
        assert_type(task.enqueued_at, datetime)
        assert_type(session.execute(select(queue.ack(task))).scalar_one(), bool)
        assert_type(session.execute(select(queue.nack(task, error="no"))).scalar_one(), str | None)
        assert_type(session.execute(select(queue.extend(task))).scalar_one(), datetime | None)
        session.execute(queue.bury(task.id, task.attempt))
    assert_type(session.execute(select(queue.ack_many(tasks))).scalar_one(), int)
    session.execute(queue.ack_many(session.execute(queue.pop("emails")).all()))
    session.execute(queue.nack_many([1, 2], [1, 1]))


async def work_async(session: AsyncSession) -> None:
    for row in await session.execute(queue.dequeue("emails")):
        await session.execute(queue.extend(row, lease=timedelta(minutes=1)))
        await session.execute(queue.ack(row))


def publish(session: Session) -> None:
    assert_type(session.execute(select(stream.publish("orders", {"id": 42}))).scalar_one(), int)
    offset: int = session.execute(stream.publish("orders", {"id": 42}, key="k", headers={})).scalar_one()
    session.execute(stream.publish_many("orders", [offset, None], keys=["k", None], dedup_keys=[None, "d"]))
    session.execute(select(stream.publish("orders", func.to_jsonb(orders.c.id), key=func.md5("x"))))


def follow(session: Session, last: int) -> int:
    for event in stream.events(session.execute(stream.consume("orders", last, key="k"))):
        assert_type(event.event_offset, int)
        assert_type(event.partition, int)
        assert_type(event.key, str | None)
        assert_type(event.payload, Any)
        assert_type(event.headers, Any)
        assert_type(event.published_at, datetime)
        last = event.event_offset
    head: int = session.execute(stream.head("orders")).scalar_one()
    return max(last, head)


def share(session: Session) -> None:
    session.execute(stream.subscribe("orders", "billing", from_latest=True))
    rows = session.execute(stream.fetch("orders", "billing", batch_size=10)).all()
    session.execute(stream.commit("orders", "billing", rows[-1], strict=True))
    events = stream.fetched(session.execute(stream.fetch("orders", "billing", lease=timedelta(minutes=1))))
    for event in events:
        assert_type(event.payload, Any)
        assert_type(event.lease_id, int)
        assert_type(session.execute(select(stream.extend("s", "c", event))).scalar_one(), datetime | None)
    assert_type(session.execute(select(stream.commit("s", "c", events[-1]))).scalar_one(), bool)
    assert_type(session.execute(select(stream.release("s", "c", events[0]))).scalar_one(), bool)
    session.execute(stream.commit("s", "c", 0, events[0].event_offset, events[0].lease_id))
    for what, count in session.execute(maintain()):
        print(what, count)


async def share_async(session: AsyncSession) -> None:
    events = (await session.execute(stream.fetch("orders", "billing", worker="me"))).all()
    await session.execute(stream.commit("orders", "billing", events[-1]))


def plan(session: Session) -> datetime:
    session.execute(schedule.create("report", "30 2 * * *", "reports", {"a": 1}, timezone="Europe/Berlin"))
    session.execute(schedule.alter("report", cron="@hourly", missed="all"))
    session.execute(schedule.pause("report"))
    session.execute(schedule.resume("report"))
    assert_type(session.execute(select(schedule.tick())).scalar_one(), int)
    assert_type(session.execute(select(schedule.drop("report"))).scalar_one(), bool)
    session.execute(select(views.schedules).where(views.schedules.c.last_error.is_not(None)))
    return session.execute(select(schedule.cron_next("@daily", datetime.now().astimezone()))).scalar_one()


def compose(connection: Connection) -> None:
    claimed = queue.dequeue("emails").cte("claimed")
    connection.execute(select(claimed.c.id).join(orders, orders.c.id == claimed.c.id))
    connection.execute(insert(orders).from_select(["id"], select(claimed.c.id)))
    connection.execute(select(queue.ack(claimed.c.id, claimed.c.attempt)))
    fetched = stream.fetch("orders", "billing").cte("fetched")
    connection.execute(insert(orders).from_select(["id"], select(fetched.c.payload["id"].as_integer())))
    connection.execute(select(views.consumer_stats).where(views.consumer_stats.c.blocked_by.is_not(None)))
    connection.execute(select(views.queue_stats).where(views.queue_stats.c.dead > 0))
    connection.execute(access.grant("app", ["enqueue"]))


def explain(exc: Exception) -> str | None:
    found = errors.of(exc)
    assert_type(found, errors.MinipaasError | None)
    return found.hint if found else None


def try_out(session: Session) -> None:
    assert_type(testing.travel(session, timedelta(hours=1)), datetime)
    assert_type(testing.run_worker(session, print, "emails"), worker.Outcomes)
    assert_type(testing.run_consumer(session.connection(), print, "orders", "billing"), int)


async def try_out_async(session: AsyncSession) -> None:
    assert_type(await testing.travel(session, timedelta(hours=1)), datetime)
    assert_type(await testing.run_worker(session, print, "emails"), worker.Outcomes)
    assert_type(await testing.run_consumer(await session.connection(), print, "orders", "billing"), int)
