"""A worker: claim a batch and commit; then each effect, its event and its ack in one transaction."""

import signal
import time
from collections.abc import Sequence

from sqlalchemy import Engine, create_engine, insert
from sqlalchemy.exc import DBAPIError
from sqlalchemy.orm import Session

from minipaas_sql import errors, queue, stream
from minipaas_sql.demo._files import digest, key_of, path_of
from minipaas_sql.demo._plan import LEASE, Plan
from minipaas_sql.demo._signals import Signals, orphaned, stand_still, wait


def work(plan: Plan, name: str, victim: bool, signals: Signals) -> None:
    """Work until told to stop.

    :param name: for `queue_tasks`, and for the results.
    :param victim: stand still half way, with a result and its ack about to commit, and wait to be killed.
    """
    signal.signal(signal.SIGINT, signal.SIG_IGN)  # Ctrl-C is for the demo, which then ends the workers
    engine = create_engine(plan.url)
    signals.start.wait()
    half = plan.files // 2
    while not signals.stop.is_set() and not orphaned():
        half_way = signals.done.value >= half
        if half_way and not victim:
            wait(signals.worker.killed)
        asked = time.perf_counter()
        with Session(engine) as session:
            claimed = session.execute(
                queue.dequeue(plan.name, batch_size=plan.batch_size, lease=LEASE, worker=name)
            )
            tasks = queue.tasks(claimed)
            session.commit()
        for n in range(len(tasks)):
            handle(engine, plan, name, tasks[n:], asked, signals, victim and half_way)
        if not tasks:
            if half_way and victim:
                stand_still(signals.worker)
            signals.stop.wait(0.02)
    engine.dispose()


def handle(
    engine: Engine,
    plan: Plan,
    name: str,
    tasks: Sequence[queue.Task],
    asked: float,
    signals: Signals,
    last: bool,
) -> None:
    """Do the first of the tasks in hand, and keep the lease of all of them while it takes long.

    :param asked: when the batch was asked for.
    :param last: stand still before the commit.
    """
    beaten = time.perf_counter()

    def beat() -> None:
        nonlocal beaten
        if time.perf_counter() - beaten > LEASE.total_seconds() / 4:
            with Session(engine) as session:
                session.execute(queue.extend_many(tasks, lease=LEASE))
                session.commit()
            beaten = time.perf_counter()

    task = tasks[0]
    file = task.payload["file"]
    hashed, size = digest(path_of(file), beat)
    event = {"file": file, "digest": hashed, "size": size}
    result = event | {
        "worker": name, "attempt": task.attempt, "enqueued_at": task.enqueued_at,
        "seconds": time.perf_counter() - asked,
    }  # fmt: skip
    with Session(engine) as session:
        try:
            session.execute(insert(plan.results).values(result))
            session.execute(stream.publish(plan.name, event, key=key_of(file)))
            session.execute(queue.ack(task, strict=True))
        except DBAPIError as exc:
            if not isinstance(errors.of(exc), errors.LeaseLost):
                raise
            session.rollback()  # somebody else has the task
            return
        if last:
            stand_still(signals.worker)
        session.commit()
    with signals.done.get_lock():
        signals.done.value += 1
