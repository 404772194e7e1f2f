create function minipaas.queue_bury(id bigint, attempt integer default null, error text default null)
returns boolean
language plpgsql volatile security definer
set search_path = pg_catalog, pg_temp
as $$
declare
    v_task minipaas._waiting := minipaas._held(id, attempt);
begin
    if v_task.id is null then
        return false;
    end if;
    perform minipaas._dead_add(v_task, error);
    return true;
end
$$;

revoke execute on function minipaas.queue_bury(bigint, integer, text) from public;

comment on function minipaas.queue_bury(bigint, integer, text) is
'Makes a task dead at once, whatever attempts it has left: for failures that no retry can mend.

id, attempt: as dequeue returned them. Without attempt, whoever holds the task.
error: what went wrong, shown as last_error.
Returns true, or false when the task is not held so.
Right: dequeue. Errors: MP005.';
