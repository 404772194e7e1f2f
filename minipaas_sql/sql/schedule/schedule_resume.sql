create function minipaas.schedule_resume(schedule text) returns void
language plpgsql volatile security definer
set search_path = pg_catalog, pg_temp
as $$
declare
    v_schedule minipaas._schedule;
begin
    select s.* into v_schedule
    from minipaas._schedule s
    where s.name = schedule_resume.schedule and minipaas._schedule_may(s.queue, 'manage') for no key update;
    if not found then
        perform minipaas._schedule_refuse(schedule, 'manage');
    elsif v_schedule.paused then
        update minipaas._schedule s
        set paused = false, next_at = minipaas.cron_next(s.cron, minipaas._clock(), s.timezone)
        where s.id = v_schedule.id;
    end if;
end
$$;

revoke execute on function minipaas.schedule_resume(text) from public;

comment on function minipaas.schedule_resume(text) is
'Ends a pause: the next fire time is the first one from now on, whatever passed meanwhile.

Returns nothing, and changes nothing where the schedule is not paused. Waits for a transaction that has ticked the schedule.
Right: manage on its queue. Errors: MP004, MP005; MP006 when its time zone is gone.';
