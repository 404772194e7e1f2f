create view minipaas.queue_stats as
select
    q.name as queue,
    r.count + w.ready as ready,
    w.delayed,
    w.leased,
    w.retrying,
    b.count as blocked,
    d.count + w.dead as dead,
    n.count as done,
    c.now - least(r.oldest, w.oldest) as oldest_ready_age,
    q.paused
from minipaas._queue q
cross join (select minipaas._clock() as now) c
cross join lateral (
    select count(*) as count, min(r.enqueued_at) as oldest from minipaas._ready r where r.queue = q.id
) r
cross join lateral (
    select
        count(*) filter (where s.state = 'ready') as ready,
        count(*) filter (where s.state = 'delayed') as delayed,
        count(*) filter (where s.state = 'leased') as leased,
        count(*) filter (where s.state = 'retrying') as retrying,
        count(*) filter (where s.state = 'dead') as dead,
        min(s.until) filter (where s.state = 'ready') as oldest
    from (
        select
            w.until,
            minipaas._waiting_state(
                w.state, w.until, w.attempt, w.granted, coalesce(w.max_attempts, q.max_attempts), c.now
            ) as state
        from minipaas._waiting w
        where w.queue = q.id
    ) s
) w
cross join lateral (select count(*) as count from minipaas._blocked b where b.queue = q.id) b
cross join lateral (select count(*) as count from minipaas._dead d where d.queue = q.id) d
cross join lateral (
    select count(*) as count from minipaas._done n where n.queue = q.id and n.finished_at > c.now - q.keep_done
) n
where (select minipaas._may('observe'));

comment on view minipaas.queue_stats is
'How many tasks each queue has in each state; leased is what is in flight. Right: observe; others see no rows.

oldest_ready_age: how long the oldest ready task has waited since its enqueue, or since it became due; NULL: none waits.';
