-- As queue_enqueue does it, but for the right to enqueue: that of whoever ticks is not asked.
create function minipaas._schedule_enqueue(queue integer, schedule text, payload jsonb, due timestamptz[]) returns void
language sql volatile
as $$
insert into minipaas._ready (position, id, enqueued_at, queue, attempt, granted, lane, payload, headers)
select t.id, t.id, minipaas._clock(), _schedule_enqueue.queue, 0, 0, 0, _schedule_enqueue.payload, t.headers
from (
    select
        nextval('minipaas._task_id') as id,
        jsonb_build_object(
            'schedule', schedule, 'scheduled_at', to_char(d.at at time zone 'UTC', 'YYYY-MM-DD"T"HH24:MI:SS"+00:00"')
        ) as headers
    from unnest(due) d (at)
    offset 0
) t;
select minipaas._wake('minipaas_queue_' || _schedule_enqueue.queue)
$$;

revoke execute on function minipaas._schedule_enqueue(integer, text, jsonb, timestamptz[]) from public;

comment on function minipaas._schedule_enqueue(integer, text, jsonb, timestamptz[]) is
'Adds a task to a queue for each fire time of a schedule.';
