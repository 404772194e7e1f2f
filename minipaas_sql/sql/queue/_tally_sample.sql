-- Each task that is found stands for so many as the share of the pages says.
create function minipaas._tally_sample(now timestamptz) returns setof minipaas._tally
language sql stable
as $$
with ready as (
    select r.queue, count(*) as count, min(r.enqueued_at) as oldest
    from minipaas._ready r tablesample system (minipaas._sample_share('minipaas._ready'))
    group by 1
),
waiting as (
    select
        w.queue,
        count(*) filter (where w.view = 'ready') as due,
        count(*) filter (where w.view = 'delayed') as delayed,
        count(*) filter (where w.view = 'leased') as leased,
        count(*) filter (where w.view = 'retrying') as retrying,
        count(*) filter (where w.view = 'dead') as lost,
        count(*) filter (where w.state = 'l' and w.until <= now) as expired,
        min(w.until) filter (where w.state = 'l' and w.until <= now) as expired_since,
        min(w.until) filter (where w.view = 'ready') as oldest
    from (
        select
            w.queue, w.state, w.until,
            minipaas._waiting_state(w.state, w.until, w.attempt, w.granted, coalesce(w.max_attempts, q.max_attempts), now) as view
        from minipaas._waiting w tablesample system (minipaas._sample_share('minipaas._waiting'))
        join minipaas._queue q on q.id = w.queue
    ) w
    group by 1
),
blocked as (
    select b.queue, count(*) as count
    from minipaas._blocked b tablesample system (minipaas._sample_share('minipaas._blocked'))
    group by 1
),
dead as (
    select d.queue, count(*) as count
    from minipaas._dead d tablesample system (minipaas._sample_share('minipaas._dead'))
    group by 1
),
done as (
    select n.queue, count(*) as count
    from minipaas._done n tablesample system (minipaas._sample_share('minipaas._done'))
    join minipaas._queue q on q.id = n.queue and n.finished_at > now - q.keep_done
    group by 1
)
select
    q.id, (s.ready * coalesce(r.count, 0))::bigint, (s.waiting * coalesce(w.due, 0))::bigint,
    (s.waiting * coalesce(w.delayed, 0))::bigint, (s.waiting * coalesce(w.leased, 0))::bigint,
    (s.waiting * coalesce(w.retrying, 0))::bigint, (s.waiting * coalesce(w.lost, 0))::bigint,
    (s.blocked * coalesce(b.count, 0))::bigint, (s.dead * coalesce(d.count, 0))::bigint,
    (s.done * coalesce(n.count, 0))::bigint, (s.waiting * coalesce(w.expired, 0))::bigint,
    w.expired_since, r.oldest, w.oldest, false, 0
from minipaas._queue q
cross join (
    select
        100 / minipaas._sample_share('minipaas._ready') as ready, 100 / minipaas._sample_share('minipaas._waiting') as waiting,
        100 / minipaas._sample_share('minipaas._blocked') as blocked, 100 / minipaas._sample_share('minipaas._dead') as dead,
        100 / minipaas._sample_share('minipaas._done') as done
) s
left join ready r on r.queue = q.id
left join waiting w on w.queue = q.id
left join blocked b on b.queue = q.id
left join dead d on d.queue = q.id
left join done n on n.queue = q.id
$$;

revoke execute on function minipaas._tally_sample(timestamptz) from public;

comment on function minipaas._tally_sample(timestamptz) is
'What is in each queue, by a sample of the tables'' pages: exact for tables of up to 200 pages.';
