import pytest

from tests.conftest import Connection

from .helpers import publish, read, work


def test_the_head_is_zero_at_the_very_beginning(new_database):
    with new_database() as url, Connection.open(url) as db:
        db.call("stream_create", "log")
        assert db.call("stream_head", "log") == 0
        with Connection.open(url, autocommit=False) as other:
            (offset,) = publish(other, "log", 1)
            assert db.call("stream_head", "log") == 0
            assert db.rows("stream_consume", "log") == []
        assert db.call("stream_head", "log") == offset


def test_the_head_is_at_the_last_event_or_above(db, stream):
    made = publish(db, stream, 3)
    assert db.call("stream_head", stream) >= made[-1]
    db.call("stream_create", "other")
    other = publish(db, "other", 3)
    assert made[-1] <= db.call("stream_head", stream) <= other[-1]
    assert db.call("stream_head", "other") == other[-1]


def test_the_head_stays_below_what_an_open_transaction_publishes(db, stream, connect):
    made = publish(db, stream, 2)
    other = connect(autocommit=False)
    (late,) = publish(other, stream, 1)
    above = publish(db, stream, 2)
    assert made[-1] <= db.call("stream_head", stream) < late
    other.commit()
    assert db.call("stream_head", stream) >= above[-1]


def test_the_head_passes_what_was_rolled_back(db, stream, connect):
    other = connect(autocommit=False)
    gone = publish(other, stream, 3)
    other.rollback()
    assert db.call("stream_head", stream) >= gone[-1]


def test_other_streams_publishers_do_not_hold_back_the_head(db, stream, connect):
    db.call("stream_create", "other")
    other = connect(autocommit=False)
    publish(other, "other", 3)
    made = publish(db, stream, 3)
    assert db.call("stream_head", stream) >= made[-1]
    assert db.call("stream_head", "other") < made[0]


def test_the_head_never_goes_back(db, stream, connect):
    heads = [db.call("stream_head", stream)]
    publishers = [connect(autocommit=False) for _ in range(4)]
    for publisher in publishers:
        publish(publisher, stream, 2)
        heads.append(db.call("stream_head", stream))
        publish(db, stream, 2)
        heads.append(db.call("stream_head", stream))
    for publisher, end in zip(publishers, ["rollback", "commit", "commit", "rollback"], strict=True):
        getattr(publisher, end)()
        heads.append(db.call("stream_head", stream))
        publish(db, stream, 1)
    heads.append(db.call("stream_head", stream))
    assert heads == sorted(heads)
    assert read(db, stream, heads[-1]) == []


def test_reading_goes_up_to_the_head(db, stream, audit, connect):
    made = publish(db, stream, 3)
    other = connect(autocommit=False)
    publish(other, stream, 1)
    publish(db, stream, 3)
    head = db.call("stream_head", stream)
    assert read(db, stream) == [offset for offset in made if offset <= head] == made
    assert work(db, stream, audit) == made


@pytest.mark.parametrize("rows", [0, 3])
def test_trimming_leaves_the_head_where_it_is(db, stream, rows):
    publish(db, stream, rows)
    head = db.call("stream_head", stream)
    db.call("stream_trim", stream, head + 1)
    assert db.call("stream_head", stream) == head
