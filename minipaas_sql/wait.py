"""Wait until a queue or a stream has something: woken by who enqueues or publishes, with looks in between.

Once, by the name::

    if wait.for_queue(url, "emails", timeout=30):
        ...

In a loop, where looking is what one does anyway::

    with wait.Listener(url, queues=["emails"]) as listener:
        while True:
            tasks = listener.until(claim)  # calls claim() until it returns some

A listener has a connection of its own. While that is lost, or where it goes through a pooler that lends its
sessions by the transaction (LISTEN does nothing there), a look every second finds what there is.
"""

import asyncio
import logging
import time
from collections.abc import Awaitable, Callable, Iterable
from types import TracebackType
from typing import Self, TypeVar

from psycopg import Notify, sql
from sqlalchemy import URL

from minipaas_sql._link import LOST, Link

__all__ = ["AsyncListener", "Listener", "for_queue", "for_queue_async", "for_stream", "for_stream_async"]

_T = TypeVar("_T")

_log = logging.getLogger(__name__)
_warned: set[str] = set()

# Who was just busy looks again soon a few times before it sleeps: while work keeps coming, nobody pays for
# a NOTIFY.
_LINGER = 0.04
_SHORT = 0.004

# Who has lost the connection that would wake it looks every second, however long it would sleep otherwise.
_AWAKE = 1.0

_CHANNELS = """
    select minipaas.queue_channel(q) from unnest(%s::text[]) q
    union all
    select minipaas.stream_channel(s) from unnest(%s::text[]) s
"""

# Who enqueues after this sees the lock; what was there before, the look that follows finds. Twice, for the
# lock is not to be had for the moment in which a producer tests it.
_LISTEN = "listen {name}; select pg_try_advisory_lock({key}) or pg_try_advisory_lock({key});"
_KEY = "hashtextextended({name}, 0)"
_GET_UP = "unlisten *; select pg_advisory_unlock_all()"


class AsyncListener:
    """Sleeps until there may be something in queues and streams: `async with AsyncListener(...) as one`."""

    def __init__(
        self, url: str | URL, *, queues: Iterable[str] = (), streams: Iterable[str] = (), poll: float = 1.0
    ) -> None:
        """Name what to listen for.

        :param url: the database, as a URL of libpq or SQLAlchemy; best without a pooler.
        :param poll: seconds between looks while nothing wakes it: how late a delayed task may be, or one
            whose enqueue was under way when the listener fell asleep.
        """
        self._link = Link(url, "minipaas-sql listener")
        self._queues, self._streams, self._poll = list(queues), list(streams), poll
        self._stir = asyncio.Event()
        self._found_at = float("-inf")
        self._polling = False

    async def __aenter__(self) -> Self:
        """Connect, and check the names.

        :raises psycopg.OperationalError: the server can't be reached.
        :raises psycopg.Error: MP001 (unknown queue), MP002 (unknown stream), MP005 (not allowed).
        """
        try:
            await self._channels()
        except BaseException:
            await self._link.close()
            raise
        if self._link.pooled:
            if self._link.where not in _warned:  # once per process
                _warned.add(self._link.where)
                _log.warning(
                    "%s is a pooler, and wake-up needs a connection without one: looking every %g s instead",
                    self._link.where, self._poll,
                )  # fmt: skip
            await self._link.close()
            self._polling = True
        return self

    async def __aexit__(
        self, kind: type[BaseException] | None, exc: BaseException | None, traceback: TracebackType | None
    ) -> None:
        """Close the connection."""
        await self._link.close()

    def stir(self) -> None:
        """Make a sleeping `until` look once more at once. From the loop's own thread."""
        self._stir.set()

    async def until(self, look: Callable[[], Awaitable[_T]], timeout: float | None = None) -> _T:
        """Look, and sleep and look again, until there is something.

        :param look: returns something true when there is: claimed tasks, say.
        :param timeout: seconds after which to give up; default never. 0 looks once.
        :returns: what the last look returned.
        """
        end = float("inf") if timeout is None else time.monotonic() + timeout
        while not self._over(found := await look(), end):
            if time.monotonic() < self._found_at + _LINGER:
                await self._sleep(min(_SHORT, end - time.monotonic()))
                continue
            listening = await self._lie_down()
            try:
                if self._over(found := await look(), end):
                    break
                awake = not self._polling and not (listening and self._link.connected)
                await self._sleep(min(_AWAKE if awake else self._poll, self._poll, end - time.monotonic()))
            finally:
                if listening:
                    await self._get_up()
        return found

    def _over(self, found: object, end: float) -> bool:
        if found:
            self._found_at = time.monotonic()
        return bool(found) or time.monotonic() >= end

    async def _channels(self) -> list[str]:
        return [name for (name,) in await self._link.execute(_CHANNELS, [self._queues, self._streams])]

    async def _lie_down(self) -> bool:
        """Listen, and show producers that somebody sleeps. Others may do that already: as good."""
        if self._polling:
            return False
        try:
            names = await self._channels()  # a queue that was dropped and made again has another
            (await self._link.open()).add_notify_handler(self._notified)
            await self._link.execute(sql.SQL("").join(map(_listen, names)))
        except LOST as exc:
            _log.warning("no wake-up for %g s: %s", min(_AWAKE, self._poll), exc)
            return False
        return True

    def _notified(self, notify: Notify) -> None:
        self._stir.set()

    async def _sleep(self, seconds: float) -> None:
        """Wait for a stir, or for something on the connection."""
        loop, connection = asyncio.get_running_loop(), self._link.connection
        number = None if connection is None or connection.closed else connection.fileno()
        if number is not None:
            loop.add_reader(number, self._stir.set)
        try:
            async with asyncio.timeout(max(0.0, seconds)):
                await self._stir.wait()
        except TimeoutError:
            pass
        finally:
            if number is not None:
                loop.remove_reader(number)
            self._stir.clear()

    async def _until_true(self, ask: sql.Composed, timeout: float | None) -> bool:
        async def look() -> bool:
            try:
                return any(value for (value,) in await self._link.execute(ask))
            except LOST as exc:
                _log.warning("the database is not there: %s", exc)
                return False

        return await self.until(look, timeout)

    async def _get_up(self) -> None:
        try:
            await self._link.execute(_GET_UP)
        except LOST as exc:
            _log.warning("the connection for wake-up was lost: %s", exc)


