"""Running a loop as a process of its own: signals in, outcomes out."""

import asyncio
import signal
import threading
from collections import Counter
from collections.abc import Callable, Coroutine
from typing import Any, NamedTuple, Self, TypeVar

_T = TypeVar("_T")


class Outcomes(NamedTuple):
    """How many attempts ended in which way."""

    done: int = 0
    waiting: int = 0
    """Failed, and tried again later."""
    dead: int = 0
    """Failed, and that was the last attempt."""
    lost: int = 0
    """Somebody else has the task, or nobody knows."""

    @classmethod
    def of(cls, counted: Counter[str]) -> Self:
        """Take the counts out of a loop's counter."""
        return cls(*(counted[name] for name in cls._fields))


def until_signalled(work: Callable[[asyncio.Event], Coroutine[Any, Any, _T]]) -> _T:
    """Run a coroutine that is given an event, which SIGTERM and SIGINT set; a second signal acts as ever."""

    async def running() -> _T:
        stop, loop = asyncio.Event(), asyncio.get_running_loop()
        signals = [signal.SIGTERM, signal.SIGINT]
        if threading.current_thread() is not threading.main_thread():
            signals = []

        def told(number: signal.Signals) -> None:
            stop.set()
            loop.remove_signal_handler(number)

        for number in signals:
            loop.add_signal_handler(number, told, number)
        try:
            return await work(stop)
        finally:
            for number in signals:
                loop.remove_signal_handler(number)

    return asyncio.run(running())
