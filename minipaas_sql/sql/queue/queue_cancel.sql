create function minipaas.queue_cancel(id bigint) returns boolean
language plpgsql volatile security definer
set search_path = pg_catalog, pg_temp
set enable_seqscan = off
as $$
declare
    v_taken record;
    v_task minipaas._ready;
begin
    if not minipaas._allowed('dequeue') then
        perform minipaas._deny('dequeue');
    end if;
    select * into v_taken from minipaas._task_take(id);
    if v_taken.state is not null then
        v_task := v_taken.task;
        perform minipaas._free(
            v_task.queue, case when v_taken.state not in ('delayed', 'blocked') then v_task.key end, v_task.dedup_key, id
        );
        return true;
    end if;
    delete from minipaas._dead d where d.ctid = any(array(
        select f.ctid from minipaas._dead f where f.id = queue_cancel.id for update skip locked
    ));
    return found;
end
$$;

revoke execute on function minipaas.queue_cancel(bigint) from public;

comment on function minipaas.queue_cancel(bigint) is
'Deletes a task that nobody holds: ready, delayed, retrying, blocked or dead, or with an expired lease.

id: as enqueue returned it.
Returns true, or false when it is held, finished or was never there. Its keys are free then. Waits for nobody, but where the task is
blocked for an open transaction that finishes one of its key.
Right: dequeue. Errors: MP005.';
