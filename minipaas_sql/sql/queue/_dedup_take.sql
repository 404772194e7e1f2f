-- Looks first, without a lock: an ack that has not committed yet keeps nobody waiting. A task that used up its last attempt
-- by an expired lease is dead, though nobody has written that down yet.
create function minipaas._dedup_take(queue minipaas._queue, dedup_key text, id bigint) returns bigint
language plpgsql volatile
as $$
#variable_conflict use_variable
declare
    v_there bigint;
    v_task minipaas._waiting;
begin
    loop
        v_there := (select d.id from minipaas._dedup d where d.queue = queue.id and d.dedup_key = dedup_key);
        if v_there is null then
            insert into minipaas._dedup (queue, dedup_key, id) values (queue.id, dedup_key, id) on conflict do nothing;
            if found then
                return null;
            end if;
        else
            select w.* into v_task
            from minipaas._waiting w
            where w.id = v_there and w.state = 'l' and w.until <= minipaas._clock()
                and not minipaas._may_retry(w.attempt, w.granted, coalesce(w.max_attempts, queue.max_attempts))
            for update skip locked;
            if not found then
                return v_there;
            end if;
            perform minipaas._dead_add(v_task, format('the lease of attempt %s expired', v_task.attempt));
        end if;
    end loop;
end
$$;

revoke execute on function minipaas._dedup_take(minipaas._queue, text, bigint) from public;

comment on function minipaas._dedup_take(minipaas._queue, text, bigint) is
'Takes a dedup_key for a new task: NULL, or the id of the outstanding task that has it.';
