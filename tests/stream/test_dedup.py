import pytest

from .helpers import after, contents, maintain, publish, read


def test_a_known_dedup_key_returns_the_first_offset_and_adds_nothing(db, stream):
    first = db.call("stream_publish", stream, {"n": 1}, dedup_key="order-1")
    before = contents(db)
    db.at(after(minutes=1))
    assert db.call("stream_publish", stream, {"n": 2}, "key", {"h": 1}, "order-1") == first
    assert publish(db, stream, 1, dedup_keys=["order-1"]) == [first]
    db.at(after())
    assert contents(db)[2:] == before[2:]
    assert db.one("stream_consume", stream).payload == {"n": 1}


def test_dedup_is_by_stream_and_key(db, stream):
    db.call("stream_create", "other")
    made = [db.call("stream_publish", stream, {}, dedup_key=key) for key in ("a", "A", "a ", "b")]
    made += [db.call("stream_publish", "other", {}, dedup_key="a")]
    assert len(set(made)) == 5


def test_events_without_a_dedup_key_are_all_added(db, stream):
    made = publish(db, stream, 4, dedup_keys=[None, "a", None, None])
    assert len(set(made)) == 4
    assert read(db, stream) == made


def test_dedup_works_over_partitions(db, wide):
    first = db.call("stream_publish", wide, {}, "one", dedup_key="a")
    for n in range(10):
        assert db.call("stream_publish", wide, {}, f"other {n}", dedup_key="a") == first
    assert read(db, wide) == [first]


def test_publish_many_returns_the_first_offset_for_each_duplicate(db, stream):
    (known,) = publish(db, stream, 1, dedup_keys=["a"])
    made = publish(db, stream, 6, dedup_keys=["b", "a", "b", None, "c", "a"])
    assert made[1] == made[5] == known
    assert made[0] == made[2]
    assert read(db, stream) == [known, made[0], made[3], made[4]]
    first, *_ = (row for row in db.rows("stream_consume", stream) if row.event_offset == made[0])
    assert first.payload == {"n": 0}


def test_a_dedup_key_is_free_again_when_its_event_is_trimmed(db, stream):
    db.call("stream_alter", stream, keep="1 hour")
    first = db.call("stream_publish", stream, {}, dedup_key="a")
    db.at(after(minutes=30))
    assert maintain(db) == 0
    assert db.call("stream_publish", stream, {}, dedup_key="a") == first
    db.at(after(hours=2))
    assert maintain(db) == 1
    second = db.call("stream_publish", stream, {}, dedup_key="a")
    assert second > first
    db.call("stream_trim", stream, second + 1)
    assert db.call("stream_publish", stream, {}, dedup_key="a") > second


def test_a_rolled_back_publish_frees_its_dedup_key(db, stream, connect):
    other = connect(autocommit=False)
    gone = other.call("stream_publish", stream, {}, dedup_key="a")
    other.rollback()
    made = db.call("stream_publish", stream, {}, dedup_key="a")
    assert made > gone
    assert read(db, stream) == [made]


@pytest.mark.parametrize("many", [False, True])
@pytest.mark.parametrize("end", ["commit", "rollback"])
def test_two_publishes_of_one_dedup_key_at_once_make_one_event(
    db, stream, connect, background, waits, many, end
):
    first, second = connect(autocommit=False), connect()
    offset = first.call("stream_publish", stream, {}, dedup_key="a")
    if many:
        late = background(publish, second, stream, 1, dedup_keys=["a"])
    else:
        late = background(second.call, "stream_publish", stream, {}, dedup_key="a")
    waits(second)
    getattr(first, end)()
    returned = late.result()[0] if many else late.result()
    assert (returned == offset) is (end == "commit")
    assert read(db, stream) == [returned]


def test_publishing_many_in_different_orders_does_not_deadlock(db, stream, connect, background, waits):
    first, second = connect(autocommit=False), connect()
    (a,) = publish(first, stream, 1, dedup_keys=["a"])
    late = background(publish, second, stream, 3, dedup_keys=["c", "b", "a"])
    waits(second)
    (b,) = publish(first, stream, 1, dedup_keys=["b"])
    first.commit()
    assert late.result()[1:] == [b, a]


def test_who_waits_for_a_dedup_key_holds_back_readers_only_until_its_end(
    db, stream, connect, background, waits
):
    first, second = connect(autocommit=False), connect(autocommit=False)
    made = [first.call("stream_publish", stream, {}, dedup_key="a")]
    late = background(publish, second, stream, 2, dedup_keys=["a", "b"])
    waits(second)
    above = publish(db, stream, 1)
    first.commit()
    again, b = late.result()
    assert again == made[0]
    assert read(db, stream) in ([], made)
    second.commit()
    assert read(db, stream) == sorted([*made, b, *above])


def test_null_is_no_dedup_key(db, stream):
    made = [db.call("stream_publish", stream, {}, dedup_key=None) for _ in range(3)]
    assert read(db, stream) == made
