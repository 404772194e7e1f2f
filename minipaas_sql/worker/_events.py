"""The loop for events: fetch a partition's next ones, handle them in order, commit each or all together."""

import asyncio
import time
from collections import Counter
from collections.abc import Sequence
from datetime import datetime
from typing import Any, NamedTuple

from sqlalchemy import Executable

from minipaas_sql import stream
from minipaas_sql.wait import AsyncListener
from minipaas_sql.worker._handler import Handler
from minipaas_sql.worker._loop import Loop, Options, is_failure, last_line, log

_FETCH = """
    select f.* from minipaas.stream_fetch(%s::text, %s::text, %s::integer, %s::interval, %s::text) f
"""
_COMMIT = "select minipaas.stream_commit(%s::text, %s::text, %s::integer, %s::bigint, %s::bigint)"
_EXTEND = (
    "select minipaas.stream_extend(%s::text, %s::text, %s::integer, %s::bigint, %s::interval) is not null"
)
_RELEASE = "select minipaas.stream_release(%s::text, %s::text, %s::integer, %s::bigint)"

_PAUSE, _LONGEST = 1.0, 60.0


class Event(NamedTuple):
    """A fetched event: the columns of `stream_fetch`."""

    event_offset: int
    partition: int
    key: str | None
    payload: Any
    headers: Any
    published_at: datetime
    lease_id: int


Batch = Sequence[Event]


class Events(Loop[Batch]):
    """Works on the events of a stream, for a consumer."""

    def __init__(
        self, options: Options, handler: Handler, stream: str, consumer: str, stop: asyncio.Event
    ) -> None:
        """Keep what to work on; `batch_size` is that of a fetch, and each slot has a partition."""
        listener = AsyncListener(options.url, streams=[stream], poll=options.poll)
        super().__init__(options, handler, listener, stop)
        self.outcomes: Counter[str] = Counter()
        self._stream, self._consumer = stream, consumer
        self._held: set[tuple[int, int]] = set()
        """The partitions at hand and their leases."""
        self._failures: Counter[int] = Counter()
        """How often the next event of a partition has failed here."""

    async def claim(self, room: int) -> bool:
        """Fetch from one partition."""
        options = self.options
        asked = [self._stream, self._consumer, options.batch_size, options.lease, options.name]
        batch = [Event._make(row) for row in await self.claims.execute(_FETCH, asked)]
        if not batch:
            return False
        self._held.add((batch[0].partition, batch[0].lease_id))
        self.start([batch])
        return True

    async def one(self, batch: Batch) -> None:
        """Handle a batch."""
        began, lease = time.perf_counter(), (batch[0].partition, batch[0].lease_id)
        try:
            await self._batch(batch, began)
        finally:
            self._held.discard(lease)

    async def _batch(self, batch: Batch, began: float) -> None:
        done = 0
        for event in batch:
            try:
                if not await self.attempt(event, self._commit):
                    self._tell(batch, done, "lost", began)
                    return
            except BaseException as exc:
                if not is_failure(exc):
                    raise
                await self._failed(batch, done, exc, began)
                return
            done += 1
            self._failures.pop(event.partition, None)
            if self.stop.is_set() and done < len(batch):
                break
        outcome = "done" if await self._end(batch, done) else "lost"
        self._tell(batch, done, outcome, began)

    async def _end(self, batch: Batch, done: int) -> bool:
        """Commit what was handled, unless the handlers' sessions have, and give back the rest."""
        kept = True
        if done and not self.handler.takes_session:
            last = batch[done - 1]
            kept = await self._ask(_COMMIT, last.partition, last.event_offset, last.lease_id)
        if kept and done < len(batch):
            kept = await self._ask(_RELEASE, batch[0].partition, batch[0].lease_id)
        return kept

    async def _failed(self, batch: Batch, done: int, exc: BaseException, began: float) -> None:
        """Give the partition back, and let it rest: its next event is the one that failed."""
        kept = await self._end(batch, done)
        self._tell(batch, done, "failed" if kept else "lost", began, exc)
        partition = batch[0].partition
        self._failures[partition] += 1
        if self.options.once:
            self.stop.set()  # it would fail again and again
            return
        pause = min(_PAUSE * 2 ** (self._failures[partition] - 1), _LONGEST)
        try:
            async with asyncio.timeout(pause):
                await self.stop.wait()
        except TimeoutError:
            return

    async def beat(self) -> None:
        """Extend leases whenever a third of them has passed."""
        lease = self.options.lease.total_seconds() if self.options.lease else 60.0
        while True:
            await asyncio.sleep(max(lease / 3, 0.05))
            for held in tuple(self._held):
                if not await self._ask(_EXTEND, *held, self.options.lease) and held in self._held:
                    self._held.discard(held)
                    log.warning(
                        "partition %s of %s: its lease was lost while a handler runs",
                        held[0],
                        self._stream,
                        extra={"stream": self._stream, "partition": held[0], "outcome": "lost"},
                    )

    async def _ask(self, statement: str, *arguments: Any) -> bool:
        rows = await self.finish(statement, [self._stream, self._consumer, *arguments])
        return bool(rows[0][0])

    def _commit(self, event: Event) -> Executable:
        return stream.commit(self._stream, self._consumer, event)

    def _tell(
        self, batch: Batch, done: int, outcome: str, began: float, exc: BaseException | None = None
    ) -> None:
        """Log the one line that each batch has; `offset` is the event where it ended."""
        if outcome != "lost" or self.handler.takes_session:
            self.outcomes["done"] += done
        seconds, last = time.perf_counter() - began, batch[min(done, len(batch) - 1)]
        extra = {
            "stream": self._stream, "consumer": self._consumer, "partition": last.partition,
            "event_offset": last.event_offset, "events": done, "outcome": outcome, "seconds": seconds,
            "worker": self.options.name, "error": None if exc is None else last_line(exc),
        }  # fmt: skip
        text = "%s events of %s for %s, partition %s up to %s: %s after %.3f s"
        log.log(
            _LEVELS[outcome], text, done, self._stream, self._consumer, last.partition, last.event_offset,
            outcome, seconds, extra=extra, exc_info=exc,
        )  # fmt: skip


_LEVELS = {"done": 20, "lost": 30, "failed": 40}
