"""What the README shows beyond a session of its blocks: a host's history, a worker, scripts, extras."""

import re
import sys

import pytest
from alembic import command
from alembic.autogenerate import compare_metadata
from alembic.config import Config
from alembic.runtime.migration import MigrationContext
from sqlalchemy import create_engine

from minipaas_sql import _sql, migrate
from minipaas_sql._url import sqlalchemy_url
from tests.conftest import Connection
from tests.docs.pages import PAGES, ROOT, read, take
from tests.docs.session import Base, Page

README = read("README.md")
(REVISION,) = take("README.md", "python", "def upgrade")
WORKER = take("README.md", "python", "queue.dequeue")
SCRIPTS = [
    *take("README.md", "python", "create_engine("),
    *take("README.md", "python", "create_async_engine("),
]
INSTALL = take("README.md", "sh", "pip install")
ENV = """
from alembic import context
connection = context.config.attributes["connection"]
context.configure(connection)
with context.begin_transaction():
    context.run_migrations()
"""


@pytest.fixture
def page(server, new_database, tmp_path):
    """A session with what the README takes for granted."""
    with new_database() as url:
        page = Page(server, url, tmp_path)
        yield page
        page.close()


@pytest.fixture
def db(page):
    with Connection.open(page.env["DATABASE_URL"].replace("+psycopg", "")) as connection:
        yield connection


def payloads(db):
    return [row.payload for row in db.execute("select payload from minipaas.queue_tasks").fetchall()]


def test_the_adopting_revision_runs_in_a_host(database_url, tmp_path):
    (tmp_path / "versions").mkdir()
    (tmp_path / "versions" / "adopt.py").write_text(REVISION)
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


def test_the_worker_does_a_task_and_acks_it(page, db):
    (text,) = WORKER
    sent = []
    page.names["send"] = lambda session, payload: sent.append(payload)
    db.call("queue_enqueue", "emails", {"order": 1})
    page.python(text)
    assert (sent, payloads(db)) == ([{"order": 1}], [])


@pytest.mark.parametrize(
    ("number", "driver"),
    [(0, "psycopg"), (1, "psycopg"), (1, "asyncpg")],
    ids=["Session", "async", "asyncpg"],
)
def test_a_newcomer_enqueues_from_a_script(number, driver, page, db):
    (page.folder / "script.py").write_text(SCRIPTS[number])
    page.env["DATABASE_URL"] = page.env["DATABASE_URL"].replace("psycopg", driver)
    printed = page.sh(f"{sys.executable} script.py")
    assert payloads(db) == [{"to": 42}]
    assert int(printed) == db.value("select id from minipaas.queue_tasks")


@pytest.mark.filterwarnings("ignore:Did not recognize type")
def test_the_filter_for_include_schemas_hides_the_schema_from_autogenerate(page):
    (given,) = re.findall(r"`include_name=(.*?)`", README)
    with page.engine.connect() as connection:

        def tables_to_drop(**options):
            context = MigrationContext.configure(connection, opts={"include_schemas": True, **options})
            found = compare_metadata(context, Base.metadata)
            return [change[1].schema for change in found if change[0] == "remove_table"]

        assert "minipaas" in tables_to_drop()
        assert "minipaas" not in tables_to_drop(include_name=eval(given, {"migrate": migrate}))


def test_shell_blocks_install_extras_that_exist():
    assert len(INSTALL) == 2
    for extra in ",".join(re.findall(r"'\.\[(.*?)\]'", "\n".join(INSTALL))).split(","):
        assert re.search(rf"^{extra} = \[", (ROOT / "pyproject.toml").read_text(), re.M)


def test_the_guides_name_every_public_function():
    public = [one.name for one in _sql.objects() if one.kind == "function" and not one.name.startswith("_")]
    guides = "\n".join(read(page) for page in PAGES if "reference" not in page)
    assert [name for name in public if not re.search(rf"\b{name}\b", guides)] == []


def test_the_readme_is_short():
    assert len(README.splitlines()) < 400
