-- For the view, which calls it as whoever reads it.
create function minipaas._cursor_counts()
returns table (
    cursor integer, committed bigint, lag bigint, estimated boolean, since timestamptz, lease_id bigint, worker text,
    lease_until timestamptz, lost bigint, blocked_by jsonb
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
    with cursors as materialized (
        select
            c.id, c.stream, c.partition, c.committed, c.head, c.blocked_by, c.lease_id, c.worker, c.lease_until, c.lost,
            row_number() over () as place,
            (
                select e.published_at from minipaas._event_range(c.stream, c.partition, c.committed, c.head, 1) e
            ) as since
        from (
            select
                c.id, s.id as stream, case when s.partitions > 1 then c.partition end as partition,
                greatest(p.committed, s.trimmed) as committed,
                coalesce(h.head, pg_sequence_last_value('minipaas._event_offset'), 0) as head, h.blocked_by, p.lease_id, p.worker, p.lease_until,
                p.lost
            from minipaas._stream s
            left join minipaas._stream_states() h on h.stream = s.id
            join minipaas._consumer k on k.stream = s.id
            join minipaas._cursor c on c.consumer = k.id
            cross join lateral minipaas._position_now(c.id) p
            where v_streams is null or s.id = any(v_streams)
        ) c
    )
    select
        c.id, c.committed, n.count, n.estimated, c.since, c.lease_id, c.worker, c.lease_until, c.lost, c.blocked_by
    from (
        select
            array_agg(a.stream order by a.place) as streams,
            array_agg(a.partition order by a.place) as partitions,
            array_agg(a.committed order by a.place) as lows,
            array_agg(a.head order by a.place) as highs
        from cursors a
    ) r
    cross join lateral minipaas._event_counts(r.streams, r.partitions, r.lows, r.highs) n
    join cursors c on c.place = n.place;
end
$$;

revoke execute on function minipaas._cursor_counts() from public;

comment on function minipaas._cursor_counts() is
'Where each consumer stands in each partition, as far as the caller may observe them; large numbers are estimates.';
