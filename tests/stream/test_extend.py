import pytest

from .helpers import after, commit, contents, fetch, offsets, publish, standing, work


@pytest.fixture
def held(db, stream, audit):
    """What `audit` fetched at noon: three events."""
    publish(db, stream, 3)
    return fetch(db, stream)


def extend(db, rows, *lease):
    """Extend the lease of a batch."""
    return db.call("stream_extend", "log", "audit", rows[0].partition, rows[0].lease_id, *lease)


def test_extend_starts_the_lease_anew(db, stream, held):
    db.at(after(seconds=50))
    assert extend(db, held) == after(seconds=110)
    db.at(after(seconds=109))
    assert fetch(db, stream) == []
    assert extend(db, held, "1 hour") == after(seconds=109, hours=1)
    assert standing(db).lease_until == after(seconds=109, hours=1)
    db.at(after(hours=1))
    assert fetch(db, stream) == []
    db.at(after(seconds=109, hours=1))
    assert offsets(fetch(db, stream)) == offsets(held)


def test_extend_can_shorten_the_lease(db, stream, held):
    assert extend(db, held, "1 second") == after(seconds=1)
    db.at(after(seconds=1))
    assert offsets(fetch(db, stream)) == offsets(held)


def test_extend_takes_null_for_the_default(db, held):
    assert extend(db, held, None) == after(minutes=1)


def test_an_expired_lease_that_nobody_took_over_is_extended(db, stream, held):
    db.at(after(minutes=5))
    assert extend(db, held) == after(minutes=6)
    assert fetch(db, stream) == []


def test_extend_keeps_what_was_committed_and_fetched(db, stream, held):
    commit(db, stream, held[:2])
    assert extend(db, held, "1 hour") == after(hours=1)
    assert standing(db).committed_offset == held[1].event_offset
    assert commit(db, stream, held) is True
    assert work(db, stream) == []


def test_extend_of_a_lost_lease_returns_null_and_changes_nothing(db, stream, held):
    db.at(after(minutes=2))
    taken = fetch(db, stream)
    before = contents(db)
    assert extend(db, held, "1 hour") is None
    assert contents(db) == before
    commit(db, stream, taken)
    before = contents(db)
    for rows in (held, taken):
        assert extend(db, rows) is None
    assert contents(db) == before


def test_extend_without_any_lease_returns_null(db, stream, audit):
    assert db.call("stream_extend", stream, audit, 0, 1) is None


@pytest.mark.parametrize(("lease", "shown"), [("0", "00:00:00"), ("-5 minutes", "-00:05:00")])
def test_extend_refuses_a_lease_of_nothing(db, held, refused, lease, shown):
    before = contents(db)
    with refused("MP006", "lease", shown):
        extend(db, held, lease)
    assert contents(db) == before


@pytest.mark.parametrize("partition", [-1, 1, None])
def test_extend_refuses_a_partition_out_of_range(db, stream, held, refused, partition):
    before = contents(db)
    with refused("MP006", "partition", "NULL" if partition is None else str(partition)):
        db.call("stream_extend", stream, "audit", partition, held[0].lease_id)
    assert contents(db) == before


def test_a_rolled_back_extend_changes_nothing(db, held, connect):
    before = contents(db)
    other = connect(autocommit=False)
    assert extend(other, held, "1 hour") is not None
    other.rollback()
    assert contents(db) == before
