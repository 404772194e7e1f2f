"""What the demo's processes tell each other."""

import time
from multiprocessing.context import BaseContext
from multiprocessing.process import parent_process
from multiprocessing.sharedctypes import Synchronized
from multiprocessing.synchronize import Barrier, Event
from typing import Any


class Kill:
    """The end of one process: it stands still (`caught`), is killed, and the others go on (`killed`)."""

    def __init__(self, context: BaseContext) -> None:
        """Make the two events."""
        self.caught: Event = context.Event()
        self.killed: Event = context.Event()

    @property
    def due(self) -> bool:
        """Whether the process stands still and lives."""
        return self.caught.is_set() and not self.killed.is_set()


class Signals:
    """The events of the whole run."""

    def __init__(self, context: BaseContext, processes: int) -> None:
        """Make them for the demo's own process and this many others."""
        self.start: Barrier = context.Barrier(processes, timeout=120)
        self.done: Synchronized[int] = context.Value("q", 0)
        self.worker = Kill(context)
        self.index = Kill(context)
        self.stop: Event = context.Event()


def wait(event: Event) -> None:
    """Wait for an event, or for the end of the process that would set it."""
    while not event.wait(0.5) and not orphaned():
        pass


def stand_still(kill: Kill) -> None:
    """Say that this is the moment, and wait for the end.

    Not for an event: who is killed while it waits for one makes the next `set` hang.
    """
    kill.caught.set()
    while not orphaned():
        time.sleep(0.5)


def orphaned() -> bool:
    """Whether the demo that started this process is gone."""
    parent: Any = parent_process()
    return parent is not None and not parent.is_alive()
