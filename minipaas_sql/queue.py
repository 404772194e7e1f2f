"""Queues: one helper per SQL function, each an expression to execute or to build into another statement.

The functions, their guarantees and errors are those of the schema (`minipaas.queue_*`); None means "the
default of the function". Wherever a value goes, a SQL expression of the argument's type goes as well::

    session.execute(queue.enqueue("emails", {"to": 42}, delay=timedelta(minutes=5))).scalar_one()

    for task in session.execute(queue.dequeue("emails", batch_size=10)):
        session.execute(queue.ack(task, strict=True))

Database errors arrive as the driver and SQLAlchemy wrap them; `minipaas_sql.errors.of` tells which it was.
"""

from collections.abc import Iterable, Sequence
from datetime import datetime
from typing import TYPE_CHECKING, Any, cast

from minipaas_sql._expr import (
    BIGINT,
    BIGINTS,
    BOOLEAN,
    INTEGER,
    INTERVAL,
    JSON,
    JSONS,
    OPTIONAL_JSON,
    OPTIONAL_JSONS,
    TEXT,
    TEXTS,
    TIMESTAMPTZ,
    VOID,
    ArrayOf,
    Bool,
    Call,
    Duration,
    Int,
    Moment,
    Str,
    array,
    call,
    payload_or_null,
)
from minipaas_sql._task import Claim, Claims, Held, Task, held, held_many, task_rows

if TYPE_CHECKING:
    from minipaas_sql._expr import Rows

__all__ = [
    "Held", "Task", "ack", "ack_many", "alter", "bury", "cancel", "channel", "create", "dequeue", "drop",
    "enqueue", "enqueue_many", "extend", "extend_many", "nack", "nack_many", "pause", "pop", "purge",
    "redrive", "resume", "tasks",
]  # fmt: skip


def create(
    queue: Str,
    *,
    lease: Duration | None = None,
    max_attempts: Int | None = None,
    backoff: Duration | None = None,
    backoff_max: Duration | None = None,
    keep_done: Duration | None = None,
) -> Call[bool]:
    """Create a queue, or leave the one of this name as it is (with a NOTICE where its settings differ).

    :param queue: any text of 1 to 255 characters.
    :param lease: how long a worker holds a task; default 1 minute.
    :param max_attempts: how often a task is tried before it is dead; default 10, 0 is no limit.
    :param backoff: the pause after the first failure, doubled with each further one; default 5 seconds.
    :param backoff_max: the longest such pause; default 1 hour.
    :param keep_done: how long acked tasks stay visible; default 0, they are deleted.
    :returns: whether it was created.
    :raises: MP006 (invalid argument).

    Source: `minipaas.queue_create`.
    """
    return call(
        "queue_create", BOOLEAN, (TEXT, queue), (INTERVAL, lease), (INTEGER, max_attempts),
        (INTERVAL, backoff), (INTERVAL, backoff_max), (INTERVAL, keep_done),
    )  # fmt: skip


def alter(
    queue: Str,
    *,
    lease: Duration | None = None,
    max_attempts: Int | None = None,
    backoff: Duration | None = None,
    backoff_max: Duration | None = None,
    keep_done: Duration | None = None,
) -> Call[Any]:
    """Change settings of a queue; None leaves one unchanged. The arguments are those of `create`.

    :returns: nothing (a row with an empty value).
    :raises: MP001 (unknown queue), MP006 (invalid argument).

    Source: `minipaas.queue_alter`.
    """
    return call(
        "queue_alter", VOID, (TEXT, queue), (INTERVAL, lease), (INTEGER, max_attempts),
        (INTERVAL, backoff), (INTERVAL, backoff_max), (INTERVAL, keep_done),
    )  # fmt: skip


def drop(queue: Str, *, force: Bool | None = None) -> Call[bool]:
    """Drop an empty queue, or with `force` any.

    :returns: whether there was one.
    :raises: MP008 (not empty).

    Source: `minipaas.queue_drop`.
    """
    return call("queue_drop", BOOLEAN, (TEXT, queue), (BOOLEAN, force))


def pause(queue: Str) -> Call[Any]:
    """Let dequeue return nothing until `resume`; enqueue goes on.

    :raises: MP001 (unknown queue).

    Source: `minipaas.queue_pause`.
    """
    return call("queue_pause", VOID, (TEXT, queue))


def resume(queue: Str) -> Call[Any]:
    """End a `pause`.

    :raises: MP001 (unknown queue).

    Source: `minipaas.queue_resume`.
    """
    return call("queue_resume", VOID, (TEXT, queue))


def purge(queue: Str) -> Call[int]:
    """Delete all tasks that nobody holds.

    :returns: how many.
    :raises: MP001 (unknown queue).

    Source: `minipaas.queue_purge`.
    """
    return call("queue_purge", BIGINT, (TEXT, queue))


