"""Every code block in the README and in docs/ runs, and every link leads somewhere."""

import json
import os
import re
import shutil
import subprocess
import sys
from datetime import timedelta
from pathlib import Path
from xml.etree import ElementTree

import pytest
import typer.main
from alembic import command
from alembic.autogenerate import compare_metadata
from alembic.config import Config
from alembic.runtime.migration import MigrationContext
from psycopg.types.json import Jsonb
from sqlalchemy import BigInteger, MetaData, create_engine, false
from sqlalchemy.exc import DBAPIError
from sqlalchemy.orm import DeclarativeBase, Mapped, Session, mapped_column

from minipaas_sql import _sql, errors, migrate, queue, schedule, stream, wait
from minipaas_sql._url import sqlalchemy_url
from minipaas_sql.cli._app import app
from tests.conftest import Connection

ROOT = Path(__file__).parents[2]
README = (ROOT / "README.md").read_text()
PAGES = [ROOT / "README.md", *sorted((ROOT / "docs").glob("*.md"))]
ENV = """
from alembic import context
connection = context.config.attributes["connection"]
context.configure(connection)
with context.begin_transaction():
    context.run_migrations()
"""


def blocks(language, text=None):
    """The text of each code block in a language, on all pages or in `text`."""
    pages = {page.name: page.read_text() for page in PAGES} if text is None else {"part": text}
    return [
        pytest.param(block, id=f"{name}-{number}")
        for name, page in pages.items()
        for number, block in enumerate(re.findall(rf"^```{language}\n(.*?)^```", page, re.M | re.S))
    ]


def section(title):
    """The README's text below a heading, up to the next one of its level or above."""
    above, text = re.split(rf"^(##+) {title}\n", README, maxsplit=1, flags=re.M)[1:]
    return re.split(rf"^#{{2,{len(above)}}} ", text, maxsplit=1, flags=re.M)[0]


def texts(language, title):
    """The code blocks of a section of the README, without their names."""
    return [param.values[0] for param in blocks(language, section(title))]


REVISIONS = [param for param in blocks("python") if "def upgrade" in param.values[0]]
NEWCOMER = section("Three ways to enqueue")
STREAMS = section("Streams")
READING = texts("python", "Streams")
KEYED = texts("sql", "Keys and duplicates")
SCRIPTS = [
    param
    for param in blocks("sql")
    if param.values[0] not in KEYED
    and "access_grant" not in param.values[0]  # test_access.py has roles
    and not param.id.startswith("comparison")  # test_comparison.py has the others' tables
]
APP, *USES = texts("python", "Workers")
SCHEDULES = texts("python", "Schedules")
FRAGMENTS = [
    param
    for param in blocks("python")
    if param not in REVISIONS
    and "import" not in param.values[0]
    and param.values[0] not in [*READING, *USES, *SCHEDULES]
]


class Base(DeclarativeBase):
    """A host application's models."""

    metadata = MetaData(schema="test")


class Order(Base):
    __tablename__ = "orders"
    id: Mapped[int] = mapped_column(primary_key=True)
    mailed: Mapped[bool] = mapped_column(server_default=false())


class Reader(Base):
    __tablename__ = "readers"
    name: Mapped[str] = mapped_column(primary_key=True)
    after_offset: Mapped[int] = mapped_column(BigInteger, server_default="0")


class Invoice(Base):
    __tablename__ = "invoices"
    order_id: Mapped[int] = mapped_column(primary_key=True, autoincrement=False)


@pytest.fixture
def url(db, db_url):
    """The URL for SQLAlchemy of a database with what the pages take for granted."""
    db.call("queue_create", "emails")
    db.call("stream_create", "orders", 4)
    db.call("stream_subscribe", "orders", "billing")
    url = sqlalchemy_url(db_url)
    engine = create_engine(url)
    Base.metadata.create_all(engine)
    engine.dispose()
    return url


@pytest.fixture
def psql(server, db_url):
    """Run text in psql, which stops at the first error."""
    program = server.bin / "psql" if server.bin else shutil.which("psql")
    if program is None:
        pytest.skip("there is no psql")

    def run(text):
        search = os.environ | {"PGOPTIONS": "-c search_path=test"}
        arguments = [program, "-X", "-v", "ON_ERROR_STOP=1", db_url]
        subprocess.run(arguments, input=text, text=True, check=True, env=search)

    return run


