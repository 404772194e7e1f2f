-- Up to 10,000 events are counted; more are reckoned from how many offsets these take, up to the stream's own newest, and bytes
-- from the newest hundred.
create view minipaas.stream_stats as
select
    s.name as stream,
    h.head,
    k.events,
    n.count > 10000 as events_estimated,
    coalesce(z.bytes * k.events, 0)::bigint as bytes,
    o.published_at as oldest,
    n.since as oldest_offset
from minipaas._stream s
cross join lateral minipaas._stream_state(s.id) h
cross join lateral (
    select count(*) as count, min(l.event_offset) as since, max(l.event_offset) as upto
    from (
        select e.event_offset
        from minipaas._event e
        where e.stream = s.id and e.event_offset > s.trimmed
        order by e.event_offset
        limit 10001
    ) l
) n
cross join lateral (
    select avg(l.bytes) as bytes, max(l.event_offset) as newest
    from (
        select
            e.event_offset,
            60 + pg_column_size(e.payload) + coalesce(pg_column_size(e.headers), 0)
                + coalesce(octet_length(e.key), 0) + coalesce(octet_length(e.dedup_key), 0) as bytes
        from minipaas._event e
        where e.stream = s.id and e.event_offset > s.trimmed
        order by e.event_offset desc
        limit 100
    ) l
) z
cross join lateral (
    select case when n.count <= 10000 then n.count else n.count * (z.newest - n.since + 1) / (n.upto - n.since + 1) end as events
) k
left join minipaas._event o on o.stream = s.id and o.event_offset = n.since
where (select minipaas._may('observe'));

comment on view minipaas.stream_stats is
'How much each stream holds. Right: observe; others see no rows.

head: how far it can be read, as stream_head says (NULL on a standby). events: how many there are; above 10,000 an estimate, and
events_estimated says so. bytes: their size, estimated. oldest, oldest_offset: when the oldest one was published, and its offset.';
