import pytest

from .helpers import after, commit, contents, fetch, offsets, publish, standing, work


def subscribed(db, stream, **options):
    """What a new consumer gets that subscribes like this."""
    db.call("stream_subscribe", stream, "new", **options)
    return work(db, stream, "new")


def test_a_new_consumer_starts_at_the_oldest_event(db, wide):
    made = publish(db, wide, 50)
    db.call("stream_subscribe", wide, "audit")
    assert sorted(work(db, wide)) == made


def test_subscribe_takes_null_for_every_default(db, stream):
    made = publish(db, stream, 5)
    db.call("stream_subscribe", stream, "audit", None, None, None)
    assert work(db, stream) == made


@pytest.mark.parametrize("n", [0, 2, 4])
def test_subscribe_from_an_offset_delivers_it_next(db, stream, n):
    made = publish(db, stream, 5)
    assert subscribed(db, stream, from_offset=made[n]) == made[n:]


def test_subscribe_from_a_gap_delivers_the_next_event_above(db, stream, connect):
    made = publish(db, stream, 2)
    other = connect(autocommit=False)
    gone = publish(other, stream, 3)
    other.rollback()
    made += publish(db, stream, 2)
    assert subscribed(db, stream, from_offset=gone[1]) == made[2:]


def test_subscribe_from_below_the_oldest_event_starts_there(db, stream):
    made = publish(db, stream, 5)
    db.call("stream_trim", stream, made[2])
    assert subscribed(db, stream, from_offset=1) == made[2:]
    assert standing(db, "new").events_lost == 0


def test_subscribe_from_beyond_the_end_means_the_end(db, stream):
    publish(db, stream, 5)
    assert subscribed(db, stream, from_offset=2**62) == []
    made = publish(db, stream, 2)
    assert work(db, stream, "new") == made


def test_subscribe_from_the_latest_delivers_only_what_comes(db, wide):
    publish(db, wide, 50)
    assert subscribed(db, wide, from_latest=True) == []
    made = publish(db, wide, 50)
    assert sorted(work(db, wide, "new")) == made


def test_subscribe_from_the_latest_delivers_what_is_in_flight(db, stream, connect):
    publish(db, stream, 2)
    other = connect(autocommit=False)
    late = publish(other, stream, 1)
    assert subscribed(db, stream, from_latest=True) == []
    other.commit()
    assert work(db, stream, "new") == late


@pytest.mark.parametrize(("minutes", "n"), [(-100, 0), (0, 0), (0.5, 1), (1, 1), (2, 2), (2.5, 3), (100, 3)])
def test_subscribe_from_a_time_delivers_what_was_published_then_or_later(db, stream, minutes, n):
    made = []
    for minute in range(3):
        db.at(after(minutes=minute))
        made += publish(db, stream, 1)
    assert subscribed(db, stream, from_time=after(minutes=minutes)) == made[n:]
    later = publish(db, stream, 1)
    assert work(db, stream, "new") == later


def test_subscribe_from_a_time_skips_no_event_that_is_in_flight(db, stream, connect):
    late = connect()
    late.at(after(minutes=1))
    late.autocommit = False
    made = publish(late, stream, 1)
    db.at(after(minutes=2))
    made += publish(db, stream, 1)
    db.call("stream_subscribe", stream, "new", from_time=after(minutes=1))
    late.commit()
    assert work(db, stream, "new") == made


def test_subscribe_again_leaves_the_consumer_as_it_is(db, stream, audit):
    made = publish(db, stream, 5)
    rows = fetch(db, stream, batch_size=2)
    before = contents(db)
    for options in ({}, {"from_latest": True}, {"from_offset": made[3]}, {"from_time": after(days=1)}):
        db.call("stream_subscribe", stream, audit, **options)
        assert contents(db) == before
    assert commit(db, stream, rows) is True
    assert work(db, stream) == made[2:]


def test_consumers_are_apart(db, wide):
    made = publish(db, wide, 50)
    db.call("stream_subscribe", wide, "audit")
    db.call("stream_subscribe", wide, "mail")
    assert sorted(work(db, wide, "mail")) == made
    assert sorted(work(db, wide, "audit")) == made


