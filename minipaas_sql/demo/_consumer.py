"""A consumer's process: fetch a batch and commit; then its effects, and the commit of the stream.

The events of a folder have one key, so they are in one partition, which one process holds at a time: no two
count the same folder at once.
"""

import signal
from collections.abc import Sequence

from sqlalchemy import Engine, create_engine
from sqlalchemy.dialects.postgresql import insert
from sqlalchemy.exc import DBAPIError
from sqlalchemy.orm import Session

from minipaas_sql import errors, stream
from minipaas_sql.demo._files import folder_of
from minipaas_sql.demo._plan import AUDIT, INDEX, LEASE, Plan
from minipaas_sql.demo._signals import Signals, orphaned, stand_still, wait


def consume(plan: Plan, name: str, consumer: str, victim: bool, signals: Signals) -> None:
    """Consume until told to stop.

    :param name: for `consumer_stats`.
    :param victim: stand still half way, after an effect and before its commit, and wait to be killed.
    """
    signal.signal(signal.SIGINT, signal.SIG_IGN)  # Ctrl-C is for the demo, which then ends the processes
    engine = create_engine(plan.url)
    if not signals.index.killed.is_set():  # who comes in the place of a killed one finds the others at work
        signals.start.wait()
    while not signals.stop.is_set() and not orphaned():
        done = signals.done.value
        half_way = consumer == INDEX and done >= plan.files // 2
        if half_way and not victim:
            wait(signals.index.killed)
        with Session(engine) as session:
            claimed = session.execute(
                stream.fetch(plan.name, consumer, batch_size=plan.batch_size, lease=LEASE, worker=name)
            )
            events = stream.fetched(claimed)
            session.commit()
        if events and consumer == AUDIT:
            audit(engine, plan, events)
        elif events:
            index(engine, plan, events, signals, victim and half_way)
        elif victim and half_way and done >= plan.files:
            stand_still(signals.index)  # the others were faster: nothing is left to hold
        if len(events) < plan.batch_size:
            signals.stop.wait(0.05)  # more come
    engine.dispose()


def audit(engine: Engine, plan: Plan, events: Sequence[stream.Fetched]) -> None:
    """Count each event exactly once: effects and commit in one transaction."""
    counted = [
        {"folder": folder_of(event.payload["file"]), "files": 1, "size": event.payload["size"]}
        for event in events
    ]
    total, more = plan.totals.c, insert(plan.totals)
    added = {"files": total.files + more.excluded.files, "size": total.size + more.excluded.size}
    with Session(engine) as session:
        try:
            session.execute(more.on_conflict_do_update(index_elements=[total.folder], set_=added), counted)
            session.execute(stream.commit(plan.name, AUDIT, events[-1], strict=True))
        except DBAPIError as exc:
            if not isinstance(errors.of(exc), errors.LeaseLost):
                raise
            session.rollback()  # somebody else has the partition
            return
        session.commit()


def index(engine: Engine, plan: Plan, events: Sequence[stream.Fetched], signals: Signals, last: bool) -> None:
    """Write each event at least once, as outside of this database: first the effect, then the commit.

    :param last: stand still in between.
    """
    entry = insert(plan.index)
    again = {"digest": entry.excluded.digest, "size": entry.excluded.size, "times": plan.index.c.times + 1}
    with Session(engine) as session:
        session.execute(
            entry.on_conflict_do_update(index_elements=[plan.index.c.file], set_=again),
            [event.payload for event in events],
        )
        session.commit()
    if last:
        stand_still(signals.index)
    with Session(engine) as session:
        session.execute(stream.commit(plan.name, INDEX, events[-1]))  # false: somebody else does them again
        session.commit()
