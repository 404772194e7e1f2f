create function minipaas._cron_on_day(
    cron minipaas._cron, day date, after timestamptz, timezone text
)
returns timestamptz
language plpgsql stable
as $$
#variable_conflict use_variable
declare
    v_shown constant integer := floor(extract(epoch from after at time zone timezone - day) / 60);
begin
    for v_hour in greatest(v_shown, 0) / 60 .. 23 loop
        continue when cron.hours >> v_hour & 1 = 0;
        for v_minute in greatest(v_shown - v_hour * 60 + 1, 0) .. 59 loop
            if cron.minutes >> v_minute & 1 = 1 then
                return (day + make_time(v_hour, v_minute, 0)) at time zone timezone;
            end if;
        end loop;
    end loop;
    return null;
end
$$;

revoke execute on function minipaas._cron_on_day(minipaas._cron, date, timestamptz, text) from public;

comment on function minipaas._cron_on_day(minipaas._cron, date, timestamptz, text) is
'The first fire time after a moment on a day on which the clocks of a time zone do not change; NULL: none.';
