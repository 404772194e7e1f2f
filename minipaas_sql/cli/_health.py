"""The commands `doctor` and `metrics`: what an operator, or a monitor, wants to know."""

import json
from typing import Annotated, Any

import typer
from rich.console import Console
from sqlalchemy import case, select

from minipaas_sql.cli import _metrics
from minipaas_sql.cli._database import Refused, Url, engine_of
from minipaas_sql.cli._show import cell, table
from minipaas_sql.views import health

_STYLES = {"ok": "green", "warn": "yellow", "bad": "red"}


def doctor(
    every: Annotated[bool, typer.Option("--all", help="Also what is well.")] = False,
    as_json: Annotated[bool, typer.Option("--json", help="Print one JSON array with everything.")] = False,
    url: Url = None,
) -> None:
    """Look for trouble: late tasks, expired leases, blocked streams, dead rows; say what to do.

    The exit status is 1 when something is bad, and when the role may observe nothing.
    """
    order = case({"bad": 0, "warn": 1}, value=health.c.level, else_=2)
    statement = select(health).order_by(order, health.c.subject, health.c.name)
    with engine_of(url) as engine, engine.connect() as connection:
        rows = [dict(row) for row in connection.execute(statement).mappings()]
    if not rows:  # who may observe all sees the tables at least: silence must not pass for health
        raise Refused(
            "this role may observe nothing\nhint: as the owner: minipaas-sql access grant ROLE observe"
        )
    if as_json:
        print(json.dumps(rows, ensure_ascii=False))
    else:
        _print([row for row in rows if every or row["level"] != "ok"], len(rows))
    if any(row["level"] == "bad" for row in rows):
        raise typer.Exit(1)


def _print(rows: list[dict[str, Any]], looked_at: int) -> None:
    console = Console()
    if rows:
        shown = table("level", "what", "name", "value", "advice")
        for column in shown.columns[:4]:
            column.no_wrap = True
        for row in rows:
            advice = cell(row["advice"])
            advice.no_wrap, advice.overflow = False, "fold"
            values = [cell(row[name]) for name in ("subject", "name", "value")]
            shown.add_row(cell(row["level"], _STYLES[row["level"]]), *values, advice)
        console.print(shown)
    well = looked_at - sum(row["level"] != "ok" for row in rows)
    print(f"{well} of {looked_at} things looked at are well")


def metrics(url: Url = None) -> None:
    """Print the numbers of queues, streams and consumers for Prometheus; needs the extra `metrics`."""
    with engine_of(url) as engine:
        print(_metrics.text(engine), end="")
