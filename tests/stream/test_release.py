import pytest

from .helpers import after, commit, contents, fetch, offsets, publish, standing, work


@pytest.fixture
def held(db, stream, audit):
    """What `audit` fetched at noon: three events."""
    publish(db, stream, 3)
    return fetch(db, stream)


def release(db, rows):
    """Give the partition of a batch back."""
    return db.call("stream_release", "log", "audit", rows[0].partition, rows[0].lease_id)


def test_a_released_partition_is_free_at_once(db, stream, held):
    assert release(db, held) is True
    shown = standing(db)
    assert (shown.lease_id, shown.worker, shown.lease_until) == (None, None, None)
    again = fetch(db, stream)
    assert offsets(again) == offsets(held)
    assert again[0].lease_id != held[0].lease_id


def test_release_keeps_what_was_committed(db, stream, held):
    commit(db, stream, held[:2])
    assert release(db, held) is True
    assert work(db, stream) == [held[2].event_offset]


def test_an_expired_lease_that_nobody_took_over_is_released(db, stream, held):
    db.at(after(minutes=5))
    assert release(db, held) is True
    db.at(after())
    assert offsets(fetch(db, stream)) == offsets(held)


def test_release_of_a_lost_lease_is_false_and_changes_nothing(db, stream, held):
    db.at(after(minutes=2))
    taken = fetch(db, stream)
    before = contents(db)
    assert release(db, held) is False
    assert contents(db) == before
    assert release(db, taken) is True
    before = contents(db)
    for rows in (held, taken):
        assert release(db, rows) is False
    assert contents(db) == before


def test_release_without_any_lease_is_false(db, stream, audit):
    assert db.call("stream_release", stream, audit, 0, 1) is False


def test_a_rolled_back_release_leaves_the_lease(db, held, connect):
    before = contents(db)
    other = connect(autocommit=False)
    assert release(other, held) is True
    other.rollback()
    assert contents(db) == before


@pytest.mark.parametrize("partition", [-1, 1, None])
def test_release_refuses_a_partition_out_of_range(db, stream, held, refused, partition):
    before = contents(db)
    with refused("MP006", "partition", "NULL" if partition is None else str(partition)):
        db.call("stream_release", stream, "audit", partition, held[0].lease_id)
    assert contents(db) == before
