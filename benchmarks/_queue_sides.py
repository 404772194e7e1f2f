"""The two sides: the same steps, each a statement and a transaction of its own, in each side's words.

An id goes from dequeue to ack through the client, as in a worker. The payloads' length makes both sides read
each payload and turn it into text, as they would to send it. `max` and `coalesce` are for empty answers.
"""

from dataclasses import dataclass

from benchmarks._bench import Options
from benchmarks._install import install_ours, install_pgmq
from benchmarks._lab import PAYLOAD, Database

PRELOAD_BATCH = 10_000


@dataclass(frozen=True)
class Side:
    """One contestant: its queue `bench`, and what a worker does with it."""

    name: str
    create: str
    preload: str
    """Adds %(count)s tasks, deliverable after %(delay)s seconds."""
    take: str
    """Takes %(count)s tasks for an hour."""
    enqueue_one: str
    enqueue_many: str
    dequeue_one: str
    dequeue_many: str
    ack_one: str
    ack_many: str
    ages: str
    """Like dequeue_many, and tells the ages (ms) of the tasks that carry the word `slow`."""

    def enqueue(self, size: int) -> str:
        """Add `size` tasks."""
        return self.enqueue_one if size == 1 else self.enqueue_many

    def consume(self, size: int) -> str:
        """Take up to `size` tasks in one transaction, and finish them in the next."""
        if size == 1:
            return self.dequeue_one + self.ack_one
        return self.dequeue_many.format(size=size) + self.ack_many

    def cycle(self, size: int) -> str:
        """Enqueue, dequeue and ack `size` tasks: three transactions."""
        return self.enqueue(size) + self.consume(size)


OURS = Side(
    name="ours",
    create="select minipaas.queue_create('bench', lease => '10 minutes')",
    preload="""
        select count(*) from minipaas.queue_enqueue_many(
            'bench', array_fill(%(payload)s::jsonb, array[%(count)s]),
            delay => make_interval(secs => %(delay)s)
        )""",
    take="select count(*) from minipaas.queue_dequeue('bench', %(count)s, '1 hour')",
    enqueue_one="select minipaas.queue_enqueue('bench', :payload);\n",
    enqueue_many="select minipaas.queue_enqueue_many('bench', :payloads::jsonb[]);\n",
    dequeue_one="""\
select coalesce(max(id), 0) as id, coalesce(max(attempt), 0) as attempt, sum(length(payload::text)) as bytes
from minipaas.queue_dequeue('bench', 1) \\gset
""",
    dequeue_many="""\
select coalesce(array_agg(id), '{{}}') as ids, coalesce(array_agg(attempt), '{{}}') as attempts,
    sum(length(payload::text)) as bytes
from minipaas.queue_dequeue('bench', {size}) \\gset
""",
    ack_one="select minipaas.queue_ack(:id::bigint, :attempt::integer);\n",
    ack_many="select minipaas.queue_ack_many(:ids::bigint[], :attempts::integer[]);\n",
    ages="""\
select coalesce(array_agg(id), '{{}}') as ids, coalesce(array_agg(attempt), '{{}}') as attempts,
    count(*) as n,
    coalesce(array_agg(1000 * extract(epoch from clock_timestamp() - enqueued_at))
        filter (where payload ? 'slow'), '{{}}') as ages
from minipaas.queue_dequeue('bench', {size}) \\gset
""",
)

PGMQ = Side(
    name="pgmq",
    create="select pgmq.create('bench')",
    preload="""
        select count(*) from pgmq.send_batch(
            'bench', array_fill(%(payload)s::jsonb, array[%(count)s]), %(delay)s::integer
        )""",
    take="select count(*) from pgmq.read('bench', 3600, %(count)s)",
    enqueue_one="select pgmq.send('bench', :payload::jsonb);\n",
    enqueue_many="select pgmq.send_batch('bench', :payloads::jsonb[]);\n",
    dequeue_one="""\
select coalesce(max(msg_id), 0) as id, sum(length(message::text)) as bytes
from pgmq.read('bench', 600, 1) \\gset
""",
    dequeue_many="""\
select coalesce(array_agg(msg_id), '{{}}') as ids, sum(length(message::text)) as bytes
from pgmq.read('bench', 600, {size}) \\gset
""",
    ack_one="select pgmq.delete('bench', :id::bigint);\n",
    ack_many="select pgmq.delete('bench', :ids::bigint[]);\n",
    ages="""\
select coalesce(array_agg(msg_id), '{{}}') as ids, count(*) as n,
    coalesce(array_agg(1000 * extract(epoch from clock_timestamp() - enqueued_at))
        filter (where message ? 'slow'), '{{}}') as ages
from pgmq.read('bench', 600, {size}) \\gset
""",
)

SIDES = (OURS, PGMQ)


def preload(base: Database, side: Side, tasks: int, delay: int = 0, document: str = PAYLOAD) -> None:
    """Add tasks that are due in `delay` seconds."""
    with base.connect() as connection:
        while tasks > 0:
            count = min(tasks, PRELOAD_BATCH)
            connection.execute(side.preload, {"payload": document, "count": count, "delay": delay})
            tasks -= count


def install(side: str, from_files: bool, url: str) -> str:
    """Install one side by its name; return its version."""
    return install_pgmq(url) if side == PGMQ.name else install_ours(url, from_files)


def asked(options: Options) -> list[Side]:
    """Return the sides that the command line asked for."""
    return [side for side in SIDES if side.name in options.sides]
