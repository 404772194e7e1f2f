import pytest

from .helpers import NOON, contents, publish, read


def test_publish_many_returns_offsets_in_the_order_of_the_input(db, stream):
    made = publish(db, stream, 500)
    assert made == sorted(set(made))
    rows = db.rows("stream_consume", stream, 0, 1000)
    assert [row.event_offset for row in rows] == made
    assert [row.payload["n"] for row in rows] == list(range(500))


def test_publish_many_keeps_the_order_over_many_partitions(db, wide):
    keys = [f"k{n % 7}" for n in range(300)]
    made = publish(db, wide, 300, keys=keys)
    rows = db.rows("stream_consume", wide, 0, 1000)
    assert [row.event_offset for row in rows] == made
    assert [row.payload["n"] for row in rows] == list(range(300))
    assert [row.key for row in rows] == keys


def test_publish_many_gives_each_event_its_key_and_headers(db, stream):
    publish(db, stream, 3, keys=["a", None, "b"], headers=[None, {"n": 1}, {"n": 2}])
    rows = db.rows("stream_consume", stream)
    assert [(row.key, row.headers) for row in rows] == [("a", None), (None, {"n": 1}), ("b", {"n": 2})]
    assert {row.published_at for row in rows} == {NOON}


def test_publish_many_takes_null_for_every_default(db, stream):
    made = [offset for (offset,) in db.rows("stream_publish_many", stream, [{}], None, None, None)]
    assert read(db, stream) == made


def test_publish_many_of_nothing_adds_nothing(db, stream):
    before = contents(db)
    assert db.execute("select minipaas.stream_publish_many(%s, '{}'::jsonb[])", [stream]).fetchall() == []
    assert contents(db) == before


def test_json_null_is_a_payload_and_an_element_that_is_null_is_not(db, stream, refused):
    db.execute("select minipaas.stream_publish_many(%s, array[jsonb 'null'])", [stream])
    assert db.one("stream_consume", stream).payload is None
    before = contents(db)
    with refused("MP006", "payloads"):
        db.rows("stream_publish_many", stream, [{"n": 0}, None])
    assert contents(db) == before


BAD = [
    ({"payloads": None}, "payloads"),
    ({"keys": ["a"]}, "keys"),
    ({"keys": ["a", "b", "c"]}, "3"),
    ({"headers": [{}]}, "headers"),
    ({"headers": [{}, {}, {}]}, "3"),
    ({"dedup_keys": ["a"]}, "dedup_keys"),
    ({"dedup_keys": ["a", "b", "c"]}, "3"),
]


@pytest.mark.parametrize(("bad", "named"), BAD)
def test_publish_many_refuses_a_bad_argument(db, stream, refused, bad, named):
    before = contents(db)
    with refused("MP006", named):
        db.rows("stream_publish_many", **{"stream": stream, "payloads": [{"n": 0}, {"n": 1}], **bad})
    assert contents(db) == before


def test_an_array_of_arrays_is_refused(db, stream, refused):
    with refused("MP006", "payloads"):
        db.execute("select minipaas.stream_publish_many(%s, array[array[jsonb '1', '2']])", [stream])


def test_a_rolled_back_publish_many_leaves_nothing(db, stream, connect):
    other = connect(autocommit=False)
    publish(other, stream, 100)
    other.rollback()
    assert read(db, stream) == []
    made = publish(db, stream, 2)
    assert read(db, stream) == made
