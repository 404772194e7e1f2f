create function minipaas._enqueue_keyed(queue minipaas._queue, task minipaas._ready, until timestamptz, on_duplicate text)
returns bigint
language plpgsql volatile
as $$
declare
    v_there bigint;
    v_to_release text;
    v_replaced record;
begin
    if task.dedup_key is not null then
        select d.there, d.to_release into v_there, v_to_release
        from minipaas._dedup_take(queue, task.dedup_key, task.id) d;
    end if;
    if v_there is null then
        perform minipaas._place(task, until);
    elsif on_duplicate = 'replace' then
        select * into v_replaced from minipaas._task_replace(v_there, task.payload, task.headers, until);
        if v_replaced.to_place then
            perform minipaas._place(v_replaced.task, null);
        elsif v_replaced.to_release then
            perform minipaas._key_release(queue.id, (v_replaced.task).key);
        end if;
    end if;
    if v_to_release is not null then
        perform minipaas._key_release(queue.id, v_to_release);
    end if;
    return coalesce(v_there, task.id);
end
$$;

revoke execute on function minipaas._enqueue_keyed(minipaas._queue, minipaas._ready, timestamptz, text) from public;

comment on function minipaas._enqueue_keyed(minipaas._queue, minipaas._ready, timestamptz, text) is
'Adds a task with a key or a dedup_key; returns its id, or that of the outstanding task with its dedup_key.';
