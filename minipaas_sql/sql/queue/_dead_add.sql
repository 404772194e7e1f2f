create function minipaas._dead_add(task minipaas._waiting, error text, keep_key boolean default false) returns void
language plpgsql volatile
as $$
begin
    delete from minipaas._waiting w where w.id = task.id;
    insert into minipaas._dead (
        id, enqueued_at, finished_at, queue, attempt, granted, max_attempts, lane, payload, headers, last_error, key, dedup_key
    )
    values (
        task.id, task.enqueued_at, minipaas._clock(), task.queue, task.attempt, task.granted, task.max_attempts, task.lane,
        task.payload, task.headers, coalesce(error, task.last_error), task.key, task.dedup_key
    );
    if task.key is not null or task.dedup_key is not null then
        perform minipaas._free(task.queue, case when not keep_key then task.key end, task.dedup_key, task.id);
    end if;
end
$$;

revoke execute on function minipaas._dead_add(minipaas._waiting, text, boolean) from public;

comment on function minipaas._dead_add(minipaas._waiting, text, boolean) is
'Moves a leased task that the caller has locked from _waiting to _dead, and frees its keys. With keep_key the caller releases the key.';
