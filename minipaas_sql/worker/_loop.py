"""What the loops for tasks and for events have in common: claim while there is room, run, stop in order."""

import asyncio
import logging
import os
import random
import socket
from abc import ABC, abstractmethod
from collections import deque
from collections.abc import Callable, Coroutine
from dataclasses import dataclass, field
from datetime import timedelta
from typing import Any, Generic, TypeVar

from sqlalchemy import URL, Executable

from minipaas_sql._link import LOST, Link, Rows, Statement
from minipaas_sql.wait import AsyncListener
from minipaas_sql.worker._handler import Handler
from minipaas_sql.worker._upkeep import upkeep

log = logging.getLogger("minipaas_sql.worker")

_Item = TypeVar("_Item")


def default_name() -> str:
    """Name this process: host and process id."""
    return f"{socket.gethostname()}:{os.getpid()}"


@dataclass(frozen=True)
class Options:
    """What a loop is told, whatever it claims."""

    url: str | URL
    concurrency: int = 1
    batch_size: int | None = None
    lease: timedelta | None = None
    timeout: float | None = None
    poll: float = 1.0
    once: bool = False
    name: str = field(default_factory=default_name)

    def __post_init__(self) -> None:
        """Refuse what would never claim anything."""
        if self.concurrency < 1 or (self.batch_size is not None and self.batch_size < 1):
            raise ValueError("concurrency and batch_size are 1 or more")


class Loop(ABC, Generic[_Item]):
    """Claims items, and runs up to `concurrency` handlers at a time."""

    def __init__(
        self, options: Options, handler: Handler, listener: AsyncListener, stop: asyncio.Event
    ) -> None:
        """Make the connections; `run` opens them."""
        self.options, self.handler, self.stop = options, handler, stop
        self.claims = Link(options.url, "minipaas-sql worker")
        self.acks = Link(options.url, "minipaas-sql worker acks")
        self.capacity = options.concurrency
        """How many items to hold at most, before a claim; what can't run yet waits here."""
        self._listener = listener
        self._backlog: deque[_Item] = deque()
        self._slots = 0
        self._moved = asyncio.Event()
        self._tasks: set[asyncio.Task[None]] = set()
        self._failure: BaseException | None = None

    @abstractmethod
    async def claim(self, room: int) -> bool:
        """Claim up to so many items and `start` them; return whether there were any."""

    @abstractmethod
    async def one(self, item: _Item) -> None:
        """Handle one item."""

    @abstractmethod
    async def beat(self) -> None:
        """Extend leases, for ever."""

    def unfinished(self) -> int:
        """How many handled items are still to be finished."""
        return 0

    async def run(self) -> None:
        """Work until told to stop, or with `once` until there is nothing more; then finish what is held.

        :raises psycopg.Error: the server can't be reached at the start, or refuses what no retry changes.
        """
        async with self._listener:
            try:
                await self.claims.open()
                self.handler.connect(self.options.url, self.options.concurrency, self.claims.pooled)
                background = [self.spawn(self.beat()), self.spawn(self._heed())]
                if not self.options.once:
                    background.append(self.spawn(upkeep(self.options.url)))
                try:
                    await self._work()
                finally:
                    while self._slots or self.unfinished():
                        await self.move()
                    for task in background:
                        task.cancel()
                    await asyncio.gather(*background, return_exceptions=True)
            finally:
                await self.claims.close()
                await self.acks.close()
                await self.handler.close()
        if self._failure is not None:
            raise self._failure

    async def _work(self) -> None:
        while not self.stop.is_set():
            busy = self._slots + len(self._backlog)
            if busy >= self.options.concurrency or self.unfinished() >= 10 * self.capacity:
                await self.move()
            elif not await self._listener.until(self._look, timeout=0 if self.options.once else None):
                if not busy and not self.unfinished():
                    return
                await self.move()

    async def _look(self) -> bool:
        """Claim what there is room for; true as well when it is time to stop."""
        if self.stop.is_set():
            return True
        try:
            return await self.claim(max(1, self.capacity - self._slots - len(self._backlog)))
        except LOST as exc:
            if self.options.once:
                raise
            log.warning("the database is not there, trying again: %s", exc)
            await asyncio.sleep(random.uniform(0.1, 0.3))
            return False

    def start(self, items: list[_Item]) -> None:
        """Run handlers for claimed items."""
        self._backlog.extend(items)
        for _ in range(min(len(self._backlog), self.options.concurrency - self._slots)):
            self._slots += 1
            self.spawn(self._slot())

    async def _slot(self) -> None:
        try:
            while self._backlog:
                await self.one(self._backlog.popleft())
        finally:
            self._slots -= 1
            self._moved.set()

    async def move(self) -> None:
        """Wait until something is done."""
        await self._moved.wait()
        self._moved.clear()

    def moved(self) -> None:
        """Say that something is done."""
        self._moved.set()

    async def _heed(self) -> None:
        """End the sleep of the loop when it is told to stop."""
        await self.stop.wait()
        log.info("stopping, when what is at hand is finished: %s", self._slots + len(self._backlog))
        self._moved.set()
        self._listener.stir()

    def spawn(self, work: Coroutine[Any, Any, None]) -> asyncio.Task[None]:
        """Run something beside the loop. What no part of the loop expects ends it."""
        task = asyncio.create_task(work)
        self._tasks.add(task)
        task.add_done_callback(self._ended)
        return task

    def _ended(self, task: asyncio.Task[None]) -> None:
        self._tasks.discard(task)
        if not task.cancelled() and task.exception() is not None:
            self._failure = self._failure or task.exception()
            self.stop.set()
            self._moved.set()

    async def finish(self, statement: Statement, parameters: list[Any]) -> Rows:
        """Execute a statement about what is held, again and again while the server is not there."""
        pause = 0.05
        while True:
            try:
                return await self.acks.execute(statement, parameters)
            except LOST as exc:
                log.warning("the database is not there, trying again in %.1f s: %s", pause, exc)
                await asyncio.sleep(pause * random.uniform(0.5, 1))
                pause = min(pause * 2, 5.0)

    async def attempt(self, item: Any, finish: Callable[[Any], Executable]) -> bool:
        """Call the handler, for as long as it may take; see `Handler`.

        :raises Exception: what the handler raised.
        """
        limit = self.options.timeout
        if limit is None:
            return await self.handler(item, finish)
        try:
            async with asyncio.timeout(limit) as clock:
                return await self.handler(item, finish)
        except TimeoutError as exc:
            if clock.expired():
                raise TimeoutError(f"the handler was given up after {limit:g} s") from exc
            raise


def last_line(exc: BaseException) -> str:
    """Return what a traceback ends with, type and message, as one line."""
    text = " ".join(f"{type(exc).__qualname__}: {exc}".split())
    return text.removesuffix(":")


def is_failure(exc: BaseException) -> bool:
    """Whether an exception is a handler's: not the end of the loop, nor of the process."""
    if isinstance(exc, asyncio.CancelledError):
        task = asyncio.current_task()
        return task is not None and not task.cancelling()
    return isinstance(exc, Exception | SystemExit)
