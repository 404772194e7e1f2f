"""The command line of the benchmarks, and their table."""

import argparse
import json
import os
import platform
import re
import time
from collections.abc import Iterator
from dataclasses import asdict
from fnmatch import fnmatch
from functools import partial
from pathlib import Path
from typing import Any

from rich.box import MARKDOWN
from rich.console import Console
from rich.table import Table

from benchmarks._bench import OURS, Bench, Options, Row, Scenario
from benchmarks._lab import SETTINGS, Lab, lab


def arguments(bench: Bench) -> argparse.Namespace:
    """Read the command line."""
    names = "\n  ".join(scenario.name for scenario in bench.scenarios)
    parser = argparse.ArgumentParser(
        description=f"{bench.about} in one PostgreSQL, interleaved, medians of the rounds.",
        epilog=f"scenarios:\n  {names}\n\n{bench.notes}",
        formatter_class=argparse.RawDescriptionHelpFormatter,
    )
    parser.add_argument(
        "--quick", action="store_true", help="one short round, 4 clients, small backlogs: about 2 minutes"
    )
    parser.add_argument(
        "--only", action="append", metavar="PATTERN", help="scenarios by words of the name, or by a glob"
    )
    parser.add_argument("--rounds", type=int, help="rounds per scenario (3; quick: 1)")
    parser.add_argument(
        "--seconds", type=float, help="seconds per short run, half with one client (2; quick: 1)"
    )
    parser.add_argument("--long-seconds", type=int, help="seconds per long run (60; quick: 3)")
    parser.add_argument("--side", choices=[OURS, bench.other], help="measure one side alone")
    parser.add_argument(
        "--files", action="store_true", help="install from minipaas_sql/sql, not by revisions"
    )
    parser.add_argument(
        "--json", type=Path, metavar="FILE", help="also write the figures, machine and settings"
    )
    return parser.parse_args()


def chosen(bench: Bench, patterns: list[str] | None) -> list[Scenario]:
    """Pick scenarios by words of the name, or by a glob."""
    found = [
        scenario
        for scenario in bench.scenarios
        if not patterns or any(_matches(scenario.name, pattern) for pattern in patterns)
    ]
    if not found:
        raise SystemExit(f"no scenario matches {patterns}; --help lists them")
    return found


def _matches(name: str, pattern: str) -> bool:
    return set(pattern.split()) <= set(name.split()) or fnmatch(name, pattern)


def options_of(bench: Bench, given: argparse.Namespace) -> Options:
    """Fill what the command line left open."""
    rounds, seconds, minute, scale = (1, 1.0, 3, 0.25) if given.quick else (3, 2.0, 60, 1.0)
    return Options(
        rounds=given.rounds or rounds,
        seconds=given.seconds or seconds,
        minute=given.long_seconds or minute,
        scale=scale,
        sides=tuple(side for side in (OURS, bench.other) if given.side in (None, side)),
        quick=given.quick,
    )


def machine() -> dict[str, Any]:
    """Describe where the figures come from."""
    cpu = platform.processor() or platform.machine()
    cpuinfo = Path("/proc/cpuinfo")
    if cpuinfo.exists():
        found = re.search(r"^model name\s*: (.+)$", cpuinfo.read_text(), re.M)
        cpu = found[1] if found else cpu
    return {"cpu": cpu, "cores": os.cpu_count(), "system": platform.platform()}


def table(bench: Bench, rows: list[Row]) -> Table:
    """Lay the figures out."""
    shown = Table(box=MARKDOWN)
    for name in ("scenario", "unit"):
        shown.add_column(name, no_wrap=True)
    for name in ("clients", OURS, bench.other, "ratio", "target"):
        shown.add_column(name, justify="right")
    shown.add_column("met?")
    for row in rows:
        ratio = "-" if row.ratio is None else f"{row.ratio:.2f}"
        target = "" if row.target is None else f"{'<=' if row.at_most else '>='} {row.target:g}"
        if row.versus and row.ratio is not None:
            ratio += f" of {row.versus}"
        met = {None: "", True: "[green]yes[/]", False: "[red]NO[/]"}[row.met]
        figures = (_figure(row.ours), _figure(row.other), ratio, target, met)
        shown.add_row(row.scenario, row.unit, str(row.clients), *figures)
    return shown


def _figure(value: float | None) -> str:
    return "-" if value is None else f"{value:,.0f}" if value >= 10 else f"{value:,.2f}"


def measure(here: Lab, bench: Bench, scenarios: list[Scenario], options: Options) -> Iterator[Row]:
    """Run the scenarios, and tell of each line as it comes."""
    console = Console(stderr=True, highlight=False, soft_wrap=True)
    for scenario in scenarios:
        began = time.monotonic()
        for row in scenario.run(here, options, scenario.name):
            figures = f"ours {_figure(row.ours)}, {bench.other} {_figure(row.other)} {row.unit}"
            console.print(f"{row.scenario}, {row.clients} clients: {figures}. {row.note}")
            yield row
        console.print(f"[dim]{time.monotonic() - began:.0f} s[/]")


def run(bench: Bench) -> None:
    """Measure, print one table, and write the JSON."""
    given = arguments(bench)
    options, scenarios, where = options_of(bench, given), chosen(bench, given.only), machine()
    sides = {side: partial(bench.install, side, given.files) for side in options.sides}
    with lab(sides) as here:
        versions = here.versions
        rows = list(measure(here, bench, scenarios, options))
    console = Console(highlight=False, width=max(110, Console().width))
    console.print(table(bench, rows))
    for row in rows:
        if row.note:
            console.print(f"{row.scenario}: {row.note}")
    console.print(f"{where['cpu']}, {where['cores']} cores; {_pairs(versions)}; {_pairs(SETTINGS)}")
    console.print(f"payloads of 200 bytes, pgbench -M prepared, median of {options.rounds} rounds")
    if given.json is not None:
        report = {
            "machine": where,
            "versions": versions,
            "settings": SETTINGS,
            "options": asdict(options),
            "rows": [_line(bench, row) for row in rows],
        }
        given.json.write_text(json.dumps(report, indent=2) + "\n")


def _line(bench: Bench, row: Row) -> dict[str, Any]:
    line = asdict(row)
    line[bench.other] = line.pop("other")
    return {**line, "versus": row.versus or bench.other, "met": row.met}


def _pairs(values: dict[str, str]) -> str:
    return ", ".join(f"{name} {value}" for name, value in values.items())
