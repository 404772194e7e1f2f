create function minipaas._tally_others(place text, queues integer[], mosts integer[], now timestamptz)
returns table (queue integer, count bigint, complete boolean)
language sql stable
set enable_seqscan = off
set enable_bitmapscan = off
set jit = off
as $$
select a.queue, n.count, n.count < a.most
from unnest(queues, mosts) a (queue, most)
join minipaas._queue q on q.id = a.queue
cross join lateral (
    select count(*) as count
    from (
        (
            select from minipaas._blocked b
            where place = 'blocked' and b.queue = a.queue
            order by b.queue, b.key, b.position limit a.most
        )
        union all
        (select from minipaas._dead d where place = 'dead' and d.queue = a.queue order by d.id limit a.most)
        union all
        (
            select from minipaas._done e
            where place = 'done' and e.queue = a.queue and e.finished_at > now - least(q.keep_done, '1000 years')
            order by e.finished_at limit a.most
        )
    ) c
) n
$$;

revoke execute on function minipaas._tally_others(text, integer[], integer[], timestamptz) from public;

comment on function minipaas._tally_others(text, integer[], integer[], timestamptz) is
'How many tasks queues have that are blocked, dead or done, counted up to a most for each.';
