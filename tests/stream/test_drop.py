import pytest

from .helpers import contents, fetch, publish, read, work


def test_drop_returns_whether_there_was_something_to_drop(db, stream):
    assert db.call("stream_drop", stream) is True
    assert db.call("stream_drop", stream) is False
    assert contents(db) == []


def test_drop_refuses_a_stream_that_has_events(db, stream, audit, refused):
    publish(db, stream, 1)
    work(db, stream)
    before = contents(db)
    for force in (False, None):
        with refused("MP008", stream):
            db.call("stream_drop", stream, force)
        assert contents(db) == before


def test_forced_drop_takes_events_and_consumers_along(db, stream, audit, refused):
    publish(db, stream, 100)
    fetch(db, stream)
    assert db.call("stream_drop", stream, force=True) is True
    assert contents(db) == []
    db.call("stream_create", stream)
    assert read(db, stream) == []
    with refused("MP003", audit):
        fetch(db, stream)
    made = publish(db, stream, 2)
    db.call("stream_subscribe", stream, audit)
    assert work(db, stream) == made


def test_drop_of_a_stream_without_events_takes_its_consumers_along(db, stream, audit, refused):
    publish(db, stream, 3)
    work(db, stream)
    db.call("stream_trim", stream, 2**62)
    assert db.call("stream_drop", stream) is True
    db.call("stream_create", stream)
    with refused("MP003", audit):
        fetch(db, stream)


def test_drop_leaves_other_streams_alone(db, stream, audit):
    db.call("stream_create", "other")
    db.call("stream_subscribe", "other", audit)
    kept = publish(db, "other", 3)
    publish(db, stream, 3)
    db.call("stream_drop", stream, force=True)
    assert work(db, "other") == kept


def test_a_dedup_key_of_a_dropped_stream_is_free(db, stream):
    first = db.call("stream_publish", stream, {}, dedup_key="a")
    db.call("stream_drop", stream, force=True)
    db.call("stream_create", stream)
    assert db.call("stream_publish", stream, {}, dedup_key="a") > first


def test_a_rolled_back_drop_leaves_everything(db, stream, audit, connect):
    publish(db, stream, 3)
    before = contents(db)
    other = connect(autocommit=False)
    assert other.call("stream_drop", stream, force=True) is True
    other.rollback()
    assert contents(db) == before


@pytest.mark.parametrize("name", ["", "a" * 256, None])
def test_drop_of_what_is_no_name_is_false_or_refused(db, stream, name):
    before = contents(db)
    try:
        assert db.call("stream_drop", name) is False
    except Exception as error:
        assert error.sqlstate == "MP006"
    assert contents(db) == before


def test_drop_refuses_a_stream_that_somebody_publishes_to(db, connect, stream, refused):
    late = connect(autocommit=False)
    late.call("stream_publish", stream, {})
    with refused("MP008", stream):
        db.call("stream_drop", stream)
    late.commit()
    assert len(read(db, stream)) == 1


def test_drop_waits_for_a_subscribe_and_takes_it_along(db, connect, stream, waits, background):
    late, dropper = connect(autocommit=False), connect()
    late.call("stream_subscribe", stream, "late")
    dropped = background(dropper.call, "stream_drop", stream)
    waits(dropper)
    late.commit()
    assert dropped.result() is True
    assert contents(db) == []


def test_drop_and_unsubscribe_wait_for_each_other_in_one_direction(db, connect, wide, waits, background):
    db.call("stream_subscribe", wide, "audit")
    publish(db, wide, 100)
    holder, dropper, leaver = connect(autocommit=False), connect(), connect()
    fetch(holder, wide)
    dropped = background(dropper.call, "stream_drop", wide, force=True)
    waits(dropper)
    left = background(leaver.call, "stream_unsubscribe", wide, "audit")
    waits(leaver)
    holder.commit()
    assert (dropped.result(), left.result()) == (True, False)
    assert contents(db) == []
