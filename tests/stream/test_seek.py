import pytest

from .helpers import after, commit, contents, fetch, offsets, publish, read, standing, work


@pytest.fixture
def made(db, stream, audit):
    """The offsets of six events that `audit` has done: a gap and two, at noon and in both next minutes."""
    offsets = []
    for minute in range(3):
        db.at(after(minutes=minute))
        with db.transaction(force_rollback=True):
            publish(db, stream, 3)
        offsets += publish(db, stream, 2)
    assert work(db, stream) == offsets
    return offsets


@pytest.mark.parametrize("n", range(6))
def test_seek_to_an_offset_delivers_it_next(db, stream, made, n):
    db.call("stream_seek", stream, "audit", made[n])
    assert work(db, stream) == made[n:]


@pytest.mark.parametrize(("n", "gap"), [(0, 1), (2, 1), (2, 3), (4, 2)])
def test_seek_into_a_gap_delivers_the_next_event_above(db, stream, made, n, gap):
    db.call("stream_seek", stream, "audit", made[n] - gap)
    assert work(db, stream) == made[n:]


@pytest.mark.parametrize("offset", [0, 1])
def test_seek_to_the_start_delivers_everything(db, stream, made, offset):
    db.call("stream_seek", stream, "audit", to_offset=offset)
    assert work(db, stream) == made


@pytest.mark.parametrize("beyond", [1, 2**62])
def test_seek_beyond_the_end_means_the_end(db, stream, made, beyond):
    db.call("stream_seek", stream, "audit", made[0])
    db.call("stream_seek", stream, "audit", made[-1] + beyond)
    assert work(db, stream) == []
    later = publish(db, stream, 2)
    assert work(db, stream) == later


@pytest.mark.parametrize(
    ("minutes", "n"), [(-9999, 0), (0, 0), (0.5, 2), (1, 2), (1.5, 4), (2, 4), (2.5, 6), (9999, 6)]
)
def test_seek_to_a_time_delivers_what_was_published_then_or_later(db, stream, made, minutes, n):
    db.call("stream_seek", stream, "audit", to_time=after(minutes=minutes))
    later = publish(db, stream, 1)
    assert work(db, stream) == made[n:] + later


def test_seek_to_a_time_in_a_stream_without_events(db, stream, audit):
    db.call("stream_seek", stream, audit, to_time=after(hours=-1))
    made = publish(db, stream, 2)
    assert work(db, stream) == made


def test_seek_skips_no_event_that_is_in_flight(db, stream, made, connect):
    late = connect()
    late.at(after(minutes=3))
    late.autocommit = False
    expected = publish(late, stream, 1)
    db.at(after(minutes=4))
    expected += publish(db, stream, 1)
    db.call("stream_seek", stream, "audit", to_time=after(minutes=3))
    late.commit()
    assert work(db, stream) == expected
    expected = publish(late, stream, 1)
    later = publish(db, stream, 1)
    db.call("stream_seek", stream, "audit", to_offset=2**62)
    late.commit()
    assert work(db, stream) == expected + later


def test_seek_moves_every_partition(db, wide):
    made = publish(db, wide, 100)
    db.call("stream_subscribe", wide, "audit")
    assert sorted(work(db, wide)) == made
    db.call("stream_seek", wide, "audit", made[60])
    assert sorted(work(db, wide)) == made[60:]
    db.call("stream_seek", wide, "audit", to_time=after())
    assert sorted(work(db, wide)) == made


def test_seek_moves_one_consumer(db, stream, made):
    db.call("stream_subscribe", stream, "mail", from_latest=True)
    db.call("stream_seek", stream, "audit", made[0])
    assert work(db, stream, "mail") == []
    assert work(db, stream) == made


@pytest.mark.parametrize("to", [0, 3, 5])
def test_seek_ends_the_leases(db, stream, made, to):
    db.call("stream_seek", stream, "audit", made[0])
    rows = fetch(db, stream, batch_size=4)
    db.call("stream_seek", stream, "audit", made[to])
    assert standing(db).lease_id is None
    for n in range(1, 5):
        assert commit(db, stream, rows[:n]) is False
    assert db.call("stream_extend", stream, "audit", 0, rows[0].lease_id) is None
    assert offsets(fetch(db, stream)) == made[to:]
    assert commit(db, stream, rows) is False


def test_seek_below_the_trimmed_part_starts_at_the_oldest_event_and_the_view_says_so(db, stream, made):
    db.call("stream_trim", stream, made[3])
    db.call("stream_seek", stream, "audit", made[1])
    shown = standing(db)
    assert made[2] <= shown.committed_offset < made[3]
    assert (shown.lag_events, shown.events_lost) == (3, 0)
    assert work(db, stream) == made[3:]


def test_seek_waits_for_an_open_commit(db, stream, made, connect, background, waits):
    db.call("stream_seek", stream, "audit", made[0])
    rows = fetch(db, stream)
    worker, seeker = connect(autocommit=False), connect()
    assert commit(worker, stream, rows) is True
    late = background(seeker.call, "stream_seek", stream, "audit", made[2])
    waits(seeker)
    worker.commit()
    late.result()
    assert work(db, stream) == made[2:]


def test_a_rolled_back_seek_changes_nothing(db, stream, made, connect):
    before = contents(db)
    other = connect(autocommit=False)
    other.call("stream_seek", stream, "audit", made[0])
    assert work(other, stream) == made
    other.rollback()
    assert contents(db) == before


def test_consume_knows_nothing_of_seek(db, stream, made):
    db.call("stream_seek", stream, "audit", made[3])
    assert read(db, stream) == made


BAD = [
    ({"to_offset": -1}, "-1"),
    ({}, ""),
    ({"to_offset": 77, "to_time": after()}, "77"),
]


@pytest.mark.parametrize(("bad", "value"), BAD)
def test_seek_refuses_a_bad_argument(db, stream, made, refused, bad, value):
    fetch(db, stream)
    before = contents(db)
    with refused("MP006", value):
        db.call("stream_seek", stream, "audit", **bad)
    assert contents(db) == before


def test_seek_to_an_event_above_an_open_publish_stays_above_it(db, connect, stream, audit):
    late = connect(autocommit=False)
    late.call("stream_publish", stream, {})
    seen = publish(db, stream, 5)
    db.call("stream_seek", stream, audit, seen[3])
    assert work(db, stream) == []
    late.commit()
    assert work(db, stream) == seen[3:]


def test_times_grow_with_the_offsets_of_one_call(db, connect, stream, audit):
    db.at(None)
    publish(db, stream, 20_000)
    times = [row.published_at for row in db.rows("stream_consume", stream, 0, 20_000)]
    assert times == sorted(times)
    assert times[0] < times[-1]
    db.call("stream_seek", stream, audit, to_time=times[12_345])
    assert db.rows("stream_fetch", stream, audit, 1)[0].published_at == times[12_345]
