"""The loop for tasks: claim a batch, run handlers, finish each in its transaction or many in one."""

import asyncio
import time
from collections import Counter, deque
from collections.abc import Sequence
from datetime import datetime, timedelta
from typing import Any, NamedTuple

import psycopg
from sqlalchemy import Executable

from minipaas_sql import errors, queue
from minipaas_sql.wait import AsyncListener
from minipaas_sql.worker._handler import Handler
from minipaas_sql.worker._loop import Loop, Options, is_failure, last_line, log

_DEQUEUE = """
    select d.id, d.payload, d.attempt, d.headers, d.key, d.priority, d.enqueued_at, d.lease_until,
        extract(epoch from d.lease_until - clock_timestamp())::float8
    from minipaas.queue_dequeue(%s::text, %s::integer, %s::interval, %s::text) d
"""
_ACK_MANY = "select minipaas.queue_ack_many(%s::bigint[], %s::integer[], true)"
_ACK_ONE = "begin; select minipaas.queue_ack(%s, %s); commit;"
_ACK_EACH = (
    "select minipaas.queue_ack(u.id, u.attempt) from unnest(%s::bigint[], %s::integer[]) u (id, attempt)"
)
_EXTEND_MANY = "select minipaas.queue_extend_many(%s::bigint[], %s::integer[], %s::interval)"
_EXTEND_EACH = """
    select minipaas.queue_extend(u.id, u.attempt, %s::interval) is not null
    from unnest(%s::bigint[], %s::integer[]) u (id, attempt)
"""
_NACK = "select minipaas.queue_nack(%s::bigint, %s::integer, %s::interval, %s::text)"
_BURY = "select case when minipaas.queue_bury(%s::bigint, %s::integer, %s::text) then 'dead' end"


class Task(NamedTuple):
    """A claimed task: the columns of `queue_dequeue`, and the name of its queue."""

    id: int
    payload: Any
    attempt: int
    headers: Any
    key: str | None
    priority: int
    enqueued_at: datetime
    lease_until: datetime
    """Until when the lease was at first; the worker extends it."""
    queue: str


class Retry(Exception):
    """Raised by a handler: try the task again, after `delay` instead of the queue's backoff."""

    def __init__(self, reason: str = "", *, delay: timedelta | None = None) -> None:
        """Keep the reason, which becomes the task's last error, and the delay."""
        super().__init__(reason)
        self.delay = delay


class Bury(Exception):
    """Raised by a handler: the task is dead at once, whatever attempts it has left."""


