"""The commands of `minipaas-sql` for streams."""

import sys
from typing import Annotated

import typer

from minipaas_sql.cli import _publish, _tables, _tail
from minipaas_sql.cli._database import Url
from minipaas_sql.cli._show import Watch, show


def streams(watch: Watch = False, url: Url = None) -> None:
    """Show the streams and what they hold; ~ marks an estimate."""
    show(url, _tables.streams, watch)


def consumers(
    stream: Annotated[str | None, typer.Argument(help="By default all streams.")] = None,
    watch: Watch = False,
    url: Url = None,
) -> None:
    """Show how far the consumers are in each partition, and what readers wait for; ~ marks an estimate."""
    show(url, lambda engine: _tables.consumers(engine, stream), watch)


def tail(
    stream: str,
    start: Annotated[
        str | None,
        typer.Option(
            "--from",
            metavar="OFFSET|TIME",
            help="Start here. A time such as 2030-01-31T12:00 is UTC unless it says otherwise.",
        ),
    ] = None,
    follow: Annotated[
        bool,
        typer.Option("--follow", "-f", help="Stay, and show what comes; without --from, after the last ten."),
    ] = False,
    as_json: Annotated[bool, typer.Option("--json", help="Print each event as a JSON object.")] = False,
    url: Url = None,
) -> None:
    """Print the events of a stream in order, a line each: from the oldest to the present end.

    The line has the offset, the time (UTC), the partition, the key or -, the payload, and headers, if any.
    """
    _tail.tail(url, stream, _tail.start_of(start), follow, as_json)


def publish(
    stream: str,
    batch_size: Annotated[
        int, typer.Option(min=1, help="Lines per transaction; 1 publishes each as soon as it is read.")
    ] = 1000,
    key_field: Annotated[
        str | None, typer.Option(help="The member of each document that is the event's key.")
    ] = None,
    url: Url = None,
) -> None:
    """Publish each line of the standard input, which is a JSON document; blank lines are skipped.

    A malformed line stops it: nothing of its batch is published, and what was published before stays.
    """
    print(f"events published: {_publish.publish(url, stream, sys.stdin.buffer, batch_size, key_field)}")
