from datetime import timedelta

import pytest

from .helpers import NOON, contents, publish, read


def settings(db, stream):
    return db.execute("select * from minipaas.streams where stream = %s", [stream]).fetchone()


def collect_notices(db):
    """A list that every notice of the connection will be added to, as severity and message."""
    notices = []
    db.add_notice_handler(lambda notice: notices.append((notice.severity, notice.message_primary)))
    return notices


def test_create_returns_true_and_uses_defaults(db):
    db.at(NOON)
    assert db.call("stream_create", "log") is True
    assert settings(db, "log") == ("log", 1, timedelta(0), 0, timedelta(0), NOON)


def test_create_keeps_the_settings_given(db):
    db.call("stream_create", "log", 8, "1 day", 1000, "2 hours")
    assert settings(db, "log")[1:5] == (8, timedelta(days=1), 1000, timedelta(hours=2))


def test_create_takes_null_for_the_default(db):
    db.call("stream_create", "nulls", None, None, None, None)
    db.call("stream_create", "none")
    assert settings(db, "nulls")[1:5] == settings(db, "none")[1:5]


def test_create_again_returns_false_and_changes_nothing(db):
    notices = collect_notices(db)
    db.call("stream_create", "log", 4, keep="1 day")
    before = contents(db)
    assert db.call("stream_create", "log", 4, keep="1 day") is False
    assert contents(db) == before
    assert notices == []


@pytest.mark.parametrize(
    "other", [{"partitions": 2}, {"keep": "2 days"}, {"keep_events": 5}, {"max_lag": "1 hour"}]
)
def test_create_again_with_other_settings_says_so_and_changes_nothing(db, other):
    notices = collect_notices(db)
    db.call("stream_create", "log", 4, keep="1 day")
    before = contents(db)
    assert db.call("stream_create", "log", **{"partitions": 4, "keep": "1 day", **other}) is False
    assert contents(db) == before
    ((severity, message),) = notices
    assert severity == "NOTICE"
    assert "log" in message


def test_two_creates_at_once_make_one_stream(db, connect, background, waits):
    first, second = connect(autocommit=False), connect()
    assert first.call("stream_create", "log") is True
    late = background(second.call, "stream_create", "log")
    waits(second)
    first.commit()
    assert late.result() is False
    assert db.value("select count(*) from minipaas.streams") == 1


def test_a_rolled_back_create_was_never_there(db, connect):
    other = connect(autocommit=False)
    other.call("stream_create", "log")
    other.rollback()
    assert contents(db) == []
    assert db.call("stream_create", "log") is True


def test_a_new_stream_can_be_used_in_the_same_transaction(connect):
    other = connect(autocommit=False)
    other.call("stream_create", "log")
    made = publish(other, "log", 3)
    assert read(other, "log") == made


def test_a_stream_makes_no_object(db):
    objects = "select array_agg(oid order by oid) from pg_class"
    before = db.value(objects)
    db.call("stream_create", "log", 16)
    db.call("stream_subscribe", "log", "audit")
    publish(db, "log", 3)
    assert db.value(objects) == before


BAD = [
    ("partitions", 0, "0"),
    ("partitions", -1, "-1"),
    ("partitions", 1025, "1025"),
    ("keep", "-1 day", "-1 day"),
    ("keep_events", -1, "-1"),
    ("max_lag", "-1 hour", "-01:00:00"),
]


@pytest.mark.parametrize(("setting", "value", "shown"), BAD)
def test_create_refuses_a_bad_setting(db, refused, setting, value, shown):
    with refused("MP006", setting, shown):
        db.call("stream_create", "log", **{setting: value})
    assert contents(db) == []


def test_a_stream_may_have_1024_partitions(db):
    db.call("stream_create", "log", 1024)
    made = publish(db, "log", 3000)
    rows = db.rows("stream_consume", "log", 0, 3000)
    assert [row.event_offset for row in rows] == made
    assert 500 < len({row.partition for row in rows}) <= 1024
    assert {row.partition for row in rows} <= set(range(1024))
