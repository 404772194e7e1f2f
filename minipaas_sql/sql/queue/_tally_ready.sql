create function minipaas._tally_ready(tally minipaas._tally, room bigint) returns minipaas._tally
language plpgsql stable
set enable_seqscan = off
set enable_bitmapscan = off
as $$
declare
    v_most constant integer := minipaas._tally_most(tally.ready, room - tally.counted);
    v_lanes smallint[];
    v_starts bigint[];
    v_count bigint;
    v_oldest timestamptz;
    v_partly boolean;
begin
    select array_agg(l.lane), array_agg(l.start), bool_or(l.partly) into v_lanes, v_starts, v_partly
    from minipaas._tally_lanes(tally.queue) l;

    select count(*), min(c.enqueued_at) into v_count, v_oldest
    from (
        select r.enqueued_at
        from unnest(v_lanes, v_starts) l (lane, start)
        cross join lateral (
            select f.enqueued_at from minipaas._ready f
            where f.queue = tally.queue and f.lane = l.lane and f.position >= l.start
            order by f.position limit v_most
        ) r
        limit v_most
    ) c;
    if v_count < v_most then
        tally.ready := v_count;
        tally.oldest_ready := v_oldest;
    else
        tally.ready := greatest(tally.ready, v_count);
        -- a sample misses the oldest task, and one lane may have filled the count
        select least(tally.oldest_ready, v_oldest, min(r.enqueued_at)) into tally.oldest_ready
        from unnest(v_lanes, v_starts) l (lane, start)
        cross join lateral (
            select f.enqueued_at from minipaas._ready f
            where f.queue = tally.queue and f.lane = l.lane and f.position >= l.start
            order by f.position limit 10
        ) r;
    end if;
    tally.estimated := tally.estimated or v_partly or v_count = v_most;
    tally.counted := tally.counted + v_count;
    return tally;
end
$$;

revoke execute on function minipaas._tally_ready(minipaas._tally, bigint) from public;

comment on function minipaas._tally_ready(minipaas._tally, bigint) is
'Puts the number of tasks in _ready right, where there are not too many of them to count.';
