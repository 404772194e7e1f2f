"""The demo's own process: set up, start the others, kill two of them, wait, compare, clean up."""

import itertools
import secrets
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from pathlib import Path

from sqlalchemy import URL, Engine, create_engine, func, select

from minipaas_sql import migrate, queue, stream, views
from minipaas_sql.demo._plan import AUDIT, INDEX, LEASE, PARTITIONS, Plan
from minipaas_sql.demo._processes import Processes
from minipaas_sql.demo._report import Held, Report, compare

_OPEN_STATES = ("ready", "delayed", "leased", "retrying", "blocked")

Progress = Callable[[int], None]


def run(url: URL, files: list[Path], workers: int, progress: Progress) -> Report:
    """Send the files through a queue and a stream of the database's.

    :param url: the database; the schema is installed where it is missing or older.
    :param files: what to work on; at least one.
    :param workers: how many of them; one is killed half way.
    :param progress: called now and then with the number of files done.
    :raises RuntimeError: a process ended that should not have.
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
        with _queue_stream_and_tables(engine, plan):
            _enqueue(engine, plan, files)
            held = _work(engine, plan, workers, progress)
            return compare(engine, plan, files, held)
    finally:
        engine.dispose()


@contextmanager
def _queue_stream_and_tables(engine: Engine, plan: Plan) -> Iterator[None]:
    try:
        with engine.begin() as connection:
            connection.execute(queue.create(plan.name, lease=LEASE, max_attempts=0))
            connection.execute(stream.create(plan.name, partitions=PARTITIONS))
            for consumer in (AUDIT, INDEX):
                connection.execute(stream.subscribe(plan.name, consumer))
            for table in plan.tables:
                table.create(connection)
        yield
    finally:  # of an interrupted commit too, which may have gone through
        with engine.begin() as connection:
            for table in plan.tables:
                table.drop(connection, checkfirst=True)
            connection.execute(stream.drop(plan.name, force=True))
            connection.execute(queue.drop(plan.name, force=True))


def _enqueue(engine: Engine, plan: Plan, files: list[Path]) -> None:
    with engine.begin() as connection:
        for start in range(0, len(files), 1000):
            payloads = [{"file": path.as_uri()} for path in files[start : start + 1000]]
            connection.execute(queue.enqueue_many(plan.name, payloads))


def _work(engine: Engine, plan: Plan, workers: int, progress: Progress) -> Held:
    """Run workers and consumers until nothing is left, and return what the killed ones had in their hands."""
    tasks, partitions = 0, list[int]()
    with Processes(plan, workers) as processes:
        signals = processes.signals
        for look in itertools.count():
            signals.stop.wait(0.05)  # nobody sets it: a pause
            if signals.worker.due:
                processes.kill(processes.worker)
                tasks = _tasks_of(engine, plan, processes.worker)
                signals.worker.killed.set()
            if signals.index.due:
                processes.kill(processes.indexer)
                partitions = _partitions_of(engine, plan, processes.indexer)
                signals.index.killed.set()
                processes.restart_indexer()
            processes.check()
            progress(signals.done.value)
            # once a second in any case: a task that died will never be done
            due = signals.done.value >= plan.files or look % 20 == 0
            killed = signals.worker.killed.is_set() and signals.index.killed.is_set()
            if due and killed and _nothing_left(engine, plan):
                break
        processes.finish()
        progress(signals.done.value)
    return Held(tasks, partitions)


def _tasks_of(engine: Engine, plan: Plan, worker: str) -> int:
    view = views.queue_tasks.c
    held = select(func.count()).where(view.queue == plan.name, view.state == "leased", view.worker == worker)
    with engine.connect() as connection:
        return int(connection.scalar(held) or 0)


def _partitions_of(engine: Engine, plan: Plan, worker: str) -> list[int]:
    view = views.consumer_stats.c
    held = select(view.partition).where(view.stream == plan.name, view.worker == worker)
    with engine.connect() as connection:
        return list(connection.scalars(held.where(view.lease_id.is_not(None))))


def _nothing_left(engine: Engine, plan: Plan) -> bool:
    """Whether all tasks are done, and then, whether both consumers have read all of their events."""
    tasks, stats = views.queue_tasks.c, views.consumer_stats.c
    undone = select(tasks.id).where(tasks.queue == plan.name, tasks.state.in_(_OPEN_STATES)).limit(1)
    waiting = (stats.lag_events > 0) | stats.blocked_by.is_not(None)  # for a commit that is just ending, too
    unread = select(stats.consumer).where(stats.stream == plan.name, waiting).limit(1)
    with engine.connect() as connection:
        return connection.execute(undone).first() is None and connection.execute(unread).first() is None
