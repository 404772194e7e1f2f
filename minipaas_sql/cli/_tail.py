"""What `minipaas-sql tail` does: print the events of a stream, a line each, and leave none out."""

import json
import os
import select as os_select
import sys
import time
import uuid
from collections.abc import Callable, Iterator, Sequence
from datetime import UTC, datetime
from typing import Any

from sqlalchemy import Engine, Row, Text, cast, func, select

from minipaas_sql import stream
from minipaas_sql.cli._database import Usage, engine_of
from minipaas_sql.cli._show import moment, plain

_BATCH = 1000
_LAST = 10
_PAUSE = 0.5

Start = int | datetime | None
"""The first offset to show, or the time to start at; None is the default."""


def start_of(text: str | None) -> Start:
    """Read the option `--from`.

    :raises Usage: it is neither an offset nor a time.
    """
    if text is None:
        return None
    try:
        offset = int(text)
    except ValueError:
        pass
    else:
        if offset < 0:
            raise Usage(f"--from {text}: offsets are not negative")
        return offset
    try:
        given = datetime.fromisoformat(text)
    except ValueError as exc:
        raise Usage(f"--from {text}: neither an offset nor a time such as 2030-01-31T12:00") from exc
    return given if given.tzinfo else given.replace(tzinfo=UTC)


def tail(url: str | None, name: str, start: Start, follow: bool, as_json: bool) -> None:
    """Print events until the end of the stream, or with `follow` until interrupted or nobody reads."""
    encoding, line = ("utf-8", _json_line) if as_json else (sys.stdout.encoding, _line)
    with engine_of(url) as engine:
        # what consume needs, whatever the database's default is
        reader = engine.execution_options(isolation_level="READ COMMITTED")
        try:
            for rows in _batches(reader, name, start, follow):
                _write("".join(map(line, rows)).encode(encoding, "replace"))
        except KeyboardInterrupt:
            return
        except BrokenPipeError:
            # the interpreter would write what is left once more when it exits
            os.dup2(os.open(os.devnull, os.O_WRONLY), sys.stdout.fileno())


def _batches(engine: Engine, name: str, start: Start, follow: bool) -> Iterator[Sequence[Row[Any]]]:
    with engine.connect() as connection:
        end: int = connection.execute(stream.head(name)).scalar_one()
    after = _before(engine, name, start, end, follow)
    while follow or after < end:
        event = stream.consume(name, after, batch_size=_BATCH).subquery().c
        # as text, jsonb keeps each digit of its numbers
        payload, headers = (cast(one, Text).label(one.name) for one in (event.payload, event.headers))
        columns = (event.event_offset, event.partition, event.key, payload, headers, event.published_at)
        with engine.connect() as connection:  # no transaction stays open while something is printed
            rows = connection.execute(select(*columns)).all()
        if not follow:
            rows = [row for row in rows if row.event_offset <= end]
            if not rows:
                return
        if rows:
            yield rows
            after = rows[-1].event_offset
        else:
            _pause()


def _before(engine: Engine, name: str, start: Start, end: int, follow: bool) -> int:
    """Return the offset after which to start."""
    if isinstance(start, datetime):
        return _before_time(engine, name, start, end)
    if start is not None:
        return max(start - 1, 0)
    return _before_last(engine, name, end) if follow else 0


def _before_time(engine: Engine, name: str, start: datetime, end: int) -> int:
    """Find the first event that was published at a time or later.

    A consumer can be put on a time, so there is one for a moment, in a transaction that is rolled back.
    """
    consumer, firsts = f"minipaas-sql tail {uuid.uuid4()}", []
    with engine.connect() as connection:
        connection.execute(stream.subscribe(name, consumer, from_time=start))
        # each call leases one more partition, until there is none left that has events
        while first := connection.execute(stream.fetch(name, consumer, batch_size=1)).first():
            firsts.append(first.event_offset)
    return min(firsts) - 1 if firsts else end


def _before_last(engine: Engine, name: str, end: int) -> int:
    """Find the last ten events: offsets have gaps, so by halves."""
    low, high = 0, end
    with engine.connect() as connection:
        while low < high:
            middle = (low + high + 1) // 2
            left = stream.consume(name, middle, batch_size=_LAST).subquery()
            if connection.execute(select(func.count()).select_from(left)).scalar_one() < _LAST:
                high = middle - 1
            else:
                low = middle
    return low


def _line(row: Row[Any]) -> str:
    key = "-" if row.key is None else row.key
    parts = [f"{row.event_offset}", moment(row.published_at), f"{row.partition}", key, row.payload]
    return plain("  ".join(parts if row.headers is None else [*parts, row.headers])) + "\n"


def _json_line(row: Row[Any]) -> str:
    values = {
        "event_offset": f"{row.event_offset}",
        "partition": f"{row.partition}",
        "key": json.dumps(row.key),
        "payload": row.payload,
        "headers": row.headers or "null",
        "published_at": json.dumps(row.published_at.astimezone(UTC).isoformat()),
    }
    return "{" + ", ".join(f'"{name}": {value}' for name, value in values.items()) + "}\n"


def _write(text: bytes) -> None:
    sys.stdout.buffer.write(text)
    sys.stdout.buffer.flush()


def _pause() -> None:
    """Wait a little, and find out when nobody reads any more, before there is something to write.

    :raises BrokenPipeError: the reader is gone.
    """
    poll: Callable[[], Any] | None = getattr(os_select, "poll", None)
    if poll is None:  # Windows
        time.sleep(_PAUSE)
        return
    output = poll()
    output.register(sys.stdout, 0)
    if output.poll(_PAUSE * 1000):
        raise BrokenPipeError
