"""Every helper on every way to run a statement."""

from collections.abc import Callable
from datetime import UTC, datetime, timedelta

import pytest
from sqlalchemy import func, select

from minipaas_sql import access, queue, views

from .conftest import Execute

LONG_AGO = datetime(2020, 1, 1, tzinfo=UTC)


def test_a_task_goes_through(execute: Execute) -> None:
    execute(queue.create("emails", lease=timedelta(minutes=2)))
    ((id,),) = execute(queue.enqueue("emails", {"to": 42}, delay=timedelta(seconds=0)))
    (task,) = execute(queue.dequeue("emails", batch_size=10, worker="me"))
    assert (task.id, task.payload, task.attempt) == (id, {"to": 42}, 1)
    assert execute(queue.ack(task, strict=True)) == [(True,)]
    assert execute(queue.ack(task)) == [(False,)]
    assert execute(select(views.queue_tasks)) == []


def test_a_row_has_names_and_python_types(execute: Execute) -> None:
    execute(queue.create("q"))
    execute(
        queue.enqueue("q", {"n": [1, None, "é"]}, priority=-3, headers={"trace": "x"}, run_at=LONG_AGO),
        queue.enqueue("q", None),
    )
    given, bare = sorted(execute(queue.dequeue("q", batch_size=2)), key=lambda task: task.priority)
    assert given._fields == (
        "id", "payload", "attempt", "headers", "key", "priority", "enqueued_at", "lease_until",
    )  # fmt: skip
    assert (given.payload, given.headers, given.priority) == ({"n": [1, None, "é"]}, {"trace": "x"}, -3)
    assert given.lease_until - given.enqueued_at > timedelta(seconds=59)
    assert (bare.payload, bare.headers, bare.key) == (None, None, None)


def test_no_headers_are_null_and_a_payload_of_none_is_json_null(execute: Execute) -> None:
    execute(queue.create("q"))
    execute(queue.enqueue("q", None), queue.enqueue_many("q", [None], headers=[None]))
    task = views.queue_tasks.c
    seen = execute(select(task.headers.is_(None), func.jsonb_typeof(task.payload)))
    assert seen == [(True, "null"), (True, "null")]


def test_enqueue_many_returns_ids_in_the_order_of_the_payloads(execute: Execute) -> None:
    execute(queue.create("q"))
    payloads = [{"n": n} for n in range(3)]
    ids = [id for (id,) in execute(queue.enqueue_many("q", payloads, headers=[None, {"h": 1}, None]))]
    assert execute(queue.enqueue_many("q", [])) == []
    tasks = execute(queue.dequeue("q", batch_size=10))
    assert [(task.id, task.payload) for task in tasks] == list(zip(ids, payloads, strict=True))
    assert [task.headers for task in tasks] == [None, {"h": 1}, None]
    assert execute(queue.ack_many(tasks, strict=True)) == [(3,)]


def test_pop_deletes_as_it_reads(execute: Execute) -> None:
    execute(queue.create("q"))
    execute(queue.enqueue_many("q", [1, 2]))
    assert [task.payload for task in execute(queue.pop("q", batch_size=2))] == [1, 2]
    assert execute(select(views.queue_tasks)) == []


def test_settings(execute: Execute) -> None:
    assert execute(queue.create("q", max_attempts=3, backoff=timedelta(seconds=1))) == [(True,)]
    assert execute(queue.create("q", max_attempts=3, backoff=timedelta(seconds=1))) == [(False,)]
    execute(queue.alter("q", keep_done=timedelta(days=1, seconds=1)))
    execute(queue.pause("q"))
    (settings,) = execute(select(views.queues))
    assert (settings.queue, settings.max_attempts, settings.paused) == ("q", 3, True)
    assert (settings.backoff, settings.keep_done) == (timedelta(seconds=1), timedelta(days=1, seconds=1))
    execute(queue.enqueue("q", 1))
    assert execute(queue.dequeue("q")) == []
    execute(queue.resume("q"))
    assert execute(queue.purge("q")) == [(1,)]
    assert execute(queue.drop("q")) == [(True,)]
    assert execute(queue.drop("q", force=True)) == [(False,)]


def test_failures_and_leases(execute: Execute) -> None:
    execute(queue.create("q", max_attempts=1))
    execute(queue.enqueue_many("q", list(range(6))))
    one, two, three, *many = execute(queue.dequeue("q", batch_size=6))
    ((until,),) = execute(queue.extend(one, lease=timedelta(minutes=5)))
    assert until > one.lease_until
    assert execute(queue.extend_many([one, two])) == [(2,)]
    assert execute(queue.nack(one, error="no")) == [("dead",)]
    assert execute(queue.nack(one)) == [(None,)]
    assert execute(queue.bury(two, error="no")) == [(True,)]
    assert execute(queue.nack(three.id, three.attempt, delay=timedelta(hours=1))) == [("dead",)]
    assert execute(queue.nack_many(many, delay=timedelta(0), error="no")) == [(3,)]
    assert execute(queue.redrive("q", ids=[one.id])) == [(1,)]
    assert execute(queue.redrive("q", batch_size=2)) == [(2,)]
    assert execute(queue.cancel(one.id)) == [(True,)]
    assert execute(queue.cancel(one.id)) == [(False,)]


def test_ids_with_attempts_are_fenced_and_without_act_on_the_holder(execute: Execute) -> None:
    execute(queue.create("q"))
    execute(queue.enqueue_many("q", [1, 2]))
    one, two = execute(queue.dequeue("q", batch_size=2))
    assert execute(queue.ack(one.id, one.attempt + 1)) == [(False,)]
    assert execute(queue.ack_many([one.id, two.id], [one.attempt, two.attempt + 1])) == [(1,)]
    assert execute(queue.ack_many([two.id])) == [(1,)]


def test_rights(execute: Execute, new_role: Callable[..., str]) -> None:
    role = new_role()
    may = select(func.has_schema_privilege(role, "minipaas", "usage"))
    execute(access.grant(role, ["enqueue", "observe"]))
    assert execute(may) == [(True,)]
    execute(access.revoke(role, ["enqueue", "observe"]))


@pytest.mark.parametrize("name", ["it's; drop --", "100% of :them $1", 'a "b" \\ c', "é 🐘 \t x"])
def test_a_name_is_data(execute: Execute, name: str) -> None:
    execute(queue.create(name))
    execute(queue.enqueue(name, {name: name}, headers=name))
    (task,) = execute(queue.dequeue(name, worker=name))
    assert (task.payload, task.headers) == ({name: name}, name)
    execute(queue.nack(task, error=name))
    (row,) = execute(select(views.queue_tasks))
    assert (row.queue, row.last_error) == (name, name)
