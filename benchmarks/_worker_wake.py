"""The wake-up: latency of a sleeping worker, and what producers pay for it beside busy ones."""

import asyncio
import subprocess
import sys
import threading
import time
from collections.abc import Iterator
from contextlib import contextmanager
from statistics import median, quantiles

import psycopg

from benchmarks._bench import Options, Row, interleave
from benchmarks._lab import Database, Lab, finish
from minipaas_sql import worker

_CODE = """
import sys
from minipaas_sql import worker

async def handle(task):
    pass

worker.run(handle, "bench", url=sys.argv[1], concurrency=100)
"""
_NEVER = """
create or replace function minipaas._asleep(channel text) returns boolean
language sql volatile as 'select false'
"""
PRODUCERS = 16


def latency(here: Lab, options: Options, scenario: str) -> Iterator[Row]:
    """From just before the commit of an enqueue to the start of the handler, of a worker that sleeps."""
    with here.database() as base:
        base.execute("select minipaas.queue_create('bench')")
        seconds = asyncio.run(_latencies(base, 100 if options.quick else 500))
    cuts = quantiles(seconds, n=100)
    for name, found, most in (("p50", median(seconds), 5), ("p99", cuts[98], 20)):
        milliseconds = found * 1000
        yield Row(
            f"{scenario} {name}", 1, "ms", milliseconds, None, f"{most} ms", milliseconds / most, 1, True
        )


async def _latencies(base: Database, count: int) -> list[float]:
    """Enqueue one task at a time: the worker sleeps and shows it, and then the next one comes."""
    took: list[float] = []
    stop, came = asyncio.Event(), threading.Event()
    committed = 0.0

    async def handle(task: worker.Task) -> None:
        took.append(time.perf_counter() - committed)
        came.set()

    def produce(loop: asyncio.AbstractEventLoop) -> None:
        nonlocal committed
        with base.connect(autocommit=False) as connection, base.connect() as watcher:
            channel = connection.execute("select minipaas.queue_channel('bench')").fetchone()[0]
            asleep = "select not pg_try_advisory_lock_shared(hashtextextended(%s, 0))"
            for _ in range(count):
                while not watcher.execute(asleep, [channel]).fetchone()[0]:
                    watcher.execute("select pg_advisory_unlock_all(), pg_sleep(0.002)")
                watcher.execute("select pg_sleep(0.01)")  # until the look after it is over, too
                came.clear()
                connection.execute("select minipaas.queue_enqueue('bench', '1')")
                committed = time.perf_counter()
                connection.commit()
                if not came.wait(20):
                    raise RuntimeError("the worker did not wake up")
        loop.call_soon_threadsafe(stop.set)

    loop = asyncio.get_running_loop()
    producing = asyncio.create_task(asyncio.to_thread(produce, loop))
    await worker.serve(handle, "bench", url=base.url, concurrency=10, stop=stop)
    await producing
    return took


def producers(here: Lab, options: Options, scenario: str) -> Iterator[Row]:
    """Enqueues by 16 clients that wait for the disk, beside two workers: with wake-up and without."""
    script = "select minipaas.queue_enqueue('bench', :payload);\n"

    def with_wake_up(wakes: bool) -> float:
        with here.database() as base:
            base.execute("select minipaas.queue_create('bench')", *([] if wakes else [_NEVER]))
            with _workers(base.url, 2):
                started = base.start(script, PRODUCERS, 5, settings={"synchronous_commit": "on"})
                return finish(started).last(3)  # who sleeps at the start is awake by then

    with _fsync(here):
        found = interleave(
            options.rounds * 3,  # the disk's mood changes from second to second
            {"with": lambda: with_wake_up(True), "without": lambda: with_wake_up(False)},
        )
    ratio = found["with"] / found["without"]
    note = f"without wake-up {found['without']:,.0f}"
    yield Row(
        scenario, PRODUCERS, "enqueues/s", found["with"], None, "without wake-up", ratio, 0.9, note=note
    )


@contextmanager
def _workers(url: str, count: int) -> Iterator[None]:
    """Run workers as processes of their own."""
    running = [subprocess.Popen([sys.executable, "-c", _CODE, url]) for _ in range(count)]
    try:
        with psycopg.connect(url, autocommit=True) as connection:
            ready = "select count(*) from pg_stat_activity where application_name = 'minipaas-sql listener'"
            while connection.execute(ready).fetchone() != (count,):
                connection.execute("select pg_sleep(0.05)")
        yield
    finally:
        for process in running:
            process.terminate()
        for process in running:
            process.wait()


@contextmanager
def _fsync(here: Lab) -> Iterator[None]:
    """Let commits wait for the disk, as they do in production."""
    with psycopg.connect(here.server.url, autocommit=True) as connection:
        connection.execute("alter system set fsync = on")
        connection.execute("select pg_reload_conf()")
        try:
            yield
        finally:
            connection.execute("alter system reset fsync")
            connection.execute("select pg_reload_conf()")
