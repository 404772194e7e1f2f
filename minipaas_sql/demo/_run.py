"""The demo's own process: set up, start the workers, kill one, wait, compare, clean up."""

import itertools
import os
import secrets
import signal
from collections.abc import Iterator
from contextlib import contextmanager
from multiprocessing import get_context
from multiprocessing.context import SpawnProcess
from pathlib import Path

from sqlalchemy import URL, Engine, create_engine, func, select

from minipaas_sql import migrate, queue, views
from minipaas_sql.demo._plan import LEASE, Plan, Progress, Signals
from minipaas_sql.demo._report import Report, compare
from minipaas_sql.demo._worker import work

_OPEN_STATES = ("ready", "delayed", "leased", "retrying", "blocked")


def run(url: URL, files: list[Path], workers: int, progress: Progress) -> Report:
    """Send the files through a queue of the database's.

    :param url: the database; the schema is installed where it is missing or older.
    :param files: what to work on; at least one.
    :param workers: how many processes; one of them is killed half way.
    :param progress: called now and then with the number of files done.
    :raises RuntimeError: a worker ended that should not have.
    """
    plan = Plan(
        url=url.render_as_string(hide_password=False),
        name=f"minipaas_demo_{secrets.token_hex(4)}",
        files=len(files),
        batch_size=max(1, min(10, len(files) // (workers * 4))),
    )
    engine = create_engine(url)
    try:
        with engine.begin() as connection:
            migrate.upgrade_to(migrate.head(), connection=connection)
        with _queue_and_table(engine, plan):
            _enqueue(engine, plan, files)
            held = _work(engine, plan, workers, progress)
            return compare(engine, plan, files, held)
    finally:
        engine.dispose()


@contextmanager
def _queue_and_table(engine: Engine, plan: Plan) -> Iterator[None]:
    try:
        with engine.begin() as connection:
            connection.execute(queue.create(plan.name, lease=LEASE, max_attempts=0))
            plan.results().create(connection)
        yield
    finally:  # of an interrupted commit too, which may have gone through
        with engine.begin() as connection:
            plan.results().drop(connection, checkfirst=True)
            connection.execute(queue.drop(plan.name, force=True))


def _enqueue(engine: Engine, plan: Plan, files: list[Path]) -> None:
    with engine.begin() as connection:
        for start in range(0, len(files), 1000):
            payloads = [{"file": path.as_uri()} for path in files[start : start + 1000]]
            connection.execute(queue.enqueue_many(plan.name, payloads))


def _work(engine: Engine, plan: Plan, workers: int, progress: Progress) -> int:
    """Run the workers until nothing is left, and return how many tasks the killed one had in its hands."""
    context = get_context("spawn")
    signals = Signals(context, workers)
    names = [f"worker {n + 1}" for n in range(workers)]
    processes = [
        context.Process(target=work, args=(plan, name, name == names[-1], signals)) for name in names
    ]
    *others, victim = processes
    held = 0
    try:
        for process in processes:
            process.start()
        for look in itertools.count():
            if signals.killed.is_set():
                signals.stop.wait(0.05)  # nobody sets it: a pause
            elif signals.caught.wait(0.05):
                held = _kill(engine, plan, victim, names[-1])
                signals.killed.set()
            _check(others if signals.killed.is_set() else processes)
            progress(signals.done.value)
            # once a second in any case: a task that died will never be done
            due = signals.done.value >= plan.files or look % 20 == 0
            if due and signals.killed.is_set() and _nothing_left(engine, plan):
                break
        progress(signals.done.value)
        signals.stop.set()
        for process in others:
            process.join()
        _check(others)
    finally:
        for process in processes:
            if process.is_alive():
                process.terminate()
            if process.pid is not None:
                process.join()
    return held


def _nothing_left(engine: Engine, plan: Plan) -> bool:
    tasks = views.queue_tasks.c
    left = select(tasks.id).where(tasks.queue == plan.name, tasks.state.in_(_OPEN_STATES)).limit(1)
    with engine.connect() as connection:
        return connection.execute(left).first() is None


def _kill(engine: Engine, plan: Plan, victim: SpawnProcess, name: str) -> int:
    assert victim.pid is not None
    os.kill(victim.pid, signal.SIGKILL)
    victim.join()
    tasks = views.queue_tasks.c
    held = select(func.count()).where(tasks.queue == plan.name, tasks.state == "leased", tasks.worker == name)
    with engine.connect() as connection:
        return int(connection.scalar(held) or 0)


def _check(processes: list[SpawnProcess]) -> None:
    for process in processes:
        if process.exitcode:
            raise RuntimeError(f"a worker of the demo ended with exit status {process.exitcode}")
