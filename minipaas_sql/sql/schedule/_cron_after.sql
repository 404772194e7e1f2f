-- The calendar repeats itself, leap days on weekdays too, within forty years: what does not come in fifty never does. The day
-- before comes first, since clocks that are set back at midnight show it again.
create function minipaas._cron_after(cron minipaas._cron, after timestamptz, timezone text) returns timestamptz
language plpgsql stable
as $$
declare
    v_today constant date := after at time zone timezone;
    v_last constant date := v_today + interval '50 years';
    v_day date := v_today - 2;
    v_end timestamptz;
    v_next timestamptz;
begin
    loop
        v_day := minipaas._cron_day(cron, v_day + 1, v_last);
        if v_day is null then
            return null;
        end if;
        v_end := (v_day + 1)::timestamp at time zone timezone;
        continue when v_end <= after;
        if v_end - (v_day - 1)::timestamp at time zone timezone = interval '48 hours' then
            v_next := minipaas._cron_on_day(cron, v_day, after, timezone);
        else
            v_next := minipaas._cron_on_change(cron, v_day, after, timezone);
        end if;
        if v_next is not null then
            return v_next;
        end if;
    end loop;
end
$$;

revoke execute on function minipaas._cron_after(minipaas._cron, timestamptz, text) from public;

comment on function minipaas._cron_after(minipaas._cron, timestamptz, text) is
'The first fire time after a moment; NULL: it never comes.';
