"""What the view `health` says, and to whom."""

from datetime import UTC, datetime, timedelta

from psycopg import sql
from sqlalchemy import make_url

from minipaas_sql import _sql
from tests.conftest import Connection

NOON = datetime(2030, 1, 1, 12, tzinfo=UTC)


def row(db, subject, name):
    """The row of one thing that is watched."""
    return db.execute(
        "select * from minipaas.health where subject = %s and name = %s", [subject, name]
    ).fetchone()


def test_an_idle_queue_is_well(db):
    db.call("queue_create", "work")
    for subject in ("oldest ready task", "expired leases", "dead tasks"):
        assert row(db, subject, "work").level == "ok"


def test_a_task_that_waits_long_is_told_with_the_way_out(db):
    db.at(NOON)
    db.call("queue_create", "it's")
    db.call("queue_enqueue", "it's", {})
    db.at(NOON + timedelta(minutes=5))
    assert row(db, "oldest ready task", "it's").level == "warn"
    db.at(NOON + timedelta(hours=1))
    assert row(db, "oldest ready task", "it's").level == "bad"
    assert "where queue = 'it''s'" in row(db, "oldest ready task", "it's").advice
    db.call("queue_pause", "it's")
    assert "queue_resume('it''s')" in row(db, "oldest ready task", "it's").advice


def test_expired_leases_and_dead_tasks_are_told(db):
    db.at(NOON)
    db.call("queue_create", "work")
    db.rows("queue_enqueue_many", "work", [{}, {}])
    held, _ = db.rows("queue_dequeue", "work", 2)
    db.call("queue_bury", held.id)
    assert row(db, "expired leases", "work").level == "ok"
    assert (row(db, "dead tasks", "work").level, row(db, "dead tasks", "work").value) == ("warn", "1")
    assert "queue_redrive('work')" in row(db, "dead tasks", "work").advice
    db.at(NOON + timedelta(minutes=2))
    assert (row(db, "expired leases", "work").level, row(db, "expired leases", "work").value) == ("warn", "1")


def test_a_lagging_consumer_is_told(db):
    db.at(NOON)
    db.call("stream_create", "log")
    db.call("stream_subscribe", "log", "audit")
    assert row(db, "lagging consumer", "audit of log").level == "ok"
    db.call("stream_publish", "log", {})
    db.at(NOON + timedelta(hours=1))
    assert row(db, "lagging consumer", "audit of log").level == "bad"


def test_events_that_upkeep_should_have_trimmed_are_told_unless_a_consumer_keeps_them(db):
    db.at(NOON)
    db.call("stream_create", "log", keep="1 hour")
    db.call("stream_publish", "log", {})
    db.at(NOON + timedelta(hours=2))
    assert row(db, "overdue upkeep", "log").level == "warn"
    db.call("stream_subscribe", "log", "audit")
    assert row(db, "overdue upkeep", "log") is None


def test_a_stalled_schedule_is_told_with_the_reason(db):
    db.at(NOON)
    db.call("queue_create", "work")
    db.call("schedule_create", "nightly", "* * * * *", "work")
    assert row(db, "stalled schedule", "nightly").level == "ok"
    db.at(NOON + timedelta(minutes=10))
    assert row(db, "stalled schedule", "nightly").level == "warn"
    assert "schedule_tick()" in row(db, "stalled schedule", "nightly").advice
    db.call("schedule_tick")
    assert row(db, "stalled schedule", "nightly").level == "ok"
    db.call("queue_drop", "work", force=True)
    db.at(NOON + timedelta(minutes=20))
    db.call("schedule_tick")
    assert row(db, "stalled schedule", "nightly").level == "bad"
    assert "queue_create('work')" in row(db, "stalled schedule", "nightly").advice
    db.call("schedule_pause", "nightly")
    assert row(db, "stalled schedule", "nightly") is None


def test_who_holds_back_vacuum_is_named(db, connect):
    holder = connect(autocommit=False)
    holder.execute("select pg_current_xact_id()")
    name = f"session {holder.info.backend_pid} of "
    found = [one for one in db.execute("select * from minipaas._horizon()") if one.name.startswith(name)]
    assert str(holder.info.backend_pid) in found[0].advice


def test_a_blocked_stream_names_the_session_to_end(db, connect):
    db.call("stream_create", "log")
    publisher = connect(autocommit=False)
    publisher.call("stream_publish", "log", {})
    assert row(db, "blocked stream", "log").value != "no"


def test_a_blocked_stream_is_told_to_an_owner_who_may_not_see_when_others_began(
    server, admin, database_url, new_role
):
    owner, other, name = new_role(), new_role(), make_url(database_url).database
    admin.execute(
        sql.SQL("alter database {} owner to {}").format(sql.Identifier(name), sql.Identifier(owner))
    )
    with (
        Connection.open(server.url_of(name, owner)) as db,
        Connection.open(server.url_of(name, other), autocommit=False) as publisher,
    ):
        db.execute(_sql.install_text())
        db.at(NOON)
        db.call("stream_create", "log")
        db.call("access_grant", other, ["publish"])
        publisher.call("stream_publish", "log", {})
        assert row(db, "blocked stream", "log").level == "ok", "nothing waits for it"
        db.call("stream_publish", "log", {})
        db.at(NOON + timedelta(minutes=10))
        found = row(db, "blocked stream", "log")
        assert (found.level, found.value) == ("bad", "00:10:00")
        assert str(publisher.info.backend_pid) in found.advice


def test_who_may_observe_sees_all_and_others_nothing(db, connect, new_role):
    db.call("queue_create", "work")
    db.call("stream_create", "log")
    db.call("stream_subscribe", "log", "audit")
    role = new_role()
    reader = connect(role)
    views = ("health", "queue_stats", "stream_stats", "consumer_stats")
    db.call("access_grant", role, ["enqueue"])
    assert [reader.execute(f"table minipaas.{view}").fetchall() for view in views] == [[]] * 4
    db.call("access_grant", role, ["observe"])
    for view in views:
        assert len(reader.execute(f"table minipaas.{view}").fetchall()) > 0
