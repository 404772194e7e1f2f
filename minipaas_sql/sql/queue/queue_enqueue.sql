create function minipaas.queue_enqueue(
    queue text,
    payload jsonb,
    priority integer default 0,
    delay interval default null,
    run_at timestamptz default null,
    key text default null,
    dedup_key text default null,
    headers jsonb default null,
    max_attempts integer default null,
    on_duplicate text default 'keep'
)
returns bigint
language plpgsql volatile security definer
set search_path = pg_catalog, pg_temp
set plan_cache_mode = force_generic_plan
as $$
declare
    v_queue minipaas._queue;
    v_lane smallint := 0;
    v_until timestamptz;
    v_id bigint;
begin
    -- The owner's own session need not ask, and so does not pay for the longer question.
    if minipaas._is_owner() then
        select q.* into v_queue from minipaas._queue q where q.name = queue_enqueue.queue;
    else
        select q.* into v_queue from minipaas._queue_get(queue, 'enqueue') q;
    end if;
    if not found then
        perform minipaas._queue_refuse(queue, 'enqueue');
    elsif payload is null or priority <> 0 or delay is not null or run_at is not null or key is not null
        or dedup_key is not null or max_attempts < 0 or on_duplicate <> 'keep'
    then
        perform minipaas._check_enqueue(
            payload, priority, delay, run_at, array[key, dedup_key], max_attempts, on_duplicate
        );
        v_lane := -coalesce(priority, 0);
        v_until := coalesce(run_at, minipaas._clock() + delay);
        if v_lane <> 0 then
            perform minipaas._lane_add(v_queue.id, v_lane);
        end if;
    end if;
    v_id := nextval('minipaas._task_id');
    if key is not null or dedup_key is not null then
        perform minipaas._keyed_add(v_queue.id);
        return minipaas._enqueue_keyed(v_queue, row(
            v_id, v_id, minipaas._clock(), v_queue.id, 0, 0, queue_enqueue.max_attempts, v_lane, queue_enqueue.payload,
            queue_enqueue.headers, null, key, dedup_key
        ), v_until, on_duplicate);
    elsif v_until > minipaas._clock() then
        insert into minipaas._waiting (
            id, until, enqueued_at, queue, attempt, granted, max_attempts, lane, state, payload, headers
        )
        values (
            v_id, v_until, minipaas._clock(), v_queue.id, 0, 0, queue_enqueue.max_attempts, v_lane, 'd',
            queue_enqueue.payload, queue_enqueue.headers
        );
        perform minipaas._waiting_check(v_queue.id, v_lane, v_until);
    else
        insert into minipaas._ready (
            position, id, enqueued_at, queue, attempt, granted, max_attempts, lane, payload, headers
        )
        values (
            v_id, v_id, minipaas._clock(), v_queue.id, 0, 0, queue_enqueue.max_attempts, v_lane, queue_enqueue.payload,
            queue_enqueue.headers
        );
        if minipaas._asleep('minipaas_queue_' || v_queue.id) then
            perform minipaas._wake('minipaas_queue_' || v_queue.id);
        end if;
    end if;
    return v_id;
end
$$;

revoke execute on function minipaas.queue_enqueue(
    text, jsonb, integer, interval, timestamptz, text, text, jsonb, integer, text
) from public;

comment on function minipaas.queue_enqueue(
    text, jsonb, integer, interval, timestamptz, text, text, jsonb, integer, text
) is
'Adds a task to a queue, in the caller''s transaction.

payload: any JSON.
priority: -10 to 10, higher goes first (default 0).
delay, run_at: how long to wait, or the moment before which the task is not delivered; one of them or neither.
key: up to 500 characters; tasks with the same key run one at a time, in order of enqueue.
dedup_key: up to 500 characters; while a task with it is outstanding, its id is returned and nothing is added. So it is while an
open transaction just takes note that the task is dead.
on_duplicate: keep (default), or replace: the outstanding task, if nobody holds it, gets this payload, headers and time.
headers: JSON for the application''s own use, such as trace ids.
max_attempts: in place of the queue''s (0: no limit).
Returns the id of the task. Waits for nobody, but for an open transaction that enqueues the first task of the same key or
dedup_key, or that finishes the last one of the key. Above READ COMMITTED, where an old snapshot doesn''t show who was there,
such a wait may end in 40001: try again.
Right: enqueue. Errors: MP001, MP005, MP006.';
