"""One process that drains a queue of tasks that do nothing, in each side's words: tasks per second."""

import asyncio
import json
import logging
import time
from collections.abc import Awaitable, Callable

import asyncpg
import procrastinate
import psycopg
from pgqueuer.db import AsyncpgDriver
from pgqueuer.models import Job
from pgqueuer.qm import QueueManager
from pgqueuer.queries import Queries
from pgqueuer.types import QueueExecutionMode

from benchmarks._install import install_ours
from benchmarks._lab import PAYLOAD
from minipaas_sql import worker

OTHERS = "others"
BATCH = 100

for name in ("pgqueuer", "procrastinate"):
    logging.getLogger(name).setLevel(logging.WARNING)  # a line per task is not what is measured


async def ours(url: str, tasks: int, ack_each: bool) -> float:
    """Our worker."""
    with psycopg.connect(url, autocommit=True) as connection:
        connection.execute("select minipaas.queue_create('bench')")
        fill(url, tasks)

    async def handle(task: worker.Task) -> None:
        pass

    began = time.perf_counter()
    done = await worker.serve(handle, "bench", url=url, concurrency=BATCH, ack_each=ack_each, once=True)
    return _rate(tasks, done.done, began)


def fill(url: str, tasks: int) -> None:
    """Enqueue tasks, and vacuum."""
    with psycopg.connect(url, autocommit=True) as connection:
        connection.execute(
            "select count(*) from minipaas.queue_enqueue_many('bench', array_fill(%s::jsonb, array[%s]))",
            [PAYLOAD, tasks],
        )
        connection.execute("vacuum analyze")


async def pgqueuer(url: str, tasks: int) -> float:
    """PgQueuer's drain mode, on asyncpg."""
    done = 0
    connection = await asyncpg.connect(url)
    queries = Queries(AsyncpgDriver(connection))
    await queries.enqueue(["noop"] * tasks, [PAYLOAD.encode()] * tasks, [0] * tasks)
    await connection.execute("vacuum analyze")
    manager = QueueManager(queries)

    @manager.entrypoint("noop")
    async def handle(job: Job) -> None:
        nonlocal done
        done += 1

    began = time.perf_counter()
    await manager.run(batch_size=BATCH, mode=QueueExecutionMode.drain)
    rate = _rate(tasks, done, began)
    await connection.close()
    return rate


async def procrastinate_(url: str, tasks: int) -> float:
    """Procrastinate's worker."""
    done = 0
    app = procrastinate.App(connector=procrastinate.PsycopgConnector(conninfo=url))

    @app.task(name="noop", queue="bench")
    async def handle(text: str) -> None:
        nonlocal done
        done += 1

    async with app.open_async():
        await handle.batch_defer_async(*[json.loads(PAYLOAD)] * tasks)
        with psycopg.connect(url, autocommit=True) as connection:
            connection.execute("vacuum analyze")
        began = time.perf_counter()
        await app.run_worker_async(
            wait=False, concurrency=20, delete_jobs="always", install_signal_handlers=False
        )
        return _rate(tasks, done, began)


def _rate(tasks: int, done: int, began: float) -> float:
    seconds = time.perf_counter() - began
    if done != tasks:
        raise RuntimeError(f"{done} of {tasks} tasks were done")
    return tasks / seconds


def run(drain: Callable[..., Awaitable[float]], *arguments: object) -> float:
    """Run one of the above."""

    async def running() -> float:
        return await drain(*arguments)

    return asyncio.run(running())


def install(side: str, from_files: bool, url: str) -> str:
    """Install a side, ours or both others, into a database; return versions."""
    if side != OTHERS:
        return install_ours(url, from_files)

    async def others() -> str:
        connection = await asyncpg.connect(url)
        await Queries(AsyncpgDriver(connection)).install()
        await connection.close()
        app = procrastinate.App(connector=procrastinate.PsycopgConnector(conninfo=url))
        async with app.open_async():
            await app.schema_manager.apply_schema_async()
        from importlib.metadata import version

        return f"PgQueuer {version('pgqueuer')}, Procrastinate {version('procrastinate')}"

    return asyncio.run(others())
