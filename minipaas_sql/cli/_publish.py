"""What `minipaas-sql publish` does: a stream gets an event for each line of the input."""

import os
import stat
from bisect import bisect_left
from collections.abc import Callable, Iterator, Sequence
from contextlib import contextmanager
from itertools import islice
from typing import Any, BinaryIO

from rich.console import Console
from rich.progress import BarColumn, Progress, TextColumn, TimeElapsedColumn
from sqlalchemy import ColumnElement, Engine, Text, cast, func, select
from sqlalchemy.dialects.postgresql import ARRAY, JSONB, aggregate_order_by
from sqlalchemy.exc import DataError, DBAPIError

from minipaas_sql import stream
from minipaas_sql.cli._database import Refused, engine_of, explain
from minipaas_sql.cli._show import plain


def publish(url: str | None, name: str, source: BinaryIO, batch_size: int, key_field: str | None) -> int:
    """Publish each line of the source, and return how many there were.

    :raises Refused: a line is not JSON, or the database refused a batch; the message says how many events
        were published before.
    """
    published = 0
    try:
        with engine_of(url) as engine, _progress(source) as show:
            _send(engine, name, [], None)  # an unknown stream is refused before anything is read
            lines = _lines(source)
            while batch := list(islice(lines, batch_size)):
                if published:
                    show(published)
                try:
                    _send(engine, name, [text for _, text in batch], key_field)
                except DBAPIError as exc:
                    _blame(engine, batch, exc)
                    raise
                published += len(batch)
    except (DBAPIError, Refused) as exc:
        message = explain(exc) if isinstance(exc, DBAPIError) else str(exc)
        raise Refused(f"{message}\nevents published before: {published}") from exc
    except KeyboardInterrupt as exc:  # perhaps between a commit and its count
        raise Refused(f"interrupted\nevents published before: {published} or one batch more") from exc
    return published


def _lines(source: BinaryIO) -> Iterator[tuple[int, str]]:
    """Yield the lines that are not blank, with their numbers."""
    for number, line in enumerate(source, 1):
        try:
            text = line.decode("utf-8-sig" if number == 1 else "utf-8")
        except UnicodeDecodeError as exc:
            raise Refused(f"line {number}: {exc}") from exc
        if text.strip():
            yield number, text


def _documents(lines: Sequence[str]) -> ColumnElement[Any]:
    """Let the database parse: what it takes is what counts, and no number loses a digit on the way."""
    return cast(cast(lines, ARRAY(Text)), ARRAY(JSONB))


def _send(engine: Engine, name: str, lines: Sequence[str], key_field: str | None) -> None:
    documents, keys = _documents(lines), None
    if key_field is not None:
        one = func.unnest(documents).table_valued("document", with_ordinality="place").render_derived().c
        key = cast(one.document, JSONB).op("->>")(key_field)
        keys = select(func.array_agg(aggregate_order_by(key, one.place))).scalar_subquery()
    with engine.begin() as connection:
        connection.execute(stream.publish_many(name, documents, keys=keys))


def _blame(engine: Engine, batch: Sequence[tuple[int, str]], exc: DBAPIError) -> None:
    """Find out whether a line of a refused batch is to blame: the first that is no JSON to the database.

    :raises Refused: it is.
    """
    lines = [text for _, text in batch]
    parses = range(len(batch))
    first = bisect_left(parses, True, key=lambda last: _fault(engine, lines[: last + 1]) is not None)
    if first < len(batch):
        number, text = batch[first]
        raise Refused(f"line {number}: {_fault(engine, [text])}") from exc


def _fault(engine: Engine, lines: Sequence[str]) -> str | None:
    """Return what the database says against lines as JSON."""
    try:
        with engine.connect() as connection:
            connection.execute(select(func.cardinality(_documents(lines))))
    except DBAPIError as exc:
        # bad data, or nested too deeply; anything else is no fault of the lines
        if not isinstance(exc, DataError) and getattr(exc.orig, "sqlstate", None) != "54001":
            raise
        diag = getattr(exc.orig, "diag", None)
        said = [getattr(diag, part, None) for part in ("message_primary", "message_detail")]
        return plain(": ".join(filter(None, said)) or str(exc.orig))
    return None


@contextmanager
def _progress(source: BinaryIO) -> Iterator[Callable[[int], None]]:
    """Yield how to say on a terminal how far a long input is."""
    console = Console(stderr=True)
    columns = (BarColumn(None), TextColumn("{task.description}"), TimeElapsedColumn())
    bar = Progress(*columns, console=console, transient=True, disable=not console.is_terminal)
    status = os.fstat(source.fileno())
    size = status.st_size if stat.S_ISREG(status.st_mode) else None  # of a pipe, nobody knows
    shown = bar.add_task("", total=size)

    def show(published: int) -> None:
        done = 0 if size is None else os.lseek(source.fileno(), 0, os.SEEK_CUR)
        bar.update(shown, completed=done, description=f"{published:,} events")
        bar.start()  # at first; then it changes nothing

    try:
        yield show
    finally:
        bar.stop()
