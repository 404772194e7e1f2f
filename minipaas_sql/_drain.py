"""Handle tasks and events on a connection that is given, inside its transaction: for `minipaas_sql.testing`.

The loops of `minipaas_sql.worker` have connections of their own, and don't see what a test did not commit.
"""

import logging
from collections import Counter
from collections.abc import Callable, Sequence
from functools import partial
from typing import Any

from sqlalchemy import Connection, Executable
from sqlalchemy.orm import Session

from minipaas_sql import queue, stream
from minipaas_sql.worker import Bury, Outcomes, Retry, Task
from minipaas_sql.worker._events import Event
from minipaas_sql.worker._handler import Handler
from minipaas_sql.worker._loop import last_line

log = logging.getLogger("minipaas_sql.worker")

Handle = Callable[[Any, Callable[[Any], Executable]], bool]
"""Call the handler for an item and execute what finishes it; says whether the item was still ours."""

Drain = Callable[[Connection, Handle], Any]


def drain(on: Any, function: Callable[..., Any], sessions: Callable[..., Any] | None, work: Drain) -> Any:
    """Do `work` on a Connection or Session, or return the coroutine that does it on an async one.

    :param sessions: makes the handler's sessions when it is called with a connection.
    """
    if hasattr(on, "run_sync"):
        return _drain_async(on, function, sessions, work)
    is_session = isinstance(on, Session)
    if is_session:
        on.flush()
    connection: Connection = on.connection() if is_session else on
    handler = Handler(function, lambda: _session(sessions or Session, connection))
    if handler.is_async:
        raise TypeError(f"{function!r} is async: it needs an AsyncConnection or AsyncSession")
    done = work(connection, _finishing(handler, connection, handler.here))
    if is_session:
        on.expire_all()  # others have worked on its rows
    return done


async def _drain_async(
    on: Any, function: Callable[..., Any], sessions: Callable[..., Any] | None, work: Drain
) -> Any:
    from sqlalchemy.ext.asyncio import AsyncConnection, AsyncSession
    from sqlalchemy.util import await_only

    is_session = not isinstance(on, AsyncConnection)
    if is_session:
        await on.flush()
    connection: AsyncConnection = await on.connection() if is_session else on

    def new_session() -> Any:
        if handler.is_async:
            return _session(sessions or AsyncSession, connection)
        return _session(sessions or Session, connection.sync_connection)

    handler = Handler(function, new_session)

    def call(item: Any, finish: Callable[[Any], Executable]) -> bool:
        return await_only(handler(item, finish)) if handler.is_async else handler.here(item, finish)

    done = await connection.run_sync(lambda sync: work(sync, _finishing(handler, sync, call)))
    if is_session:
        on.expire_all()
    return done


def _session(factory: Callable[..., Any], connection: Any) -> Any:
    """Make a session whose commit and rollback go no further than a savepoint."""
    return factory(bind=connection, join_transaction_mode="create_savepoint")


def _finishing(handler: Handler, connection: Connection, call: Handle) -> Handle:
    """Finish an item for a handler without a session, too, which the worker does later and for many."""

    def handle(item: Any, finish: Callable[[Any], Executable]) -> bool:
        finished = call(item, finish)
        return finished if handler.takes_session else bool(connection.scalar(finish(item)))

    return handle


def tasks(queues: Sequence[str], connection: Connection, handle: Handle) -> Outcomes:
    """Handle tasks of queues until a dequeue of each returns nothing."""
    outcomes: Counter[str] = Counter()
    claimed = True
    while claimed:
        claimed = False
        for name in queues:
            for row in connection.execute(queue.dequeue(name)).all():
                claimed = True
                outcomes[_task(Task._make((*row, name)), connection, handle)] += 1
    return Outcomes.of(outcomes)


def _task(task: Task, connection: Connection, handle: Handle) -> str:
    savepoint = connection.begin_nested()
    try:
        finished = handle(task, queue.ack)
    except (Exception, SystemExit) as exc:
        savepoint.rollback()
        log.warning("task %s of %s, attempt %s failed", task.id, task.queue, task.attempt, exc_info=exc)
        if isinstance(exc, Bury):
            return "dead" if connection.scalar(queue.bury(task, error=last_line(exc))) else "lost"
        delay = exc.delay if isinstance(exc, Retry) else None
        return connection.scalar(queue.nack(task, delay=delay, error=last_line(exc))) or "lost"
    (savepoint.commit if finished else savepoint.rollback)()
    return "done" if finished else "lost"


def events(name: str, consumer: str, connection: Connection, handle: Handle) -> int:
    """Handle events of a stream until a fetch returns nothing; one that fails gives back its partition.

    :raises Exception: what the handler raised.
    """
    done, commit = 0, partial(stream.commit, name, consumer)
    while batch := [Event._make(row) for row in connection.execute(stream.fetch(name, consumer)).all()]:
        for event in batch:
            savepoint = connection.begin_nested()
            try:
                finished = handle(event, commit)
            except BaseException:
                savepoint.rollback()
                connection.execute(stream.release(name, consumer, event))
                raise
            (savepoint.commit if finished else savepoint.rollback)()
            if not finished:
                break
            done += 1
    return done
