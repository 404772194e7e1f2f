"""A worker: claims tasks and calls a function for each, until it is told to stop.

The function takes the task, and is plain or `async def`::

    def send(task: worker.Task) -> None:
        mail.send(task.payload["to"])

    worker.run(send, "emails", url=url, concurrency=8)

The task is acked after the function has returned, many of them in one transaction: it may run again when the
worker dies before that. A function with a second parameter gets a session, in which the ack commits with its
effects::

    def charge(task: worker.Task, session: Session) -> None:
        session.add(Payment(order=task.payload["order"]))

An exception gives the task back with the error, for its next attempt after the queue's backoff; `Retry` and
`Bury` say it otherwise. Leases are extended while the function runs. A plain function runs in a thread.

On SIGTERM and SIGINT a worker claims no more, finishes what it holds and returns. While the database is not
there, it tries again. Every ten seconds or so it calls `schedule_tick` and `maintain`. The logger
`minipaas_sql.worker` has one line per task, with the fields `queue`, `task`, `attempt`, `key`, `outcome`
(done, waiting, dead, lost), `seconds`, `worker` and `error`.
"""

import asyncio
from collections.abc import Callable
from datetime import timedelta
from typing import Any

from sqlalchemy import URL

from minipaas_sql.worker._handler import Handler, Sessions
from minipaas_sql.worker._loop import Options, default_name
from minipaas_sql.worker._run import Outcomes, until_signalled
from minipaas_sql.worker._tasks import Bury, Retry, Task, Tasks

__all__ = ["Bury", "Outcomes", "Retry", "Task", "run", "run_once", "serve"]


async def serve(
    handler: Callable[..., Any],
    *queues: str,
    url: str | URL,
    concurrency: int = 1,
    batch_size: int | None = None,
    ack_each: bool = False,
    lease: timedelta | None = None,
    timeout: float | None = None,
    poll: float = 1.0,
    name: str | None = None,
    sessions: Sessions | None = None,
    once: bool = False,
    stop: asyncio.Event | None = None,
) -> Outcomes:
    """Work on the tasks of queues, in a loop that runs already.

    :param handler: called with a task, or with a task and a session.
    :param queues: their names. All have the same chance; nothing waits for an empty one.
    :param url: the database, as a URL of libpq or SQLAlchemy.
    :param concurrency: how many handlers run at a time.
    :param batch_size: how many tasks to hold at most, waiting ones too; default `concurrency`.
    :param ack_each: ack each task in a transaction of its own, as with a session always.
    :param lease: how long a task is held, or held for longer, at a time; default the queue's.
    :param timeout: seconds after which a handler is given up and its task given back: an `async def` is
        cancelled, a thread goes on by itself, and a session's commit comes to nothing. Default never.
    :param poll: seconds between looks while nothing wakes it.
    :param name: the `worker` in `queue_tasks`; default host and process id.
    :param sessions: makes the handler's sessions, a `sessionmaker` or `async_sessionmaker`; default from the
        URL.
    :param once: return when there is nothing more to claim, instead of waiting for more.
    :param stop: set it to stop.
    :returns: how many attempts ended in which way.
    :raises psycopg.Error: the database can't be reached at the start, or MP001 (unknown queue), MP005 (not
        allowed).
    :raises TypeError: the handler takes neither one nor two arguments.
    """
    if not queues:
        raise ValueError("name at least one queue")
    options = Options(
        url, concurrency, batch_size, lease, timeout, poll, once, default_name() if name is None else name
    )
    loop = Tasks(options, Handler(handler, sessions), queues, ack_each, stop or asyncio.Event())
    await loop.run()
    return Outcomes.of(loop.outcomes)


def run(handler: Callable[..., Any], *queues: str, **options: Any) -> Outcomes:
    """Work on the tasks of queues until SIGTERM or SIGINT: `serve` in a loop of its own, with its options."""
    return until_signalled(lambda stop: serve(handler, *queues, stop=stop, **options))


def run_once(handler: Callable[..., Any], *queues: str, **options: Any) -> Outcomes:
    """Work on the tasks of queues until there is nothing more to claim: for jobs and tests.

    A task that waits, for its time or its next attempt, is not waited for. The options are those of `serve`.
    """
    return run(handler, *queues, once=True, **options)