def enqueue(
    queue: Str,
    payload: Any,
    *,
    priority: Int | None = None,
    delay: Duration | None = None,
    run_at: Moment | None = None,
    key: Str | None = None,
    dedup_key: Str | None = None,
    headers: Any = None,
    max_attempts: Int | None = None,
    on_duplicate: Str | None = None,
) -> Call[int]:
    """Add a task; it is there when the transaction commits.

    :param payload: any JSON value (None is JSON's null), or a SQL expression of type jsonb.
    :param priority: -10 to 10, higher first; default 0.
    :param delay: not before this long from now.
    :param run_at: not before this moment (with a time zone); not together with `delay`.
    :param key: tasks with the same key run one at a time, in order.
    :param dedup_key: while a task with this key is outstanding, its id is returned and nothing is added.
    :param headers: a JSON value beside the payload; None is none.
    :param max_attempts: instead of the queue's.
    :param on_duplicate: 'keep' (default), or 'replace' the waiting task's payload and time.
    :returns: the task's id.
    :raises: MP001 (unknown queue), MP006 (invalid argument); ValueError: `run_at` without a time zone.

    Source: `minipaas.queue_enqueue`.
    """
    return call(
        "queue_enqueue", BIGINT, (TEXT, queue), (JSON, payload_or_null(payload)), (INTEGER, priority),
        (INTERVAL, delay), (TIMESTAMPTZ, run_at), (TEXT, key), (TEXT, dedup_key), (OPTIONAL_JSON, headers),
        (INTEGER, max_attempts), (TEXT, on_duplicate),
    )  # fmt: skip


def enqueue_many(
    queue: Str,
    payloads: ArrayOf[Any],
    *,
    priority: Int | None = None,
    delay: Duration | None = None,
    run_at: Moment | None = None,
    keys: ArrayOf[str | None] | None = None,
    dedup_keys: ArrayOf[str | None] | None = None,
    headers: ArrayOf[Any] | None = None,
    max_attempts: Int | None = None,
    on_duplicate: Str | None = None,
) -> Call[int]:
    """Add many tasks in one call. `keys`, `dedup_keys` and `headers` are as long as `payloads`.

    The other arguments are those of `enqueue`, for all of them.

    :returns: the ids, a row each, in the order of the payloads.
    :raises: MP001 (unknown queue), MP006 (invalid argument); ValueError: `run_at` without a time zone.

    Source: `minipaas.queue_enqueue_many`.
    """
    return call(
        "queue_enqueue_many", BIGINT, (TEXT, queue), (JSONS, array(payloads)), (INTEGER, priority),
        (INTERVAL, delay), (TIMESTAMPTZ, run_at), (TEXTS, array(keys)), (TEXTS, array(dedup_keys)),
        (OPTIONAL_JSONS, array(headers)), (INTEGER, max_attempts), (TEXT, on_duplicate),
    )  # fmt: skip


def channel(queue: Str) -> Call[str]:
    """Return the channel to LISTEN to for new tasks of a queue; `minipaas_sql.wait` does it.

    :raises: MP001 (unknown queue).

    Source: `minipaas.queue_channel`.
    """
    return call("queue_channel", TEXT, (TEXT, queue))


def dequeue(
    queue: Str,
    *,
    batch_size: Int | None = None,
    lease: Duration | None = None,
    worker: Str | None = None,
) -> "Rows":
    """Claim tasks: they are the caller's for the length of the lease, once the transaction commits.

    :param batch_size: at most this many; default 1.
    :param lease: instead of the queue's.
    :param worker: a name to find the holder by in `queue_tasks`.
    :returns: rows with the attributes of `Task`.
    :raises: MP001 (unknown queue), MP006 (invalid argument), MP007 (not READ COMMITTED, or a standby).

    Source: `minipaas.queue_dequeue`.
    """
    return task_rows(
        call("queue_dequeue", BIGINT, (TEXT, queue), (INTEGER, batch_size), (INTERVAL, lease), (TEXT, worker))
    )


def pop(queue: Str, *, batch_size: Int | None = None) -> "Rows":
    """Take tasks and delete them at once: at most once, unless the transaction does all the work.

    :param batch_size: at most this many; default 1.
    :returns: rows with the attributes of `Task`.
    :raises: MP001 (unknown queue), MP006 (invalid argument), MP007 (not READ COMMITTED, or a standby).

    Source: `minipaas.queue_pop`.
    """
    return task_rows(call("queue_pop", BIGINT, (TEXT, queue), (INTEGER, batch_size)))


def tasks(result: Iterable[Any]) -> Sequence[Task]:
    """Give the rows of `dequeue` and `pop` their static type: `queue.tasks(session.execute(...))`.

    :param result: what executing the statement returned.
    :returns: all of its rows.
    """
    return cast("list[Task]", list(result))


