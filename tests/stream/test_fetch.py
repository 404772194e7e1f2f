import pytest

from .helpers import NOON, after, commit, contents, fetch, keys_of, offsets, publish, standing, work


@pytest.fixture
def one_each(db, wide):
    """The consumer `audit` of `wide`, and one key of each partition, with an event in each."""
    db.call("stream_subscribe", wide, "audit", from_latest=True)
    keys = keys_of(db, wide)
    work(db, wide)
    publish(db, wide, 4, keys=list(keys.values()))
    return keys


def test_fetch_returns_the_events_and_a_lease(db, stream, audit):
    offset = db.call("stream_publish", stream, {"to": 42}, "user-7", {"trace": "a"})
    (row,) = fetch(db, stream)
    assert row._fields == (
        "event_offset",
        "partition",
        "key",
        "payload",
        "headers",
        "published_at",
        "lease_id",
    )
    assert row[:6] == (offset, 0, "user-7", {"to": 42}, {"trace": "a"}, NOON)
    assert row.lease_id > 0


def test_fetch_takes_null_for_every_default(db, stream, audit):
    made = publish(db, stream, 120)
    rows = db.rows("stream_fetch", stream, audit, None, None, None)
    assert offsets(rows) == made[:100]
    assert standing(db).lease_until == after(minutes=1)


def test_a_batch_is_of_one_partition_in_order_under_one_lease(db, wide):
    made = publish(db, wide, 200)
    db.call("stream_subscribe", wide, "audit")
    seen = []
    for _ in range(4):
        rows = fetch(db, wide, batch_size=1000)
        assert len({row.partition for row in rows}) == len({row.lease_id for row in rows}) == 1
        assert rows[0].partition not in {row.partition for row in seen}
        assert rows == sorted(rows)
        seen += rows
    assert sorted(offsets(seen)) == made
    assert fetch(db, wide) == []


def test_each_fetch_gives_a_free_partition(db, wide, one_each):
    batches = [fetch(db, wide) for _ in range(4)]
    assert sorted(rows[0].partition for rows in batches) == [0, 1, 2, 3]
    assert len({rows[0].lease_id for rows in batches}) == 4
    assert fetch(db, wide) == []


def test_the_partition_that_waits_longest_is_next(db, wide, one_each):
    order = []
    for _ in range(4):
        rows = fetch(db, wide)
        order.append(rows[0].partition)
        commit(db, wide, rows)
    for _ in range(2):
        publish(db, wide, 4, keys=list(one_each.values()))
        for partition in order:
            rows = fetch(db, wide)
            assert rows[0].partition == partition
            commit(db, wide, rows)


def test_a_partition_without_events_is_not_given(db, wide, one_each):
    work(db, wide)
    (offset,) = publish(db, wide, 1, keys=[one_each[2]])
    (row,) = fetch(db, wide)
    assert (row.event_offset, row.partition) == (offset, 2)
    assert fetch(db, wide) == []


def test_fetch_returns_at_most_a_batch(db, stream, audit):
    made = publish(db, stream, 5)
    rows = fetch(db, stream, batch_size=3)
    assert offsets(rows) == made[:3]
    commit(db, stream, rows)
    assert offsets(fetch(db, stream, batch_size=3)) == made[3:]


def test_a_batch_may_be_larger_than_the_stream(db, stream, audit):
    made = publish(db, stream, 3)
    assert offsets(fetch(db, stream, batch_size=2_000_000_000)) == made


def test_a_lease_names_its_worker(db, stream, audit):
    publish(db, stream, 1)
    (row,) = fetch(db, stream, worker="host-1", lease="1 hour")
    shown = standing(db)
    assert (shown.lease_id, shown.worker, shown.lease_until) == (row.lease_id, "host-1", after(hours=1))


def test_a_lease_that_runs_is_nobody_elses(db, stream, audit, connect):
    publish(db, stream, 1)
    fetch(db, stream)
    other = connect()
    other.at(after(seconds=59))
    publish(other, stream, 1)
    assert fetch(other, stream) == []


def test_an_expired_lease_gives_the_same_events_to_the_next(db, stream, audit, connect):
    made = publish(db, stream, 3)
    rows = fetch(db, stream)
    other = connect()
    other.at(after(minutes=1))
    again = fetch(other, stream)
    assert offsets(again) == made
    assert again[0].lease_id != rows[0].lease_id
    assert commit(db, stream, rows) is False
    assert commit(other, stream, again) is True


def test_a_rolled_back_fetch_leaves_the_partition_free(db, stream, audit, connect):
    made = publish(db, stream, 3)
    before = contents(db)
    other = connect(autocommit=False)
    rows = fetch(other, stream)
    other.rollback()
    assert contents(db) == before
    assert commit(db, stream, rows) is False
    assert offsets(fetch(db, stream)) == made


def test_an_open_fetch_blocks_nobody(db, wide, one_each, connect):
    db.execute("set lock_timeout = '5s'")
    other = connect(autocommit=False)
    (held,) = fetch(other, wide)
    publish(db, wide, 4, keys=list(one_each.values()))
    others = [fetch(db, wide) for _ in range(4)]
    assert sorted(rows[0].partition for rows in others if rows) == sorted({0, 1, 2, 3} - {held.partition})
    other.rollback()
    assert offsets(fetch(db, wide))[0] == held.event_offset


def test_fetches_at_once_never_get_one_partition_twice(db, wide, one_each, connect):
    workers = [connect(autocommit=False) for _ in range(6)]
    batches = [fetch(worker, wide) for worker in workers]
    assert sorted(rows[0].partition for rows in batches if rows) == [0, 1, 2, 3]


def test_one_transaction_can_hold_several_partitions(db, wide, one_each, connect):
    other = connect(autocommit=False)
    batches = [fetch(other, wide) for _ in range(4)]
    assert all(commit(other, wide, rows) is True for rows in batches)
    other.commit()
    assert work(db, wide) == []


def test_fetch_after_a_commit_in_one_transaction_goes_on(db, stream, audit, connect):
    made = publish(db, stream, 10)
    other = connect(autocommit=False)
    assert work(other, stream, audit, 3) == made
    other.rollback()
    assert work(db, stream, audit, 4) == made


BAD = [
    ({"batch_size": 0}, "batch_size", "0"),
    ({"batch_size": -7}, "batch_size", "-7"),
    ({"lease": "0"}, "lease", "00:00:00"),
    ({"lease": "-5 minutes"}, "lease", "-00:05:00"),
]


@pytest.mark.parametrize(("bad", "argument", "value"), BAD)
def test_fetch_refuses_a_bad_argument(db, stream, audit, refused, bad, argument, value):
    publish(db, stream, 1)
    before = contents(db)
    with refused("MP006", argument, value):
        db.rows("stream_fetch", stream, audit, **bad)
    assert contents(db) == before
