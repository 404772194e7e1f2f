-- What waits for a baton is left to the caller, who may have more of them to take in order. A task that was ready or retrying has
-- its key's baton: it keeps it, or the caller hands it on when the task is put off.
create function minipaas._task_replace(
    id bigint, payload jsonb, headers jsonb, until timestamptz, out task minipaas._ready, out to_place boolean, out to_release boolean
)
language plpgsql volatile
as $$
declare
    v_taken record;
begin
    if exists (select from minipaas._waiting w where w.id = _task_replace.id and w.state = 'l') then
        return;
    end if;
    select * into v_taken from minipaas._task_take(id);
    if v_taken.state is null then
        return;
    end if;
    task := v_taken.task;
    task.payload := payload;
    task.headers := headers;
    if v_taken.state in ('delayed', 'retrying') then
        task.position := nextval('minipaas._task_id');
    end if;
    if until > minipaas._clock() then
        perform minipaas._place(task, until);
        to_release := v_taken.state in ('ready', 'retrying') and task.key is not null;
    elsif v_taken.state = 'blocked' then
        insert into minipaas._blocked values (task.*);
    elsif v_taken.state = 'delayed' then
        to_place := true;
    else
        insert into minipaas._ready values (task.*);
    end if;
end
$$;

revoke execute on function minipaas._task_replace(bigint, jsonb, jsonb, timestamptz) from public;

comment on function minipaas._task_replace(bigint, jsonb, jsonb, timestamptz) is
'Gives a task that nobody holds another payload, headers and time (NULL: now); leaves one that somebody holds as it is. The caller
then places it, or releases its key, where that is said.';
