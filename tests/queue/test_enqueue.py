from datetime import timedelta

import pytest

from .helpers import NOON, after, contents, drain, fill, hold, ids, state, task


def test_enqueue_returns_the_id_of_a_ready_task(db, queue):
    id = db.call("queue_enqueue", queue, {"to": 42}, headers={"trace": "a"})
    row = task(db, id)
    assert (row.queue, row.state, row.attempt, row.max_attempts) == (queue, "ready", 0, 10)
    assert (row.priority, row.payload, row.headers) == (0, {"to": 42}, {"trace": "a"})
    assert (row.enqueued_at, row.finished_at, row.worker, row.last_error) == (NOON, None, None, None)
    assert (row.key, row.dedup_key) == (None, None)


def test_ids_are_never_given_twice(db, queue):
    first = fill(db, queue, 3)
    drain(db, queue)
    assert min(fill(db, queue, 3)) > max(first)


@pytest.mark.parametrize("payload", ["null", "1", '"text"', "[]", "{}", '{"é": "队列 \\" \\\\ %s"}'])
def test_any_json_can_be_a_payload(db, queue, payload):
    db.call("queue_enqueue", queue, payload)
    held = db.one("queue_dequeue", queue)
    assert db.value("select %s::jsonb = payload from minipaas.queue_tasks where id = %s", payload, held.id)


def test_a_large_payload_lives_through_every_state(db, queue):
    large = {"text": "".join(chr(33 + n % 90) for n in range(300_000))}
    db.call("queue_enqueue", queue, large, delay="1 minute")
    db.at(after(minutes=1))
    for attempt in (1, 2):
        held = hold(db, queue)
        assert held.payload == large
        db.call("queue_nack" if attempt == 1 else "queue_bury", held.id, attempt)
        db.at(after(minutes=2))
    db.call("queue_redrive", queue)
    assert db.one("queue_pop", queue).payload == large


def test_enqueue_works_from_a_query_and_from_a_trigger(db, queue):
    db.execute("""
        create table test.booking (id integer);
        create function test.announce() returns trigger language plpgsql as $$
        begin
            perform minipaas.queue_enqueue('work', to_jsonb(new));
            return new;
        end $$;
        create trigger announce after insert on test.booking for each row execute function test.announce();
        insert into test.booking select generate_series(1, 3);
        select minipaas.queue_enqueue('work', to_jsonb(n)) from generate_series(4, 5) n;
    """)
    payloads = [row.payload for row in db.rows("queue_dequeue", queue, 10)]
    assert payloads == [{"id": 1}, {"id": 2}, {"id": 3}, 4, 5]


def test_enqueue_takes_null_for_every_default(db, queue):
    id = db.call("queue_enqueue", queue, {}, None, None, None, None, None, None, None, None)
    row = task(db, id)
    assert (row.state, row.priority, row.max_attempts, row.headers) == ("ready", 0, 10, None)
    assert hold(db, queue).id == id


def test_enqueue_with_delay_is_delivered_when_due(db, queue):
    id = db.call("queue_enqueue", queue, {}, delay="5 minutes")
    assert (state(db, id), task(db, id).run_at) == ("delayed", after(minutes=5))
    db.at(after(minutes=5) - timedelta(milliseconds=1))
    assert db.rows("queue_dequeue", queue, 10) == []
    db.at(after(minutes=5))
    assert hold(db, queue).id == id


def test_enqueue_with_run_at_is_delivered_when_due(db, queue):
    id = db.call("queue_enqueue", queue, {}, run_at=after(hours=2))
    db.at(after(hours=1))
    assert db.rows("queue_dequeue", queue) == []
    assert state(db, id) == "delayed"
    db.at(after(hours=2))
    assert hold(db, queue).id == id


def test_a_delay_of_zero_or_a_time_that_has_passed_is_ready_at_once(db, queue):
    made = [
        db.call("queue_enqueue", queue, {}, delay="0"),
        db.call("queue_enqueue", queue, {}, run_at=after(hours=-1)),
    ]
    assert [state(db, id) for id in made] == ["ready", "ready"]
    assert sorted(ids(db.rows("queue_dequeue", queue, 10))) == made


def test_max_attempts_of_a_task_beats_that_of_the_queue(db, queue):
    id = db.call("queue_enqueue", queue, {}, max_attempts=1)
    assert task(db, id).max_attempts == 1
    assert db.call("queue_nack", hold(db, queue).id, 1) == "dead"


def test_max_attempts_of_zero_has_no_limit(db, queue):
    id = db.call("queue_enqueue", queue, {}, max_attempts=0)
    assert task(db, id).max_attempts == 0
    for attempt in range(1, 200):
        held = hold(db, queue)
        assert held.attempt == attempt
        assert db.call("queue_nack", held.id, attempt, delay="0") == "waiting"
    held = hold(db, queue)
    assert db.call("queue_nack", held.id) == "waiting", "no number of attempts overflows the backoff"
    assert task(db, held.id).run_at <= after(hours=1.2)


@pytest.mark.parametrize("priority", [-10, 10])
def test_priority_at_its_bounds(db, queue, priority):
    db.call("queue_enqueue", queue, {}, priority)
    assert hold(db, queue).priority == priority


BAD = [
    ({"payload": None}, "payload"),
    ({"priority": 11}, "11"),
    ({"priority": -11}, "-11"),
    ({"delay": "-5 minutes"}, "-00:05:00"),
    ({"delay": "5 minutes", "run_at": after(hours=1)}, "delay"),
    ({"delay": "5 minutes", "run_at": after(hours=1)}, "run_at"),
    ({"max_attempts": -1}, "-1"),
    ({"key": "k" * 501}, "key"),
    ({"dedup_key": "é" * 501}, "ééé"),
    ({"on_duplicate": "nonsense"}, "nonsense"),
]


@pytest.mark.parametrize(("bad", "named"), BAD)
def test_enqueue_refuses_a_bad_argument(db, queue, refused, bad, named):
    before = contents(db)
    with refused("MP006", named):
        db.call("queue_enqueue", **{"queue": queue, "payload": {}, **bad})
    assert contents(db) == before


@pytest.mark.parametrize("queue_name", ["nobody", ""])
def test_enqueue_refuses_an_unknown_queue(db, queue, refused, queue_name):
    with refused("MP001", queue_name):
        db.call("queue_enqueue", queue_name, {})
    assert contents(db)[1:] == []
