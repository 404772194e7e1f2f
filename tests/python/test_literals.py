"""Literal rendering, run by psql and by Alembic on line and off line."""

import io
import os
import shutil
import subprocess
from collections.abc import Callable
from datetime import UTC, datetime, timedelta
from typing import Any

import pytest
from alembic.migration import MigrationContext
from alembic.operations import Operations
from sqlalchemy import create_engine, func, literal, select
from sqlalchemy.dialects.postgresql import asyncpg, psycopg
from sqlalchemy.orm import Session

from minipaas_sql import access, maintain, queue, stream, views
from minipaas_sql._url import sqlalchemy_url
from tests.conftest import Host

Psql = Callable[[str], str]

HARD = [
    "it's",
    "100% %s %(x)s %%",
    "back\\slash\\",
    ":name ::text",
    "$1 $$ $x$",
    'do "quote"',
    "é 🐘",
    "a\nb",
]


@pytest.fixture
def psql(server: Host, db_url: str) -> Psql:
    """Run SQL text with psql and return what it printed."""
    program = server.bin / "psql" if server.bin else shutil.which("psql")
    if program is None:
        pytest.skip("no psql beside the server of MINIPAAS_TEST_URL or on the PATH")

    def run(text: str) -> str:
        done = subprocess.run(
            [program, "-X", "-q", "-A", "-t", "-v", "ON_ERROR_STOP=1", "-d", db_url],
            input=text, capture_output=True, text=True, cwd="/",
            env={**os.environ, "PGCLIENTENCODING": "UTF8"},
        )  # fmt: skip
        assert done.returncode == 0, f"{done.stderr}\n{text}"
        return done.stdout.strip()

    return run


def asyncpg_reads_literals() -> bool:
    """Whether SQLAlchemy looks for parameters inside of literals for asyncpg, as it did in 2.0.54 still."""
    try:
        select(literal("%(x)s")).compile(dialect=asyncpg.dialect(), compile_kwargs={"literal_binds": True})
    except KeyError:
        return True
    return False


def rendered(*statements: Any) -> str:
    dialects = psycopg.dialect(paramstyle="named"), asyncpg.dialect()
    if "%(x)s" in repr([s.compile().params for s in statements]) and asyncpg_reads_literals():
        dialects = (dialects[0], dialects[0])
    one, two = (
        ";\n".join(str(s.compile(dialect=d, compile_kwargs={"literal_binds": True})) for s in statements)
        + ";\n"
        for d in dialects
    )
    assert one == two
    return one


@pytest.mark.parametrize("text", HARD)
def test_psql_reads_back_what_was_rendered(psql: Psql, session: Session, text: str) -> None:
    psql(
        rendered(
            queue.create(text),
            queue.enqueue(text, {text: [text, None, True, 1.5]}, headers={"h": text}),
            queue.enqueue_many(text, [text, None], headers=[None, text], priority=-1),
        )
    )
    tasks = session.execute(queue.dequeue(text, batch_size=10)).all()
    assert [(task.payload, task.headers) for task in tasks] == [
        ({text: [text, None, True, 1.5]}, {"h": text}),
        (text, None),
        (None, text),
    ]


@pytest.mark.parametrize("text", HARD)
def test_psql_reads_back_an_event(psql: Psql, session: Session, text: str) -> None:
    psql(
        rendered(
            stream.create(text),
            stream.publish(text, {text: [text, None, True, 1.5]}, key=text, headers={"h": text}),
            stream.publish_many(text, [text, None], keys=[None, text], headers=[None, text]),
        )
    )
    events = session.execute(stream.consume(text)).all()
    assert [(event.payload, event.key, event.headers) for event in events] == [
        ({text: [text, None, True, 1.5]}, text, {"h": text}),
        (text, None, None),
        (None, text, text),
    ]


def test_standard_conforming_strings_make_no_difference(psql: Psql, session: Session) -> None:
    psql(
        "set standard_conforming_strings = off; set escape_string_warning = off;"
        + rendered(queue.create("\\'"))
    )
    assert session.scalars(select(views.queues.c.queue)).all() == ["\\'"]


