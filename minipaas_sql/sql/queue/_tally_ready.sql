-- Counted from the top, where few dead rows are. The oldest are the first of their lanes, but for redriven ones.
create function minipaas._tally_ready(queues integer[], mosts integer[])
returns table (queue integer, count bigint, oldest timestamptz, complete boolean, partly boolean)
language sql stable
set enable_seqscan = off
set enable_bitmapscan = off
set jit = off
as $$
select l.queue, sum(n.count)::bigint, min(o.enqueued_at), bool_and(n.count < a.most), bool_or(l.partly)
from unnest(queues, mosts) a (queue, most)
join minipaas._tally_lanes() l on l.queue = a.queue
cross join lateral (
    select count(*) as count
    from (
        select from minipaas._ready r
        where r.queue = l.queue and r.lane = l.lane and r.position >= l.start
        order by r.position desc limit a.most
    ) c
) n
cross join lateral (
    select min(c.enqueued_at) as enqueued_at
    from (
        select r.enqueued_at from minipaas._ready r
        where r.queue = l.queue and r.lane = l.lane and r.position >= l.start
        order by r.position limit 10
    ) c
) o
group by l.queue
$$;

revoke execute on function minipaas._tally_ready(integer[], integer[]) from public;

comment on function minipaas._tally_ready(integer[], integer[]) is
'How many tasks queues have in _ready, counted up to a most for each lane, and since when the oldest waits.';
