create view minipaas.consumer_stats as
select
    s.name as stream,
    k.name as consumer,
    c.partition,
    greatest(p.committed, s.trimmed) as committed_offset,
    case when n.count <= 10000 then n.count
        else n.count * (coalesce(h.head, n.upto) - greatest(p.committed, s.trimmed)) / (n.upto - greatest(p.committed, s.trimmed))
    end as lag_events,
    n.count > 10000 as lag_estimated,
    case when n.count > 0 then greatest(t.now - n.since, '0') end as lag_time,
    p.lease_id,
    case when p.lease_id is not null then p.worker end as worker,
    case when p.lease_id is not null then p.lease_until end as lease_until,
    p.lost as events_lost,
    h.blocked_by
from minipaas._stream s
join minipaas._consumer k on k.stream = s.id
join minipaas._cursor c on c.consumer = k.id
cross join (select minipaas._clock() as now) t
cross join lateral minipaas._stream_state(s.id) h
cross join lateral (
    select p.* from minipaas._position p where p.cursor = c.id order by p.cursor desc, p.id desc limit 1
) p
cross join lateral (
    select count(*) as count, max(l.event_offset) as upto, (array_agg(l.published_at order by l.event_offset))[1] as since
    from (
        (
            select e.event_offset, e.published_at
            from minipaas._event e
            where s.partitions = 1 and e.stream = s.id and e.event_offset > greatest(p.committed, s.trimmed)
                and e.event_offset <= coalesce(h.head, 9223372036854775807)
            order by e.event_offset
            limit 10001
        )
        union all
        (
            select e.event_offset, e.published_at
            from minipaas._event e
            where s.partitions > 1 and e.stream = s.id and e.partition = c.partition
                and e.event_offset > greatest(p.committed, s.trimmed)
                and e.event_offset <= coalesce(h.head, 9223372036854775807)
            order by e.event_offset
            limit 10001
        )
    ) l
) n
where (select minipaas._may('observe'));

comment on view minipaas.consumer_stats is
'Where each consumer stands in each partition. Right: observe; others see no rows.

committed_offset: it is done with the events up to here, or they were trimmed.
lag_events: how many it can read now and has not committed; above 10,000 an estimate, and lag_estimated says so.
lag_time: how long the first of them has waited since it was published; NULL: none waits.
lease_id, worker, lease_until: who holds the partition; past lease_until anybody gets it.
events_lost: how many were trimmed before it had committed them.
blocked_by: the open transaction that has published to the stream and keeps readers from what came later: its pid,
application and age, or the gid of a prepared one; NULL: nobody does.';