class Tasks(Loop[Task]):
    """Works on the tasks of queues."""

    def __init__(
        self,
        options: Options,
        handler: Handler,
        queues: Sequence[str],
        ack_each: bool,
        stop: asyncio.Event,
    ) -> None:
        """Keep what to work on.

        :param ack_each: finish each task in a transaction of its own.
        """
        listener = AsyncListener(options.url, queues=queues, poll=options.poll)
        super().__init__(options, handler, listener, stop)
        self.capacity = max(options.concurrency, options.batch_size or 0)
        self.outcomes: Counter[str] = Counter()
        self._queues, self._ack_each = deque(queues), ack_each
        self._held: dict[tuple[int, int], float] = {}
        """When the lease of what is claimed and not handled yet was last extended, by id and attempt."""
        self._every = float("inf")
        self._sooner = asyncio.Event()
        self._handled: deque[tuple[Task, float]] = deque()
        self._flushing = False

    async def claim(self, room: int) -> bool:
        """Claim from each queue in turn, beginning with another one each time."""
        self._queues.rotate(-1)
        claimed = False
        for name in tuple(self._queues):
            asked = [name, room, self.options.lease, self.options.name]
            rows = await self.claims.execute(_DEQUEUE, asked)
            if rows:
                claimed = True
                room -= len(rows)
                self._hold(rows)
                self.start([Task._make((*row[:8], name)) for row in rows])
            if room < 1:
                break
        return claimed

    def _hold(self, rows: Sequence[tuple[Any, ...]]) -> None:
        now = time.monotonic()
        self._held.update(((row[0], row[2]), now) for row in rows)
        every = max(rows[0][8] / 3, 0.05)
        if every < self._every:
            self._every = every
            self._sooner.set()

    async def one(self, task: Task) -> None:
        """Handle a task."""
        began = time.perf_counter()
        try:
            finished = await self.attempt(task, _ack)
        except BaseException as exc:
            self._held.pop((task.id, task.attempt), None)
            if not is_failure(exc):
                raise
            await self._failed(task, exc, time.perf_counter() - began)
            return
        self._held.pop((task.id, task.attempt), None)
        seconds = time.perf_counter() - began
        if self.handler.takes_session:
            self._tell(task, "done" if finished else "lost", seconds)
        else:
            self._handled.append((task, seconds))
            if not self._flushing:
                self._flushing = True
                self.spawn(self._flush())

    async def _failed(self, task: Task, exc: BaseException, seconds: float) -> None:
        error = last_line(exc)
        if isinstance(exc, Bury):
            rows = await self.finish(_BURY, [task.id, task.attempt, error])
        else:
            delay = exc.delay if isinstance(exc, Retry) else None
            rows = await self.finish(_NACK, [task.id, task.attempt, delay, error])
        self._tell(task, rows[0][0] or "lost", seconds, exc)

    def unfinished(self) -> int:
        """How many handled tasks are not acked yet."""
        return len(self._handled) + self._flushing

    async def _flush(self) -> None:
        """Ack what is handled. What others finish meanwhile goes with the next transaction."""
        try:
            while self._handled:
                count = min(len(self._handled), _TOGETHER)
                await self._ack([self._handled.popleft() for _ in range(count)])
                self.moved()
        finally:
            self._flushing = False
            self.moved()

    async def _ack(self, handled: Sequence[tuple[Task, float]]) -> None:
        claims = [[task.id for task, _ in handled], [task.attempt for task, _ in handled]]
        if self._ack_each:  # a round trip for all of them: it costs more than the transactions do
            rows = await self.finish("".join(_ACK_ONE % claim for claim in zip(*claims, strict=True)), [])
        else:
            try:
                rows = [(True,)] * len(handled) if await self.finish(_ACK_MANY, claims) else []
            except psycopg.Error as exc:
                if not isinstance(errors.of(exc), errors.LeaseLost):
                    raise
                rows = await self.finish(_ACK_EACH, claims)  # to know whose lease it was
        for (task, seconds), (acked,) in zip(handled, rows, strict=True):
            self._tell(task, "done" if acked else "lost", seconds)

    async def beat(self) -> None:
        """Extend leases whenever a third of them has passed."""
        while True:
            self._sooner.clear()
            try:
                async with asyncio.timeout(None if self._every == float("inf") else self._every):
                    await self._sooner.wait()
            except TimeoutError:
                await self._extend()

    async def _extend(self) -> None:
        now = time.monotonic()
        due = [claim for claim, at in self._held.items() if at <= now - self._every / 2]
        if not due:
            return
        ids, attempts = [id for id, _ in due], [attempt for _, attempt in due]
        rows = await self.finish(_EXTEND_MANY, [ids, attempts, self.options.lease])
        kept = [True] * len(due)
        if rows != [(len(due),)]:
            kept = [
                value for (value,) in await self.finish(_EXTEND_EACH, [self.options.lease, ids, attempts])
            ]
        for claim, is_kept in zip(due, kept, strict=True):
            if claim not in self._held:
                continue  # handled meanwhile
            if is_kept:
                self._held[claim] = now
            else:
                del self._held[claim]
                log.warning(
                    "task %s: its lease was lost while its handler runs",
                    claim[0],
                    extra={"task": claim[0], "attempt": claim[1], "outcome": "lost"},
                )

    def _tell(self, task: Task, outcome: str, seconds: float, exc: BaseException | None = None) -> None:
        """Log the one line that each task has."""
        self.outcomes[outcome] += 1
        level = _LEVELS[outcome]
        if not log.isEnabledFor(level):
            return
        error = None if exc is None else last_line(exc)
        extra = {
            "queue": task.queue, "task": task.id, "attempt": task.attempt, "key": task.key,
            "outcome": outcome, "seconds": seconds, "worker": self.options.name, "error": error,
        }  # fmt: skip
        text = "task %s of %s, attempt %s: %s after %.3f s"
        log.log(level, text, task.id, task.queue, task.attempt, outcome, seconds, extra=extra, exc_info=exc)


_TOGETHER = 100
"""How many acks go to the server together."""

_LEVELS = {"done": 20, "waiting": 30, "lost": 30, "dead": 40}


def _ack(task: Task) -> Executable:
    return queue.ack(task)
