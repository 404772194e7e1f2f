"""What `minipaas-sql demo` shows of the demo."""

import signal
import sys
from contextlib import ExitStack
from pathlib import Path

from rich.console import Console
from rich.progress import BarColumn, MofNCompleteColumn, Progress, TextColumn, TimeElapsedColumn
from rich.table import Table

from minipaas_sql import _embedded, demo
from minipaas_sql._url import sqlalchemy_url
from minipaas_sql.cli._database import Refused, Usage

_SHOWN = 10


def run(folder: Path | None, workers: int, url: str | None) -> None:
    """Run the demo on a folder and show what came of it.

    :raises Usage: the folder is missing or empty.
    :raises Refused: a result is lost, double or wrong, or the demo could not go on.
    """
    folder = demo.default_folder() if folder is None else folder
    if not folder.is_dir():
        raise Usage(f"there is no folder {folder}")
    files = demo.files_of(folder)
    if not files:
        raise Usage(f"there is no file in {folder}")
    signal.signal(signal.SIGTERM, lambda *_: sys.exit(143))  # with a clean-up, as after Ctrl-C
    console = Console()
    try:
        with ExitStack() as stack:
            if url:
                console.print("in the database that --url or DATABASE_URL names, with the newest schema")
            else:
                console.print("starting a PostgreSQL of its own")
                url = stack.enter_context(_embedded.server()).url
            report = _watched(console, folder, files, workers, url)
    except RuntimeError as exc:  # no server to start, or a worker that ended
        raise Refused(str(exc)) from exc
    _show(console, report)
    if not report.exact:
        raise Refused("what came out differs from a direct computation")


def _watched(console: Console, folder: Path, files: list[Path], workers: int, url: str) -> demo.Report:
    try:
        database = sqlalchemy_url(url)
    except ValueError as exc:
        raise Usage(str(exc)) from exc
    lines = [
        f"{len(files):,} files of {folder}",
        f"a queue with {workers} workers, one of which is killed half way",
        f"a stream with 2 consumers of {demo.PROCESSES} processes, one of which is killed and restarted",
    ]
    console.print("\n".join(lines), markup=False, highlight=False, soft_wrap=True)
    columns = (BarColumn(None), MofNCompleteColumn(), TextColumn("files"), TimeElapsedColumn())
    with Progress(*columns, console=console) as bar:
        shown = bar.add_task("", total=len(files))
        return demo.run(database, files, workers, lambda done: bar.update(shown, completed=done))


def _show(console: Console, report: demo.Report) -> None:
    latencies = _table("", "p50", "p95", "p99", "max")
    for name, latency in (("dequeue to result", report.handling), ("enqueue to result", report.waiting)):
        times = (latency.p50, latency.p95, latency.p99, latency.max)
        latencies.add_row(name, *(f"{seconds * 1000:,.1f} ms" for seconds in times))
    console.print(latencies)
    partitions = ", ".join(map(str, report.held.partitions)) or "none"
    rate = report.truth.files / report.seconds if report.seconds else 0.0
    lines = [
        f"{report.seconds:.1f} s, {rate:,.0f} files/s, {report.truth.size / 1e6:,.1f} MB",
        f"killed a worker that held {report.held.tasks} tasks: {report.retried} took a second attempt",
        f"killed a process of the index that held partition {partitions}: "
        f"{report.repeated} events came twice",
    ]
    console.print("\n".join(lines), markup=False, highlight=False, soft_wrap=True)
    checks = _table("", "files", "bytes", "lost", "twice", "different")
    for name, check in report.checks.items():
        wrong = (check.lost, check.twice, check.different)
        checks.add_row(name, f"{check.files:,}", f"{check.size:,}", *(f"{len(names):,}" for names in wrong))
    checks.add_row("computed directly", f"{report.truth.files:,}", f"{report.truth.size:,}")
    console.print(checks)
    for name, check in report.checks.items():
        for what in ("lost", "twice", "different"):
            for file in getattr(check, what)[:_SHOWN]:
                console.print(f"{name}: {what}: {file}", markup=False, highlight=False, soft_wrap=True)


def _table(*titles: str) -> Table:
    table = Table()
    for title in titles:
        table.add_column(title, justify="right" if title else "left")
    return table
