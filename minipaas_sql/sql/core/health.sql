-- Ages are in seconds. A statement in an advice is ready to be run.
create view minipaas.health with (security_barrier) as
select
    h.subject,
    h.name,
    h.level,
    h.value,
    case when h.level = 'ok' then 'Nothing to do.' else h.advice end as advice
from (
    select
        c.subject, q.name, c.value, c.advice,
        minipaas._level(c.amount, c.warn, c.bad) as level
    from minipaas._queue q
    join minipaas._queue_counts() t on t.queue = q.id
    cross join (select minipaas._clock() as now) n
    cross join lateral (values
        (
            'oldest ready task', extract(epoch from n.now - t.oldest), 300, 3600,
            coalesce(date_trunc('second', n.now - t.oldest)::text, 'none'),
            case
                when q.paused then format('It is paused; to go on: select minipaas.queue_resume(%L);', q.name)
                else format('Start workers, or more of them, and see: select * from minipaas.queue_stats where queue = %L;', q.name)
            end
        ),
        (
            'expired leases', extract(epoch from n.now - t.expired_since), 60, 3600, t.expired::text,
            format(
                'Workers died, or took too long and nobody has asked since: start workers, or give them more time: '
                'select minipaas.queue_alter(%L, lease => %L);', q.name, 2 * q.lease
            )
        ),
        (
            'dead tasks', t.dead + t.lost, 1, 1000, (t.dead + t.lost)::text,
            format(
                'See last_error in minipaas.queue_tasks where state is ''dead'', then try them again: '
                'select minipaas.queue_redrive(%L);', q.name
            )
        )
    ) c (subject, amount, warn, bad, value, advice)
    union all
    select
        'blocked stream', s.name,
        coalesce(date_trunc('second', (c.blocked_by ->> 'age')::interval)::text, 'no'),
        case
            when c.blocked_by ->> 'prepared' is not null
                then format('A prepared transaction holds back readers; finish it: rollback prepared %L;', c.blocked_by ->> 'prepared')
            else format(
                'An open transaction of %s has published and holds back readers; end it: select pg_terminate_backend(%s);',
                coalesce(nullif(c.blocked_by ->> 'application', ''), 'a session'), c.blocked_by ->> 'pid'
            )
        end,
        minipaas._level(extract(epoch from (c.blocked_by ->> 'age')::interval), 10, 300)
    from minipaas._stream s
    join minipaas._stream_counts() c on c.stream = s.id
    union all
    select
        'lagging consumer', format('%s of %s', k.name, s.name),
        coalesce(date_trunc('second', n.now - min(c.since))::text, 'none'),
        format(
            'Start workers, or more of them, and see: select * from minipaas.consumer_stats where stream = %L and consumer = %L;',
            s.name, k.name
        ),
        minipaas._level(extract(epoch from n.now - min(c.since)), 300, 3600)
    from minipaas._stream s
    join minipaas._consumer k on k.stream = s.id
    join minipaas._cursor r on r.consumer = k.id
    join minipaas._cursor_counts() c on c.cursor = r.id
    cross join (select minipaas._clock() as now) n
    group by s.name, k.name, n.now
    union all
    select
        'overdue upkeep', s.name,
        coalesce(date_trunc('second', c.now - t.oldest - s.keep)::text, 'no'),
        'Events stay longer than the stream keeps them; call this every minute: select * from minipaas.maintain();',
        minipaas._level(extract(epoch from c.now - t.oldest - s.keep), 900, 86400)
    from minipaas._stream s
    join minipaas._stream_counts() t on t.stream = s.id
    cross join (select minipaas._clock() as now) c
    where s.keep > '0' and not exists (
        select from minipaas._cursor_counts() p
        join minipaas._cursor r on r.id = p.cursor
        join minipaas._consumer k on k.id = r.consumer
        where k.stream = s.id and p.committed < t.oldest_offset
    )
    union all
    select
        'dead rows', d.relname, d.n_dead_tup::text,
        format('Vacuum does not keep up, or is held back: vacuum minipaas.%I;', d.relname),
        case when d.n_dead_tup > d.n_live_tup then minipaas._level(d.n_dead_tup, 200000, 2000000) else 'ok' end
    from pg_stat_user_tables d
    where d.schemaname = 'minipaas' and d.relname in ('_ready', '_waiting', '_blocked', '_dead', '_done', '_event', '_mark', '_position')
        and (select minipaas._may('observe'))
    union all
    select
        'vacuum held back', z.name,
        coalesce(date_trunc('second', z.since)::text, format('%s transactions', z.transactions)), z.advice,
        case when z.since is null then minipaas._level(z.transactions, 1000000, 50000000)
            else minipaas._level(extract(epoch from z.since), 300, 3600) end
    from minipaas._horizon() z
    union all
    select
        'stalled schedule', s.name,
        coalesce(s.last_error, date_trunc('second', greatest(n.now - s.next_at, '0'))::text, 'no time to come'),
        case
            when s.last_error is not null then format(
                'It can make no tasks; create its queue: select minipaas.queue_create(%L); or stop it: '
                'select minipaas.schedule_pause(%L);', s.queue, s.name
            )
            else 'Nobody ticks; run a worker, or minipaas-sql tick --every 10s, or now: select minipaas.schedule_tick();'
        end,
        case
            when s.last_error is not null then 'bad'
            else minipaas._level(extract(epoch from n.now - s.next_at), 120, 3600)
        end
    from minipaas._schedule s
    left join minipaas._queue q on q.name = s.queue
    cross join (select minipaas._clock() as now) n
    cross join (select minipaas._queues_of('observe') as seeing) r
    where not s.paused and coalesce(q.id = any(r.seeing), r.seeing is null)
) h (subject, name, value, advice, level);

comment on view minipaas.health is
'What an operator should look at, one row for each thing that is watched. Right: observe; dead rows and held back vacuum show only
with the right on all queues and streams.

subject: oldest ready task, expired leases and dead tasks of each queue; blocked streams; lagging consumers; overdue upkeep;
stalled schedules; dead rows of our tables; who holds back vacuum. name: which one. level: ok, warn or bad. value: how long, or how many.
advice: what to do, with the statement to run.';
