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
    v_local constant timestamp := after at time zone timezone;
    v_time timestamp;
    v_next timestamptz;
begin
    if cron.elapsed then
        return (
            select min(t.instant)
            from generate_series(
                greatest(date_trunc('minute', after) + interval '1 minute', (day - 1)::timestamp at time zone timezone),
                (day + 1)::timestamp at time zone timezone,
                '1 minute'
            ) t (instant)
            cross join lateral (select t.instant at time zone timezone as shown) l
            where l.shown::date = day
                and cron.hours >> extract(hour from l.shown)::integer & 1 = 1
                and cron.minutes >> extract(minute from l.shown)::integer & 1 = 1
        );
    end if;
    for v_time in
        select t from generate_series(greatest(day, date_trunc('minute', v_local) + interval '1 minute'), day + time '23:59', '1 minute') t
        where cron.hours >> extract(hour from t)::integer & 1 = 1 and cron.minutes >> extract(minute from t)::integer & 1 = 1
        order by t
    loop
        v_next := minipaas._local_first(v_time, timezone);
        if v_next > after then
            return v_next;
        end if;
    end loop;
    return null;
end
$$;

revoke execute on function minipaas._cron_on_change(minipaas._cron, date, timestamptz, text) from public;

comment on function minipaas._cron_on_change(minipaas._cron, date, timestamptz, text) is
'The first fire time after a moment on a day on which the clocks of a time zone may change; NULL: none.';
