"""What the demo's processes agree on."""

from collections.abc import Callable
from dataclasses import dataclass
from datetime import timedelta
from multiprocessing.context import SpawnContext
from multiprocessing.process import parent_process
from multiprocessing.sharedctypes import Synchronized
from multiprocessing.synchronize import Barrier, Event
from typing import Any

from sqlalchemy import BigInteger, Column, DateTime, Float, Integer, MetaData, Table, Text, func

LEASE = timedelta(seconds=2)
"""Short, so that what a killed worker held comes back while one watches."""


@dataclass(frozen=True)
class Plan:
    """The work: `url` of the database, `name` of queue and table, how many files, how many at a time."""

    url: str
    name: str
    files: int
    batch_size: int

    def results(self) -> Table:
        """Return the table of results. Nothing keeps a file from being there twice: that is to be seen."""
        return Table(
            self.name,
            MetaData(),
            Column("file", Text, nullable=False),
            Column("digest", Text, nullable=False),
            Column("size", BigInteger, nullable=False),
            Column("worker", Text, nullable=False),
            Column("attempt", Integer, nullable=False),
            Column("enqueued_at", DateTime(timezone=True), nullable=False),
            Column("seconds", Float, nullable=False),  # since the batch was asked for
            Column("done_at", DateTime(timezone=True), nullable=False, server_default=func.clock_timestamp()),
        )


class Signals:
    """What the processes tell each other."""

    def __init__(self, context: SpawnContext, workers: int) -> None:
        """Make them for the demo's own process and this many workers."""
        self.start: Barrier = context.Barrier(workers, timeout=120)
        self.done: Synchronized[int] = context.Value("q", 0)
        self.caught: Event = context.Event()  # the victim stands still, half way through the files
        self.killed: Event = context.Event()
        self.stop: Event = context.Event()


def wait(event: Event) -> None:
    """Wait for an event, or for the end of the process that would set it."""
    while not event.wait(0.5) and not orphaned():
        pass


def orphaned() -> bool:
    """Whether the demo that started this worker is gone."""
    parent: Any = parent_process()
    return parent is not None and not parent.is_alive()


Progress = Callable[[int], None]
