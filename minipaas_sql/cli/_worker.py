"""The commands `worker` and `consumer`: a function of the application, until the process is told to stop."""

import importlib
import json
import logging
import sys
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from datetime import UTC, datetime, timedelta
from typing import Annotated, Any

import psycopg
import typer
from sqlalchemy import URL
from sqlalchemy.exc import DBAPIError

from minipaas_sql import consumer as consumers
from minipaas_sql import worker as workers
from minipaas_sql.cli._database import Url, Usage, engine_of

Function = Annotated[
    str, typer.Argument(metavar="MODULE:FUNCTION", help="Looked for in the working directory first.")
]
Concurrency = Annotated[int, typer.Option(min=1, help="How many run at a time.")]
BatchSize = Annotated[int | None, typer.Option(min=1, help="How many to claim at most.")]
Lease = Annotated[
    float | None, typer.Option(min=0.1, help="Seconds that a claim lasts without a sign of life.")
]
Timeout = Annotated[float | None, typer.Option(min=0.1, help="Seconds after which the function is given up.")]
Name = Annotated[str | None, typer.Option(help="Shown as the holder; by default host and process id.")]
Once = Annotated[bool, typer.Option("--once", help="Exit when there is nothing more to claim.")]
AsJson = Annotated[bool, typer.Option("--json", help="Log JSON objects.")]


def worker(
    function: Function,
    queue: Annotated[list[str], typer.Option("--queue", "-q", help="May be given several times.")],
    concurrency: Concurrency = 1,
    batch_size: BatchSize = None,
    lease: Lease = None,
    timeout: Timeout = None,
    name: Name = None,
    once: Once = False,
    as_json: AsJson = False,
    url: Url = None,
) -> None:
    """Call a function for each task of some queues, until SIGTERM or Ctrl-C: then finish what is at hand.

    It takes the task, or the task and a session, and is plain or `async def`. An exception gives the task
    back.
    """
    with _ready(url, as_json) as engine_url:
        workers.run(
            load(function), *queue, url=engine_url, concurrency=concurrency, batch_size=batch_size,
            lease=_duration(lease), timeout=timeout, name=name, once=once,
        )  # fmt: skip


def consumer(
    function: Function,
    stream: Annotated[str, typer.Option("--stream", "-s")],
    consumer: Annotated[str, typer.Option("--consumer", "-c", help="One that subscribes already.")],
    concurrency: Concurrency = 1,
    batch_size: BatchSize = None,
    lease: Lease = None,
    timeout: Timeout = None,
    name: Name = None,
    once: Once = False,
    as_json: AsJson = False,
    url: Url = None,
) -> None:
    """Call a function for each event of a stream, in order, until SIGTERM or Ctrl-C.

    It takes the event, or the event and a session, and is plain or `async def`. An event that fails holds up
    its partition, and is tried again. With --concurrency, several partitions are worked on at a time.
    """
    with _ready(url, as_json) as engine_url:
        consumers.run(
            load(function), stream, consumer, url=engine_url, concurrency=concurrency, batch_size=batch_size,
            lease=_duration(lease), timeout=timeout, name=name, once=once,
        )  # fmt: skip


def load(name: str) -> Callable[..., Any]:
    """Import `module:function`.

    :raises Usage: there is no such thing, or it can't be called.
    """
    module, _, path = name.partition(":")
    if not module or not path:
        raise Usage(f"{name}: give a function as module:function")
    sys.path.insert(0, "")
    try:
        found: Any = importlib.import_module(module)
    except ModuleNotFoundError as exc:
        if exc.name is None or not f"{module}.".startswith(f"{exc.name}."):
            raise
        raise Usage(f"{name}: there is no module {exc.name}") from exc
    for part in path.split("."):
        found = getattr(found, part, None)
    if not callable(found):
        raise Usage(f"{name}: {module} has no function {path}")
    function: Callable[..., Any] = found
    return function


@contextmanager
def _ready(url: str | None, as_json: bool) -> Iterator[URL]:
    """Set up the log, yield the URL, and say the database's errors as other commands do."""
    handler = logging.StreamHandler()
    handler.setFormatter(Json() if as_json else logging.Formatter("%(asctime)s %(levelname)s %(message)s"))
    logging.basicConfig(level=logging.INFO, handlers=[handler])
    with engine_of(url) as engine:
        try:
            yield engine.url
        except psycopg.Error as exc:
            raise DBAPIError(None, None, exc) from exc
        except (TypeError, ValueError) as exc:
            raise Usage(str(exc)) from exc


def _duration(seconds: float | None) -> timedelta | None:
    return None if seconds is None else timedelta(seconds=seconds)


class Json(logging.Formatter):
    """A log record as one line of JSON, with the fields that it was given."""

    _known = frozenset(vars(logging.makeLogRecord({}))) | {"message", "asctime", "taskName"}

    def format(self, record: logging.LogRecord) -> str:
        """Render a record."""
        line = {
            "time": datetime.fromtimestamp(record.created, UTC).isoformat(),
            "level": record.levelname,
            "logger": record.name,
            "message": record.getMessage(),
            **{name: value for name, value in vars(record).items() if name not in self._known},
        }
        if record.exc_info:
            line["traceback"] = self.formatException(record.exc_info)
        return json.dumps(line, default=str)
