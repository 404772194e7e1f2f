-- Each task that is found stands for so many as the share of the pages says. The same pages each time: they are in memory,
-- and the numbers don't jump. offset 0: the state of a task is found once, not once per column.
create function minipaas._tally_sample(now timestamptz) returns setof minipaas._tally
language sql stable
set jit = off
set enable_nestloop = off
as $$
with found (queue, place, state, expired, since, oldest, weight) as (
    select
        r.queue, 'ready', null, false, null::timestamptz, min(r.enqueued_at),
        count(*) * 100 / (select minipaas._sample_share('minipaas._ready'))
    from minipaas._ready r tablesample system (minipaas._sample_share('minipaas._ready')) repeatable (0)
    group by 1
    union all
    select
        w.queue, 'waiting', w.state, w.expired, min(w.until) filter (where w.expired),
        min(w.until) filter (where w.state = 'ready'), sum(w.weight)
    from (
        select
            w.queue, w.weight, w.until, w.state = 'l' and w.until <= now as expired,
            case
                -- A delayed task joins those of its key when it is due.
                when w.state = 'd' and w.key is not null and w.until <= now and (
                    exists (select from minipaas._baton b where b.queue = w.queue and b.key = w.key)
                    or exists (
                        select from minipaas._waiting e
                        where e.queue = w.queue and e.key = w.key and (e.until, e.id) < (w.until, w.id)
                    )
                ) then 'blocked'
                else minipaas._waiting_state(w.state, w.until, w.attempt, w.granted, coalesce(w.max_attempts, q.max_attempts), now)
            end as state
        from (
            select s.*, 100 / (select minipaas._sample_share('minipaas._waiting')) as weight
            from minipaas._waiting s tablesample system (minipaas._sample_share('minipaas._waiting')) repeatable (0)
            where s.ctid < (select minipaas._sample_tail('minipaas._waiting'))
            union all
            select t.*, 1 from minipaas._waiting t where t.ctid >= (select minipaas._sample_tail('minipaas._waiting'))
        ) w
        join minipaas._queue q on q.id = w.queue
        offset 0
    ) w
    group by w.queue, w.state, w.expired
    union all
    select b.queue, 'blocked', null, false, null, null, count(*) * 100 / (select minipaas._sample_share('minipaas._blocked'))
    from minipaas._blocked b tablesample system (minipaas._sample_share('minipaas._blocked')) repeatable (0)
    group by 1
    union all
    select d.queue, 'dead', null, false, null, null, count(*) * 100 / (select minipaas._sample_share('minipaas._dead'))
    from minipaas._dead d tablesample system (minipaas._sample_share('minipaas._dead')) repeatable (0)
    group by 1
    union all
    select n.queue, 'done', null, false, null, null, count(*) * 100 / (select minipaas._sample_share('minipaas._done'))
    from minipaas._done n tablesample system (minipaas._sample_share('minipaas._done')) repeatable (0)
    join minipaas._queue q on q.id = n.queue and n.finished_at > now - least(q.keep_done, '1000 years')
    group by 1
)
select
    q.id,
    coalesce(sum(f.weight) filter (where f.place = 'ready'), 0)::bigint,
    coalesce(sum(f.weight) filter (where f.place = 'waiting' and f.state = 'ready'), 0)::bigint,
    coalesce(sum(f.weight) filter (where f.place = 'waiting' and f.state = 'delayed'), 0)::bigint,
    coalesce(sum(f.weight) filter (where f.place = 'waiting' and f.state = 'leased'), 0)::bigint,
    coalesce(sum(f.weight) filter (where f.place = 'waiting' and f.state = 'retrying'), 0)::bigint,
    coalesce(sum(f.weight) filter (where f.place = 'waiting' and f.state = 'dead'), 0)::bigint,
    coalesce(sum(f.weight) filter (where f.place = 'waiting' and f.state = 'blocked'), 0)::bigint,
    coalesce(sum(f.weight) filter (where f.place = 'blocked'), 0)::bigint,
    coalesce(sum(f.weight) filter (where f.place = 'dead'), 0)::bigint,
    coalesce(sum(f.weight) filter (where f.place = 'done'), 0)::bigint,
    coalesce(sum(f.weight) filter (where f.expired), 0)::bigint,
    min(f.since), min(f.oldest), false
from minipaas._queue q
left join found f on f.queue = q.id
group by q.id
$$;

revoke execute on function minipaas._tally_sample(timestamptz) from public;

comment on function minipaas._tally_sample(timestamptz) is
'What is in each queue, by a sample of the tables'' pages: exact for tables of up to 100 pages.';
