"""A host application's own pytest run with the plugin."""

import pytest
from sqlalchemy import create_engine

from minipaas_sql import migrate
from minipaas_sql._url import sqlalchemy_url

PLUGIN = 'pytest_plugins = ["minipaas_sql.testing"]\n'

ORDERS = """
    from datetime import timedelta

    from minipaas_sql import queue, stream, views
    from sqlalchemy import Integer, select
    from sqlalchemy.orm import DeclarativeBase, Mapped, mapped_column

    class Base(DeclarativeBase):
        pass

    class Order(Base):
        __tablename__ = "order"
        id: Mapped[int] = mapped_column(primary_key=True)
        state: Mapped[str] = mapped_column(default="new")
"""

ENGINE = (
    PLUGIN
    + """
import pytest
from orders import Base
from sqlalchemy import create_engine

@pytest.fixture(scope="session")
def minipaas_engine(minipaas_url):
    engine = create_engine(minipaas_url)
    Base.metadata.create_all(engine)
    yield engine
    engine.dispose()
"""
)


@pytest.fixture
def inner(pytester, server, monkeypatch):
    """Run pytest in a host's folder, on databases of its own in the server of this run."""
    monkeypatch.setenv("MINIPAAS_TEST_URL", server.url)
    pytester.makeini("[pytest]\nfilterwarnings = error\n")

    def run(conftest, test, **modules):
        pytester.makeconftest(conftest)
        pytester.makepyfile(test_host=test, **modules)
        return pytester.runpytest_subprocess("-p", "no:cacheprovider")

    return run


def test_an_order_goes_through_queue_and_stream_and_is_gone_afterwards(inner):
    test = """
    import pytest
    from orders import Order, select, queue, stream, views, timedelta

    def pay(task, session):
        session.get(Order, task.payload["order"]).state = "paid"
        session.execute(stream.publish("log", {"order": task.payload["order"]}))

    @pytest.mark.parametrize("run", [1, 2])
    def test_an_order(run, minipaas_session, minipaas_travel, minipaas_run_worker, minipaas_run_consumer):
        session = minipaas_session
        assert session.execute(select(Order)).all() == []
        assert session.execute(queue.create("payments")).scalar_one()
        session.execute(stream.create("log"))
        session.execute(stream.subscribe("log", "totals"))
        order = Order(id=42)
        session.add(order)
        session.execute(queue.enqueue("payments", {"order": 42}, delay=timedelta(hours=1)))
        session.commit()
        assert minipaas_run_worker(pay, "payments") == (0, 0, 0, 0)
        minipaas_travel(timedelta(hours=1))
        assert minipaas_run_worker(pay, "payments").done == 1
        assert session.scalars(select(Order.state)).all() == ["paid"]
        assert session.execute(select(views.queue_tasks.c.id)).all() == []
        seen = []
        assert minipaas_run_consumer(seen.append, "log", "totals") == 1
        assert [event.payload for event in seen] == [{"order": 42}]
        assert minipaas_run_consumer(seen.append, "log", "totals") == 0
    """
    inner(ENGINE, test, orders=ORDERS).assert_outcomes(passed=2)


def test_a_host_gives_its_own_connection(inner, new_database, monkeypatch):
    conftest = (
        PLUGIN
        + """
import os, pytest
from minipaas_sql import testing
from sqlalchemy import create_engine

@pytest.fixture
def minipaas_connection():
    engine = create_engine(os.environ["HOST_URL"])
    with engine.connect() as connection:
        testing.install(connection, "0001")
        yield connection
    engine.dispose()
"""
    )
    test = """
    from minipaas_sql import migrate, queue

    def test_it(minipaas_connection, minipaas_session, minipaas_run_worker):
        assert migrate.current(minipaas_connection) == "0001"
        minipaas_session.execute(queue.create("q"))
        minipaas_session.execute(queue.enqueue("q", 1))
        assert minipaas_run_worker(print, "q").done == 1
    """
    with new_database(empty=True) as url:
        engine = create_engine(sqlalchemy_url(url))
        monkeypatch.setenv("HOST_URL", engine.url.render_as_string(hide_password=False))
        inner(conftest, test).assert_outcomes(passed=1)
        with engine.connect() as connection:
            assert migrate.current(connection) is None
        engine.dispose()


