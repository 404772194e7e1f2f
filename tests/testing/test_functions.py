"""`travel`, `run_worker` and `run_consumer` on a connection in a transaction that is rolled back."""

import asyncio
from datetime import UTC, datetime, timedelta

import pytest
from sqlalchemy import create_engine, select, text
from sqlalchemy.exc import IntegrityError
from sqlalchemy.ext.asyncio import AsyncSession, create_async_engine
from sqlalchemy.orm import Session, sessionmaker

from minipaas_sql import queue, stream, testing, views, worker
from minipaas_sql._url import sqlalchemy_url

NEW_YEAR = datetime(2100, 1, 1, tzinfo=UTC)


@pytest.fixture
def engine(db_url):
    engine = create_engine(sqlalchemy_url(db_url))
    with engine.begin() as connection:
        connection.execute(text("create table test.effect (n integer primary key)"))
        connection.execute(queue.create("q", max_attempts=2))
        connection.execute(stream.create("s", partitions=2))
        connection.execute(stream.subscribe("s", "c"))
    yield engine
    engine.dispose()


@pytest.fixture
def connection(engine):
    with engine.connect() as connection:
        yield connection


def enqueue(connection, *payloads):
    return [connection.scalar(queue.enqueue("q", payload)) for payload in payloads]


def insert(item, session):
    session.execute(text("insert into test.effect values (:n)"), {"n": item.payload})


def effects(connection):
    return list(connection.scalars(text("select n from test.effect order by n")))


def states(connection):
    tasks = views.queue_tasks.c
    return [
        tuple(row) for row in connection.execute(select(tasks.state, tasks.last_error).order_by(tasks.id))
    ]


def test_effects_of_a_handler_that_fails_are_rolled_back_and_the_task_waits(connection, caplog):
    enqueue(connection, 1, 2, 3)

    def handle(task, session):
        insert(task, session)
        if task.payload == 2:
            raise ValueError("two")

    assert testing.run_worker(connection, handle, "q") == worker.Outcomes(done=2, waiting=1)
    assert effects(connection) == [1, 3]
    assert states(connection) == [("retrying", "ValueError: two")]
    assert "ValueError: two" in caplog.text
    testing.travel(connection, timedelta(hours=1))
    assert testing.run_worker(connection, handle, "q") == worker.Outcomes(dead=1)
    assert states(connection) == [("dead", "ValueError: two")]


def test_a_statement_that_fails_leaves_the_transaction_usable(connection):
    enqueue(connection, 1, 1)
    assert testing.run_worker(connection, insert, "q") == worker.Outcomes(done=1, waiting=1)
    assert effects(connection) == [1]


def test_retry_and_bury_mean_what_they_mean_to_the_worker(connection):
    enqueue(connection, "retry", "bury")

    def handle(task):
        if task.payload == "bury":
            raise worker.Bury("no")
        if task.attempt == 1:
            raise worker.Retry(delay=timedelta(0))

    assert testing.run_worker(connection, handle, "q") == worker.Outcomes(done=1, waiting=1, dead=1)


def test_a_task_that_its_handler_finishes_otherwise_is_lost_with_the_effects(connection):
    enqueue(connection, 1)

    def handle(task, session):
        insert(task, session)
        session.execute(queue.bury(task))

    assert testing.run_worker(connection, handle, "q") == worker.Outcomes(lost=1)
    assert effects(connection) == []
    assert states(connection) == [("leased", None)]


def test_what_handlers_enqueue_is_handled_too(connection):
    enqueue(connection, 3)

    def countdown(task, session):
        insert(task, session)
        if task.payload:
            session.execute(queue.enqueue("q", task.payload - 1))
            session.commit()

    assert testing.run_worker(connection, countdown, "q").done == 4
    assert effects(connection) == [0, 1, 2, 3]


def test_a_failure_of_the_test_itself_is_not_a_tasks(connection):
    enqueue(connection, 1)
    with pytest.raises(pytest.fail.Exception):
        testing.run_worker(connection, lambda task: pytest.fail("no"), "q")


def test_a_session_sees_what_the_handlers_did(engine):
    with Session(engine) as session:
        enqueue(session, 1)
        assert testing.run_worker(session, insert, "q", sessions=sessionmaker()).done == 1
        assert effects(session) == [1]
        session.rollback()
        assert effects(session) == []
        assert states(session) == []


