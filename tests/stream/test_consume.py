import pytest

from .helpers import contents, keys_of, offsets, publish, read


def test_consume_starts_after_the_offset(db, stream):
    made = publish(db, stream, 5)
    assert offsets(db.rows("stream_consume", stream, made[1])) == made[2:]
    assert offsets(db.rows("stream_consume", stream, made[0] - 1)) == made
    assert db.rows("stream_consume", stream, made[4]) == []


def test_consume_takes_null_for_every_default(db, stream):
    made = publish(db, stream, 120)
    assert offsets(db.rows("stream_consume", stream, None, None, None, None)) == made[:100]
    assert offsets(db.rows("stream_consume", stream)) == made[:100]


@pytest.mark.parametrize("batch_size", [1, 7, 100, 1000, 2_000_000_000])
def test_every_batch_size_reads_the_same_events_in_the_same_order(db, wide, batch_size):
    made = publish(db, wide, 150)
    made += publish(db, wide, 150, keys=[f"k{n % 9}" for n in range(150)])
    assert read(db, wide, 0, batch_size) == made


def test_consume_returns_at_most_a_batch(db, stream):
    made = publish(db, stream, 5)
    assert offsets(db.rows("stream_consume", stream, 0, 3)) == made[:3]
    assert offsets(db.rows("stream_consume", stream, made[2], 3)) == made[3:]


def test_consume_reads_across_gaps(db, stream, connect):
    made = publish(db, stream, 2)
    other = connect(autocommit=False)
    gone = publish(other, stream, 3)
    other.rollback()
    made += publish(db, stream, 2)
    assert read(db, stream, 0, 1) == made
    assert read(db, stream, gone[1]) == made[2:]


def test_consume_changes_nothing(db, stream):
    publish(db, stream, 5)
    assert db.rows("stream_consume", stream, 0, 2) == db.rows("stream_consume", stream, 0, 2)


def test_consume_beyond_the_head_returns_nothing(db, stream):
    publish(db, stream, 5)
    assert db.rows("stream_consume", stream, db.call("stream_head", stream)) == []
    assert db.rows("stream_consume", stream, 2**62) == []


def test_a_partition_is_read_alone(db, wide):
    publish(db, wide, 200)
    rows = db.rows("stream_consume", wide, 0, 1000)
    for partition in range(4):
        expected = [row for row in rows if row.partition == partition]
        assert len(expected) > 0
        assert db.rows("stream_consume", wide, 0, 1000, partition) == expected
        assert read(db, wide, 0, 7, partition=partition) == offsets(expected)


def test_the_only_partition_may_be_named(db, stream):
    made = publish(db, stream, 5)
    assert read(db, stream, partition=0) == made


def test_one_keys_history_is_read_alone(db, wide):
    publish(db, wide, 100, keys=[f"k{n % 5}" for n in range(100)])
    publish(db, wide, 20)
    history = db.rows("stream_consume", wide, 0, 1000, key="k3")
    assert [row.payload["n"] for row in history] == list(range(3, 100, 5))
    assert {row.key for row in history} == {"k3"}
    assert read(db, wide, 0, 3, key="k3") == offsets(history)
    assert db.rows("stream_consume", wide, key="nobody") == []


def test_key_and_partition_may_both_be_given(db, wide):
    key_of = keys_of(db, wide)
    (own, key), (other, _) = list(key_of.items())[:2]
    assert len(db.rows("stream_consume", wide, partition=own, key=key)) == 1
    assert db.rows("stream_consume", wide, partition=other, key=key) == []


READS_BY_INDEX = {
    "a key's history": ({"key": "rare"}, 10),
    "a partition": ({"partition": 0, "batch_size": 10}, 10),
    "the tail": ({"after_offset": "tail", "batch_size": 100}, 10),
    "the start": ({"batch_size": 10}, 10),
}


@pytest.mark.parametrize("what", READS_BY_INDEX)
def test_reading_touches_few_of_many_events(db, wide, what):
    filters, count = READS_BY_INDEX[what]
    for _ in range(10):
        made = publish(db, wide, 2000, keys=[f"k{n % 10}" for n in range(2000)])
        publish(db, wide, 1, keys=["rare"])
    if filters.get("after_offset"):
        filters = {**filters, "after_offset": made[-10]}
    assert len(db.rows("stream_consume", wide, **filters)) == count
    arguments = ", ".join(f"{name} => %s" for name in filters)
    explain = (
        f"explain (analyze, buffers, format json) select * from minipaas.stream_consume('wide', {arguments})"
    )
    (plan,) = db.value(explain, *filters.values())
    assert plan["Plan"]["Shared Hit Blocks"] + plan["Plan"]["Shared Read Blocks"] < 250


BAD = [
    ({"after_offset": -1}, "offset", "-1"),
    ({"batch_size": 0}, "batch_size", "0"),
    ({"batch_size": -7}, "batch_size", "-7"),
    ({"partition": -1}, "partition", "-1"),
    ({"partition": 4}, "partition", "4"),
]


@pytest.mark.parametrize(("bad", "argument", "value"), BAD)
def test_consume_refuses_a_bad_argument(db, wide, refused, bad, argument, value):
    publish(db, wide, 3)
    before = contents(db)
    with refused("MP006", argument, value):
        db.rows("stream_consume", wide, **bad)
    assert contents(db) == before


def test_consume_can_be_a_cursor(db, stream, connect):
    made = publish(db, stream, 250)
    other = connect(autocommit=False)
    other.execute("declare c cursor for select * from minipaas.stream_consume('log', batch_size => 1000)")
    seen = []
    while rows := other.execute("fetch 100 from c").fetchall():
        publish(db, stream, 1)
        seen += offsets(rows)
    assert seen[:250] == made
