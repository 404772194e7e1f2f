"""The recipes in docs/comparison.md move what is open elsewhere, and lose, double and reorder nothing."""

import asyncio
import importlib.resources
from datetime import UTC, datetime, timedelta

import asyncpg
import procrastinate
import pytest
from pgqueuer.db import AsyncpgDriver
from pgqueuer.queries import Queries

from tests.conftest import Connection
from tests.docs.pages import take

RECIPES = take("docs/comparison.md", "sql")
LATER = timedelta(hours=1)


def recipe(table):
    """The page's only block that deletes from a table."""
    (text,) = [text for text in RECIPES if f"delete from {table} " in text]
    return text


@pytest.fixture
def url(new_database):
    """A database of its own with the schema: the others' objects must not meet another test."""
    with new_database() as url:
        yield url


@pytest.fixture
def db(url):
    with Connection.open(url) as connection:
        connection.call("queue_create", "emails")
        yield connection


def drained(db):
    """What a worker gets, in order, acking each task before it asks for the next."""
    found = []
    while tasks := db.rows("queue_dequeue", "emails"):
        found += tasks
        assert db.call("queue_ack", tasks[0].id, tasks[0].attempt)
    return found


def test_the_page_has_three_recipes():
    assert len(RECIPES) == 3


def test_open_messages_of_pgmq_are_moved(db):
    db.execute((importlib.resources.files("pgmq") / "sql" / "pgmq.sql").read_text())
    db.execute("select pgmq.create('emails')")
    db.execute("select pgmq.send('emails', '{\"n\": 0}')")
    db.execute("select pgmq.read('emails', 600, 1)")
    db.execute(
        "select pgmq.send_batch('emails', array_agg(jsonb_build_object('n', n))) "
        "from generate_series(1, 500) n"
    )
    for n in (501, 502):
        db.execute("select pgmq.send('emails', %s, '{\"x-pgmq-group\": \"a\"}'::jsonb)", [{"n": n}])
    db.execute("select pgmq.send('emails', '{\"n\": 503}'::jsonb, 3600)")
    db.execute("select pgmq.send('emails', null::jsonb)")

    assert db.value(recipe("pgmq.q_emails")) == 504
    assert db.execute("select message from pgmq.q_emails").fetchall() == [({"n": 0},)], "it is in work"
    states = "select state, count(*) from minipaas.queue_tasks group by state order by state"
    assert db.execute(states).fetchall() == [("blocked", 1), ("delayed", 1), ("ready", 502)]
    tasks = drained(db)
    assert [task.payload and task.payload["n"] for task in tasks] == [*range(1, 501), 501, None, 502]
    assert [task.key for task in tasks[-3:]] == ["a", None, "a"], "the second had to wait for the first"

    db.execute("select pgmq.set_vt('emails', msg_id, 0) from pgmq.q_emails")  # its worker gave up
    assert db.value(recipe("pgmq.q_emails")) == 1
    assert db.value(recipe("pgmq.q_emails")) == 0
    assert [task.payload for task in drained(db)] == [{"n": 0}]
    db.at(datetime.now(UTC) + timedelta(hours=2))
    assert [task.payload for task in drained(db)] == [{"n": 503}]


def test_a_message_that_a_reader_of_pgmq_is_taking_stays(db, url, background, waits):
    db.execute((importlib.resources.files("pgmq") / "sql" / "pgmq.sql").read_text())
    db.execute("select pgmq.create('emails')")
    db.execute("select pgmq.send_batch('emails', array['{\"n\": 1}', '{\"n\": 2}']::jsonb[])")
    with Connection.open(url, autocommit=False) as reader:
        reader.execute("select pgmq.read('emails', 600, 1)")
        moving = background(db.value, recipe("pgmq.q_emails"))
        waits(db)
        reader.commit()
        assert moving.result() == 1
    assert [task.payload for task in drained(db)] == [{"n": 2}]


def test_open_jobs_of_procrastinate_are_moved(db, url):
    app = procrastinate.App(connector=procrastinate.SyncPsycopgConnector(conninfo=url))
    with app.open():
        app.schema_manager.apply_schema()

        def defer(number, task="app.mail", **options):
            app.configure_task(task, queue="mails", **options).defer(n=number)

        defer(0)
        db.execute("select procrastinate_fetch_job_v2(null, null)")
        for number in range(1, 6):
            defer(number)
        defer(6, priority=100)
        defer(7, lock="customer 7")
        defer(8, lock="customer 7", priority=3)
        defer(9, queueing_lock="digest 7", schedule_at=datetime.now(UTC) + LATER)
        defer(10, task="app.other")
        db.execute(
            "select procrastinate_defer_periodic_job_v2("
            "'mails', null, null, 'app.mail', 0, '', 0, '{\"n\": 11}')"
        )

    assert db.value(recipe("procrastinate_jobs")) == 10
    left = db.execute("select args, status from procrastinate_jobs order by id").fetchall()
    assert left == [({"n": 0}, "doing"), ({"n": 10}, "todo")]
    again = db.call("queue_enqueue", "emails", {}, dedup_key="digest 7")
    assert again == db.value("select id from minipaas.queue_tasks where dedup_key = 'digest 7'"), (
        "still outstanding"
    )
    assert [task.payload["n"] for task in drained(db)] == [6, 8, 1, 2, 3, 4, 5, 11, 7]
    db.at(datetime.now(UTC) + 2 * LATER)
    assert [task.payload["n"] for task in drained(db)] == [9]


def test_queued_jobs_of_pgqueuer_are_moved(db, url):
    async def fill():
        connection = await asyncpg.connect(url)
        queries = Queries(AsyncpgDriver(connection))
        await queries.install()
        await queries.enqueue(["mail"] * 6, [b'{"n": %d}' % n for n in range(6)], [0, 0, 0, 0, 0, 50])
        await queries.enqueue("mail", b'{"n": 6}', execute_after=LATER, dedupe_key="digest 7")
        await queries.enqueue("mail", None, headers={"trace": "x"})
        await queries.enqueue("other", b'{"n": 8}')
        await connection.close()

    asyncio.run(fill())
    db.execute("update pgqueuer set status = 'picked' where id = (select min(id) from pgqueuer)")

    assert db.value(recipe("pgqueuer")) == 7
    left = db.execute("select entrypoint, status from pgqueuer order by id").fetchall()
    assert left == [("mail", "picked"), ("other", "queued")]
    again = db.call("queue_enqueue", "emails", {}, dedup_key="digest 7")
    assert again == db.value("select id from minipaas.queue_tasks where dedup_key = 'digest 7'"), (
        "still outstanding"
    )
    tasks = drained(db)
    assert [task.payload and task.payload["n"] for task in tasks] == [5, 1, 2, 3, 4, None]
    assert tasks[-1].headers == {"trace": "x"}
    db.at(datetime.now(UTC) + 2 * LATER)
    assert [task.payload["n"] for task in drained(db)] == [6]