def ack(task: Claim, attempt: Int | None = None, *, strict: Bool | None = None) -> Call[bool]:
    """Say that a task is done, in the transaction of its effects. False means: roll them back.

    :param task: a row of `dequeue`, or an id; an id without `attempt` acts on whoever holds the task.
    :param attempt: the attempt that `dequeue` gave, beside an id.
    :param strict: raise MP009 (lease lost) instead of returning false.
    :returns: whether the task was held so.

    Source: `minipaas.queue_ack`.
    """
    return call("queue_ack", BOOLEAN, *held(task, attempt), (BOOLEAN, strict))


def ack_many(
    tasks: Claims,
    attempts: ArrayOf[int] | None = None,
    *,
    strict: Bool | None = None,
) -> Call[int]:
    """Say that tasks are done; see `ack`.

    :param tasks: rows of `dequeue`, or ids.
    :param attempts: beside ids, as many.
    :returns: how many were held so.
    :raises: MP006 (arrays of different lengths); with `strict` MP009 when one was not.

    Source: `minipaas.queue_ack_many`.
    """
    return call("queue_ack_many", BIGINT, *held_many(tasks, attempts), (BOOLEAN, strict))


def nack(
    task: Claim,
    attempt: Int | None = None,
    *,
    delay: Duration | None = None,
    error: Str | None = None,
) -> Call[str | None]:
    """Give a task back to be tried again, or to be dead when it has no attempts left.

    :param task: a row of `dequeue`, or an id.
    :param attempt: the attempt that `dequeue` gave, beside an id.
    :param delay: not before this long from now; default: the queue's backoff.
    :param error: what went wrong, for `queue_tasks`.
    :returns: 'waiting', 'dead', or None: the task was not held so.

    Source: `minipaas.queue_nack`.
    """
    return call("queue_nack", TEXT, *held(task, attempt), (INTERVAL, delay), (TEXT, error))


def nack_many(
    tasks: Claims,
    attempts: ArrayOf[int] | None = None,
    *,
    delay: Duration | None = None,
    error: Str | None = None,
) -> Call[int]:
    """Give tasks back; see `nack`, with `tasks` and `attempts` as in `ack_many`.

    :returns: how many were held so.
    :raises: MP006 (invalid argument).

    Source: `minipaas.queue_nack_many`.
    """
    return call("queue_nack_many", BIGINT, *held_many(tasks, attempts), (INTERVAL, delay), (TEXT, error))


def bury(task: Claim, attempt: Int | None = None, *, error: Str | None = None) -> Call[bool]:
    """Make a task dead at once, whatever attempts it has left; `redrive` brings it back.

    :param task: a row of `dequeue`, or an id.
    :param attempt: the attempt that `dequeue` gave, beside an id.
    :param error: what went wrong, for `queue_tasks`.
    :returns: whether the task was held so.

    Source: `minipaas.queue_bury`.
    """
    return call("queue_bury", BOOLEAN, *held(task, attempt), (TEXT, error))


def extend(
    task: Claim, attempt: Int | None = None, *, lease: Duration | None = None
) -> Call[datetime | None]:
    """Hold a task for longer: the lease ends `lease` from now.

    :param task: a row of `dequeue`, or an id.
    :param attempt: the attempt that `dequeue` gave, beside an id.
    :param lease: default: the queue's.
    :returns: until when, or None: the lease is lost.

    Source: `minipaas.queue_extend`.
    """
    return call("queue_extend", TIMESTAMPTZ, *held(task, attempt), (INTERVAL, lease))


def extend_many(
    tasks: Claims,
    attempts: ArrayOf[int] | None = None,
    *,
    lease: Duration | None = None,
) -> Call[int]:
    """Hold tasks for longer; see `extend`, with `tasks` and `attempts` as in `ack_many`.

    :returns: how many were held so.
    :raises: MP006 (invalid argument).

    Source: `minipaas.queue_extend_many`.
    """
    return call("queue_extend_many", BIGINT, *held_many(tasks, attempts), (INTERVAL, lease))


def cancel(task: Int) -> Call[bool]:
    """Delete a task that nobody holds.

    :param task: its id.
    :returns: whether it was there and free.

    Source: `minipaas.queue_cancel`.
    """
    return call("queue_cancel", BOOLEAN, (BIGINT, task))


def redrive(
    queue: Str,
    *,
    ids: ArrayOf[int] | None = None,
    batch_size: Int | None = None,
) -> Call[int]:
    """Make dead tasks ready again, with `max_attempts` more.

    :param ids: just these; default all.
    :param batch_size: at most this many, oldest first.
    :returns: how many.
    :raises: MP001 (unknown queue), MP006 (invalid argument).

    Source: `minipaas.queue_redrive`.
    """
    return call("queue_redrive", BIGINT, (TEXT, queue), (BIGINTS, array(ids)), (INTEGER, batch_size))
