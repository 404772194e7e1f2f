create view minipaas.queue_tasks with (security_barrier) as
select
    t.id,
    q.name as queue,
    t.state,
    t.attempt,
    case coalesce(t.max_attempts, q.max_attempts)
        when 0 then 0
        else least(coalesce(t.max_attempts, q.max_attempts)::bigint + t.granted, 2147483647)::integer
    end as max_attempts,
    case when m.reads then t.key end as key,
    case when m.reads then t.dedup_key end as dedup_key,
    -t.lane::integer as priority,
    t.run_at,
    t.worker,
    case when m.reads then t.last_error end as last_error,
    t.enqueued_at,
    t.finished_at,
    case when m.reads then t.payload end as payload,
    case when m.reads then t.headers end as headers
from minipaas._queue q
cross join (select minipaas._clock() as now) c
cross join lateral (
    select coalesce(q.id = any((select minipaas._queues_of('dequeue', 'manage'))::integer[]), true) as reads
) m
cross join lateral (
    select
        r.id, 'ready' as state, r.attempt, r.max_attempts, r.granted, r.lane, null::timestamptz as run_at,
        null::text as worker, r.last_error, r.enqueued_at, null::timestamptz as finished_at, r.payload, r.headers, r.key,
        r.dedup_key
    from minipaas._ready r
    where r.queue = q.id
    union all
    select
        w.id,
        case
            -- A delayed task joins those of its key when it is due.
            when w.state = 'd' and w.key is not null and w.until <= c.now and (
                exists (select from minipaas._baton b where b.queue = w.queue and b.key = w.key)
                or exists (
                    select from minipaas._waiting e
                    where e.queue = w.queue and e.key = w.key and (e.until, e.id) < (w.until, w.id)
                )
            ) then 'blocked'
            else minipaas._waiting_state(
                w.state, w.until, w.attempt, w.granted, coalesce(w.max_attempts, q.max_attempts), c.now
            )
        end,
        w.attempt, w.max_attempts, w.granted, w.lane, w.until, w.worker, w.last_error, w.enqueued_at, null, w.payload,
        w.headers, w.key, w.dedup_key
    from minipaas._waiting w
    where w.queue = q.id
    union all
    select
        b.id, 'blocked', b.attempt, b.max_attempts, b.granted, b.lane, null, null, b.last_error, b.enqueued_at, null,
        b.payload, b.headers, b.key, b.dedup_key
    from minipaas._blocked b
    where b.queue = q.id
    union all
    select
        d.id, 'dead', d.attempt, d.max_attempts, d.granted, d.lane, null, null, d.last_error, d.enqueued_at,
        d.finished_at, d.payload, d.headers, d.key, d.dedup_key
    from minipaas._dead d
    where d.queue = q.id
    union all
    select
        n.id, 'done', n.attempt, n.max_attempts, n.granted, n.lane, null, null, n.last_error, n.enqueued_at,
        n.finished_at, n.payload, n.headers, n.key, n.dedup_key
    from minipaas._done n
    where n.queue = q.id and n.finished_at > c.now - least(q.keep_done, '1000 years')
) t
where coalesce(q.id = any((select minipaas._queues_of('observe', 'dequeue', 'manage'))::integer[]), true);

comment on view minipaas.queue_tasks is
'Every task and its state: ready, delayed, leased, retrying, blocked, dead or done.

run_at: when a delayed or retrying task is due, or when a lease ends. max_attempts: 0 means no limit.
Right: observe, dequeue or manage, on the queue; others see no row. payload, headers, key, dedup_key and last_error show only to
those who may dequeue or manage there.';