@pytest.fixture
def environment(url):
    """The variables for a shell that finds the commands and the database."""
    scripts = f"{Path(sys.executable).parent}{os.pathsep}{os.environ['PATH']}"
    return os.environ | {"PATH": scripts, "DATABASE_URL": url.render_as_string(hide_password=False)}


@pytest.fixture
def module(tmp_path, monkeypatch):
    """The functions of the README's module `app`, which is in a folder of its own with a module `models`."""
    (tmp_path / "app.py").write_text(APP)
    (tmp_path / "models.py").write_text("from tests.docs.test_readme import Invoice, Order\n")
    monkeypatch.setitem(sys.modules, "models", sys.modules[__name__])
    names = {}
    exec(compile(APP, "README", "exec"), names)
    return names


def payloads(db):
    return [row.payload for row in db.execute("select payload from minipaas.queue_tasks").fetchall()]


def events(db):
    return [(row.key, row.payload["order"]) for row in db.rows("stream_consume", "orders")]


@pytest.mark.parametrize("text", SCRIPTS)
def test_sql_blocks_run_in_psql(text, db, url, psql):
    psql(text)
    assert len(payloads(db)) == ("queue_enqueue" in text and "queue_ack" not in text)
    assert len(events(db)) == text.count("stream_publish(") + 2 * text.count("stream_publish_many(")
    if "update orders" in text:
        assert db.value("select mailed from test.orders where id = 42")


@pytest.mark.parametrize("text", FRAGMENTS)
def test_python_fragments_run(text, db, url, capsys):
    engine = create_engine(url)
    sent = []
    if "queue.dequeue" in text:
        db.call("queue_enqueue", "emails", {"order": 1})
    names = {
        "engine": engine, "Order": Order, "Session": Session, "queue": queue, "stream": stream,
        "errors": errors, "DBAPIError": DBAPIError, "send": lambda session, payload: sent.append(payload),
    }  # fmt: skip
    exec(compile(text, "README", "exec"), names)
    engine.dispose()
    if "queue.dequeue" in text:
        assert (sent, payloads(db)) == ([{"order": 1}], [])
    elif "no such queue" in text:
        assert "no such queue" in capsys.readouterr().out
    else:
        assert payloads(db) == [{"order": 42}]
        assert events(db) == [("customer 7", 42)]
        assert db.value("select id from test.orders") == 42


@pytest.mark.parametrize("text", READING, ids=["consume", "fetch"])
def test_what_reads_in_python_does_each_event_once(text, db, url):
    orders = [{"order": number} for number in range(1, 31)]
    db.rows("stream_publish_many", "orders", [Jsonb(order) for order in orders])
    engine = create_engine(url)
    done = []
    with Session(engine) as session, session.begin():
        session.add(Reader(name="totals"))

    def do(session, payload):
        done.append(payload)

    names = {"engine": engine, "Session": Session, "stream": stream, "Reader": Reader, "add": do, "bill": do}
    for _ in range(5):  # a fetch is of one partition, and there are four
        exec(compile(text, "README", "exec"), names)
    engine.dispose()
    assert sorted(done, key=lambda payload: payload["order"]) == orders


def test_the_section_on_streams_is_one_script(db, url, psql):
    # What it trims is below what it publishes here, whichever test is the first in this database.
    db.execute("select setval('minipaas._event_offset', last_value + 10) from minipaas._event_offset")
    psql("".join(param.values[0] for param in blocks("sql", STREAMS)))
    assert events(db) == [("customer 7", 43), ("customer 8", 44), (None, 45)]
    (settings,) = db.execute("select * from minipaas.streams").fetchall()
    assert (settings.stream, settings.partitions) == ("orders", 4)
    assert (settings.keep, settings.max_lag) == (timedelta(days=30), timedelta(days=7))
    billed = db.execute("select order_id from test.invoices").fetchall()
    assert {order for (order,) in billed} < {43, 44, 45}
    assert billed
    lags = db.execute("select lag_events from minipaas.consumer_stats").fetchall()
    assert sum(lag for (lag,) in lags) == 3, "it was moved to before all of them"


def test_one_statement_bills_each_order_once(db, url, psql):
    (text,) = [param.values[0] for param in blocks("sql", STREAMS) if "invoices" in param.values[0]]
    db.rows("stream_publish_many", "orders", [Jsonb({"order": number}) for number in range(1, 31)])
    for _ in range(5):
        psql(text)
    assert db.value("select array_agg(order_id order by order_id) from test.invoices") == list(range(1, 31))
    assert db.value("select sum(lag_events) from minipaas.consumer_stats") == 0


