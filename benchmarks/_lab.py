"""The place of the measurements: a server, one fresh database per scenario, and pgbench."""

import itertools
import re
import subprocess
from collections.abc import Iterable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from typing import Any

import psycopg

from benchmarks._install import install_ours, install_pgmq
from benchmarks._sides import PGMQ, Side, array, payload
from minipaas_sql._embedded import Server, server

SETTINGS = {
    "shared_buffers": "1GB",
    "max_wal_size": "8GB",
    "synchronous_commit": "off",
    "autovacuum": "on",
    "fsync": "off",
    "full_page_writes": "off",
}
PRELOAD_BATCH = 10_000
PAYLOAD = payload(200)


@dataclass(frozen=True)
class Run:
    """What one pgbench run measured."""

    tps: float
    transactions: int
    progress: tuple[float, ...]
    """Transactions per second, second by second."""

    def first(self, seconds: int) -> float:
        """Transactions per second in the first seconds."""
        part = self.progress[:seconds]
        return sum(part) / len(part)

    def last(self, seconds: int) -> float:
        """Transactions per second in the last seconds."""
        part = self.progress[-seconds:]
        return sum(part) / len(part)


class Database:
    """A database with both sides installed; what happens in it is seen nowhere else."""

    def __init__(self, server: Server, name: str) -> None:
        self.server, self.url = server, server.url_of(name)
        self._files = itertools.count()
        self._name = name

    def connect(self, autocommit: bool = True) -> psycopg.Connection[Any]:
        """Open a session."""
        return psycopg.connect(self.url, autocommit=autocommit)

    def execute(self, *statements: str) -> None:
        """Run statements, each in a transaction of its own."""
        with self.connect() as connection:
            for statement in statements:
                connection.execute(statement)

    def preload(self, side: Side, tasks: int, delay: int = 0, document: str = PAYLOAD) -> None:
        """Add tasks that are due in `delay` seconds."""
        with self.connect() as connection:
            while tasks > 0:
                count = min(tasks, PRELOAD_BATCH)
                connection.execute(side.preload, {"payload": document, "count": count, "delay": delay})
                tasks -= count

    def settle(self) -> None:
        """Vacuum, analyze and checkpoint, so that no run pays for the preparation."""
        self.execute("vacuum analyze", "checkpoint")

    def start(
        self, script: str, clients: int, seconds: float, document: str = PAYLOAD, batch: int = 10
    ) -> "subprocess.Popen[str]":
        """Start pgbench on a script, which has :payload, :payloads and :cycles (0); `finish` waits for it."""
        path = self.server.home / f"{self._name}-{next(self._files)}.sql"
        path.write_text(script)
        return subprocess.Popen(
            [
                str(self.server.bin / "pgbench"), "-n", "-M", "prepared", "-P", "1", "-f", str(path),
                "-c", str(clients), "-j", str(min(clients, 2)), "-T", str(max(1, round(seconds))),
                "-D", "cycles=0", "-D", f"payload={document}", "-D", f"payloads={array(document, batch)}",
                self.url,
            ],
            stdin=subprocess.DEVNULL, stdout=subprocess.PIPE, stderr=subprocess.PIPE, text=True,
        )  # fmt: skip

    def pgbench(
        self, script: str, clients: int, seconds: float, document: str = PAYLOAD, batch: int = 10
    ) -> Run:
        """Run a script: one transaction of pgbench is one pass through it."""
        return finish(self.start(script, clients, seconds, document, batch))


def finish(process: "subprocess.Popen[str]") -> Run:
    """Wait for a pgbench and read what it measured."""
    out, err = process.communicate()
    if process.returncode != 0 or "aborted" in err:
        raise RuntimeError(f"pgbench exited with {process.returncode}: {err.strip()[-2000:]}")
    tps = re.search(r"^tps = ([\d.]+)", out, re.M)
    transactions = re.search(r"actually processed: (\d+)", out)
    if tps is None or transactions is None:
        raise RuntimeError(f"pgbench said something new: {out}")
    progress = tuple(float(found) for found in re.findall(r"^progress: [\d.]+ s, ([\d.]+) tps", err, re.M))
    return Run(float(tps[1]), int(transactions[1]), progress)


class Lab:
    """A running server and its settings."""

    def __init__(self, server: Server, sides: Iterable[Side], from_files: bool) -> None:
        self.server = server
        self.versions: dict[str, str] = {}
        self._numbers = itertools.count()
        with psycopg.connect(server.url, autocommit=True) as connection:
            connection.execute("create database bench")
            self.versions["PostgreSQL"] = connection.info.parameter_status("server_version") or "?"
        url = server.url_of("bench")
        for side in sides:
            self.versions[side.name] = install_pgmq(url) if side is PGMQ else install_ours(url, from_files)

    @contextmanager
    def database(self) -> Iterator[Database]:
        """Make a database with both sides for one scenario, and drop it afterwards."""
        name = f"bench{next(self._numbers)}"
        with psycopg.connect(self.server.url, autocommit=True) as connection:
            connection.execute(f"create database {name} template bench")
            try:
                yield Database(self.server, name)
            finally:
                connection.execute(f"drop database {name} (force)")


@contextmanager
def lab(sides: Iterable[Side], from_files: bool) -> Iterator[Lab]:
    """Run a server with the sides installed for the length of a `with` block."""
    with server(SETTINGS) as running:
        yield Lab(running, sides, from_files)
