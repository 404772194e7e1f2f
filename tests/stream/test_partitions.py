from collections import Counter

from .helpers import commit, fetch, keys_of, offsets, publish, work


def partitions(db, stream):
    """The partition of each event, in order."""
    return [row.partition for row in db.rows("stream_consume", stream, 0, 100_000)]


def test_partitions_count_from_zero(db, wide):
    publish(db, wide, 400)
    assert set(partitions(db, wide)) == {0, 1, 2, 3}


def test_the_only_partition_is_zero(db, stream):
    publish(db, stream, 10, keys=[None, "a"] * 5)
    assert set(partitions(db, stream)) == {0}


def test_a_key_stays_in_its_partition(db, wide):
    for _ in range(3):
        publish(db, wide, 50, keys=[f"k{n}" for n in range(50)])
    for n in range(50):
        db.call("stream_publish", wide, {}, f"k{n}")
    where = {(row.key, row.partition) for row in db.rows("stream_consume", wide, 0, 1000)}
    assert len(where) == 50


def test_a_key_has_the_same_partition_in_every_stream_of_as_many(db, wide):
    db.call("stream_create", "other", 4)
    assert keys_of(db, wide) == keys_of(db, "other")


def test_keys_and_events_without_a_key_are_spread(db, wide):
    publish(db, wide, 1000, keys=[f"user-{n}" for n in range(1000)])
    keyed = Counter(partitions(db, wide))
    assert min(keyed.values()) > 150
    db.call("stream_create", "other", 4)
    publish(db, "other", 1000)
    for _ in range(100):
        db.call("stream_publish", "other", {})
    assert min(Counter(partitions(db, "other")).values()) > 150


def test_order_holds_in_each_partition(db, wide):
    made = publish(db, wide, 300, keys=[f"k{n % 10}" for n in range(300)])
    db.call("stream_subscribe", wide, "audit")
    seen = {}
    while rows := fetch(db, wide, batch_size=7):
        seen.setdefault(rows[0].partition, []).extend(offsets(rows))
        commit(db, wide, rows)
    assert all(part == sorted(part) for part in seen.values())
    assert sorted(offset for part in seen.values() for offset in part) == made


def test_a_full_partition_does_not_slow_the_others(db, wide):
    keys = keys_of(db, wide)
    db.call("stream_subscribe", wide, "audit")
    work(db, wide)
    hot = publish(db, wide, 1000, keys=[keys[0]] * 1000)
    others = publish(db, wide, 3, keys=[keys[1], keys[2], keys[3]])
    seen = []
    for _ in range(4):
        seen += offsets(fetch(db, wide, batch_size=10))
    assert set(others) < set(seen)
    assert sorted(set(seen) - set(others)) == hot[:10]


def test_work_over_partitions_delivers_each_event_once(db, wide):
    made = publish(db, wide, 500)
    db.call("stream_subscribe", wide, "audit")
    seen = work(db, wide, batch_size=13)
    assert sorted(seen) == made
