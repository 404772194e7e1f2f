"""Every code block in the README and in docs/ runs, and every link leads somewhere."""

import re
import shlex
import subprocess
from pathlib import Path

import pytest
from alembic import command
from alembic.config import Config
from sqlalchemy import MetaData, create_engine
from sqlalchemy.exc import DBAPIError
from sqlalchemy.orm import DeclarativeBase, Mapped, Session, mapped_column

from minipaas_sql import _sql, errors, queue
from minipaas_sql._url import sqlalchemy_url
from tests.conftest import Connection

ROOT = Path(__file__).parents[2]
PAGES = [ROOT / "README.md", *sorted((ROOT / "docs").glob("*.md"))]
ENV = """
from alembic import context
connection = context.config.attributes["connection"]
context.configure(connection)
with context.begin_transaction():
    context.run_migrations()
"""


def blocks(language):
    """The text of each code block in a language."""
    return [
        pytest.param(text, id=f"{page.name}-{number}")
        for page in PAGES
        for number, text in enumerate(
            re.findall(rf"^```{language}\n(.*?)^```", page.read_text(), re.MULTILINE | re.DOTALL)
        )
    ]


@pytest.fixture
def url(db, server, db_url):
    db.call("queue_create", "emails")
    return sqlalchemy_url(db_url)


class Base(DeclarativeBase):
    """A host application's models."""

    metadata = MetaData(schema="test")


class Order(Base):
    __tablename__ = "orders"
    id: Mapped[int] = mapped_column(primary_key=True)


@pytest.mark.parametrize("text", blocks("sql"))
def test_sql_blocks_run_in_psql(text, db, url):
    for statement in filter(str.strip, text.split(";")):
        db.execute(statement)
    if "queue_enqueue" in text:
        assert db.value("select count(*) from minipaas.queue_tasks where queue = 'emails'") == 1


@pytest.mark.parametrize(
    "text", [param for param in blocks("python") if "def upgrade" not in param.values[0]]
)
def test_python_blocks_run(text, db, url, monkeypatch, capsys):
    monkeypatch.setenv("DATABASE_URL", url.render_as_string(hide_password=False))
    engine = create_engine(url)
    Base.metadata.create_all(engine)
    sent = []
    names = {
        "engine": engine, "Order": Order, "Session": Session, "queue": queue, "errors": errors,
        "DBAPIError": DBAPIError, "send": lambda session, payload: sent.append(payload),
    }  # fmt: skip
    if "queue.dequeue" in text:
        db.call("queue_enqueue", "emails", {"order": 1})
    exec(compile(text, "README", "exec"), names)
    names["engine"].dispose()
    engine.dispose()
    waiting = db.value("select count(*) from minipaas.queue_tasks")
    if "queue.dequeue" in text:
        assert (sent, waiting) == ([{"order": 1}], 0)
    elif "no such queue" in text:
        assert "no such queue" in capsys.readouterr().out
    else:
        assert waiting == 1


@pytest.mark.parametrize("text", [param for param in blocks("python") if "def upgrade" in param.values[0]])
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
        assert host.value("select minipaas.schema_version()") == "0001"


def test_psql_enqueues_as_the_readme_says(server, db, url, db_url):
    if server.bin is None:
        pytest.skip("this server came without its psql")
    (text,) = re.findall(r"From psql:\n\n```sql\n(.*?)```", PAGES[0].read_text(), re.DOTALL)
    subprocess.run([server.bin / "psql", "-v", "ON_ERROR_STOP=1", db_url], input=text, text=True, check=True)
    assert db.value("select payload ->> 'to' from minipaas.queue_tasks") == "42"


@pytest.mark.parametrize("text", blocks("sh"))
def test_shell_blocks_install_extras_that_exist_and_call_what_they_install(text):
    words = shlex.split(text)
    extras = re.findall(r"^\.\[(.*)\]$", "\n".join(words), re.MULTILINE)
    project = (ROOT / "pyproject.toml").read_text()
    for extra in ",".join(extras).split(","):
        assert re.search(rf"^{extra} = \[", project, re.MULTILINE)
    assert words[-2:] == ["minipaas-sql", "demo"] or ".venv/bin/pytest" in words or words[-1] == "demo"


@pytest.mark.parametrize("page", PAGES, ids=lambda page: page.name)
def test_links_lead_to_files(page):
    links = re.findall(r"\]\(([^)#]+?)(?:#[^)]*)?\)", page.read_text())
    missing = [link for link in links if "://" not in link and not (page.parent / link).exists()]
    assert missing == []


def test_the_readme_names_every_public_function():
    text = PAGES[0].read_text()
    public = [one.name for one in _sql.objects() if one.kind == "function" and not one.name.startswith("_")]
    unnamed = [name for name in public if name.removesuffix("_many") not in text]
    assert unnamed == []
