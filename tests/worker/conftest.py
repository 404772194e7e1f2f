"""Workers beside the test: in a thread, where the test can look at them, or a process, to signal and kill."""

import asyncio
import subprocess
import threading
import time
from collections.abc import Callable, Coroutine, Iterator
from concurrent.futures import Future
from pathlib import Path
from typing import Any

import pytest

from tests.cli.conftest import PROGRAM, cli, environment  # noqa: F401
from tests.conftest import Connection

from . import pooler


@pytest.fixture
def queue(db: Connection) -> str:
    """A queue with a short backoff."""
    db.call("queue_create", "work", backoff="1 minute")
    return "work"


@pytest.fixture
def stream(db: Connection) -> str:
    """A stream of one partition with a consumer `reader`."""
    db.call("stream_create", "log")
    db.call("stream_subscribe", "log", "reader")
    return "log"


@pytest.fixture
def until(connect: Callable[..., Connection]) -> Callable[..., None]:
    """Return when a statement's value is true: what a worker does is seen in the database."""

    def wait(statement: str, *parameters: Any) -> None:
        watcher, deadline = connect(), time.monotonic() + 20
        while not watcher.value(statement, *parameters):
            assert time.monotonic() < deadline, f"never true: {statement}"
            watcher.execute("select pg_sleep(0.01)")

    return wait


@pytest.fixture
def asleep(until: Callable[..., None]) -> Callable[[str], None]:
    """Return when somebody sleeps until something comes over a channel."""
    return lambda channel: until(
        "select exists (select from pg_locks where locktype = 'advisory' and mode = 'ExclusiveLock'"
        " and (classid::bigint << 32) | objid::bigint = hashtextextended(%s, 0))",
        channel,
    )


class Running:
    """A worker in a thread, which is told to stop as SIGTERM does it."""

    def __init__(
        self, submit: Callable[..., Future[Any]], serve: Callable[..., Coroutine[Any, Any, Any]]
    ) -> None:
        self._began, self._stop = threading.Event(), asyncio.Event()

        async def running() -> Any:
            self._loop = asyncio.get_running_loop()
            self._began.set()
            return await serve(stop=self._stop)

        self.future = submit(asyncio.run, running())

    def tell(self) -> None:
        """Tell it to stop."""
        if not self.future.done():
            assert self._began.wait(20)
            self._loop.call_soon_threadsafe(self._stop.set)

    def stop(self) -> Any:
        """Stop it in order, and return what it returned."""
        self.tell()
        return self.future.result(30)


@pytest.fixture
def start(background: Callable[..., Future[Any]], db_url: str) -> Iterator[Callable[..., Running]]:
    """`start(worker.serve, handler, "queue", option=...)`: work beside the test, until its end."""
    started: list[Running] = []

    def run(serve: Callable[..., Any], *arguments: Any, **options: Any) -> Running:
        options = {"url": db_url, **options}
        started.append(Running(background, lambda stop: serve(*arguments, stop=stop, **options)))
        return started[-1]

    yield run
    for one in started:
        one.stop()


@pytest.fixture
def process(tmp_path: Path) -> Iterator[Callable[..., "subprocess.Popen[str]"]]:
    """`process(code, url, "worker", ...)` runs `minipaas-sql worker app:handle ...`; code is module `app`.

    Its log is in the file `log` of the test's folder.
    """
    started: list[subprocess.Popen[str]] = []

    def run(code: str, url: str, *arguments: str) -> "subprocess.Popen[str]":
        (tmp_path / "app.py").write_text(code)
        command = [PROGRAM, arguments[0], "app:handle", *arguments[1:], "--json"]
        with (tmp_path / "log").open("a") as log:
            started.append(
                subprocess.Popen(
                    command, cwd=tmp_path, env=environment(DATABASE_URL=url), stderr=log, text=True
                )
            )
        return started[-1]

    yield run
    for one in started:
        one.kill()
        one.wait()


@pytest.fixture
def pooled(db_url: str) -> Iterator[str]:
    """The URL of the database through pgbouncer, which lends its sessions by the transaction."""
    program = pooler.program()
    if program is None:
        pytest.skip("pgbouncer is not installed (Debian's package pgbouncer)")
    with pooler.running(program, db_url) as url:
        yield url