def test_durations_and_moments_keep_their_value(psql: Psql, session: Session) -> None:
    keep, lease = timedelta(days=400, microseconds=1), timedelta(hours=1, seconds=1.5)
    moment = datetime(2030, 6, 1, 12, 0, 0, 123456, tzinfo=UTC)
    psql(rendered(queue.create("q", lease=lease, keep_done=keep), queue.enqueue("q", 1, run_at=moment)))
    settings = session.execute(select(views.queues)).one()
    assert (settings.lease, settings.keep_done) == (lease, keep)
    assert session.scalar(select(views.queue_tasks.c.run_at)) == moment


def test_every_kind_of_call_runs_in_psql(psql: Psql) -> None:
    printed = psql(
        rendered(
            queue.create("q", max_attempts=1),
            queue.enqueue_many("q", [1, 2, 3]),
            select(queue.dequeue("q", batch_size=3, worker="w").subquery().c.payload),
            queue.ack_many([1], [9]),
            queue.ack_many([]),
            queue.redrive("q", ids=[]),
            queue.drop("q", force=True),
        )
    )
    created, *_, one, two, three, acked, none, redriven, dropped = printed.split("\n")
    assert (created, one, two, three, acked, none, redriven, dropped) == (
        "t", "1", "2", "3", "0", "0", "0", "t",
    )  # fmt: skip


def test_every_kind_of_stream_call_runs_in_psql(psql: Psql) -> None:
    since = datetime(2020, 1, 1, tzinfo=UTC)
    printed = psql(
        rendered(
            stream.create("s", partitions=2, keep=timedelta(days=7), keep_events=10),
            stream.subscribe("s", "c", from_time=since),
            select(func.count()).select_from(stream.publish_many("s", [1, 2, 3], keys=["k"] * 3).alias()),
            select(stream.consume("s", batch_size=2).subquery().c.payload),
            select(stream.fetch("s", "c", worker="w").subquery().c.key),
            stream.commit("s", "c", 0, 0, 1),
            stream.seek("s", "c", to_time=since),
            select(maintain().subquery().c.count),
            stream.unsubscribe("s", "c"),
            stream.drop("s", force=True),
        )
    )
    shown = [line for line in printed.split("\n") if line]
    assert shown == ["t", "3", "1", "2", "k", "k", "k", "f", *"000000", "t", "t"]


def revision(op: Operations, role: str) -> None:
    op.execute(queue.create("100% \\ it's", lease=timedelta(minutes=2)))
    op.execute(queue.alter("100% \\ it's", max_attempts=3))
    op.execute(stream.create("100% \\ it's", partitions=2, keep=timedelta(days=7)))
    op.execute(stream.alter("100% \\ it's", keep_events=3))
    op.execute(stream.subscribe("100% \\ it's", "audit"))
    op.execute(access.grant(role, ["observe"]))


def check_revision(session: Session) -> None:
    settings = session.execute(select(views.queues)).one()
    assert (settings.queue, settings.lease, settings.max_attempts) == (
        "100% \\ it's",
        timedelta(minutes=2),
        3,
    )
    settings = session.execute(select(views.streams)).one()
    assert (settings.stream, settings.keep, settings.keep_events) == ("100% \\ it's", timedelta(days=7), 3)
    assert session.scalars(select(views.consumer_stats.c.consumer)).all() == ["audit", "audit"]


def test_an_alembic_revision_on_line(db_url: str, session: Session, new_role: Callable[..., str]) -> None:
    engine = create_engine(sqlalchemy_url(db_url))
    with engine.begin() as connection:
        revision(Operations(MigrationContext.configure(connection)), new_role())
    engine.dispose()
    check_revision(session)


@pytest.mark.parametrize("driver", ["postgresql", "postgresql+psycopg", "postgresql+asyncpg"])
def test_an_alembic_revision_off_line(
    psql: Psql, session: Session, new_role: Callable[..., str], driver: str
) -> None:
    script = io.StringIO()
    context = MigrationContext.configure(
        url=f"{driver}://x/y",
        opts={"as_sql": True, "literal_binds": True, "output_buffer": script},
        dialect_opts={"paramstyle": "named"},
    )
    revision(Operations(context), new_role())
    psql(script.getvalue())
    check_revision(session)
