import pytest
from psycopg import IsolationLevel

from minipaas_sql import _embedded, _sql
from tests.conftest import Connection

from .helpers import commit, fetch, publish, read, stats, work

STRICT = [IsolationLevel.REPEATABLE_READ, IsolationLevel.SERIALIZABLE]
READING = {
    "stream_head": ("log",),
    "stream_consume": ("log",),
    "stream_fetch": ("log", "audit"),
    "stream_commit": ("log", "audit", 0, 1),
    "stream_seek": ("log", "audit", 1),
}


@pytest.mark.parametrize("level", STRICT)
@pytest.mark.parametrize("function", READING)
def test_reading_needs_read_committed(db, stream, audit, connect, refused, level, function):
    made = publish(db, stream, 2)
    rows = fetch(db, stream, batch_size=1)
    other = connect(autocommit=False)
    other.isolation_level = level
    with refused("MP007", function, level.name.lower().replace("_", " ")):
        other.rows(function, *READING[function])
    other.rollback()
    assert commit(db, stream, rows) is True
    assert work(db, stream) == made[1:]


@pytest.mark.parametrize("level", list(IsolationLevel))
def test_publish_works_at_every_level(db, stream, audit, connect, level):
    other = connect(autocommit=False)
    other.isolation_level = level
    other.execute("select 1 from pg_class limit 1")
    made = publish(db, stream, 2)
    made += [other.call("stream_publish", stream, {}, "key", {}, "dedup")]
    made += publish(db, stream, 2)
    made += publish(other, stream, 3, keys=["a"] * 3, dedup_keys=["b", "c", "d"])
    assert other.call("stream_publish", stream, {}, dedup_key="dedup") == made[2]
    assert publish(other, stream, 1, dedup_keys=["c"]) == [made[6]]
    assert read(db, stream) == made[:2]
    other.commit()
    assert made == sorted(made)
    assert read(db, stream) == work(db, stream) == made


@pytest.mark.parametrize("level", STRICT)
def test_a_dedup_key_that_an_old_snapshot_cannot_see_makes_no_second_event(
    db, stream, connect, background, level
):
    """The call may fail with a serialization failure, which a retry solves, but it must end."""
    other = connect(autocommit=False)
    other.isolation_level = level
    other.execute("select 1 from pg_class limit 1")
    first = db.call("stream_publish", stream, {}, dedup_key="a")
    other.execute("set local statement_timeout = '10s'")
    try:
        again = other.call("stream_publish", stream, {}, dedup_key="a")
    except Exception as error:
        assert error.sqlstate == "40001"
        other.rollback()
        again = other.call("stream_publish", stream, {}, dedup_key="a")
    assert again == first
    other.commit()
    assert read(db, stream) == [first]


@pytest.mark.parametrize("level", list(IsolationLevel))
def test_the_views_work_at_every_level(db, stream, audit, connect, level):
    publish(db, stream, 2)
    other = connect(autocommit=False)
    other.isolation_level = level
    assert stats(other, stream).events == 2
    for view in ("streams", "consumer_stats"):
        assert other.value(f"select count(*) from minipaas.{view}") == 1


@pytest.fixture
def standby():
    """A connection to a hot standby: the stream `log`, an event and a consumer; the queue `work`, a task."""
    with _embedded.server() as primary:
        with Connection.open(primary.url) as db:
            db.execute(_sql.install_text())
            db.call("stream_create", "log")
            db.call("stream_subscribe", "log", "audit")
            publish(db, "log", 1)
            db.call("queue_create", "work")
            db.call("queue_enqueue", "work", {})
        home = primary.home / "standby"
        connect = ["-h", str(primary.home), "-U", "postgres"]
        primary.run("pg_basebackup", "-D", str(home), "-R", "-c", "fast", *connect)
        with (home / "postgresql.conf").open("a") as conf:
            conf.write(f"unix_socket_directories = '{home}'\n")
        try:
            primary.run("pg_ctl", "start", "-w", "-D", str(home), "-l", str(home / "log"))
            with Connection.open(primary.url.replace(str(primary.home), str(home))) as connection:
                yield connection
        finally:
            primary.run("pg_ctl", "stop", "-m", "immediate", "-D", str(home))


def test_reading_needs_the_primary_and_a_standby_shows_the_views(standby, refused):
    assert standby.value("select pg_is_in_recovery()") is True
    for function, arguments in READING.items():
        with refused("MP007", function, "standby"):
            standby.rows(function, *arguments)
    for function in "queue_dequeue", "queue_pop":
        with refused("MP007", "queue_dequeue", "standby"):
            standby.rows(function, "work")
    assert standby.value("select ready from minipaas.queue_stats") == 1
    assert standby.value("select state from minipaas.queue_tasks") == "ready"
    assert standby.execute("select * from minipaas.health").fetchall()
    assert standby.value("select events from minipaas.stream_stats") == 1
    assert standby.value("select lag_events from minipaas.consumer_stats") == 1
