create view minipaas.schedules as
select
    s.name as schedule,
    s.cron,
    s.queue,
    case when (select minipaas._may('manage')) then s.payload end as payload,
    s.timezone,
    s.missed,
    s.paused,
    case when not s.paused then s.next_at end as next_at,
    s.last_at,
    s.last_error,
    s.created_at
from minipaas._schedule s
where (select minipaas._may('observe'));

comment on view minipaas.schedules is
'The schedules and their settings, as schedule_create and schedule_alter take them.

next_at: the first fire time that has made no task yet; NULL: paused. last_at: the last one that has. last_error: why the last
tick could make none; it tries again with each.
Right: observe; others see no rows. Without manage, payload is NULL.';
