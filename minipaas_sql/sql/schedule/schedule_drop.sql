create function minipaas.schedule_drop(schedule text) returns boolean
language plpgsql volatile security definer
set search_path = pg_catalog, pg_temp
as $$
begin
    perform minipaas._check_name('schedule', schedule);
    delete from minipaas._schedule s where s.name = schedule_drop.schedule and minipaas._schedule_may(s.queue, 'manage');
    if not found then
        perform minipaas._schedule_deny(schedule, 'manage');
        return false;
    end if;
    return true;
end
$$;

revoke execute on function minipaas.schedule_drop(text) from public;

comment on function minipaas.schedule_drop(text) is
'Drops a schedule; the tasks that it has made stay.

Returns true, or false when there is no such schedule. Waits for a transaction that has ticked the schedule.
Right: manage on its queue. Errors: MP005, MP006.';
