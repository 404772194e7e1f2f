create function minipaas.queue_ack(id bigint, attempt integer default null, strict boolean default false)
returns boolean
language plpgsql volatile security definer
set search_path = pg_catalog, pg_temp
set plan_cache_mode = force_generic_plan
set enable_seqscan = off
set enable_bitmapscan = off
as $$
declare
    v_acked record;
begin
    -- The whole row comes back only where it is kept.
    delete from minipaas._waiting w
    where w.id = queue_ack.id and w.state = 'l' and (queue_ack.attempt is null or w.attempt = queue_ack.attempt)
    returning
        case when (select q.keep_done > '0' from minipaas._queue q where q.id = w.queue) then w end as kept,
        w.queue, w.key, w.dedup_key
    into v_acked;
    if not minipaas._is_owner() then
        perform minipaas._check_task(id, v_acked.queue);
    end if;
    if v_acked.queue is null then
        if strict then
            perform minipaas._lost(array[id]);
        end if;
        return false;
    end if;
    if (v_acked.kept).id is not null then
        perform minipaas._keep_done(v_acked.kept);
    end if;
    if v_acked.key is not null or v_acked.dedup_key is not null then
        perform minipaas._free(v_acked.queue, v_acked.key, v_acked.dedup_key, id);
    end if;
    return true;
end
$$;

revoke execute on function minipaas.queue_ack(bigint, integer, boolean) from public;

comment on function minipaas.queue_ack(bigint, integer, boolean) is
'Finishes a task: it is deleted, or kept as done where the queue has keep_done.

id, attempt: as dequeue returned them. Without attempt, whoever holds the task.
strict: raise MP009 where the answer would be false (default false).
Returns true, or false when the task is not held so: the lease is lost, somebody else has the task or it is finished;
roll back what was done for it. Waits for a transaction that is just taking over the task.
Right: dequeue. Errors: MP005, MP009.';
