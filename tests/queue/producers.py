"""Forty producers that commit late, and consumers that take back some of their claims.

What makes a task easy to lose: an id that is taken long before it commits, while consumers pass by it.
"""

import random
import threading
import time
from concurrent.futures import ThreadPoolExecutor
from dataclasses import dataclass, field

from tests.conftest import Connection

PRODUCERS, TRANSACTIONS = 40, 60


@dataclass
class Outcome:
    """By task id: when its commit returned and when each commit of its delivery did (monotonic seconds)."""

    committed: dict[int, float] = field(default_factory=dict)
    delivered: dict[int, list[float]] = field(default_factory=dict)

    def stranded(self) -> set[int]:
        """The tasks that were committed and never delivered."""
        return self.committed.keys() - self.delivered.keys()

    def waits(self) -> list[float]:
        """How long each delivered task waited after its commit, in seconds, longest last."""
        return sorted(times[0] - self.committed[id] for id, times in self.delivered.items())


def run(url: str, queue: str, seed: int) -> Outcome:
    """Run until every producer has ended and, after that, every consumer has met an empty queue."""
    outcome, produced = Outcome(), threading.Event()
    with ThreadPoolExecutor(PRODUCERS + len(CONSUMERS)) as pool:
        consumers = [
            pool.submit(_session, url, consume, queue, batch, random.Random(seed + n), outcome, produced)
            for n, (consume, batch) in enumerate(CONSUMERS)
        ]
        try:
            producers = [
                pool.submit(_session, url, _produce, queue, n, random.Random(seed - n), outcome)
                for n in range(PRODUCERS)
            ]
            for producer in producers:
                producer.result()
        finally:
            produced.set()
        for consumer in consumers:
            consumer.result()
    return outcome


def _session(url, act, *arguments):
    with Connection.open(url, autocommit=False) as connection:
        act(connection, *arguments)


def _produce(connection, queue, n, rng, outcome):
    two_phases = n % 10 == 0 and connection.value("show max_prepared_transactions") != "0"
    connection.rollback()
    for turn in range(TRANSACTIONS):
        if two_phases:
            connection.tpc_begin(connection.xid(1, f"{n}-{turn}", "stress"))
        made = _enqueue(connection, queue, rng)
        if two_phases:
            connection.tpc_prepare()
            threading.Event().wait(rng.uniform(0.02, 0.2))
        else:  # the transaction does something else for a while
            connection.execute("select pg_sleep(%s)", [rng.uniform(0.02, 0.2)])
        commit = rng.random() > 0.15
        if two_phases:
            connection.tpc_commit() if commit else connection.tpc_rollback()
        else:
            connection.commit() if commit else connection.rollback()
        if commit:
            outcome.committed.update(dict.fromkeys(made, time.monotonic()))


def _enqueue(connection, queue, rng):
    made = [connection.call("queue_enqueue", queue, {}, rng.choice([0, 0, 0, 3]))]
    with connection.transaction(force_rollback=rng.random() < 0.3) as savepoint:
        payloads = [{}] * rng.randint(1, 10)
        inner = [id for (id,) in connection.rows("queue_enqueue_many", queue, payloads)]
    if not savepoint.force_rollback:
        made += inner
    if rng.random() < 0.5:
        made.append(connection.call("queue_enqueue", queue, {}))
    return made


def _deliver(outcome, taken):
    for id in taken:
        outcome.delivered.setdefault(id, []).append(time.monotonic())


def _pop(connection, queue, batch, rng, outcome, produced):
    """Pop, and roll some back."""
    while True:
        ending = produced.is_set()
        taken = [row.id for row in connection.rows("queue_pop", queue, batch)]
        if taken and rng.random() < 0.1:
            connection.rollback()
            continue
        connection.commit()
        _deliver(outcome, taken)
        if ending and not taken:
            return


def _work(connection, queue, batch, rng, outcome, produced):
    """Dequeue, keep the transaction open for a while, and ack in it; roll some back."""
    while True:
        ending = produced.is_set()
        taken = connection.rows("queue_dequeue", queue, batch, lease="10 minutes")
        if not taken:
            connection.commit()
            if ending:
                return
            continue
        connection.execute("select pg_sleep(%s)", [rng.uniform(0, 0.02)])
        acked = connection.call("queue_ack_many", [row.id for row in taken], [row.attempt for row in taken])
        assert acked == len(taken)
        if rng.random() < 0.1:
            connection.rollback()
            continue
        connection.commit()
        _deliver(outcome, [row.id for row in taken])


CONSUMERS = [(_pop, 1), (_pop, 10), (_pop, 100), (_work, 1), (_work, 7), (_work, 50)]
