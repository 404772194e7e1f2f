"""docs/operations.md: its code runs and does what it says, and its numbers are measured again."""

import json
import os
import re
import signal
import subprocess
import sys
from contextlib import closing
from datetime import UTC, datetime, timedelta
from pathlib import Path
from time import monotonic

import psycopg
import pytest
import yaml

from minipaas_sql import _embedded, _sql
from tests.chaos.test_servers import standby
from tests.conftest import Connection
from tests.docs import sizes
from tests.docs.pages import read, take

PAGE = read("docs/operations.md")
NOON = datetime(2030, 1, 1, 12, tzinfo=UTC)
BIN = Path(sys.executable).parent


def blocks(language):
    """The code blocks in a language by the heading that they stand below."""
    found = {}
    for part in re.split(r"^##+ ", PAGE, flags=re.M)[1:]:
        texts = [text for text in take("docs/operations.md", language) if text in part]
        if texts:
            found[part.partition("\n")[0]] = texts
    return found


SQL, SHELL, CONF, YAML = map(blocks, ("sql", "sh", "conf", "yaml"))


def table(heading, number):
    """The cells of a table on the page, row by row, without its head."""
    (part,) = re.findall(rf"^##+ {heading}\n(.*?)(?=^##|\Z)", PAGE, re.M | re.S)
    rows = re.findall(r"(?:^\|.*\n)+", part, re.M)[number].splitlines()[2:]
    return [[cell.strip() for cell in row.strip("|").split("|")] for row in rows]


def run(db, text):
    """Run a block, and return the rows of each statement that has some."""
    cursor = db.execute(text)
    results = []
    while True:
        if cursor.description:
            results.append(cursor.fetchall())
        if not cursor.nextset():
            return results


def until(ask):
    """Return when it is so."""
    deadline = monotonic() + 30
    while not ask():
        assert monotonic() < deadline, "it takes too long"


def shell(text, folder, **variables):
    """Run commands in bash, and return how they ended."""
    path = f"{BIN}{os.pathsep}{os.environ['PATH']}"
    return subprocess.run(
        ["bash", "-euo", "pipefail", "-c", text], cwd=folder, capture_output=True, text=True,
        env={**os.environ, "PATH": path, **variables},
    )  # fmt: skip


@pytest.fixture(scope="module")
def own():
    """A server with the settings that the page gives."""
    ((text,),) = CONF.values()
    settings = dict(re.findall(r"^(\w+) = '?(\w+)'?", text, re.M))
    quiet = {"autovacuum": "off"}  # it writes to the log as well, whenever it likes
    with _embedded.server({**settings, **quiet, "wal_level": "logical"}) as server:
        with psycopg.connect(server.url) as connection:
            for name, value in settings.items():
                assert connection.execute(f"show {name}").fetchone() == (value,)
        yield server


def database(server, name, text=None):
    """The URL of a new database, with the schema unless told otherwise."""
    with psycopg.connect(server.url, autocommit=True) as admin:
        admin.execute(f"create database {name}")
    with psycopg.connect(server.url_of(name)) as connection:
        connection.execute(_sql.install_text() if text is None else text)
    return server.url_of(name)


@pytest.fixture
def site(db):
    """A database with what the page's blocks name."""
    db.call("queue_create", "emails")
    db.call("stream_create", "orders")
    db.call("stream_subscribe", "orders", "billing")
    return db


def test_every_block_of_code_is_known_here():
    assert {*SQL, *SHELL} == {
        "Day to day", "Settings", "Vacuum", "Monitoring", "Failover and backup", "A queue grows",
        "A task keeps failing, or is dead", "A lease is stuck", "A consumer stands still", "The disk is full",
        "A queue was dropped",
    }  # fmt: skip
    assert set(re.findall(r"^```(\w+)\n", PAGE, re.M)) == {"sql", "sh", "conf", "yaml"}


def test_upkeep_by_hand(site):
    site.at(NOON)
    site.call("schedule_create", "nightly", "* * * * *", "emails")
    site.at(NOON + timedelta(minutes=2))
    (text,) = SQL["Day to day"]
    ((ticked,),), done = run(site, text)
    assert (ticked, {row.what for row in done} >= {"tasks buried", "sequences repaired"}) == (1, True)


