create function minipaas._schedule_refuse(schedule text, action text) returns void
language plpgsql stable
as $$
begin
    if not minipaas._may(action) then
        perform minipaas._deny(action);
    end if;
    raise exception using
        errcode = 'MP004',
        message = format('schedule "%s" does not exist', schedule),
        hint = format('Create it: select minipaas.schedule_create(%L, cron, queue);', schedule);
end
$$;

revoke execute on function minipaas._schedule_refuse(text, text) from public;

comment on function minipaas._schedule_refuse(text, text) is
'Raises what kept _schedule_get from finding a schedule: MP005 or MP004.';
