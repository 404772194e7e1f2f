from datetime import timedelta

import pytest

from .helpers import after, contents, maintain, publish, read


def test_alter_changes_what_is_given_and_leaves_the_rest(db, stream):
    before = db.execute("select * from minipaas.streams").fetchone()
    db.call("stream_alter", stream, keep="1 day", max_lag="1 hour")
    row = db.execute("select * from minipaas.streams").fetchone()
    assert row == before._replace(keep=timedelta(days=1), max_lag=timedelta(hours=1))


def test_alter_to_null_changes_nothing(db, stream):
    db.call("stream_alter", stream, "1 day", 7, "1 hour")
    before = contents(db)
    db.call("stream_alter", stream, None, None, None)
    assert contents(db) == before


def test_alter_can_set_back_to_zero_for_no_limit(db, stream):
    db.call("stream_alter", stream, keep="1 day", keep_events=1, max_lag="1 hour")
    db.call("stream_alter", stream, keep="0", keep_events=0, max_lag="0")
    made = publish(db, stream, 10)
    db.at(after(days=1000))
    assert maintain(db) == 0
    assert read(db, stream) == made


def test_alter_counts_for_the_next_upkeep(db, stream):
    made = publish(db, stream, 10)
    assert maintain(db) == 0
    db.call("stream_alter", stream, keep_events=3)
    assert read(db, stream) == made
    assert maintain(db) == 7
    assert read(db, stream) == made[7:]


@pytest.mark.parametrize(
    ("setting", "value", "shown"),
    [("keep", "-1 day", "-1 day"), ("keep_events", -1, "-1"), ("max_lag", "-1 hour", "-01:00:00")],
)
def test_alter_refuses_a_bad_setting(db, stream, refused, setting, value, shown):
    before = contents(db)
    with refused("MP006", setting, shown):
        db.call("stream_alter", stream, **{setting: value})
    assert contents(db) == before