def test_a_consumers_name_is_its_streams(db, stream, audit, refused):
    db.call("stream_create", "other")
    with refused("MP003", audit):
        fetch(db, "other", audit)
    db.call("stream_subscribe", "other", audit)
    made = publish(db, "other", 2)
    assert work(db, stream) == []
    assert work(db, "other") == made


def test_two_subscribes_at_once_make_one_consumer(db, wide, connect, background, waits):
    made = publish(db, wide, 20)
    first, second = connect(autocommit=False), connect()
    first.call("stream_subscribe", wide, "audit")
    late = background(second.call, "stream_subscribe", wide, "audit", from_latest=True)
    waits(second)
    first.commit()
    late.result()
    assert db.value("select count(*) from minipaas.consumer_stats") == 4
    assert sorted(work(db, wide)) == made


def test_a_new_consumer_waits_for_a_trim_and_has_lost_nothing(db, stream, audit, connect, background, waits):
    made = publish(db, stream, 10)
    trimmer, other = connect(autocommit=False), connect()
    trimmer.call("stream_trim", stream, made[5])
    db.execute("set lock_timeout = '5s'")
    db.call("stream_subscribe", stream, "audit")  # which is there, and does not wait
    late = background(other.call, "stream_subscribe", stream, "new")
    waits(other)
    trimmer.commit()
    late.result()
    assert work(db, stream, "new") == made[5:]
    assert standing(db, "new").events_lost == 0


def test_a_rolled_back_subscribe_was_never_there(db, stream, connect, refused):
    other = connect(autocommit=False)
    other.call("stream_subscribe", stream, "audit")
    other.rollback()
    with refused("MP003", "audit"):
        fetch(db, stream)


def test_one_can_subscribe_and_fetch_in_one_transaction(db, stream, connect):
    made = publish(db, stream, 5)
    other = connect(autocommit=False)
    other.call("stream_subscribe", stream, "audit")
    assert work(other, stream) == made
    other.commit()
    assert work(db, stream) == []


def test_unsubscribe_returns_whether_there_was_something(db, wide):
    db.call("stream_subscribe", wide, "audit")
    assert db.call("stream_unsubscribe", wide, "audit") is True
    assert db.call("stream_unsubscribe", wide, "audit") is False
    assert db.value("select count(*) from minipaas.consumer_stats") == 0


def test_an_unsubscribed_consumer_starts_anew(db, stream, audit):
    made = publish(db, stream, 5)
    rows = fetch(db, stream, batch_size=2)
    assert commit(db, stream, rows) is True
    db.call("stream_unsubscribe", stream, audit)
    db.call("stream_subscribe", stream, audit)
    again = fetch(db, stream, batch_size=2)
    assert offsets(again) == made[:2]
    assert commit(db, stream, rows) is False
    assert work(db, stream) == []
    assert commit(db, stream, again) is True
    assert work(db, stream) == made[2:]


BAD = [
    ({"from_offset": -1}, "-1"),
    ({"from_offset": 77, "from_latest": True}, "77"),
    ({"from_offset": 77, "from_time": after()}, "77"),
    ({"from_time": after(), "from_latest": True}, "2030-01-01"),
]


@pytest.mark.parametrize(("bad", "value"), BAD)
def test_subscribe_refuses_a_bad_argument(db, stream, refused, bad, value):
    before = contents(db)
    with refused("MP006", value):
        db.call("stream_subscribe", stream, "audit", **bad)
    assert contents(db) == before


@pytest.mark.parametrize("name", ["", "a" * 256, None])
def test_subscribe_refuses_a_name_of_no_or_too_many_characters(db, stream, refused, name):
    before = contents(db)
    with refused("MP006", "consumer"):
        db.call("stream_subscribe", stream, name)
    assert contents(db) == before


def test_unsubscribe_waits_for_who_is_fetching_and_leaves_nothing(
    db, connect, stream, audit, waits, background
):
    publish(db, stream, 1)
    holder, leaver = connect(autocommit=False), connect()
    fetch(holder, stream)
    left = background(leaver.call, "stream_unsubscribe", stream, audit)
    waits(leaver)
    holder.commit()
    assert left.result() is True
    assert db.value("select count(*) from minipaas._position") == 0
