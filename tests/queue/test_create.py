from datetime import timedelta

import pytest

from .helpers import NOON, contents, fill, hold


def settings(db, queue):
    return db.execute("select * from minipaas.queues where queue = %s", [queue]).fetchone()


def collect_notices(db):
    """A list that every notice of the connection will be added to, as severity and message."""
    notices = []
    db.add_notice_handler(lambda notice: notices.append((notice.severity, notice.message_primary)))
    return notices


def test_create_returns_true_and_uses_defaults(db):
    db.at(NOON)
    assert db.call("queue_create", "work") is True
    assert settings(db, "work") == (
        "work",
        timedelta(minutes=1),
        10,
        timedelta(seconds=5),
        timedelta(hours=1),
        timedelta(0),
        False,
        NOON,
    )


def test_create_keeps_the_settings_given(db):
    db.call("queue_create", "work", "2 minutes", 3, "1 second", "1 minute", "1 day")
    row = settings(db, "work")
    assert (row.lease, row.max_attempts) == (timedelta(minutes=2), 3)
    assert (row.backoff, row.backoff_max) == (timedelta(seconds=1), timedelta(minutes=1))
    assert row.keep_done == timedelta(days=1)


def test_create_takes_null_for_the_default(db):
    db.call("queue_create", "nulls", None, None, None, None, None)
    db.call("queue_create", "none")
    assert settings(db, "nulls")[1:6] == settings(db, "none")[1:6]


def test_create_again_returns_false_and_changes_nothing(db):
    notices = collect_notices(db)
    db.call("queue_create", "work", lease="2 minutes")
    before = contents(db)
    assert db.call("queue_create", "work", lease="2 minutes") is False
    assert contents(db) == before
    assert notices == []


def test_create_again_with_other_settings_says_so_and_changes_nothing(db):
    notices = collect_notices(db)
    db.call("queue_create", "work", lease="2 minutes")
    before = contents(db)
    assert db.call("queue_create", "work", lease="3 minutes", max_attempts=7) is False
    assert contents(db) == before
    ((severity, message),) = notices
    assert severity == "NOTICE"
    assert "work" in message


def test_two_creates_at_once_make_one_queue(db, connect, background, waits):
    first, second = connect(autocommit=False), connect()
    assert first.call("queue_create", "work") is True
    late = background(second.call, "queue_create", "work")
    waits(second)
    first.commit()
    assert late.result() is False
    assert db.value("select count(*) from minipaas.queues") == 1


def test_a_rolled_back_create_was_never_there(db, connect):
    other = connect(autocommit=False)
    other.call("queue_create", "work")
    other.rollback()
    assert contents(db) == []
    assert db.call("queue_create", "work") is True


@pytest.mark.parametrize(
    ("setting", "value", "shown"),
    [
        ("lease", "0", "lease"),
        ("lease", "-1 second", "-00:00:01"),
        ("max_attempts", -1, "-1"),
        ("backoff", "-5 seconds", "-00:00:05"),
        ("backoff_max", "-1 hour", "-01:00:00"),
        ("keep_done", "-1 day", "-1 day"),
    ],
)
def test_create_refuses_a_bad_setting(db, refused, setting, value, shown):
    with refused("MP006", setting, shown):
        db.call("queue_create", "work", **{setting: value})
    assert contents(db) == []


def test_the_owner_of_a_new_queue_can_use_it_in_the_same_transaction(connect):
    other = connect(autocommit=False)
    other.call("queue_create", "work")
    (id,) = fill(other, "work", 1)
    assert hold(other, "work").id == id
