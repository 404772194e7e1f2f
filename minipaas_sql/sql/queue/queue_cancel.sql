create function minipaas.queue_cancel(id bigint) returns boolean
language plpgsql volatile security definer
set search_path = pg_catalog, pg_temp
set enable_seqscan = off
as $$
declare
    v_taken record;
    v_task minipaas._ready;
    v_queue integer;
begin
    select * into v_taken from minipaas._task_take(id);
    v_task := v_taken.task;
    v_queue := v_task.queue;
    if v_taken.state is null then
        delete from minipaas._dead d where d.ctid = any(array(
            select f.ctid from minipaas._dead f where f.id = queue_cancel.id for update skip locked
        ))
        returning d.queue into v_queue;
    end if;
    if not minipaas._is_owner() then
        perform minipaas._check_task(id, v_queue);
    end if;
    if v_taken.state is not null then
        perform minipaas._free(
            v_task.queue, case when v_taken.state not in ('delayed', 'blocked') then v_task.key end, v_task.dedup_key, id
        );
    end if;
    return v_queue is not null;
end
$$;

revoke execute on function minipaas.queue_cancel(bigint) from public;

comment on function minipaas.queue_cancel(bigint) is
'Deletes a task that nobody holds: ready, delayed, retrying, blocked or dead, or with an expired lease.

id: as enqueue returned it.
Returns true, or false when it is held, finished or was never there. Its keys are free then. Waits for nobody, but where the task is
blocked for an open transaction that finishes one of its key.
Right: dequeue. Errors: MP005.';
