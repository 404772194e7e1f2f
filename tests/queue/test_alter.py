from datetime import timedelta

import pytest

from .helpers import after, contents, fill, hold


def test_alter_changes_what_is_given_and_leaves_the_rest(db, queue):
    before = db.execute("select * from minipaas.queues").fetchone()
    db.call("queue_alter", queue, lease="3 minutes", keep_done="1 hour")
    row = db.execute("select * from minipaas.queues").fetchone()
    expected = before._replace(lease=timedelta(minutes=3), keep_done=timedelta(hours=1))
    assert row == expected


def test_alter_to_null_changes_nothing(db, queue):
    before = contents(db)
    db.call("queue_alter", queue, None, None, None, None, None)
    assert contents(db) == before


def test_alter_can_set_back_to_zero(db, queue):
    db.call("queue_alter", queue, max_attempts=0, backoff="0", keep_done="0")
    row = db.execute("select * from minipaas.queues").fetchone()
    assert (row.max_attempts, row.backoff, row.keep_done) == (0, timedelta(0), timedelta(0))


def test_alter_counts_for_the_next_dequeue(db, queue):
    fill(db, queue, 2)
    assert hold(db, queue).lease_until == after(minutes=1)
    db.call("queue_alter", queue, lease="10 minutes")
    assert hold(db, queue).lease_until == after(minutes=10)


@pytest.mark.parametrize(
    ("setting", "value"),
    [
        ("lease", "0"),
        ("lease", "-1 second"),
        ("max_attempts", -1),
        ("backoff", "-5 seconds"),
        ("backoff_max", "-1 hour"),
        ("keep_done", "-1 day"),
    ],
)
def test_alter_refuses_a_bad_setting(db, queue, refused, setting, value):
    before = contents(db)
    with refused("MP006", setting):
        db.call("queue_alter", queue, **{setting: value})
    assert contents(db) == before
