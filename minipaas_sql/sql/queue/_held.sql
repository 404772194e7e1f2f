create function minipaas._held(id bigint, attempt integer) returns minipaas._waiting
language plpgsql volatile
set enable_seqscan = off
as $$
declare
    v_task minipaas._waiting;
begin
    select w.* into v_task
    from minipaas._waiting w
    where w.id = _held.id and w.state = 'l' and (_held.attempt is null or w.attempt = _held.attempt)
    for update;
    if not minipaas._is_owner() then
        perform minipaas._check_task(_held.id, v_task.queue);
    end if;
    return v_task;
end
$$;

revoke execute on function minipaas._held(bigint, integer) from public;

comment on function minipaas._held(bigint, integer) is
'Locks a leased task and returns it, or NULLs where it is not held with that attempt. Errors: MP005.';
