"""The commands of `minipaas-sql` for schedules and upkeep."""

import re
import signal
import sys
import threading
from collections.abc import Callable
from typing import Annotated

import typer
from sqlalchemy import Connection, Engine
from sqlalchemy.exc import InterfaceError, OperationalError

from minipaas_sql import maintain as upkeep
from minipaas_sql import schedule
from minipaas_sql.cli import _tables
from minipaas_sql.cli._database import Url, Usage, engine_of, explain
from minipaas_sql.cli._show import Watch, show

Every = Annotated[
    str | None,
    typer.Option(metavar="DURATION", help="Stay, and do it again after this long, such as 10s, 5m or 1h."),
]

_UNITS = {"s": 1, "m": 60, "h": 3600}


def schedules(watch: Watch = False, url: Url = None) -> None:
    """Show the schedules and when they are due."""
    show(url, _tables.schedules, watch)


def tick(every: Every = None, url: Url = None) -> None:
    """Make the tasks that are due by the schedules; a line for each round.

    With --every, a round that the server was not there for is told on stderr, and the next one tries again.
    """
    _rounds(url, every, _tick)


def maintain(every: Every = None, url: Url = None) -> None:
    """Do the upkeep that keeps the schema small and quick; a line for each round.

    With --every, a round that the server was not there for is told on stderr, and the next one tries again.
    """
    _rounds(url, every, _maintain)


def _tick(connection: Connection) -> str:
    return f"tasks made: {connection.execute(schedule.tick()).scalar_one()}"


def _maintain(connection: Connection) -> str:
    return ", ".join(f"{what}: {count}" for what, count in connection.execute(upkeep()))


def _rounds(url: str | None, every: str | None, work: Callable[[Connection], str]) -> None:
    """Work once, or until a signal says to end: the round is finished then, and the status is 0.

    Where the server is not there the first time, nothing begins.
    """
    pause = None if every is None else _seconds(every)
    ended = threading.Event()
    with engine_of(url) as engine:
        for number in (signal.SIGTERM, signal.SIGINT):
            signal.signal(number, lambda *_: ended.set())
        print(_round(engine, work), flush=True)
        while pause is not None and not ended.wait(pause):
            try:
                print(_round(engine, work), flush=True)
            except (OperationalError, InterfaceError) as exc:
                message = " ".join(explain(exc).split())
                print(f"error: {message}; the next round is in {every}", file=sys.stderr, flush=True)


def _round(engine: Engine, work: Callable[[Connection], str]) -> str:
    """Work in a transaction and on a connection of its own: one left idle may be cut until the next round."""
    try:
        # what these calls need, whatever the database's default is
        with engine.execution_options(isolation_level="READ COMMITTED").begin() as connection:
            return work(connection)
    finally:
        engine.dispose()


def _seconds(text: str) -> float:
    """Read a duration.

    :raises Usage: it is none.
    """
    found = re.fullmatch(r"(\d+(?:\.\d+)?)([smh]?)", text)
    seconds = float(found[1]) * _UNITS[found[2] or "s"] if found else 0.0
    if not 0 < seconds <= threading.TIMEOUT_MAX:
        raise Usage(f"--every {text}: not a duration such as 10s, 5m or 1h")
    return seconds
