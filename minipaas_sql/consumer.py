"""A consumer: fetches events of a stream and calls a function for each, in order, until it is told to stop.

The function takes the event, and is plain or `async def`::

    def index(event: consumer.Event) -> None:
        search.index(event.payload)

    consumer.run(index, "orders", "search", url=url, concurrency=4)

What was handled of a batch is committed together at its end: it may be handled again when the process dies
before that. A function with a second parameter gets a session, in which the commit of the stream commits with
its effects::

    def bill(event: consumer.Event, session: Session) -> None:
        session.add(Invoice(order=event.payload["id"]))

Events of a partition are handled one at a time and in their order, so an event that fails holds up its
partition: it is handled again after 1 s, 2 s, up to a minute. Leases are extended while the function runs.
The rest is as in `minipaas_sql.worker`; the log has one line per batch, with the fields `stream`, `consumer`,
`partition`, `event_offset`, `events`, `outcome` (done, failed, lost), `seconds`, `worker` and `error`.
"""

import asyncio
from collections.abc import Callable
from datetime import timedelta
from typing import Any

from sqlalchemy import URL

from minipaas_sql.worker._events import Event, Events
from minipaas_sql.worker._handler import Handler, Sessions
from minipaas_sql.worker._loop import Options, default_name
from minipaas_sql.worker._run import until_signalled

__all__ = ["Event", "run", "run_once", "serve"]


async def serve(
    handler: Callable[..., Any],
    stream: str,
    consumer: str,
    *,
    url: str | URL,
    concurrency: int = 1,
    batch_size: int | None = None,
    lease: timedelta | None = None,
    timeout: float | None = None,
    poll: float = 1.0,
    name: str | None = None,
    sessions: Sessions | None = None,
    once: bool = False,
    stop: asyncio.Event | None = None,
) -> int:
    """Work on the events of a stream for a consumer that exists, in a loop that runs already.

    :param handler: called with an event, or with an event and a session.
    :param concurrency: how many partitions are worked on at a time.
    :param batch_size: how many events to fetch at most; default 100.
    :param lease: how long a partition is held, or held for longer, at a time; default 1 minute.
    :param once: return when there is nothing more to fetch, or an event fails.
    :returns: how many events were handled and committed.
    :raises psycopg.Error: the database can't be reached at the start, or MP002 (unknown stream), MP003
        (unknown consumer), MP005 (not allowed).
    :raises TypeError: the handler takes neither one nor two arguments.

    The other options are those of `minipaas_sql.worker.serve`.
    """
    options = Options(
        url, concurrency, batch_size, lease, timeout, poll, once, default_name() if name is None else name
    )
    loop = Events(options, Handler(handler, sessions), stream, consumer, stop or asyncio.Event())
    await loop.run()
    return loop.outcomes["done"]


def run(handler: Callable[..., Any], stream: str, consumer: str, **options: Any) -> int:
    """Work on events until SIGTERM or SIGINT: `serve` in a loop of its own, with its options."""
    return until_signalled(lambda stop: serve(handler, stream, consumer, stop=stop, **options))


def run_once(handler: Callable[..., Any], stream: str, consumer: str, **options: Any) -> int:
    """Work on events until there is nothing more to fetch, or one fails: for jobs and tests."""
    return run(handler, stream, consumer, once=True, **options)