def _listen(name: str) -> sql.Composed:
    key = sql.SQL(_KEY).format(name=sql.Literal(name))
    return sql.SQL(_LISTEN).format(name=sql.Identifier(name), key=key)


class Listener:
    """Sleeps until there may be something in queues and streams: `with Listener(...) as listener`.

    `AsyncListener` in a loop of its own: for code that runs in no other.
    """

    def __init__(
        self, url: str | URL, *, queues: Iterable[str] = (), streams: Iterable[str] = (), poll: float = 1.0
    ) -> None:
        """Name what to listen for, as for `AsyncListener`."""
        self._listener = AsyncListener(url, queues=queues, streams=streams, poll=poll)
        self._runner = asyncio.Runner()

    def __enter__(self) -> Self:
        """Connect, and check the names; the errors are those of `AsyncListener`."""
        try:
            self._runner.run(self._listener.__aenter__())
        except BaseException:
            self._runner.close()
            raise
        return self

    def __exit__(
        self, kind: type[BaseException] | None, exc: BaseException | None, traceback: TracebackType | None
    ) -> None:
        """Close the connection."""
        with self._runner:
            self._runner.run(self._listener.__aexit__(kind, exc, traceback))

    def until(self, look: Callable[[], _T], timeout: float | None = None) -> _T:
        """Look, and sleep and look again, until there is something; as `AsyncListener.until` does.

        :param look: returns something true when there is: claimed tasks, say. Its exceptions end the waiting.
        """

        async def looked() -> _T:
            return look()

        return self._runner.run(self._listener.until(looked, timeout))


async def for_queue_async(
    url: str | URL, queue: str, *, timeout: float | None = None, poll: float = 1.0
) -> bool:
    """Wait until a queue has a task that can be dequeued now.

    :param timeout: seconds after which to give up; default never.
    :returns: whether there is one. Others may be faster to dequeue it.
    :raises psycopg.Error: MP001 (unknown queue), MP005 (not allowed).
    """
    # A dequeue is the one who knows; it is rolled back, which leaves the task as it was.
    ask = "begin; select exists (select from minipaas.queue_dequeue({}, 1)); rollback"
    async with AsyncListener(url, queues=[queue], poll=poll) as listener:
        return await listener._until_true(sql.SQL(ask).format(sql.Literal(queue)), timeout)


async def for_stream_async(
    url: str | URL, stream: str, after_offset: int = 0, *, timeout: float | None = None, poll: float = 1.0
) -> bool:
    """Wait until a stream has an event after an offset.

    :param after_offset: the last offset that was read.
    :param timeout: seconds after which to give up; default never.
    :returns: whether there is one.
    :raises psycopg.Error: MP002 (unknown stream), MP005 (not allowed).
    """
    ask = sql.SQL("select exists (select from minipaas.stream_consume({}, {}, 1))").format(
        sql.Literal(stream), sql.Literal(after_offset)
    )
    async with AsyncListener(url, streams=[stream], poll=poll) as listener:
        return await listener._until_true(ask, timeout)


def for_queue(url: str | URL, queue: str, *, timeout: float | None = None, poll: float = 1.0) -> bool:
    """Wait until a queue has a task that can be dequeued now; see `for_queue_async`."""
    return asyncio.run(for_queue_async(url, queue, timeout=timeout, poll=poll))


def for_stream(
    url: str | URL, stream: str, after_offset: int = 0, *, timeout: float | None = None, poll: float = 1.0
) -> bool:
    """Wait until a stream has an event after an offset; see `for_stream_async`."""
    return asyncio.run(for_stream_async(url, stream, after_offset, timeout=timeout, poll=poll))
