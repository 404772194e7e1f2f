"""How tables are shown: in 80 columns or more, once, or again every second."""

import time
from collections.abc import Callable
from datetime import UTC, datetime, timedelta
from typing import Annotated, Any

import typer
from rich import box
from rich.console import Console
from rich.live import Live
from rich.table import Table
from rich.text import Text
from sqlalchemy import Engine

from minipaas_sql.cli._database import engine_of

Watch = Annotated[bool, typer.Option("--watch", help="Stay, and look again every second.")]


def show(url: str | None, look: Callable[[Engine], Table], watch: bool = False) -> None:
    """Print what there is to see, and with `watch` look again until interrupted."""
    console = Console()
    with engine_of(url) as engine:
        if not watch:
            console.print(look(engine))
            return
        try:
            with Live(look(engine), console=console, auto_refresh=False) as live:
                while True:
                    time.sleep(1)
                    live.update(look(engine), refresh=True)
        except KeyboardInterrupt:
            return


def table(*titles: str) -> Table:
    """Make an empty table."""
    return Table(*titles, box=box.SIMPLE_HEAD, pad_edge=False, padding=(0, 1, 0, 0))


def cell(value: Any, style: str = "") -> Text:
    """Show a value as it is, in one line: text of the database is data, no markup and no terminal control."""
    if value is None:
        return Text("")
    if isinstance(value, timedelta):
        value = timedelta(seconds=round(value.total_seconds()))
    shown = moment(value) if isinstance(value, datetime) else plain(str(value))
    return Text(shown, style, no_wrap=True, overflow="ellipsis")


def moment(value: datetime) -> str:
    """Write a time in UTC."""
    return f"{value.astimezone(UTC):%Y-%m-%d %H:%M:%S}"


def plain(text: str) -> str:
    """Replace all that could do more than be seen."""
    if text.isprintable():
        return text
    return "".join(char if char.isprintable() else "\N{REPLACEMENT CHARACTER}" for char in text)