def test_the_commands_for_streams_run(db, environment, tmp_path):
    (text,) = texts("sh", "Command line")
    (tmp_path / "orders.jsonl").write_text(
        '{"order": 1, "customer": "customer 7"}\n{"order": 2, "customer": null}\n'
    )
    done = subprocess.run(
        ["bash", "-euo", "pipefail", "-c", text], cwd=tmp_path, stdout=subprocess.PIPE, text=True, check=True,
        env=environment,
    )  # fmt: skip
    assert events(db) == [("customer 7", 1), (None, 2)]
    assert "events published: 2" in done.stdout
    assert [json.loads(line)["key"] for line in done.stdout.splitlines() if line.startswith("{")] == [
        "customer 7",
        None,
    ]
    assert "billing" in done.stdout


def test_keys_let_one_task_run_and_duplicates_become_one(db, url, psql):
    one_at_a_time, once = KEYED
    psql(one_at_a_time)
    state = "select payload ->> 'order', state from minipaas.queue_tasks where key = 'customer 7' order by id"
    assert db.execute(state).fetchall() == [("42", "leased"), ("43", "blocked")]
    psql(once)
    outstanding = "select payload, state from minipaas.queue_tasks where dedup_key = 'digest 7'"
    assert db.execute(outstanding).fetchall() == [({"unread": 2}, "delayed")]


def mailed_and_billed(db):
    return (
        db.value("select mailed from test.orders where id = 42"),
        db.value("select array_agg(order_id) from test.invoices"),
    )


@pytest.fixture
def ordered(db, url):
    """An order to be mailed and billed."""
    db.execute("insert into test.orders (id) values (42)")
    db.call("queue_enqueue", "emails", {"order": 42})
    db.call("stream_publish", "orders", {"order": 42})


def test_workers_run_from_the_shell_until_a_signal(db, module, ordered, environment, tmp_path):
    (text,) = texts("sh", "Workers")
    environment["PYTHONPATH"] = str(ROOT)
    running = [
        subprocess.Popen(
            ["bash", "-c", f"exec {line}"], cwd=tmp_path, env=environment, stderr=subprocess.DEVNULL
        )
        for line in text.splitlines()
    ]
    try:
        while mailed_and_billed(db) != (True, [42]):
            assert [process.poll() for process in running] == [None, None]
        for process in running:
            process.terminate()
        assert [process.wait(20) for process in running] == [0, 0]
    finally:
        for process in running:
            process.kill()
            process.wait()
    assert payloads(db) == []


def test_workers_run_once_in_python(db, url, module, ordered):
    (text,) = [use for use in USES if "run_once" in use]
    exec(compile(text, "README", "exec"), {**module, "url": url})
    assert mailed_and_billed(db) == (True, [42])
    assert payloads(db) == []


def test_waiting_in_python_finds_what_is_there(db, url):
    (text,) = [use for use in USES if "wait." in use]
    db.call("queue_enqueue", "emails", {"to": 42})
    names = {"url": url, "wait": wait, "claim": lambda: db.rows("queue_dequeue", "emails")}
    exec(compile(text, "README", "exec"), names)
    assert [task.payload for task in names["tasks"]] == [{"to": 42}]


def test_a_schedule_is_made_in_python(db, url):
    (text,) = SCHEDULES
    engine = create_engine(url)
    exec(compile(text, "README", "exec"), {"engine": engine, "Session": Session, "schedule": schedule})
    engine.dispose()
    assert db.value("select cron from minipaas.schedules where schedule = 'nightly report'") == "30 2 * * *"


def test_doctor_and_metrics_find_the_queue_well(environment):
    (text,) = texts("sh", "Numbers")
    done = subprocess.run(
        ["bash", "-euo", "pipefail", "-c", text],
        stdout=subprocess.PIPE,
        text=True,
        check=True,
        env=environment,
    )
    assert "are well" in done.stdout
    assert 'minipaas_queue_tasks{queue="emails",state="ready"} 0.0' in done.stdout


def test_a_newcomer_enqueues_from_psql(db, url, psql):
    (param,) = blocks("sql", NEWCOMER)
    psql(param.values[0])
    assert payloads(db) == [{"to": 42}]


