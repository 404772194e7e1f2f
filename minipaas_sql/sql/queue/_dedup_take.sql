-- Looks first, without a lock: an ack that has not committed yet keeps nobody waiting. A task that used up its last attempt
-- by an expired lease is dead, though nobody has written that down yet. Its key, which may be any, is left to the caller: to
-- release it here, before the batons of the new tasks, could deadlock.
create function minipaas._dedup_take(
    queue minipaas._queue, dedup_key text, id bigint, out there bigint, out to_release text
)
language plpgsql volatile
as $$
#variable_conflict use_variable
declare
    v_task minipaas._waiting;
begin
    loop
        there := (select d.id from minipaas._dedup d where d.queue = queue.id and d.dedup_key = dedup_key);
        if there is null then
            insert into minipaas._dedup (queue, dedup_key, id) values (queue.id, dedup_key, id) on conflict do nothing;
            if found then
                return;
            end if;
        else
            select w.* into v_task
            from minipaas._waiting w
            where w.id = there and w.state = 'l' and w.until <= minipaas._clock()
                and not minipaas._may_retry(w.attempt, w.granted, coalesce(w.max_attempts, queue.max_attempts))
            for update skip locked;
            if not found then
                return;
            end if;
            perform minipaas._dead_add(v_task, format('the lease of attempt %s expired', v_task.attempt), true);
            to_release := v_task.key;
        end if;
    end loop;
end
$$;

revoke execute on function minipaas._dedup_take(minipaas._queue, text, bigint) from public;

comment on function minipaas._dedup_take(minipaas._queue, text, bigint) is
'Takes a dedup_key for a new task. there: NULL, or the outstanding task that has it; to_release: a key that the caller releases, once
it has placed its tasks.';