def test_settings_of_a_role_and_of_a_transaction(site, db_url):
    timeouts, one = SQL["Settings"]
    with closing(Connection.open(db_url, autocommit=False)) as undone:
        undone.execute("create role mailer")
        undone.execute(timeouts)
        assert undone.value("select rolconfig from pg_roles where rolname = 'mailer'") == [
            "statement_timeout=30s", "lock_timeout=5s", "idle_in_transaction_session_timeout=1min",
        ]  # fmt: skip
        undone.rollback()
    site.execute("set synchronous_commit = on")
    run(site, one)
    assert site.value("show synchronous_commit") == "on"
    assert site.value("select payload from minipaas.queue_tasks") == {"digest": 7}


def test_the_page_tells_what_the_schema_sets(db):
    churning = set(re.findall(r"`(_\w+)`", "".join(row[0] for row in table("Vacuum", 0)[:3])))
    own = db.execute(
        "select relname from pg_class where relnamespace = 'minipaas'::regnamespace "
        "and array_to_string(reloptions, ' ') like '%autovacuum_vacuum_cost_delay=1%'"
    )
    assert {name for (name,) in own.fetchall()} == churning


def test_who_holds_back_vacuum_is_told(site, connect):
    holder = connect(autocommit=False)
    holder.execute("set transaction isolation level repeatable read; select 1")
    (text,) = SQL["Vacuum"]
    held, dead = run(site, text)
    assert [row for row in held if row.name.startswith(f"session {holder.info.backend_pid} of")]
    assert "_ready" in {row.relname for row in dead}


def test_a_standby_that_feeds_back_is_told_and_serves_the_views():
    settings = {"hot_standby_feedback": "on", "wal_receiver_status_interval": "1s"}
    with _embedded.server(settings) as primary:
        url = database(primary, "fed")
        with Connection.open(url) as db, standby(primary) as server:
            db.call("queue_create", "emails")
            with (
                Connection.open(server.url_of("fed")) as reader,
                Connection.open(server.url_of("fed")) as old,
            ):
                until(lambda: reader.value("select count(*) from minipaas.queues") == 1)
                assert reader.value("select ready from minipaas.queue_stats") == 0
                for refused in ("minipaas.queue_dequeue('emails')", "minipaas.maintain()"):
                    with pytest.raises(psycopg.Error) as caught:
                        reader.execute(f"select * from {refused}")
                    assert caught.value.sqlstate == "MP007"
                old.execute("begin isolation level repeatable read; table minipaas.queues")
                held = "select advice from minipaas._horizon() where starts_with(name, 'standby ')"
                until(lambda: db.execute(held).fetchone())
                reader.execute(db.value(held).partition(": ")[2])
                with pytest.raises(psycopg.OperationalError):
                    old.execute("select 1")


@pytest.mark.parametrize("size", [200, 2000])
def test_sizes_on_disk_and_in_the_log(size, own, record_property):
    column = {200: 1, 2000: 2}[size]
    with Connection.open(database(own, f"sizes{size}")) as db:
        for (what, measured), row in zip(sizes.on_disk(db, size), table("Sizing", 0), strict=True):
            assert (what, measured) == (row[0], pytest.approx(number(row[column]), rel=0.25))
            record_property("summary", f"{what}, {size}: {measured:.0f} bytes")
        for batch, shift in ((1, 0), (100, 1)):
            for (what, measured), row in zip(sizes.logged(db, size, batch), table("Sizing", 1), strict=True):
                told = number(row[2 * column - 1 + shift])
                assert (what, measured) == (row[0], pytest.approx(told, rel=0.4, abs=30))
    if size == 200:
        with Connection.open(own.url_of("sizes200")) as fresh:
            before, after = sizes.memory(fresh)
            assert (before, after) == (pytest.approx(1.5e6, rel=0.4), pytest.approx(5e6, rel=0.4))


def number(cell):
    return int(cell.replace(",", ""))


def test_the_connections_of_a_worker(site, db_url, tmp_path):
    (tmp_path / "app.py").write_text("def mail(task, session):\n    assert task.payload\n")
    site.rows("queue_enqueue_many", "emails", [{"order": 1}, *[{}] * 20])
    command = [BIN / "minipaas-sql", "worker", "app:mail", "--queue", "emails", "--concurrency", "4"]
    environment = {**os.environ, "DATABASE_URL": db_url}
    with subprocess.Popen(command, cwd=tmp_path, env=environment, stderr=subprocess.DEVNULL) as worker:
        try:
            until(lambda: site.value("select retrying from minipaas.queue_stats") == 20)
            names = site.execute(
                "select application_name from pg_stat_activity where datname = current_database() "
                "and pid <> pg_backend_pid() and application_name <> 'minipaas-sql upkeep'"
            )
            named = [name for (name,) in names.fetchall()]
        finally:
            worker.send_signal(signal.SIGTERM)
    (told,) = re.findall(
        r"after the name `minipaas-sql`, those are `(.*?)`, `(.*?)`, `(.*?)`\s+and .*? `(.*?)`", PAGE
    )
    assert {name for name in named if name} == {f"minipaas-sql {one}" for one in told}
    assert len(named) <= 4 + 3


