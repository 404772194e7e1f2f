-- Where a lane's scans start, so that they don't walk over what dequeues have left behind: at the floors, below which
-- nothing is, or at the hints where a transaction keeps the floors far below. Then a few tasks may be left out.
-- Marks are unlogged, so a standby has none.
create function minipaas._tally_lanes()
returns table (queue integer, lane smallint, start bigint, due_start timestamptz, partly boolean)
language plpgsql stable
set enable_seqscan = off
set enable_bitmapscan = off
as $$
#variable_conflict use_column
begin
    if pg_is_in_recovery() then
        return query select q.id, l, 0::bigint, timestamptz '-infinity', false
        from minipaas._queue q
        cross join lateral unnest(minipaas._lanes(q.id)) l;
        return;
    end if;
    return query
    select
        l.queue, l.lane,
        coalesce(case when m.partly then m.hint else m.floor end, 0),
        coalesce(case when m.partly then m.due_hint else m.due_floor end, '-infinity'),
        coalesce(m.partly, false)
    from (
        select i.queue, i.lane, max(i.id) as epoch
        from (
            select q.id as queue, 0::smallint as lane, 0::bigint as id from minipaas._queue q
            union all
            select a.queue, a.lane, a.id from minipaas._lane a
        ) i
        group by i.queue, i.lane
    ) l
    left join lateral (
        select m.*, m.hint > m.floor + 20000 or minipaas._mark_slow(m) as partly
        from minipaas._mark m
        where m.queue = l.queue and m.lane = l.lane and m.epoch = l.epoch
        order by m.id desc
        limit 1
    ) m on true;
end
$$;

revoke execute on function minipaas._tally_lanes() from public;

comment on function minipaas._tally_lanes() is
'The lanes of all queues, and where in _ready and _waiting their tasks begin.';
