create function minipaas.queue_pop(queue text, batch_size integer default 1)
returns table (
    id bigint, payload jsonb, attempt integer, headers jsonb, key text, priority integer, enqueued_at timestamptz,
    lease_until timestamptz
)
language plpgsql volatile security definer
set search_path = pg_catalog, pg_temp
set enable_seqscan = off
as $$
declare
    v_task record;
begin
    for id, payload, attempt, headers, key, priority, enqueued_at in
        select d.id, d.payload, d.attempt, d.headers, d.key, d.priority, d.enqueued_at
        from minipaas.queue_dequeue(queue, batch_size) d
    loop
        delete from minipaas._waiting w where w.id = queue_pop.id returning w.queue, w.dedup_key into v_task;
        if key is not null or v_task.dedup_key is not null then
            perform minipaas._free(v_task.queue, key, v_task.dedup_key, id);
        end if;
        return next;
    end loop;
end
$$;

revoke execute on function minipaas.queue_pop(text, integer) from public;

comment on function minipaas.queue_pop(text, integer) is
'Takes tasks and deletes them in one call: at most once, unless all work is done in the same transaction.

queue, batch_size: as in queue_dequeue.
Returns rows as queue_dequeue does, with lease_until NULL: there is nothing to ack.
Right: dequeue. Errors: MP001, MP005, MP006, MP007.';
