"""The place of the measurements: a server, one fresh database per scenario, and pgbench."""

import hashlib
import itertools
import os
import re
import subprocess
from collections.abc import Callable, Iterator, Mapping
from contextlib import contextmanager
from dataclasses import dataclass
from typing import Any

import psycopg

from minipaas_sql._embedded import Server, server

SETTINGS = {
    "shared_buffers": "1GB",
    "max_wal_size": "8GB",
    "synchronous_commit": "off",
    "autovacuum": "on",
    "fsync": "off",
    "full_page_writes": "off",
}


def payload(size: int) -> str:
    """Return a JSON document of `size` bytes that does not compress, the same on every run."""
    text = "".join(hashlib.md5(str(part).encode()).hexdigest() for part in range(size // 32 + 1))
    return '{"text": "' + text[: size - len('{"text": ""}')] + '"}'


def array(document: str, count: int) -> str:
    """Return the text of a jsonb[] with `count` times the document."""
    quoted = '"' + document.replace("\\", "\\\\").replace('"', '\\"') + '"'
    return "{" + ",".join([quoted] * count) + "}"


PAYLOAD = payload(200)
NOTHING: dict[str, str] = {}


@dataclass(frozen=True)
class Run:
    """What one pgbench run measured."""

    tps: float
    transactions: int
    progress: tuple[float, ...]
    """Transactions per second, second by second."""

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

    def settle(self) -> None:
        """Vacuum, analyze and checkpoint, so that no run pays for the preparation."""
        self.execute("vacuum analyze", "checkpoint")

    def start(
        self,
        script: str,
        clients: int,
        seconds: float = 0,
        document: str = PAYLOAD,
        batch: int = 10,
        *,
        passes: int = 0,
        rate: int = 0,
        settings: Mapping[str, str] = NOTHING,
        variables: Mapping[str, object] = NOTHING,
    ) -> "subprocess.Popen[str]":
        """Start pgbench on a script, which has :payload, :payloads and the variables; `finish` waits for it.

        It runs for some seconds, or each client makes some passes through the script; as fast as it can, or
        at a rate of transactions per second; with settings of the server for its sessions.
        """
        path = self.server.home / f"{self._name}-{next(self._files)}.sql"
        path.write_text(script)
        options = " ".join(f"-c {name}={value}" for name, value in settings.items())
        defined = {"payload": document, "payloads": array(document, batch), **variables}
        length = ["-t", str(passes)] if passes else ["-T", str(max(1, round(seconds)))]
        return subprocess.Popen(
            [
                str(self.server.bin / "pgbench"), "-n", "-M", "prepared", "-P", "1", "-f", str(path),
                "-c", str(clients), "-j", str(min(clients, 2)), *length, *(["-R", str(rate)] if rate else []),
                *(part for name, value in defined.items() for part in ("-D", f"{name}={value}")), self.url,
            ],
            env={**os.environ, "PGOPTIONS": options},
            stdin=subprocess.DEVNULL, stdout=subprocess.PIPE, stderr=subprocess.PIPE, text=True,
        )  # fmt: skip

    def pgbench(
        self,
        script: str,
        clients: int,
        seconds: float = 0,
        document: str = PAYLOAD,
        batch: int = 10,
        *,
        passes: int = 0,
        settings: Mapping[str, str] = NOTHING,
        variables: Mapping[str, object] = NOTHING,
    ) -> Run:
        """Run a script as `start` does: one transaction of pgbench is one pass through it."""
        started = self.start(
            script, clients, seconds, document, batch, passes=passes, settings=settings, variables=variables
        )
        return finish(started)


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

    def __init__(self, server: Server, sides: Mapping[str, Callable[[str], str]]) -> None:
        self.server = server
        self.versions: dict[str, str] = {}
        self._numbers = itertools.count()
        with psycopg.connect(server.url, autocommit=True) as connection:
            connection.execute("create database bench")
            self.versions["PostgreSQL"] = connection.info.parameter_status("server_version") or "?"
        url = server.url_of("bench")
        for name, install in sides.items():
            self.versions[name] = install(url)

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
def lab(sides: Mapping[str, Callable[[str], str]]) -> Iterator[Lab]:
    """Run a server with the sides installed for the length of a `with` block."""
    with server(SETTINGS) as running:
        yield Lab(running, sides)
