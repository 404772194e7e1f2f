-- At most a hundred at once: the rest of a long time missed goes with the next ticks, and nobody else waits for it.
create function minipaas._schedule_due(
    schedule minipaas._schedule, moment timestamptz, out due timestamptz[], out next_at timestamptz
)
language plpgsql stable
as $$
declare
    v_cron constant minipaas._cron := minipaas._cron_parse(schedule.cron);
    v_latest timestamptz;
begin
    due := '{}';
    if schedule.missed = 'all' then
        next_at := schedule.next_at;
        while next_at <= moment and cardinality(due) < 100 loop
            due := due || next_at;
            next_at := minipaas._cron_after(v_cron, next_at, schedule.timezone);
        end loop;
    else
        v_latest := minipaas._schedule_latest(v_cron, schedule.timezone, schedule.next_at, moment);
        if schedule.missed = 'one' or v_latest > moment - interval '1 minute' then
            due := array[v_latest];
        end if;
        next_at := minipaas._cron_after(v_cron, moment, schedule.timezone);
    end if;
end
$$;

revoke execute on function minipaas._schedule_due(minipaas._schedule, timestamptz) from public;

comment on function minipaas._schedule_due(minipaas._schedule, timestamptz) is
'The fire times of a due schedule to make tasks for, by its policy for missed ones, and the next one after those.';
