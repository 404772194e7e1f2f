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


BEYOND_THE_CALENDAR = [
    ("queue_create", {"queue": "new", "lease": "300000 years"}),
    ("queue_create", {"queue": "new", "backoff": "300000 years", "backoff_max": "0"}),
    ("queue_create", {"queue": "new", "backoff_max": "300000 years"}),
    ("queue_create", {"queue": "new", "keep_done": "300000 years"}),
    ("queue_alter", {"queue": "work", "keep_done": "300000 years"}),
    ("queue_enqueue", {"queue": "work", "payload": "1", "delay": "300000 years"}),
    ("queue_enqueue_many", {"queue": "work", "payloads": [{}], "delay": "300000 years"}),
    ("queue_dequeue", {"queue": "work", "lease": "300000 years"}),
    ("queue_nack", {"delay": "300000 years"}),
    ("queue_nack_many", {"delay": "300000 years"}),
    ("queue_extend", {"lease": "300000 years"}),
    ("queue_extend_many", {"lease": "300000 years"}),
]


@pytest.mark.parametrize(("function", "arguments"), BEYOND_THE_CALENDAR)
def test_a_duration_beyond_the_calendar_is_refused(db, queue, refused, function, arguments):
    """It would pass as a setting, and then break every view and every nack."""
    fill(db, queue, 2)
    held = hold(db, queue)
    before = contents(db)
    if "queue" not in arguments:
        arguments = {**arguments, **({"ids": [held.id]} if function.endswith("many") else {"id": held.id})}
    with refused("MP006", "300000 years"):
        db.rows(function, **arguments)
    assert contents(db) == before


ENDLESS = [
    ("queue_create", {"queue": "new", "lease": "infinity"}),
    ("queue_create", {"queue": "new", "keep_done": "infinity"}),
    ("queue_enqueue", {"queue": "work", "payload": "1", "delay": "infinity"}),
    ("queue_dequeue", {"queue": "work", "lease": "infinity"}),
]


@pytest.mark.parametrize(("function", "arguments"), ENDLESS)
def test_an_endless_duration_is_refused(db, queue, refused, function, arguments):
    if db.info.server_version < 170000:
        pytest.skip("this PostgreSQL has no infinite intervals")
    fill(db, queue, 1)
    before = contents(db)
    with refused("MP006", "infinity"):
        db.rows(function, **arguments)
    assert contents(db) == before


@pytest.mark.parametrize("moment", ["infinity", "-infinity"])
def test_a_moment_that_never_comes_is_refused(db, queue, refused, moment):
    with refused("MP006", "run_at", moment):
        db.call("queue_enqueue", queue, "1", run_at=moment)