@pytest.mark.parametrize(
    ("number", "driver"),
    [(0, "psycopg"), (1, "psycopg"), (1, "asyncpg")],
    ids=["Session", "async", "asyncpg"],
)
def test_a_newcomer_enqueues_from_a_script(number, driver, db, url, tmp_path):
    (tmp_path / "script.py").write_text(blocks("python", NEWCOMER)[number].values[0])
    address = url.set(drivername=f"postgresql+{driver}").render_as_string(hide_password=False)
    done = subprocess.run(
        [sys.executable, tmp_path / "script.py"],
        env=os.environ | {"DATABASE_URL": address}, stdout=subprocess.PIPE, text=True, check=True,
    )  # fmt: skip
    assert payloads(db) == [{"to": 42}]
    assert int(done.stdout) == db.value("select id from minipaas.queue_tasks")


@pytest.mark.parametrize("text", REVISIONS)
def test_the_adopting_revision_runs_in_a_host(text, database_url, tmp_path):
    (tmp_path / "versions").mkdir()
    (tmp_path / "versions" / "adopt.py").write_text(text)
    (tmp_path / "env.py").write_text(ENV)
    config = Config()
    config.set_main_option("script_location", str(tmp_path))
    engine = create_engine(sqlalchemy_url(database_url))
    with engine.begin() as connection:
        config.attributes["connection"] = connection
        command.upgrade(config, "head")
    engine.dispose()
    with Connection.open(database_url) as host:
        assert host.value("select queue from minipaas.queues") == "emails"
        assert host.value("select partitions from minipaas.streams where stream = 'orders'") == 4
        assert host.value("select minipaas.schema_version()") == migrate.head()


@pytest.mark.filterwarnings("ignore:Did not recognize type")
def test_the_filter_for_include_schemas_hides_the_schema_from_autogenerate(url):
    (given,) = re.findall(r"`include_name=(.*?)`", README)
    engine = create_engine(url)
    with engine.connect() as connection:

        def tables_to_drop(**options):
            context = MigrationContext.configure(connection, opts={"include_schemas": True, **options})
            found = compare_metadata(context, Base.metadata)
            return [change[1].schema for change in found if change[0] == "remove_table"]

        assert "minipaas" in tables_to_drop()
        assert "minipaas" not in tables_to_drop(include_name=eval(given, {"migrate": migrate}))
    engine.dispose()


def test_shell_blocks_install_extras_that_exist():
    lines = [param.values[0] for param in blocks("sh") if "pip install" in param.values[0]]
    assert len(lines) == 2
    for extra in ",".join(re.findall(r"'\.\[(.*?)\]'", "\n".join(lines))).split(","):
        assert re.search(rf"^{extra} = \[", (ROOT / "pyproject.toml").read_text(), re.M)


@pytest.mark.parametrize("page", PAGES, ids=lambda page: page.name)
def test_commands_and_their_options_exist(page):
    for name, rest in re.findall(r"minipaas-sql ([a-z]+)([^`&|<\n]*)", page.read_text()):
        command = typer.main.get_command(app).commands[name]
        if rest and hasattr(command, "commands"):
            command = command.commands[rest.split()[0]]
        options = {option for parameter in command.params for option in parameter.opts}
        assert set(re.findall(r"--[\w-]+", rest)) <= options


def anchors(page):
    """What GitHub makes of the headings of a page."""
    headings = re.findall(r"^#+ (.+)$", page.read_text(), re.M)
    return {re.sub(r"[^\w -]", "", heading).lower().replace(" ", "-") for heading in headings}


@pytest.mark.parametrize("page", PAGES, ids=lambda page: page.name)
def test_links_lead_to_files(page):
    text = page.read_text()
    links = re.findall(r"\]\(([^)#]+?)(?:#[^)]*)?\)", text)
    missing = [link for link in links if "://" not in link and not (page.parent / link).exists()]
    assert missing == []
    for path, anchor in re.findall(r"\]\(([^)#:]*)#([^)]+)\)", text):
        assert anchor in anchors(page.parent / path if path else page)


@pytest.mark.parametrize("name", ["life-of-a-task", "life-of-an-event"])
def test_the_pictures_are_well_formed(name):
    assert ElementTree.parse(ROOT / "docs" / f"{name}.svg").getroot().get("viewBox")


def test_the_readme_names_every_public_function():
    public = [one.name for one in _sql.objects() if one.kind == "function" and not one.name.startswith("_")]
    assert [name for name in public if name.removesuffix("_many") not in README] == []
