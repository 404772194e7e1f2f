-- For the view, which calls it as whoever reads it. The size is that of the newest twenty events.
create function minipaas._stream_counts()
returns table (
    stream integer, head bigint, blocked_by jsonb, events bigint, estimated boolean, bytes bigint, oldest timestamptz,
    oldest_offset bigint
)
language plpgsql stable security definer
set search_path = pg_catalog, pg_temp
set enable_seqscan = off
set enable_bitmapscan = off
set jit = off
as $$
#variable_conflict use_column
declare
    v_streams constant integer[] := minipaas._streams_of('observe');
begin
    if v_streams = '{}' then
        return;
    end if;
    return query
    with streams as materialized (
        select
            s.id, s.trimmed, h.head, h.blocked_by, z.bytes, o.published_at, o.event_offset,
            coalesce(h.head, pg_sequence_last_value('minipaas._event_offset'), 0) as upto,
            row_number() over () as place
        from minipaas._stream s
        left join minipaas._stream_states() h on h.stream = s.id
        left join lateral (
            select avg(l.bytes) as bytes
            from (
                select 60 + pg_column_size(e.payload) + coalesce(pg_column_size(e.headers), 0)
                    + coalesce(octet_length(e.key), 0) + coalesce(octet_length(e.dedup_key), 0) as bytes
                from minipaas._event e
                where e.stream = s.id and e.event_offset > s.trimmed
                order by e.event_offset desc
                limit 20
            ) l
        ) z on true
        left join lateral (
            select e.event_offset, e.published_at
            from minipaas._event e
            where e.stream = s.id and e.event_offset > s.trimmed
            order by e.event_offset
            limit 1
        ) o on true
        where v_streams is null or s.id = any(v_streams)
    )
    select
        s.id, s.head, s.blocked_by, n.count, n.estimated, coalesce(s.bytes * n.count, 0)::bigint, s.published_at, s.event_offset
    from (
        select
            array_agg(a.id order by a.place) as ids,
            array_agg(null::integer) as partitions,
            array_agg(a.trimmed order by a.place) as lows,
            array_agg(a.upto order by a.place) as highs
        from streams a
    ) r
    cross join lateral minipaas._event_counts(r.ids, r.partitions, r.lows, r.highs) n
    join streams s on s.place = n.place;
end
$$;

revoke execute on function minipaas._stream_counts() from public;

comment on function minipaas._stream_counts() is
'How much each stream holds and what holds back its readers, as far as the caller may observe them; large numbers are estimates.';