def test_doctor_and_metrics(site, db_url, tmp_path):
    assert site.call("stream_publish", "orders", {})
    (text,) = SHELL["Monitoring"]
    done = shell(text, tmp_path, DATABASE_URL=db_url)
    assert done.returncode == 0, done.stderr
    assert {row["subject"] for row in json.loads((tmp_path / "doctor.json").read_text())} >= {"dead tasks"}
    metrics = set(re.findall(r"^(minipaas_\w+)", (tmp_path / "metrics.prom").read_text(), re.M))
    assert set(re.findall(r"`(minipaas_\w+)`", PAGE)) == metrics
    ((rules,),) = YAML.values()
    (group,) = yaml.safe_load(rules)["groups"]
    for rule in group["rules"]:
        used = re.findall(r"minipaas_\w+", rule["expr"])
        assert (bool(used), set(used) <= metrics, "alert" in rule) == (True, True, True)


def test_the_exit_status_of_doctor(site, db_url, tmp_path):
    site.at(NOON)
    site.call("schedule_create", "nightly", "* * * * *", "emails")
    site.call("queue_drop", "emails")
    site.at(NOON + timedelta(minutes=2))
    site.call("schedule_tick")
    assert shell("minipaas-sql doctor", tmp_path, DATABASE_URL=db_url).returncode == 1
    nowhere = "postgresql:///nowhere?host=/nonexistent"
    assert shell("minipaas-sql doctor", tmp_path, DATABASE_URL=nowhere).returncode == 1
    assert shell("minipaas-sql doctor", tmp_path, DATABASE_URL="").returncode == 2


def test_health_has_the_subjects_that_the_page_explains(site, connect):
    site.call("stream_create", "kept", keep="1 day")
    site.call("stream_publish", "kept", {})
    site.call("schedule_create", "nightly", "@daily", "emails")
    holder = connect(autocommit=False)
    holder.execute("select pg_current_xact_id()")
    subjects = site.execute("select distinct subject from minipaas.health").fetchall()
    assert {row[0].strip("`") for row in table("Monitoring", 0)} == {subject for (subject,) in subjects}


def test_a_dashboard_has_rows(site):
    queues, consumers, sessions = run(site, SQL["Monitoring"][0])
    assert (len(queues), len(consumers), bool(sessions)) == (1, 1, True)


def test_a_dump_is_restored_where_its_roles_are(own, tmp_path):
    url, restored = database(own, "dumped"), database(own, "restored", "")
    with Connection.open(url) as db:
        db.execute("create role keeper")
        db.call("queue_create", "emails")
        db.call("queue_enqueue", "emails", {"order": 1})
        db.call("stream_create", "orders")
        db.call("access_grant", "keeper", ["enqueue"], queue="emails")
        (text,) = SHELL["Failover and backup"]
        programs = f"PATH={own.bin}:$PATH\n"
        done = shell(programs + text, tmp_path, DATABASE_URL=url, RESTORED_URL=restored)
        assert done.returncode == 0, done.stderr
        with Connection.open(restored) as again:
            assert again.one("queue_dequeue", "emails").payload == {"order": 1}
            assert again.value("select rights from minipaas.access where role = 'keeper'") == ["enqueue"]
            # What is published after the dump is lost with it, and its offset is given again.
            assert db.call("stream_publish", "orders", {}) == again.call("stream_publish", "orders", {})
            again.execute("drop owned by keeper")
        db.execute("drop owned by keeper; drop role keeper")
    third = database(own, "third", "")
    failed = shell(f"{programs} pg_restore --exit-on-error -d '{third}' minipaas.dump", tmp_path)
    assert (failed.returncode, 'role "keeper" does not exist' in failed.stderr) == (1, True)


