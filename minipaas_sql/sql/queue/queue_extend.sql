create function minipaas.queue_extend(id bigint, attempt integer default null, lease interval default null)
returns timestamptz
language plpgsql volatile security definer
set search_path = pg_catalog, pg_temp
as $$
declare
    v_task minipaas._waiting := minipaas._held(id, attempt);
    v_until timestamptz;
begin
    perform minipaas._check_batch(null, lease);
    -- A task that was leased while its queue was dropped has none.
    select minipaas._clock() + coalesce(queue_extend.lease, q.lease) into v_until
    from minipaas._queue q
    where q.id = v_task.queue;
    if not found then
        return null;
    end if;
    update minipaas._waiting w set until = v_until where w.id = v_task.id;
    perform minipaas._waiting_check(v_task.queue, v_task.lane, v_until);
    return v_until;
end
$$;

revoke execute on function minipaas.queue_extend(bigint, integer, interval) from public;

comment on function minipaas.queue_extend(bigint, integer, interval) is
'Extends the lease of a task, counted from now.

id, attempt: as dequeue returned them. Without attempt, whoever holds the task.
lease: how long from now (default: the queue''s lease).
Returns until when the lease is, or NULL when it is lost. A lease that expired can be extended while nobody else has
taken the task.
Right: dequeue. Errors: MP005, MP006.';
