create function minipaas._enqueue_keyed(queue minipaas._queue, task minipaas._ready, until timestamptz, on_duplicate text)
returns bigint
language plpgsql volatile
as $$
declare
    v_there bigint;
    v_replaced record;
begin
    if task.dedup_key is not null then
        v_there := minipaas._dedup_take(queue, task.dedup_key, task.id);
        if v_there is not null then
            if on_duplicate = 'replace' then
                select * into v_replaced from minipaas._task_replace(v_there, task.payload, task.headers, until);
                if v_replaced.to_place then
                    perform minipaas._place(v_replaced.task, null);
                elsif v_replaced.to_release then
                    perform minipaas._key_release((v_replaced.task).queue, (v_replaced.task).key);
                end if;
            end if;
            return v_there;
        end if;
    end if;
    perform minipaas._place(task, until);
    return task.id;
end
$$;

revoke execute on function minipaas._enqueue_keyed(minipaas._queue, minipaas._ready, timestamptz, text) from public;

comment on function minipaas._enqueue_keyed(minipaas._queue, minipaas._ready, timestamptz, text) is
'Adds a task with a key or a dedup_key; returns its id, or that of the outstanding task with its dedup_key.';
