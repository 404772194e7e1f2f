create function minipaas._schedule_refuse(schedule text, action text) returns void
language plpgsql stable
as $$
begin
    perform minipaas._schedule_deny(schedule, action);
    raise exception using
        errcode = 'MP004',
        message = format('schedule "%s" does not exist', schedule),
        hint = format('minipaas.schedules lists what there is. To create it: select minipaas.schedule_create(%L, cron, queue);', schedule);
end
$$;

revoke execute on function minipaas._schedule_refuse(text, text) from public;

comment on function minipaas._schedule_refuse(text, text) is
'Raises MP005 or, where there is no such schedule, MP004.';
