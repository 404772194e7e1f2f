"""What was measured, as JSON and as Markdown: the same on the terminal and on the pages."""

import os
import platform
import re
from collections.abc import Iterable, Mapping
from dataclasses import asdict
from pathlib import Path
from typing import Any

from benchmarks._bench import OURS, Row

Line = dict[str, Any]

TELLING = (
    "enqueue-1 empty", "dequeue-ack-1", "dequeue-ack-100", "cycles-10 backlog-400k", "cycles-10 8kB",
    "cycles-10 delayed-1M", "held-snapshot",
)  # fmt: skip
"""The rows for the README."""


def machine() -> dict[str, Any]:
    """Describe where the figures come from."""
    cpu = platform.processor() or platform.machine()
    cpuinfo, meminfo = Path("/proc/cpuinfo"), Path("/proc/meminfo")
    if cpuinfo.exists():
        found = re.search(r"^model name\s*: (.+)$", cpuinfo.read_text(), re.M)
        cpu = found[1] if found else cpu
    memory = re.search(r"^MemTotal: +(\d+) kB", meminfo.read_text(), re.M) if meminfo.exists() else None
    return {
        "cpu": cpu,
        "cores": os.cpu_count(),
        "memory": f"{round(int(memory[1]) / 1024**2)} GB" if memory else "?",
        "system": f"{platform.system()} {platform.release()}",
        "python": platform.python_version(),
    }


def line(row: Row) -> Line:
    """Return a row as JSON has it, with five digits of each figure."""
    return {name: _short(value) for name, value in {**asdict(row), "met": row.met}.items()}


def _short(value: Any) -> Any:
    return float(f"{value:.5g}") if isinstance(value, float) else value


def table(lines: Iterable[Line], other: str) -> str:
    """Lay the figures out as Markdown."""
    head = ("scenario", "unit", "clients", OURS, other, "ratio", "target", "met?")
    rows = [head, *(_cells(one) for one in lines)]
    widths = [max(len(row[column]) for row in rows) for column in range(len(head))]
    rule = [f"{'-' * (width - 1)}{':' if 2 <= at <= 5 else '-'}" for at, width in enumerate(widths)]
    padded = (
        [cell.rjust(widths[at]) if 2 <= at <= 5 else cell.ljust(widths[at]) for at, cell in enumerate(row)]
        for row in (head, rule, *rows[1:])
    )
    return "\n".join(f"| {' | '.join(row)} |" for row in padded)


def _cells(one: Line) -> tuple[str, ...]:
    ratio = "-" if one["ratio"] is None else f"{one['ratio']:.2f}"
    if one["versus"] and one["ratio"] is not None:
        ratio += f" of {one['versus']}"
    target = "" if one["target"] is None else f"{'<=' if one['at_most'] else '>='} {one['target']:g}"
    met = {None: "", True: "yes", False: "NO"}[one["met"]]
    other = figure(one["other"]) + (f" ({one['peer']})" if one["peer"] else "")
    return one["scenario"], one["unit"], str(one["clients"]), figure(one["ours"]), other, ratio, target, met


def figure(value: float | None) -> str:
    """Return a figure as people read it."""
    return "-" if value is None else f"{value:,.0f}" if value >= 10 else f"{value:,.2f}"


def notes(lines: Iterable[Line]) -> str:
    """List what the rows say beside their figures."""
    return "\n".join(f"* {one['scenario']}: {one['note']}." for one in lines if one["note"])


def pairs(values: Mapping[str, Any]) -> str:
    """Return names and values in a line."""
    return ", ".join(f"{name} {value}" for name, value in values.items())


def where(results: Line) -> str:
    """Tell on what machine, with what versions and settings, and when."""
    place = results["machine"]
    return (
        f"{place['cpu']}, {place['cores']} cores, {place['memory']}, {place['system']}; "
        f"{pairs(results['versions'])}; {pairs(results['settings'])}; payloads of 200 bytes. "
        f"{results['date']}, {results['minutes']:g} minutes in all."
    )


def parts(results: Line) -> dict[str, str]:
    """Return the text for each pair of markers."""
    found = {}
    for name, bench in results["benchmarks"].items():
        found[name] = f"{table(bench['rows'], bench['other'])}\n\n{notes(bench['rows'])}".strip()
    found["machine"] = where(results)
    queue = results["benchmarks"]["queue"]
    found["short"] = table([one for one in queue["rows"] if one["scenario"] in TELLING], queue["other"])
    return found


def embed(page: str, found: Mapping[str, str]) -> str:
    """Put each text between its markers, where a page has them."""
    for name, text in found.items():
        begin, end = f"<!-- benchmark {name} -->\n", f"<!-- /benchmark {name} -->"
        new = f"{begin}{text}\n{end}"
        page = re.sub(f"{re.escape(begin)}.*?{re.escape(end)}", lambda _, new=new: new, page, flags=re.S)
    return page
