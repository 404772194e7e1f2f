import pytest

from .helpers import after, commit, contents, fetch, offsets, publish, read, standing, stats, work


def test_trim_deletes_the_events_below(db, stream):
    made = publish(db, stream, 5)
    assert db.call("stream_trim", stream, made[2]) == 2
    assert read(db, stream) == made[2:]
    assert (stats(db, stream).events, stats(db, stream).oldest_offset) == (3, made[2])


def test_trim_again_deletes_nothing(db, stream):
    made = publish(db, stream, 5)
    db.call("stream_trim", stream, made[2])
    for below in (made[2], made[1], 0, 1):
        assert db.call("stream_trim", stream, below) == 0
    assert read(db, stream) == made[2:]


def test_trim_of_a_stream_without_events(db, stream):
    assert db.call("stream_trim", stream, 2**62) == 0


@pytest.mark.parametrize("beyond", [1, 1000, 2**62])
def test_trim_beyond_the_end_deletes_what_is_there_and_no_later_event(db, stream, beyond):
    made = publish(db, stream, 5)
    assert db.call("stream_trim", stream, made[-1] + beyond) == 5
    assert read(db, stream) == []
    later = publish(db, stream, 3)
    assert later[0] > made[-1]
    assert read(db, stream) == later


def test_trim_deletes_nothing_that_readers_could_not_read_yet(db, stream, connect):
    made = publish(db, stream, 2)
    other = connect(autocommit=False)
    late = publish(other, stream, 2)
    late += publish(db, stream, 2)
    assert db.call("stream_trim", stream, 2**62) == len(made)
    other.commit()
    assert read(db, stream) == late


def test_trim_leaves_other_streams_alone(db, stream):
    db.call("stream_create", "other")
    kept = publish(db, "other", 3)
    publish(db, stream, 3)
    assert db.call("stream_trim", stream, 2**62) == 3
    assert read(db, "other") == kept


def test_trim_goes_over_all_partitions(db, wide):
    made = publish(db, wide, 100)
    assert db.call("stream_trim", wide, made[90]) == 90
    assert read(db, wide) == made[90:]


def test_trim_passes_consumers_and_counts_what_they_lost(db, stream, audit):
    made = publish(db, stream, 10)
    commit(db, stream, fetch(db, stream, batch_size=2))
    db.call("stream_trim", stream, made[7])
    assert offsets(fetch(db, stream)) == made[7:]
    assert standing(db).events_lost == 5


def test_what_consumers_have_read_is_not_lost(db, stream, audit):
    made = publish(db, stream, 10)
    work(db, stream)
    db.call("stream_trim", stream, made[7])
    assert standing(db).events_lost == 0
    made += publish(db, stream, 1)
    assert work(db, stream) == made[10:]
    assert standing(db).events_lost == 0


def test_losses_add_up(db, stream, audit):
    for lost in (3, 5):
        made = publish(db, stream, 6)
        db.call("stream_trim", stream, made[lost])
        assert work(db, stream) == made[lost:]
    assert standing(db).events_lost == 8


def test_a_held_lease_still_commits_what_was_trimmed(db, stream, audit):
    made = publish(db, stream, 10)
    rows = fetch(db, stream, batch_size=5)
    assert db.call("stream_trim", stream, made[8]) == 8
    assert commit(db, stream, rows) is True
    assert work(db, stream) == made[8:]


def test_a_rolled_back_trim_deletes_nothing(db, stream, audit, connect):
    made = publish(db, stream, 10)
    before = contents(db)
    other = connect(autocommit=False)
    assert db.call("stream_head", stream) >= made[-1]
    assert other.call("stream_trim", stream, made[5]) == 5
    other.rollback()
    assert contents(db) == before


def test_trim_waits_for_a_consumer_in_a_transaction_and_counts_what_it_left(
    db, stream, audit, connect, background, waits
):
    made = publish(db, stream, 10)
    worker, trimmer = connect(autocommit=False), connect()
    rows = fetch(worker, stream)
    late = background(trimmer.call, "stream_trim", stream, made[5])
    waits(trimmer)
    assert commit(worker, stream, rows[:2]) is True
    worker.commit()
    assert late.result() == 5
    assert standing(db).events_lost == 3


def test_trim_waits_for_a_subscribe_and_counts_what_it_lost(db, stream, connect, background, waits):
    made = publish(db, stream, 10)
    subscriber, trimmer = connect(autocommit=False), connect()
    subscriber.call("stream_subscribe", stream, "audit", made[2])
    late = background(trimmer.call, "stream_trim", stream, made[5])
    waits(trimmer)
    subscriber.commit()
    assert late.result() == 5
    assert standing(db).events_lost == 3
    assert work(db, stream) == made[5:]


@pytest.mark.parametrize("offset", [-1, None])
def test_trim_refuses_a_bad_argument(db, stream, refused, offset):
    publish(db, stream, 3)
    db.at(after(days=1))
    before = contents(db)
    with refused("MP006", "before_offset", "NULL" if offset is None else str(offset)):
        db.call("stream_trim", stream, offset)
    assert contents(db) == before
