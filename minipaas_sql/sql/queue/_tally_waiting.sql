-- Past and future apart: whatever is due or delayed in masses, most leases are among the first that end in future. But while
-- vacuum is held back, the leases that were acked lie in their way: then nothing is counted, and the sample has to do.
create function minipaas._tally_waiting(queues integer[], mosts integer[], now timestamptz)
returns table (
    queue integer, due bigint, delayed bigint, leased bigint, retrying bigint, lost bigint, behind bigint,
    expired bigint, expired_since timestamptz, oldest timestamptz, past_complete boolean, future_complete boolean
)
language sql stable
set enable_seqscan = off
set enable_bitmapscan = off
set jit = off
as $$
select
    a.queue,
    count(*) filter (where w.state = 'ready'),
    count(*) filter (where w.state = 'delayed'),
    count(*) filter (where w.state = 'leased'),
    count(*) filter (where w.state = 'retrying'),
    count(*) filter (where w.state = 'dead'),
    count(*) filter (where w.state = 'blocked'),
    count(*) filter (where w.expired),
    min(w.until) filter (where w.expired),
    min(w.until) filter (where w.state = 'ready'),
    count(*) filter (where w.until <= now) < a.most and not bool_or(l.partly) and not (select minipaas._crowded('minipaas._waiting')),
    count(*) filter (where w.until > now) < a.most and not (select minipaas._crowded('minipaas._waiting'))
from unnest(queues, mosts) a (queue, most)
join minipaas._queue q on q.id = a.queue
join minipaas._tally_lanes() l on l.queue = a.queue
left join lateral (
    select
        c.until, c.state = 'l' and c.until <= now as expired,
        case
            -- A delayed task joins those of its key when it is due.
            when c.state = 'd' and c.key is not null and c.until <= now and (
                exists (select from minipaas._baton b where b.queue = c.queue and b.key = c.key)
                or exists (
                    select from minipaas._waiting e
                    where e.queue = c.queue and e.key = c.key and (e.until, e.id) < (c.until, c.id)
                )
            ) then 'blocked'
            else minipaas._waiting_state(c.state, c.until, c.attempt, c.granted, coalesce(c.max_attempts, q.max_attempts), now)
        end as state
    from (
        (
            select p.* from minipaas._waiting p
            where p.queue = l.queue and p.lane = l.lane and p.until >= l.due_start and p.until <= now
                and not (select minipaas._crowded('minipaas._waiting'))
            order by p.until limit a.most
        )
        union all
        (
            select f.* from minipaas._waiting f
            where f.queue = l.queue and f.lane = l.lane and f.until > now and not (select minipaas._crowded('minipaas._waiting'))
            order by f.until limit a.most
        )
    ) c
    offset 0
) w on true
group by a.queue, a.most
$$;

revoke execute on function minipaas._tally_waiting(integer[], integer[], timestamptz) from public;

comment on function minipaas._tally_waiting(integer[], integer[], timestamptz) is
'How many tasks queues have in _waiting by state, counted up to a most for each lane, apart for past and future.';
