import pytest

from .helpers import contents, drain, fill

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
    assert db.call("queue_create", name) is True
    made = fill(db, name, 3)
    assert db.value("select queue from minipaas.queues") == name
    assert db.value("select distinct queue from minipaas.queue_tasks") == name
    assert db.value("select ready from minipaas.queue_stats where queue = %s", name) == 3
    db.call("queue_pause", name)
    assert drain(db, name) == []
    db.call("queue_resume", name)
    assert drain(db, name) == made
    assert db.call("queue_drop", name) is True


def test_names_that_differ_in_case_or_space_are_different_queues(db):
    for name in ("work", "Work", "work "):
        assert db.call("queue_create", name) is True
    (id,) = fill(db, "Work", 1)
    assert drain(db, "work") == []
    assert drain(db, "work ") == []
    assert drain(db, "Work") == [id]


@pytest.mark.parametrize("name", ["", "a" * 256, "é" * 256, None])
def test_create_refuses_a_name_of_no_or_too_many_characters(db, refused, name):
    with refused("MP006", "queue"):
        db.call("queue_create", name)
    assert contents(db) == []


@pytest.mark.parametrize("name", [*NAMES, "%"])
def test_an_unknown_queue_is_named(db, refused, name):
    with refused("MP001", name):
        db.call("queue_enqueue", name, {})