@pytest.mark.parametrize("driver", ["psycopg", "asyncpg"])
def test_a_host_gives_its_async_connection(inner, driver):
    conftest = (
        PLUGIN
        + """
import asyncio, pytest
from sqlalchemy.ext.asyncio import create_async_engine

@pytest.fixture
def loop():
    with asyncio.Runner() as runner:
        yield runner

@pytest.fixture
def minipaas_connection(loop, minipaas_url, minipaas_schema):
    engine = create_async_engine(minipaas_url.set(drivername="postgresql+DRIVER"))
    connection = engine.connect()
    loop.run(connection.start())
    yield connection
    loop.run(connection.close())
    loop.run(engine.dispose())
""".replace("DRIVER", driver)
    )
    test = """
    from datetime import timedelta
    from minipaas_sql import queue

    def test_it(loop, minipaas_connection, minipaas_travel, minipaas_run_worker):
        done = []

        async def handle(task, session):
            done.append((task.payload, (await session.execute(queue.create("made"))).scalar_one()))

        async def main():
            await minipaas_connection.execute(queue.create("q"))
            await minipaas_connection.execute(queue.enqueue("q", 1, delay=timedelta(days=1)))
            assert (await minipaas_run_worker(handle, "q")).done == 0
            await minipaas_travel(timedelta(days=1))
            assert (await minipaas_run_worker(handle, "q")).done == 1
            assert done == [(1, True)]

        loop.run(main())
    """
    inner(conftest, test).assert_outcomes(passed=1)


def test_the_database_is_dropped_at_the_end(inner, admin):
    test = """
    def test_it(minipaas_url, minipaas_connection):
        print(f"made {minipaas_url.database}")
        assert 0
    """
    done = inner(PLUGIN, test)
    done.assert_outcomes(failed=1)
    (line,) = [line for line in done.outlines if line.startswith("made ")]
    name = line.removeprefix("made ")
    assert name.startswith("minipaas_test_")
    assert not admin.value("select exists (select from pg_database where datname = %s)", name)


def test_the_real_worker_works_on_its_url(inner):
    test = """
    from minipaas_sql import queue, worker

    def test_it(minipaas_url, minipaas_engine, minipaas_schema):
        with minipaas_engine.begin() as connection:
            connection.execute(queue.create("q"))
            connection.execute(queue.enqueue("q", 1))
        assert worker.run_once(print, "q", url=minipaas_url).done == 1
    """
    inner(PLUGIN, test).assert_outcomes(passed=1)


def test_without_a_server_it_starts_an_embedded_one(pytester, monkeypatch):
    monkeypatch.delenv("MINIPAAS_TEST_URL", raising=False)
    pytester.makeconftest(PLUGIN)
    pytester.makepyfile(
        """
        from minipaas_sql import migrate

        def test_it(minipaas_connection):
            assert migrate.current(minipaas_connection) == migrate.head()
        """
    )
    pytester.runpytest_subprocess().assert_outcomes(passed=1)


def test_without_any_server_it_says_what_to_set(pytester, monkeypatch):
    monkeypatch.delenv("MINIPAAS_TEST_URL", raising=False)
    pytester.makeconftest(PLUGIN + "from minipaas_sql import _embedded\n_embedded.installed = lambda: None\n")
    pytester.makepyfile("def test_it(minipaas_connection): pass")
    done = pytester.runpytest_subprocess()
    done.assert_outcomes(errors=1)
    assert "set MINIPAAS_TEST_URL" in done.stdout.str()