def test_events_come_in_order_and_one_that_fails_comes_again(connection):
    for n in range(5):
        connection.execute(stream.publish("s", n, key="one"))
    seen = []

    def handle(event, session):
        if event.payload == 2 and 2 not in seen:
            seen.append(2)
            raise ValueError("two")
        seen.append(event.payload)
        insert(event, session)

    with pytest.raises(ValueError, match="two"):
        testing.run_consumer(connection, handle, "s", "c")
    assert effects(connection) == [0, 1]
    assert testing.run_consumer(connection, handle, "s", "c") == 3
    assert effects(connection) == [0, 1, 2, 3, 4]
    assert seen == [0, 1, 2, 2, 3, 4]
    assert testing.run_consumer(connection, handle, "s", "c") == 0


def test_a_database_error_of_an_events_handler_leaves_the_transaction_usable(connection):
    connection.execute(stream.publish_many("s", [1, 1], keys=["k", "k"]))
    with pytest.raises(IntegrityError):
        testing.run_consumer(connection, insert, "s", "c")
    assert effects(connection) == [1]


def test_time_stands_where_it_was_moved_and_is_real_again_in_the_next_transaction(connection):
    assert testing.travel(connection, NEW_YEAR) == NEW_YEAR
    assert testing.travel(connection, timedelta(minutes=5)) == NEW_YEAR + timedelta(minutes=5)
    enqueue(connection, 1)
    (task,) = connection.execute(queue.dequeue("q"))
    assert task.enqueued_at == NEW_YEAR + timedelta(minutes=5)
    connection.rollback()
    assert testing.travel(connection, timedelta(0)) < NEW_YEAR


def test_time_needs_a_time_zone_a_transaction_and_a_member_of_the_owner(connection, engine, new_role, db_url):
    with pytest.raises(ValueError, match="has no time zone"):
        testing.travel(connection, datetime(2030, 1, 1))
    with (
        engine.connect().execution_options(isolation_level="AUTOCOMMIT") as autocommit,
        pytest.raises(RuntimeError, match="AUTOCOMMIT"),
    ):
        testing.travel(autocommit, NEW_YEAR)
    name = new_role()
    other = create_engine(sqlalchemy_url(db_url).set(username=name, password=name))
    with other.connect() as stranger, pytest.raises(RuntimeError, match=f"HINT: GRANT .* TO {name};"):
        testing.travel(stranger, NEW_YEAR)
    other.dispose()


def test_time_in_a_database_without_the_schema(database_url):
    engine = create_engine(sqlalchemy_url(database_url))
    with engine.connect() as connection, pytest.raises(RuntimeError, match="no schema minipaas"):
        testing.travel(connection, NEW_YEAR)
    engine.dispose()


@pytest.mark.parametrize("driver", ["psycopg", "asyncpg"])
def test_an_async_session_does_the_same(engine, driver):
    async def handle(item, session):
        await session.run_sync(lambda session: insert(item, session))
        if item.payload == 2:
            raise ValueError("two")

    async def main():
        async_engine = create_async_engine(engine.url.set(drivername=f"postgresql+{driver}"))
        async with AsyncSession(async_engine) as session:
            for n in (1, 2):
                await session.execute(queue.enqueue("q", n))
            await session.execute(stream.publish("s", 3))
            assert await testing.run_worker(session, handle, "q") == worker.Outcomes(done=1, waiting=1)
            assert await testing.run_consumer(session, handle, "s", "c") == 1
            assert await testing.travel(session, NEW_YEAR) == NEW_YEAR
            assert await testing.run_worker(session, insert, "q") == worker.Outcomes(done=1)
            assert await session.run_sync(effects) == [1, 2, 3]
        async with async_engine.connect() as connection:
            assert await connection.run_sync(effects) == []
        await async_engine.dispose()

    asyncio.run(main())


def test_an_async_handler_needs_an_async_connection(connection):
    async def handle(task):
        raise AssertionError("not called")

    with pytest.raises(TypeError, match="AsyncConnection"):
        testing.run_worker(connection, handle, "q")
