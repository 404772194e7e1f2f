import pytest

from .helpers import commit, contents, fetch, offsets, publish, read, standing, stats, work

NAMES = [
    "it's",
    'a "quoted" name',
    "x'; drop schema minipaas cascade; --",
    "100% %s %I $1 :name",
    "naïve ✓ 队列 🐘",
    " two words ",
    "back\\slash",
    "line\nbreak",
    "select",
    "a" * 255,
    "é" * 255,
]


@pytest.mark.parametrize("name", NAMES)
def test_a_name_is_data(db, name):
    assert db.call("stream_create", name) is True
    made = publish(db, name, 3, keys=[name] * 3, dedup_keys=[name, None, None])
    db.call("stream_alter", name, keep="1 day")
    assert read(db, name, key=name) == made
    assert (db.value("select stream from minipaas.streams"), stats(db, name).events) == (name, 3)
    db.call("stream_subscribe", name, name)
    rows = fetch(db, name, name, 1, worker=name)
    assert (standing(db, name).stream, standing(db, name).worker) == (name, name)
    assert commit(db, name, rows, name) is True
    assert work(db, name, name) == made[1:]
    db.call("stream_seek", name, name, made[2])
    assert offsets(fetch(db, name, name)) == made[2:]
    assert db.call("stream_unsubscribe", name, name) is True
    assert db.call("stream_trim", name, made[2]) == 2
    assert db.call("stream_drop", name, force=True) is True


def test_names_that_differ_in_case_or_space_are_different_streams_and_consumers(db):
    for name in ("log", "Log", "log "):
        assert db.call("stream_create", name) is True
    made = publish(db, "Log", 1)
    assert read(db, "log") == read(db, "log ") == []
    assert read(db, "Log") == made
    for consumer in ("audit", "Audit", "audit "):
        db.call("stream_subscribe", "Log", consumer)
        assert work(db, "Log", consumer) == made


def test_a_queue_and_a_stream_may_have_one_name(db):
    assert db.call("queue_create", "work") is True
    assert db.call("stream_create", "work") is True
    publish(db, "work", 1)
    assert db.rows("queue_dequeue", "work") == []
    assert db.call("queue_drop", "work") is True
    assert len(read(db, "work")) == 1


@pytest.mark.parametrize("name", ["", "a" * 256, "é" * 256, None])
def test_create_refuses_a_name_of_no_or_too_many_characters(db, refused, name):
    with refused("MP006", "stream"):
        db.call("stream_create", name)
    assert contents(db) == []


@pytest.mark.parametrize("name", [*NAMES, "%"])
def test_an_unknown_stream_or_consumer_is_named(db, stream, refused, name):
    with refused("MP002", name):
        db.call("stream_publish", name, {})
    with refused("MP003", name):
        fetch(db, stream, name)
