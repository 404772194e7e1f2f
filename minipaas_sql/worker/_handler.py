"""A handler, whichever of its forms it has: plain or `async def`, without a session or with one."""

import asyncio
import contextvars
import functools
import inspect
import threading
from collections.abc import Callable
from contextlib import suppress
from typing import Any, TypeAlias, TypeVar

from sqlalchemy import URL, Executable, create_engine
from sqlalchemy.orm import Session, sessionmaker

from minipaas_sql._link import url_of

_T = TypeVar("_T")

Sessions: TypeAlias = Callable[[], Any]
"""Makes a Session, or for an `async def` handler an AsyncSession: a sessionmaker or async_sessionmaker."""


class Handler:
    """Calls the function that an application wrote for one item: a task or an event."""

    def __init__(self, function: Callable[..., Any], sessions: Sessions | None = None) -> None:
        """Read the function's signature: a second parameter wants a session.

        :raises TypeError: it takes neither one nor two positional arguments.
        """
        call = function if inspect.isroutine(function) else getattr(function, "__call__", function)  # noqa: B004
        self.is_async = inspect.iscoroutinefunction(function) or inspect.iscoroutinefunction(call)
        self.takes_session = _takes_two(function)
        self._function, self._sessions = function, sessions
        self._dispose: Callable[[], Any] | None = None
        self._closed = False

    def connect(self, url: str | URL, concurrency: int, pooled: bool) -> None:
        """Make sessions from a URL, where the function takes one and the application gave none of its own.

        :param pooled: leave out prepared statements, which a pooler may lose.
        """
        if not self.takes_session or self._sessions is not None:
            return
        # The pool tests a connection before it lends it: a restart of the server costs no task an attempt.
        options: dict[str, Any] = {
            "pool_size": concurrency,
            "pool_pre_ping": True,
            "isolation_level": "READ COMMITTED",
            "connect_args": {"fallback_application_name": "minipaas-sql handler"},
        }
        if pooled:
            options["connect_args"]["prepare_threshold"] = None
        if self.is_async:
            from sqlalchemy.ext.asyncio import AsyncSession, async_sessionmaker, create_async_engine

            async_engine = create_async_engine(url_of(url), **options)
            self._sessions, self._dispose = (
                async_sessionmaker(async_engine, class_=AsyncSession),
                async_engine.dispose,
            )
        else:
            engine = create_engine(url_of(url), **options)
            self._sessions, self._dispose = sessionmaker(engine, class_=Session), engine.pool.dispose

    async def close(self) -> None:
        """Close the connections of `connect`; what a thread still has, when it is back."""
        self._closed = True
        if self._dispose is not None:
            closing = self._dispose()
            if inspect.isawaitable(closing):
                await closing

    async def __call__(self, item: Any, finish: Callable[[Any], Executable]) -> bool:
        """Handle an item, and with a session finish it in the same transaction.

        :param finish: makes the statement that says that the item is done.
        :returns: false when that statement said that the item is not ours any more: all was rolled back.
        """
        if not self.is_async:
            return await in_thread(functools.partial(self.here, item, finish))
        if not self.takes_session:
            await self._function(item)
            return True
        assert self._sessions is not None
        async with self._sessions() as session:
            await self._function(item, session)
            finished = bool(await session.scalar(finish(item)))
            await (session.commit() if finished else session.rollback())
        return finished

    def here(self, item: Any, finish: Callable[[Any], Executable]) -> bool:
        """Do the same with a plain function, in this thread."""
        if not self.takes_session:
            self._function(item)
            return True
        assert self._sessions is not None
        try:
            with self._sessions() as session:
                self._function(item, session)
                finished = bool(session.scalar(finish(item)))
                (session.commit if finished else session.rollback)()
            return finished
        finally:
            if self._closed and self._dispose is not None:
                self._dispose()


def _takes_two(function: Callable[..., Any]) -> bool:
    signature = inspect.signature(function)
    for count in (1, 2):
        with suppress(TypeError):
            signature.bind(*range(count))
            return count == 2
    raise TypeError(f"{function!r} takes neither (item) nor (item, session): {signature}")


async def in_thread(call: Callable[[], _T]) -> _T:
    """Run a call in a thread of its own. One that never ends keeps no process from exiting."""
    loop = asyncio.get_running_loop()
    outcome: asyncio.Future[tuple[_T | None, BaseException | None]] = loop.create_future()

    def settle(result: _T | None, exc: BaseException | None) -> None:
        if not outcome.done():
            outcome.set_result((result, exc))

    def run() -> None:
        result, error = None, None
        try:
            result = call()
        except BaseException as exc:
            error = exc
        with suppress(RuntimeError):  # the loop was closed: nobody waits for this any more
            loop.call_soon_threadsafe(settle, result, error)

    context = contextvars.copy_context()
    threading.Thread(target=context.run, args=(run,), name="minipaas-sql handler", daemon=True).start()
    result, error = await outcome
    if error is not None:
        raise error
    return result  # type: ignore[return-value]
