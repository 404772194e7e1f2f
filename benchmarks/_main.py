"""The command line of the benchmarks, and their table."""

import argparse
import json
import time
from collections.abc import Iterator
from dataclasses import asdict
from fnmatch import fnmatch
from functools import partial
from pathlib import Path

from rich.console import Console

from benchmarks._bench import OURS, Bench, Options, Row, Scenario
from benchmarks._lab import SETTINGS, Lab, lab
from benchmarks._report import figure, line, machine, notes, pairs, table


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


def measure(here: Lab, bench: Bench, scenarios: list[Scenario], options: Options) -> Iterator[Row]:
    """Run the scenarios, and tell of each line as it comes."""
    console = Console(stderr=True, highlight=False, soft_wrap=True)
    for scenario in scenarios:
        began = time.monotonic()
        for row in scenario.run(here, options, scenario.name):
            figures = f"ours {figure(row.ours)}, {bench.other} {figure(row.other)} {row.unit}"
            console.print(f"{row.scenario}, {row.clients} clients: {figures}. {row.note}")
            yield row
        console.print(f"[dim]{time.monotonic() - began:.0f} s[/]")


def run(bench: Bench) -> None:
    """Measure, print one table, and write the JSON."""
    given = arguments(bench)
    options, scenarios = options_of(bench, given), chosen(bench, given.only)
    sides = {side: partial(bench.install, side, given.files) for side in options.sides}
    with lab(sides) as here:
        versions = here.versions
        rows = list(measure(here, bench, scenarios, options))
    lines = [line(row) for row in rows]
    print(table(lines, bench.other), notes(lines), sep="\n\n")
    print(f"{pairs(machine())}; {pairs(versions)}; {pairs(SETTINGS)}")
    print(f"payloads of 200 bytes, pgbench -M prepared, median of {options.rounds} rounds")
    if given.json is not None:
        report = {
            "machine": machine(),
            "versions": versions,
            "settings": SETTINGS,
            "options": asdict(options),
            "other": bench.other,
            "rows": lines,
        }
        given.json.write_text(json.dumps(report, indent=2) + "\n")
