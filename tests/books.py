"""What has to be true of the private tables whatever was called, and what they hold, for tests that compare."""

from typing import Any

from tests.conftest import Connection

PROBLEMS = """
with outstanding as (
    select id, queue, key, dedup_key, true as active from minipaas._ready
    union all select id, queue, key, dedup_key, state <> 'd' from minipaas._waiting
    union all select id, queue, key, dedup_key, false from minipaas._blocked
)
select 'a task is in two tables' as problem, t.id::text as what
from (
    select id from outstanding union all select id from minipaas._dead union all select id from minipaas._done
) t group by t.id having count(*) > 1
union all
select 'a baton has no active task', b.key from minipaas._baton b
where not b.idle and not exists (select from outstanding t where t.active and t.queue = b.queue and t.key = b.key)
union all
select 'a task runs, or waits for its turn, without a baton', t.id::text from outstanding t
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
select 'a dedup_key is not taken by its task', t.id::text from outstanding t
where t.dedup_key is not null and not exists (
    select from minipaas._dedup d where d.id = t.id and d.queue = t.queue and d.dedup_key = t.dedup_key
)
union all
select 'a consumer lacks a partition', k.name from minipaas._consumer k
join minipaas._stream s on s.id = k.stream
where s.partitions <> (
    select count(*) from minipaas._cursor c cross join lateral minipaas._position_now(c.id) p
    where c.consumer = k.id and p.committed >= 0 and p.committed <= (select last_value from minipaas._event_offset)
)
union all
select 'an event is there that was trimmed', e.event_offset::text from minipaas._event e
join minipaas._stream s on s.id = e.stream where e.event_offset <= s.trimmed
"""


def problems(db: Connection) -> list[Any]:
    """What is wrong in the tables: nothing, ever."""
    return db.execute(PROBLEMS).fetchall()


def tasks(db: Connection) -> dict[int, str]:
    """The queue of each task that is outstanding or dead."""
    return dict(db.execute("select id, queue from minipaas.queue_tasks where state <> 'done'").fetchall())


def events(db: Connection) -> dict[int, str]:
    """The stream of each event that is kept."""
    return dict(
        db.execute(
            "select e.event_offset, s.name from minipaas._event e join minipaas._stream s on s.id = e.stream"
        ).fetchall()
    )
