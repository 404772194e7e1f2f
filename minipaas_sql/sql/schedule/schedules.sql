create view minipaas.schedules with (security_barrier) as
with r as materialized (
    select minipaas._queues_of('observe', 'manage') as seeing, minipaas._queues_of('dequeue', 'manage') as reading
)
select
    s.name as schedule,
    s.cron,
    s.queue,
    case when coalesce(q.id = any(r.reading), r.reading is null) then s.payload end as payload,
    s.timezone,
    s.missed,
    s.paused,
    case when not s.paused then s.next_at end as next_at,
    s.last_at,
    s.last_error,
    s.created_at
from minipaas._schedule s
left join minipaas._queue q on q.name = s.queue
cross join r
where coalesce(q.id = any(r.seeing), r.seeing is null);

comment on view minipaas.schedules is
'The schedules and their settings, as schedule_create and schedule_alter take them.

next_at: the first fire time that has made no task yet; NULL: paused. last_at: the last one that has. last_error: why the last
tick could make none; it tries again with each.
Right: observe or manage, on its queue; others see no row. payload shows only to those who may dequeue or manage there.';
