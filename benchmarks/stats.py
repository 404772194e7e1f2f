"""How long the views for operators take over 5,000,000 rows: `python benchmarks/stats.py --help`."""

import argparse
import sys
import time
from collections.abc import Mapping
from pathlib import Path
from statistics import median

# As in queue.py: this folder must not be where Python looks for modules first.
sys.path.pop(0)
sys.path.insert(0, str(Path(__file__).resolve().parents[1]))

from rich.box import MARKDOWN
from rich.console import Console
from rich.table import Table

from benchmarks._install import install_ours
from benchmarks._lab import PAYLOAD, Database, lab

TARGET = 20.0
"""Milliseconds."""
ROUNDS = 21

TASK = "id, enqueued_at, queue, attempt, granted, lane, payload"


def tasks(table: str, queues: int, rows: int, columns: str = "", values: str = "") -> list[str]:
    """Write tasks of so many queues straight into a table, one queue after the other in turns."""
    return [
        f"select minipaas.queue_create('q' || n, keep_done => '1 day') from generate_series(1, {queues}) n",
        f"insert into minipaas.{table} ({columns}{TASK}) select {values}"
        f"n, now() - interval '1 hour', 1 + n % {queues}, 1, 0, 0, '{PAYLOAD}'"
        f" from generate_series(1, {rows}) n",
        f"select setval('minipaas._task_id', {rows})",
    ]


def ready(queues: int, rows: int) -> list[str]:
    return tasks("_ready", queues, rows, "position, ", "n, ")


def waiting(queues: int, rows: int, state: str, first: str) -> list[str]:
    until = f"now() + interval '{first}' + n * interval '1 ms'"
    return tasks("_waiting", queues, rows, "until, state, ", f"{until}, '{state}', ")


def everything(queues: int, rows: int) -> list[str]:
    part = rows // 5
    return [
        *ready(queues, part), *waiting(queues, part, "d", "-20 minutes"),
        *tasks("_blocked", queues, part, "position, key, ", "n, 'k' || n % 1000, "),
        *tasks("_dead", queues, part, "finished_at, ", "now(), "),
        *tasks("_done", queues, part, "finished_at, ", "now(), "),
    ]  # fmt: skip


def events(streams: int, consumers: int, rows: int, partitions: int = 1) -> list[str]:
    partition = "null" if partitions == 1 else f"(n / {streams}) % {partitions}"
    return [
        f"select minipaas.stream_create('s' || n, {partitions}) from generate_series(1, {streams}) n",
        f"select minipaas.stream_subscribe('s' || n, 'c' || k)"
        f" from generate_series(1, {streams}) n, generate_series(1, {consumers}) k",
        "insert into minipaas._event (event_offset, published_at, stream, partition, payload)"
        f" select n, now() - interval '1 hour', 1 + n % {streams}, {partition}, '{PAYLOAD}'"
        f" from generate_series(1, {rows}) n",
        f"select setval('minipaas._event_offset', {rows})",
    ]


def states(rows: int) -> Mapping[str, list[str]]:
    """Name what there is, and write it; `hold` keeps vacuum from what is deleted from there on."""
    return {
        "ready": ready(1, rows),
        "ready, 100 queues": ready(100, rows),
        "delayed": waiting(1, rows, "d", "1 hour"),
        "leased": waiting(1, rows, "l", "1 hour"),
        "expired leases": waiting(1, rows, "l", "-3 hours"),
        "blocked": tasks("_blocked", 1, rows, "position, key, ", "n, 'k' || n % 1000, "),
        "dead": tasks("_dead", 1, rows, "finished_at, ", "now(), "),
        "done": tasks("_done", 1, rows, "finished_at, ", "now(), "),
        "all states": everything(1, rows),
        "all states, 100 queues": everything(100, rows),
        "drained, held snapshot": [
            *ready(1, rows), "hold",
            *["select count(*) from minipaas.queue_pop('q1', 10000)"] * ((rows - 50_000) // 10_000),
        ],
        "a stream, 3 consumers": events(1, 3, rows),
        "a stream, 64 partitions, 2 consumers": events(1, 2, rows, 64),
        "100 streams, 2 consumers each": events(100, 2, rows),
    }  # fmt: skip


def times(base: Database, view: str) -> list[float]:
    """Read a view in a new session, some times over, in milliseconds."""
    found = []
    with base.connect() as connection:
        for _ in range(ROUNDS):
            began = time.perf_counter()
            connection.execute(f"table minipaas.{view}").fetchall()
            found.append((time.perf_counter() - began) * 1000)
    return found


def main() -> None:
    """Measure each state, vacuumed and as it was written, and print one table."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--rows", type=int, default=5_000_000)
    parser.add_argument("--only", action="append", metavar="WORD", help="states whose names contain it")
    parser.add_argument("--files", action="store_true", help="install from minipaas_sql/sql")
    given = parser.parse_args()
    shown = Table("rows", "", "view", "ms", "first", "target", "met?", box=MARKDOWN)
    with lab({"ours": lambda url: install_ours(url, given.files)}) as here:
        for name, statements in states(given.rows).items():
            if given.only and not any(word in name for word in given.only):
                continue
            with here.database() as base, base.connect(autocommit=False) as holder:
                for statement in statements:
                    if statement == "hold":
                        holder.execute("set transaction isolation level repeatable read")
                        holder.execute("select count(*) from pg_class")
                    else:
                        base.execute(statement)
                views = ("stream_stats", "consumer_stats") if "stream" in name else ("queue_stats",)
                for settled in ("as written", "vacuumed, analyzed"):
                    for view in (*views, "health"):
                        found = times(base, view)
                        met = "" if view == "health" else "yes" if median(found) <= TARGET else "NO"
                        target = "" if view == "health" else f"<= {TARGET:g}"
                        shown.add_row(
                            name, settled, view, f"{median(found):.1f}", f"{found[0]:.1f}", target, met
                        )
                    base.settle()
                holder.rollback()
            print(name, file=sys.stderr)
    Console(highlight=False, width=max(110, Console().width)).print(shown)


if __name__ == "__main__":
    main()
