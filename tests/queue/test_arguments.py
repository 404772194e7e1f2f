import pytest

from .helpers import contents, fill, hold

OF_A_QUEUE = [
    ("queue_alter", {}),
    ("queue_pause", {}),
    ("queue_resume", {}),
    ("queue_purge", {}),
    ("queue_enqueue", {"payload": "1"}),
    ("queue_enqueue_many", {"payloads": [{}]}),
    ("queue_dequeue", {}),
    ("queue_pop", {}),
    ("queue_redrive", {}),
]


@pytest.mark.parametrize(("function", "arguments"), OF_A_QUEUE)
def test_an_unknown_queue_is_refused_by_name(db, queue, refused, function, arguments):
    before = contents(db)
    with refused("MP001", "no such"):
        db.rows(function, queue="no such", **arguments)
    assert contents(db) == before


@pytest.mark.parametrize(("function", "arguments"), OF_A_QUEUE)
def test_null_is_no_queue(db, queue, refused, function, arguments):
    before = contents(db)
    with pytest.raises(Exception) as caught:
        db.rows(function, queue=None, **arguments)
    assert caught.value.sqlstate in ("MP001", "MP006")
    assert caught.value.diag.message_hint
    assert contents(db) == before


def test_a_refused_call_leaves_the_transaction_usable_from_its_savepoint(queue, connect, refused):
    other = connect(autocommit=False)
    with refused("MP006"), other.transaction():
        other.call("queue_enqueue", queue, None)
    fill(other, queue, 1)
    other.commit()
    assert hold(other, queue).attempt == 1


def test_search_path_and_objects_of_the_caller_change_nothing(db, queue):
    db.execute("create function test.now() returns timestamptz language sql as 'select null::timestamptz'")
    db.execute("create domain pg_temp.tid as text")
    db.execute("create temporary table _ready (id bigint)")
    db.execute("set search_path = pg_temp, test, minipaas, pg_catalog")
    (id,) = fill(db, queue, 1)
    assert hold(db, queue).id == id
    assert db.call("queue_ack", id, 1) is True
