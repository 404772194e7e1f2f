create function minipaas.schedule_pause(schedule text) returns void
language plpgsql volatile security definer
set search_path = pg_catalog, pg_temp
as $$
begin
    update minipaas._schedule s
    set paused = true
    where s.name = schedule_pause.schedule and minipaas._schedule_may(s.queue, 'manage');
    if not found then
        perform minipaas._schedule_refuse(schedule, 'manage');
    end if;
end
$$;

revoke execute on function minipaas.schedule_pause(text) from public;

comment on function minipaas.schedule_pause(text) is
'Lets a schedule make no tasks until schedule_resume.

Returns nothing; pausing twice is no error. Waits for a transaction that has ticked the schedule.
Right: manage on its queue. Errors: MP004, MP005.';