def test_logical_replication_to_another_database(own):
    url, green_url = database(own, "blue"), database(own, "green", "")
    schema = own.run("pg_dump", "--schema-only", "-n", "minipaas", url)
    with psycopg.connect(green_url) as green:
        green.execute("\n".join(line for line in schema.splitlines() if not line.startswith("\\")))
    with Connection.open(url) as db, Connection.open(green_url) as green:
        for queue in ("emails", "passing"):
            db.call("queue_create", queue)
            db.rows("queue_enqueue_many", queue, [{}] * 20, keys=["k"] * 20)
        (publish,) = SQL["Failover and backup"]
        run(db, publish)
        db.execute("select pg_create_logical_replication_slot('green', 'pgoutput')")
        green.execute(
            f"create subscription green connection '{url}' publication green with (create_slot = false)"
        )
        until(lambda: green.value("select bool_and(srsubstate = 'r') from pg_subscription_rel"))
        db.call("queue_drop", "passing", force=True)
        last = db.call("queue_enqueue", "emails", {"last": True})
        db.rows("maintain")
        tasks = "select count(*) from minipaas.queue_tasks"
        until(lambda: green.value(tasks) == db.value(tasks))
        green.execute("drop subscription green")
        repaired = [
            {row.what: row.count for row in green.rows("maintain")}["sequences repaired"] for _ in "12"
        ]
        assert (repaired[0] > 0, repaired[1]) == (True, 0)
        assert green.call("queue_enqueue", "emails", {}) > last
        assert green.one("queue_dequeue", "emails", 1)


def test_a_queue_that_grows(site):
    site.rows("queue_enqueue_many", "emails", [{}, {}])
    site.rows("queue_dequeue", "emails", worker="me")
    (text,) = SQL["A queue grows"]
    ((numbers,), ((paused,),), ((worker, count, _),)) = run(site, text)
    assert (numbers.ready, numbers.leased, paused, worker, count) == (1, 1, False, "me", 1)


def test_tasks_that_fail_are_looked_at_cancelled_and_redriven(site):
    site.rows("queue_enqueue_many", "emails", [{}, {}])
    retrying, dead = site.rows("queue_dequeue", "emails", 2)
    site.call("queue_nack", retrying.id, error="no route")
    site.call("queue_bury", dead.id, error="no such address")
    (text,) = SQL["A task keeps failing, or is dead"]
    looked, cancelled, redriven = run(site, text)
    assert {row.last_error for row in looked} == {"no route", "no such address"}
    assert ([tuple(row) for row in cancelled], [tuple(row) for row in redriven]) == ([(True,)], [(1,)])
    assert site.value("select array_agg(state) from minipaas.queue_tasks") == ["ready"]


def test_a_stuck_lease_is_given_back(site):
    site.call("queue_enqueue", "emails", {})
    site.rows("queue_dequeue", "emails", worker="gone", lease="1 day")
    (text,) = SQL["A lease is stuck"]
    assert [tuple(row) for row in run(site, text)[0]] == [("waiting",)]
    assert site.one("queue_dequeue", "emails").attempt == 2


def test_who_blocks_a_consumer_is_ended_and_a_poison_event_is_passed(site, connect):
    publisher = connect(autocommit=False)
    publisher.call("stream_publish", "orders", {"lost": True})
    site.call("stream_publish", "orders", {"order": 1})
    site.call("stream_publish", "orders", {"order": 2})
    assert site.rows("stream_fetch", "orders", "billing") == []
    end, passing = SQL["A consumer stands still"]
    run(site, end)
    until(lambda: site.value("select blocked_by is null from minipaas.consumer_stats"))
    run(site, passing)
    task = site.one("queue_dequeue", "emails")
    assert task.payload == {"order": 1}
    assert task.headers.keys() == {"offset"}
    assert site.one("stream_fetch", "orders", "billing").payload == {"order": 2}


def test_what_fills_the_disk_is_told(site):
    site.call("stream_publish", "orders", {})
    (text,) = SQL["The disk is full"]
    _, streams = run(site, text)
    assert [row.stream for row in streams] == ["orders"]


def test_a_dropped_queue_is_read_from_a_backup(site):
    site.rows("queue_enqueue_many", "emails", [{"order": 1}, {"order": 2}])
    (text,) = SQL["A queue was dropped"]
    ((created,),), lost = run(site, text)
    assert (created, [row.payload["order"] for row in lost]) == (False, [1, 2])


def test_schedules_go_on_when_their_queue_is_there_again(site):
    site.at(NOON)
    site.call("schedule_create", "nightly", "* * * * *", "emails")
    site.call("queue_drop", "emails")
    site.at(NOON + timedelta(minutes=2))
    assert site.call("schedule_tick") == 0
    assert site.value("select last_error is not null from minipaas.schedules")
    site.call("queue_create", "emails")
    site.at(NOON + timedelta(minutes=3))
    assert site.call("schedule_tick") == 1
