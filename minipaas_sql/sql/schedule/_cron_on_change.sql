-- A time that comes twice counts twice for what follows elapsed time, and once, the first time, for what is fixed; one that
-- is skipped never comes for the former, and right after the change for the latter.
create function minipaas._cron_on_change(
    cron minipaas._cron, day date, after timestamptz, timezone text
)
returns timestamptz
language plpgsql stable
as $$
#variable_conflict use_variable
declare
    v_end constant timestamptz := (day + 1)::timestamp at time zone timezone;
    v_next timestamptz;
    v_shown timestamp;
begin
    if cron.elapsed then
        v_next := greatest(date_trunc('minute', after) + interval '1 minute', minipaas._local_first(day, timezone));
        while v_next < v_end loop
            v_shown := v_next at time zone timezone;
            if cron.hours >> extract(hour from v_shown)::integer & 1 = 1
                and cron.minutes >> extract(minute from v_shown)::integer & 1 = 1 and v_shown::date = day
            then
                return v_next;
            end if;
            v_next := v_next + interval '1 minute';
        end loop;
        return null;
    end if;
    v_shown := after at time zone timezone;
    for v_hour in 0 .. 23 loop
        continue when cron.hours >> v_hour & 1 = 0;
        for v_minute in 0 .. 59 loop
            if cron.minutes >> v_minute & 1 = 1 and day + make_time(v_hour, v_minute, 0) > v_shown then
                v_next := minipaas._local_first(day + make_time(v_hour, v_minute, 0), timezone);
                if v_next > after then
                    return v_next;
                end if;
            end if;
        end loop;
    end loop;
    return null;
end
$$;

revoke execute on function minipaas._cron_on_change(minipaas._cron, date, timestamptz, text) from public;

comment on function minipaas._cron_on_change(minipaas._cron, date, timestamptz, text) is
'The first fire time after a moment on a day on which the clocks of a time zone may change; NULL: none.';
