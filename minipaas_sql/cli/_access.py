"""`minipaas-sql access`: who may do what."""

from enum import StrEnum
from typing import Annotated

import typer
from rich.table import Table
from sqlalchemy import Engine, select

from minipaas_sql import access, views
from minipaas_sql.cli._database import Url, engine_of
from minipaas_sql.cli._show import cell, show, table

app = typer.Typer(help="Show, grant and revoke rights.", no_args_is_help=True)


class Right(StrEnum):
    """The rights."""

    enqueue = "enqueue"
    dequeue = "dequeue"
    publish = "publish"
    consume = "consume"
    manage = "manage"
    observe = "observe"


Role = Annotated[str, typer.Argument(help="An existing role; its members have the rights too.")]
Rights = Annotated[list[Right], typer.Argument(help="One or more.")]
Queue = Annotated[str | None, typer.Option(help="On this queue alone.")]
Stream = Annotated[str | None, typer.Option(help="On this stream alone.")]


@app.command("list")
def list_(url: Url = None) -> None:
    """Show which role has which rights; the owner of the schema has them all without a row."""
    show(url, _rights)


@app.command()
def grant(role: Role, rights: Rights, queue: Queue = None, stream: Stream = None, url: Url = None) -> None:
    """Give a role rights on a queue, a stream, or all of them."""
    with engine_of(url) as engine, engine.begin() as connection:
        connection.execute(access.grant(role, _words(rights), queue=queue, stream=stream))
    print(f"{role} may {', '.join(rights)} on {_where(queue, stream)}")


@app.command()
def revoke(role: Role, rights: Rights, queue: Queue = None, stream: Stream = None, url: Url = None) -> None:
    """Take rights away from a role: on a queue, a stream, or wherever it has them."""
    with engine_of(url) as engine, engine.begin() as connection:
        connection.execute(access.revoke(role, _words(rights), queue=queue, stream=stream))
    print(f"{role} has no grant to {', '.join(rights)} on {_where(queue, stream)} any more")


def _words(rights: list[Right]) -> list[str]:
    return [right.value for right in rights]


def _where(queue: str | None, stream: str | None) -> str:
    if queue is not None:
        return f"queue {queue!r}"
    return f"stream {stream!r}" if stream is not None else "all queues and streams"


def _rights(engine: Engine) -> Table:
    shown = table("role", "on", "rights")
    rows = views.access.c
    with engine.connect() as connection:
        for row in connection.execute(select(views.access).order_by(rows.role, rows.queue, rows.stream)):
            shown.add_row(
                cell(row.role, "bold"), cell(_where(row.queue, row.stream)), cell(", ".join(row.rights))
            )
    return shown
