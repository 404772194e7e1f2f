import pytest

from .helpers import after, contents, drain, fill, ids, task


def test_enqueue_many_returns_ids_in_the_order_of_the_input(db, queue):
    made = fill(db, queue, 500)
    assert made == sorted(set(made))
    payloads = {row.id: row.payload["n"] for row in db.execute("select * from minipaas.queue_tasks")}
    assert [payloads[id] for id in made] == list(range(500))
    assert drain(db, queue, 33) == made


def test_enqueue_many_gives_each_task_its_headers_and_all_the_rest(db, queue):
    made = fill(db, queue, 3, headers=[{"n": 0}, None, {"n": 2}], priority=4, max_attempts=2)
    rows = [task(db, id) for id in made]
    assert [row.headers for row in rows] == [{"n": 0}, None, {"n": 2}]
    assert {(row.priority, row.max_attempts, row.state) for row in rows} == {(4, 2, "ready")}


def test_enqueue_many_with_delay_and_with_run_at(db, queue):
    late = fill(db, queue, 2, run_at=after(minutes=2))
    soon = fill(db, queue, 2, delay="1 minute")
    assert db.rows("queue_dequeue", queue, 10) == []
    db.at(after(minutes=2))
    assert ids(db.rows("queue_dequeue", queue, 10)) == soon + late


def test_enqueue_many_takes_null_for_every_default(db, queue):
    made = [id for (id,) in db.rows("queue_enqueue_many", queue, [{"n": 0}], *[None] * 8)]
    assert drain(db, queue) == made


def test_enqueue_many_of_nothing_adds_nothing(db, queue):
    assert db.execute("select minipaas.queue_enqueue_many(%s, '{}'::jsonb[])", [queue]).fetchall() == []
    assert contents(db)[1:] == []


def test_json_null_is_a_payload_and_an_element_that_is_null_is_not(db, queue, refused):
    db.execute("select minipaas.queue_enqueue_many(%s, array[jsonb 'null'])", [queue])
    before = contents(db)
    assert before[1].payload is None
    with refused("MP006", "payloads"):
        db.rows("queue_enqueue_many", queue, [{"n": 0}, None])
    assert contents(db) == before


BAD = [
    ({"payloads": None}, "payloads"),
    ({"headers": [{}]}, "headers"),
    ({"headers": [{}, {}, {}]}, "3"),
    ({"priority": 11}, "11"),
    ({"delay": "-5 minutes"}, "-00:05:00"),
    ({"delay": "5 minutes", "run_at": after(hours=1)}, "run_at"),
    ({"max_attempts": -1}, "-1"),
    ({"keys": ["a", "b" * 501]}, "bbb"),
    ({"keys": ["a"]}, "keys"),
    ({"keys": [["a"], ["b"]], "dedup_keys": ["a", "b"]}, "keys"),
    ({"dedup_keys": ["a" * 501, "b"]}, "aaa"),
    ({"dedup_keys": ["a", "b", "c"]}, "dedup_keys"),
    ({"on_duplicate": "nonsense"}, "nonsense"),
]


@pytest.mark.parametrize(("bad", "named"), BAD)
def test_enqueue_many_refuses_a_bad_argument(db, queue, refused, bad, named):
    before = contents(db)
    with refused("MP006", named):
        db.rows("queue_enqueue_many", **{"queue": queue, "payloads": [{"n": 0}, {"n": 1}], **bad})
    assert contents(db) == before


def test_enqueue_many_refuses_an_unknown_queue(db, refused):
    with refused("MP001", "nobody"):
        fill(db, "nobody", 2)
