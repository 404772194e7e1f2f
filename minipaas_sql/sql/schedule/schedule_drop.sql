create function minipaas.schedule_drop(schedule text) returns boolean
language plpgsql volatile security definer
set search_path = pg_catalog, pg_temp
as $$
begin
    if not minipaas._allowed('manage') then
        perform minipaas._deny('manage');
    end if;
    perform minipaas._check_name('schedule', schedule);
    delete from minipaas._schedule s where s.name = schedule_drop.schedule;
    return found;
end
$$;

revoke execute on function minipaas.schedule_drop(text) from public;

comment on function minipaas.schedule_drop(text) is
'Drops a schedule; the tasks that it has made stay.

Returns true, or false when there is no such schedule. Waits for a transaction that has ticked the schedule.
Right: manage. Errors: MP005, MP006.';
