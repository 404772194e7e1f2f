-- A task that was ready or retrying has its key's baton: it keeps it, or hands it on when it is put off.
create function minipaas._task_replace(id bigint, payload jsonb, headers jsonb, until timestamptz) returns void
language plpgsql volatile
as $$
declare
    v_taken record;
    v_task minipaas._ready;
begin
    if exists (select from minipaas._waiting w where w.id = _task_replace.id and w.state = 'l') then
        return;
    end if;
    select * into v_taken from minipaas._task_take(id);
    if v_taken.state is null then
        return;
    end if;
    v_task := v_taken.task;
    v_task.payload := payload;
    v_task.headers := headers;
    if v_taken.state in ('delayed', 'retrying') then
        v_task.position := nextval('minipaas._task_id');
    end if;
    if until > minipaas._clock() then
        perform minipaas._place(v_task, until);
        if v_taken.state in ('ready', 'retrying') and v_task.key is not null then
            perform minipaas._key_release(v_task.queue, v_task.key);
        end if;
    elsif v_taken.state = 'blocked' then
        insert into minipaas._blocked values (v_task.*);
    elsif v_taken.state = 'delayed' then
        perform minipaas._place(v_task, null);
    else
        insert into minipaas._ready values (v_task.*);
    end if;
end
$$;

revoke execute on function minipaas._task_replace(bigint, jsonb, jsonb, timestamptz) from public;

comment on function minipaas._task_replace(bigint, jsonb, jsonb, timestamptz) is
'Gives a task that nobody holds another payload, headers and time (NULL: now); leaves one that somebody holds as it is.';
