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
            if not url:
                console.print("starting a PostgreSQL of its own")
                url = stack.enter_context(_embedded.server()).url
            report = _watched(console, folder, files, workers, url)
    except RuntimeError as exc:  # no server to start, or a worker that ended
        raise Refused(str(exc)) from exc
    _show(console, report)
    if not report.exact:
        raise Refused("the results differ from a direct computation")


def _watched(console: Console, folder: Path, files: list[Path], workers: int, url: str) -> demo.Report:
    try:
        database = sqlalchemy_url(url)
    except ValueError as exc:
        raise Usage(str(exc)) from exc
    what = f"{len(files):,} files of {folder}, {workers} worker processes, one of which is killed half way"
    console.print(what, markup=False, highlight=False, soft_wrap=True)
    columns = (BarColumn(None), MofNCompleteColumn(), TextColumn("files"), TimeElapsedColumn())
    with Progress(*columns, console=console) as bar:
        shown = bar.add_task("", total=len(files))
        return demo.run(database, files, workers, lambda done: bar.update(shown, completed=done))


def _show(console: Console, report: demo.Report) -> None:
    table = Table()
    for title in ("", "p50", "p95", "p99", "max"):
        table.add_column(title, justify="right" if title else "left")
    for name, latency in (("dequeue to result", report.handling), ("enqueue to result", report.waiting)):
        times = (latency.p50, latency.p95, latency.p99, latency.max)
        table.add_row(name, *(f"{seconds * 1000:,.1f} ms" for seconds in times))
    console.print(table)
    rate = report.files / report.seconds if report.seconds else 0.0
    lines = [
        f"killed one worker that held {report.held} tasks; {report.retried} took a second attempt",
        f"{report.seconds:.1f} s, {rate:,.0f} files/s, {report.size / 1e6:,.1f} MB",
        f"{report.files:,} files, {report.results:,} results, {len(report.lost)} lost, "
        f"{len(report.twice)} twice, {len(report.different)} different from a direct computation",
    ]
    for what in ("lost", "twice", "different"):
        lines += [f"{what}: {file}" for file in getattr(report, what)[:_SHOWN]]
    console.print("\n".join(lines), markup=False, highlight=False, soft_wrap=True)
