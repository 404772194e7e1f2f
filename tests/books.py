"""What the private tables hold, and what has to be true of them whatever was called."""

from typing import NamedTuple

from tests.conftest import Connection

BOOKS = """
with outstanding as (
    select id, queue, key, dedup_key, true as active from minipaas._ready
    union all select id, queue, key, dedup_key, state <> 'd' from minipaas._waiting
    union all select id, queue, key, dedup_key, false from minipaas._blocked
),
problems (problem, what) as (
    select 'a task is in two tables', t.id::text
    from (
        select id from outstanding
        union all select id from minipaas._dead
        union all select id from minipaas._done
    ) t group by t.id having count(*) > 1
    union all
    select 'a baton has no active task', b.key from minipaas._baton b
    where not b.idle and not exists (
        select from outstanding t where t.active and t.queue = b.queue and t.key = b.key
    )
    union all
    select 'a task has its turn, or waits for it, without a baton', t.id::text from outstanding t
    where t.key is not null and (t.active or t.id in (select id from minipaas._blocked))
        and not exists (select from minipaas._baton b where b.queue = t.queue and b.key = t.key)
    union all
    select 'two tasks of a key are active', min(t.key) from outstanding t
    where t.active and t.key is not null group by t.queue, t.key having count(*) > 1
    union all
    select 'a dedup_key is taken by nobody', d.dedup_key from minipaas._dedup d
    where not exists (
        select from outstanding t where t.id = d.id and t.queue = d.queue and t.dedup_key = d.dedup_key
    )
    union all
    select 'a task has not got its dedup_key', t.id::text from outstanding t
    where t.dedup_key is not null and not exists (
        select from minipaas._dedup d where d.id = t.id and d.queue = t.queue and d.dedup_key = t.dedup_key
    )
    union all
    select 'a consumer stands nowhere in some partition', k.name from minipaas._consumer k
    join minipaas._stream s on s.id = k.stream
    where s.partitions <> (
        select count(*) from minipaas._cursor c cross join lateral minipaas._position_now(c.id) p
        where c.consumer = k.id and p.committed between 0 and (select last_value from minipaas._event_offset)
    )
    union all
    select 'an event is there that was trimmed', e.event_offset::text from minipaas._event e
    join minipaas._stream s on s.id = e.stream where e.event_offset <= s.trimmed
)
select
    (select jsonb_agg(p) from problems p) as problems,
    (select jsonb_object_agg(t.id, t.queue) from minipaas.queue_tasks t where t.state <> 'done') as tasks,
    (
        select jsonb_object_agg(e.event_offset, s.name) from minipaas._event e
        join minipaas._stream s on s.id = e.stream
    ) as events,
    (select jsonb_agg(distinct p.lease_id) from minipaas._position p where p.lease_id is not null) as leases
"""


class Books(NamedTuple):
    """The queue of each task that is outstanding or dead, the stream of each event, all leases of streams."""

    tasks: dict[int, str]
    events: dict[int, str]
    leases: list[int]


def read(db: Connection) -> Books:
    """Return what there is, and assert that it fits together."""
    problems, tasks, events, leases = db.execute(BOOKS).fetchone()
    assert problems is None, problems
    return Books(
        {int(id): queue for id, queue in (tasks or {}).items()},
        {int(offset): stream for offset, stream in (events or {}).items()},
        leases or [],
    )
