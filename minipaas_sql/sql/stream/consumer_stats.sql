-- _stream_state is called once for each stream: offset 0 keeps the planner from calling it below the join with the cursors.
-- Up to 10,000 events are counted; more are reckoned from how many offsets these take, up to the last one that can be read.
create view minipaas.consumer_stats as
select
    s.name as stream,
    c.consumer,
    c.partition,
    p.committed as committed_offset,
    case when n.count <= 10000 then n.count else n.count * (h.newest - n.since + 1) / (n.upto - n.since + 1) end as lag_events,
    n.count > 10000 as lag_estimated,
    case when n.count > 0 then greatest(t.now - o.published_at, '0') end as lag_time,
    p.lease_id,
    case when p.lease_id is not null then p.worker end as worker,
    case when p.lease_id is not null then p.lease_until end as lease_until,
    p.lost as events_lost,
    h.blocked_by
from minipaas._stream s
cross join lateral (
    select t.blocked_by, (
        select e.event_offset
        from minipaas._event e
        where e.stream = s.id and e.event_offset <= coalesce(t.head, 9223372036854775807)
        order by e.event_offset desc
        limit 1
    ) as newest
    from minipaas._stream_state(s.id) t
    offset 0
) h
cross join lateral (
    select k.name as consumer, c.id, c.partition
    from minipaas._consumer k
    join minipaas._cursor c on c.consumer = k.id
    where k.stream = s.id
    offset 0
) c
cross join (select minipaas._clock() as now) t
cross join lateral (
    select greatest(p.committed, s.trimmed) as committed, p.lease_id, p.worker, p.lease_until, p.lost
    from minipaas._position p
    where p.cursor = c.id
    order by p.cursor desc, p.id desc
    limit 1
) p
cross join lateral (
    select count(*) as count, min(l.event_offset) as since, max(l.event_offset) as upto
    from (
        (
            select e.event_offset
            from minipaas._event e
            where s.partitions = 1 and e.stream = s.id and e.event_offset > p.committed and e.event_offset <= h.newest
            order by e.event_offset
            limit 10001
        )
        union all
        (
            select e.event_offset
            from minipaas._event e
            where s.partitions > 1 and e.stream = s.id and e.partition = c.partition and e.event_offset > p.committed
                and e.event_offset <= h.newest
            order by e.event_offset
            limit 10001
        )
    ) l
) n
left join minipaas._event o on o.stream = s.id and o.event_offset = n.since
where (select minipaas._may('observe'));

comment on view minipaas.consumer_stats is
'Where each consumer stands in each partition. Right: observe; others see no rows.

committed_offset: it is done with the events up to here, or they were trimmed.
lag_events: how many it can read now and has not committed; above 10,000 an estimate, and lag_estimated says so.
lag_time: how long the first of them has waited since it was published; NULL: none waits.
lease_id, worker, lease_until: who holds the partition; past lease_until anybody gets it.
events_lost: how many were trimmed before it had committed them.
blocked_by: the open transaction that has published to the stream and keeps readers from what came later: its pid,
application and age, or the gid of a prepared one; NULL: nobody does. The age of others'' transactions shows only when the
owner of the schema is a member of pg_read_all_stats.';
