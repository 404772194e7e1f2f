create function minipaas._place(task minipaas._ready, until timestamptz) returns void
language plpgsql volatile
as $$
declare
    v_baton text;
begin
    if until > minipaas._clock() then
        insert into minipaas._waiting (
            id, until, enqueued_at, queue, attempt, granted, max_attempts, lane, state, payload, headers, last_error, key, dedup_key
        )
        values (
            task.id, until, task.enqueued_at, task.queue, task.attempt, task.granted, task.max_attempts, task.lane, 'd',
            task.payload, task.headers, task.last_error, task.key, task.dedup_key
        );
        perform minipaas._waiting_check(task.queue, task.lane, until);
        return;
    end if;
    v_baton := case when task.key is null then 'taken' else minipaas._baton_take(task.queue, task.key) end;
    if v_baton = 'taken' then
        insert into minipaas._ready values (task.*);
        perform minipaas._wake('minipaas_queue_' || task.queue);
        return;
    end if;
    insert into minipaas._blocked values (task.*);
    if v_baton = 'idle' then
        perform minipaas._promote(task.queue, task.key);
    end if;
end
$$;

revoke execute on function minipaas._place(minipaas._ready, timestamptz) from public;

comment on function minipaas._place(minipaas._ready, timestamptz) is
'Puts a task where it belongs: _waiting until a time in the future, _blocked while its key is busy, else _ready.';
