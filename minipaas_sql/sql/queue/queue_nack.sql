create function minipaas.queue_nack(
    id bigint, attempt integer default null, delay interval default null, error text default null
)
returns text
language plpgsql volatile security definer
set search_path = pg_catalog, pg_temp
as $$
declare
    v_task minipaas._waiting := minipaas._held(id, attempt);
    v_queue minipaas._queue;
    v_until timestamptz;
begin
    perform minipaas._check_duration('delay', delay, 'It is how long the task waits at least: 0 or more.');
    -- A task that was leased while its queue was dropped has none.
    select q.* into v_queue from minipaas._queue q where q.id = v_task.queue;
    if not found then
        return null;
    end if;
    if not minipaas._may_retry(v_task.attempt, v_task.granted, coalesce(v_task.max_attempts, v_queue.max_attempts)) then
        perform minipaas._dead_add(v_task, error);
        return 'dead';
    end if;
    v_until := minipaas._clock() + coalesce(delay, minipaas._backoff(v_queue, v_task.attempt));
    update minipaas._waiting w
    set state = 'r', until = v_until, worker = null, last_error = coalesce(error, w.last_error)
    where w.id = v_task.id;
    perform minipaas._waiting_check(v_task.queue, v_task.lane, v_until);
    return 'waiting';
end
$$;

revoke execute on function minipaas.queue_nack(bigint, integer, interval, text) from public;

comment on function minipaas.queue_nack(bigint, integer, interval, text) is
'Gives a task back after a failure: it waits for its next attempt, or is dead when it has had its last.

id, attempt: as dequeue returned them. Without attempt, whoever holds the task.
delay: how long it waits (default: the queue''s backoff * 2^(attempt-1), up to backoff_max, and up to 20 % more).
error: what went wrong, shown as last_error.
Returns ''waiting'', ''dead'', or NULL when the task is not held so. Waits for a transaction that is just taking over
the task.
Right: dequeue. Errors: MP005, MP006.';
