import pytest

from .helpers import NOON, after, contents, offsets, publish, read, stats


def test_publish_returns_the_offset_at_which_the_event_is(db, stream):
    offset = db.call("stream_publish", stream, {"to": 42}, "user-7", {"trace": "a"})
    (row,) = db.rows("stream_consume", stream)
    assert row._fields == ("event_offset", "partition", "key", "payload", "headers", "published_at")
    assert row == (offset, 0, "user-7", {"to": 42}, {"trace": "a"}, NOON)


def test_offsets_grow(db, stream):
    made = [db.call("stream_publish", stream, {}) for _ in range(20)]
    assert made == sorted(set(made))
    assert made[0] > 0
    assert read(db, stream) == made


def test_an_event_keeps_its_offset_and_its_time(db, stream):
    offset = db.call("stream_publish", stream, {})
    db.at(after(minutes=1))
    db.call("stream_publish", stream, {})
    first, second = db.rows("stream_consume", stream)
    assert (first.event_offset, first.published_at, second.published_at) == (offset, NOON, after(minutes=1))


def test_publish_takes_null_for_every_default(db, stream):
    offset = db.call("stream_publish", stream, {}, None, None, None)
    assert db.one("stream_consume", stream) == (offset, 0, None, {}, None, NOON)


def test_json_null_is_a_payload_and_null_is_not(db, stream, refused):
    offset = db.call("stream_publish", stream, "null")
    before = contents(db)
    with refused("MP006", "payload"):
        db.call("stream_publish", stream, None)
    assert contents(db) == before
    row = db.one("stream_consume", stream)
    assert (row.event_offset, row.payload) == (offset, None)


@pytest.mark.parametrize("payload", ["1", '"text"', "[1, null]", "{}", '{"n": 1.10}', '"\\u00e9 \U0001f418"'])
def test_a_payload_is_any_json(db, stream, payload):
    db.call("stream_publish", stream, payload)
    row = db.one("stream_consume", stream)
    assert db.value("select %s::jsonb", payload) == row.payload


def test_a_large_payload_comes_back_whole(db, stream):
    payload = {"text": "0123456789" * 100_000}
    db.call("stream_publish", stream, payload)
    assert db.one("stream_consume", stream).payload == payload


def test_a_publish_is_seen_when_it_commits(db, stream, connect):
    other = connect(autocommit=False)
    made = publish(other, stream, 3)
    assert read(db, stream) == []
    other.commit()
    assert read(db, stream) == made


def test_a_rolled_back_publish_leaves_a_gap_and_nothing_else(db, stream, connect):
    made = publish(db, stream, 2)
    other = connect(autocommit=False)
    gone = publish(other, stream, 2)
    other.rollback()
    assert (read(db, stream), stats(db, stream).events) == (made, 2)
    made += publish(db, stream, 2)
    assert made[1] < gone[0] < gone[1] < made[2]
    assert read(db, stream) == made


def test_publishers_do_not_wait_for_each_other(db, stream, connect):
    """Neither on one key, nor for their first event, nor for many at once."""
    db.execute("set lock_timeout = '5s'")
    one, other = connect(autocommit=False), connect(autocommit=False)
    made = [publisher.call("stream_publish", stream, {}, "key") for publisher in (one, other, db, one, other)]
    for publisher in (other, db, one):
        made += publish(publisher, stream, 10, keys=["key"] * 10)
    other.commit()
    one.commit()
    assert made == sorted(made)
    assert read(db, stream) == made


def test_what_committed_before_has_a_lower_offset(db, stream, connect):
    """Also than what an older transaction publishes, and one with an older snapshot."""
    old = connect(autocommit=False)
    old.execute("set transaction isolation level repeatable read")
    old.execute("create table test.t as select 1")
    first = db.call("stream_publish", stream, {})
    assert old.call("stream_publish", stream, {}) > first
    old.commit()


def test_streams_are_apart(db, stream):
    db.call("stream_create", "other")
    made = publish(db, stream, 2)
    others = publish(db, "other", 2)
    made += publish(db, stream, 2)
    assert read(db, stream) == made
    assert read(db, "other") == others


def test_an_event_can_be_published_from_a_query(db, stream):
    db.execute("create table test.t as select n from generate_series(1, 100) n")
    db.execute("select minipaas.stream_publish(%s, to_jsonb(n)) from test.t order by n", [stream])
    rows = db.rows("stream_consume", stream, 0, 1000)
    assert [row.payload for row in rows] == list(range(1, 101))
    assert offsets(rows) == sorted(offsets(rows))


def test_a_refused_publish_leaves_the_transaction_usable_from_its_savepoint(db, stream, connect, refused):
    other = connect(autocommit=False)
    with refused("MP006"), other.transaction():
        other.call("stream_publish", stream, None)
    made = publish(other, stream, 1)
    other.commit()
    assert read(db, stream) == made
