"""The two sides: streams, and a plain table with the same columns and one primary key.

Each step is a statement and a transaction of its own, and both sides take the same steps: publishing returns
the offsets, reading sends all columns of all events to the client, which keeps the last of them (:at_...) to
read on after it. The plain table's readers skip events, and nobody shares a reader's work there: it is what
the hardware can do, not what an application could use.
"""

from dataclasses import dataclass

from benchmarks._bench import Options
from benchmarks._install import install_ours, install_raw
from benchmarks._lab import PAYLOAD, Database

PRELOAD_BATCH = 10_000
CONSUMER = "'consumer'"
EACH = "'consumer' || :client_id::text"
"""A consumer of its own for each client."""


@dataclass(frozen=True)
class Side:
    """One contestant: what publishers and readers do with its stream `bench` or its table."""

    name: str
    preload: str
    """Adds %(count)s events."""
    head: str
    """The last offset."""
    publish: str
    publish_many: str
    consume: str
    """Reads {size} events after :at_event_offset."""
    fetch: str
    """Reads the next {size} events of the consumer {consumer}, which commit then leaves behind."""
    commit: str
    latency: str
    """Reads up to 100 events, and tells how many (:at_count) and their ages in ms (:at_ages)."""

    def read(self, size: int) -> str:
        """Read on from where the client is."""
        return self.consume.format(size=size)

    def work(self, size: int, consumer: str = CONSUMER) -> str:
        """Read on from where a consumer is, and leave that behind."""
        return self.fetch.format(size=size, consumer=consumer) + self.commit.format(consumer=consumer)


COLUMNS = "event_offset, partition, key, payload, headers, published_at"
AGES = """\
count(*) as count, coalesce(max(event_offset), 0) as event_offset,
    coalesce(array_agg(1000 * extract(epoch from clock_timestamp() - published_at)), '{}') as ages"""

OURS = Side(
    name="ours",
    preload="""
        select count(*) from minipaas.stream_publish_many(
            'bench', array_fill(%(payload)s::jsonb, array[%(count)s])
        )""",
    head="select minipaas.stream_head('bench')",
    publish="select minipaas.stream_publish('bench', :payload);\n",
    publish_many="select minipaas.stream_publish_many('bench', :payloads::jsonb[]);\n",
    consume="select * from minipaas.stream_consume('bench', :at_event_offset::bigint, {size}) \\aset at_\n",
    # Now and then a fetch finds all partitions in the hands of others, and there is nothing to commit.
    fetch="""\
\\set at_lease_id 0
select * from minipaas.stream_fetch('bench', {consumer}, {size}) \\aset at_
""",
    commit="""\
\\if :at_lease_id > 0
select minipaas.stream_commit(
    'bench', {consumer}, :at_partition::integer, :at_event_offset::bigint, :at_lease_id::bigint, true
);
\\endif
""",
    latency=f"""\
select {AGES},
    coalesce(max(partition), 0) as partition, coalesce(max(lease_id), 0) as lease_id
from minipaas.stream_fetch('bench', {CONSUMER}, 100) \\gset at_
""",
)

RAW = Side(
    name="raw",
    preload="""
        insert into raw_event (stream, payload)
        select 1, %(payload)s::jsonb from generate_series(1, %(count)s)""",
    head="select max(event_offset) from raw_event where stream = 1",
    publish="insert into raw_event (stream, payload) values (1, :payload) returning event_offset;\n",
    publish_many="""\
insert into raw_event (stream, payload)
select 1, payload from unnest(:payloads::jsonb[]) as payload returning event_offset;
""",
    consume=f"""\
select {COLUMNS} from raw_event where stream = 1 and event_offset > :at_event_offset::bigint
order by event_offset limit {{size}} \\aset at_
""",
    fetch=f"""\
select {COLUMNS} from raw_event
where stream = 1 and event_offset > (select c.event_offset from raw_cursor c where c.consumer = {{consumer}})
order by event_offset limit {{size}} \\aset at_
""",
    commit="update raw_cursor set event_offset = :at_event_offset::bigint where consumer = {consumer};\n",
    latency=f"""\
select {AGES}
from (
    select event_offset, published_at from raw_event
    where stream = 1
        and event_offset > (select c.event_offset from raw_cursor c where c.consumer = {CONSUMER})
    order by event_offset limit 100
) as event \\gset at_
""",
)

SIDES = (OURS, RAW)

RAW_VALUES = f"""\
insert into raw_event (stream, payload) values {", ".join(["(1, :payload)"] * 100)} returning event_offset;
"""
"""What a user would write instead of unnest()."""


def install(side: str, from_files: bool, url: str) -> str:
    """Install one side by its name; return its version."""
    return install_raw(url) if side == RAW.name else install_ours(url, from_files)


def asked(options: Options) -> list[Side]:
    """Return the sides that the command line asked for."""
    return [side for side in SIDES if side.name in options.sides]


def preload(base: Database, side: Side, events: int) -> None:
    """Add events."""
    with base.connect() as connection:
        while events > 0:
            count = min(events, PRELOAD_BATCH)
            connection.execute(side.preload, {"payload": PAYLOAD, "count": count})
            events -= count


def prepare(base: Database, options: Options, events: int = 1_000, partitions: int = 1) -> None:
    """Make the stream and fill both sides, then vacuum them."""
    if OURS in asked(options):
        base.execute(f"select minipaas.stream_create('bench', {partitions})")
    for side in asked(options):
        preload(base, side, events)
    base.settle()


def subscribe(base: Database, side: Side, consumers: int = 0, latest: bool = False) -> None:
    """Set `consumer`, or so many numbered ones, to the beginning or the end, whatever was before."""
    names = [f"consumer{number}" for number in range(consumers)] or ["consumer"]
    with base.connect() as connection:
        for name in names:
            if side is OURS:
                connection.execute("select minipaas.stream_unsubscribe('bench', %s)", [name])
                connection.execute(
                    "select minipaas.stream_subscribe('bench', %s, from_latest => %s)", [name, latest]
                )
            else:
                connection.execute(
                    """
                    insert into raw_cursor
                    select %s, case when %s then coalesce(max(event_offset), 0) else 0 end from raw_event
                    on conflict (consumer) do update set event_offset = excluded.event_offset""",
                    [name, latest],
                )
