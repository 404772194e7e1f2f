create view minipaas.queues with (security_barrier) as
select
    q.name as queue,
    q.lease,
    q.max_attempts,
    q.backoff,
    q.backoff_max,
    q.keep_done,
    q.paused,
    q.created_at
from minipaas._queue q
where coalesce(q.id = any((select minipaas._queues_of('observe'))::integer[]), true);

comment on view minipaas.queues is
'The queues and their settings, as queue_create and queue_alter take them. Right: observe; others see no row.';
