create function minipaas._cron_day(cron minipaas._cron, first date, last date) returns date
language plpgsql immutable
as $$
declare
    v_day date := first;
    v_in_month boolean;
    v_in_week boolean;
begin
    while v_day <= last loop
        if cron.months >> extract(month from v_day)::integer & 1 = 0 then
            v_day := date_trunc('month', v_day::timestamp) + interval '1 month';
            continue;
        end if;
        v_in_month := cron.days >> extract(day from v_day)::integer & 1 = 1;
        v_in_week := cron.weekdays >> extract(dow from v_day)::integer & 1 = 1;
        if v_in_month and v_in_week or cron.either and (v_in_month or v_in_week) then
            return v_day;
        end if;
        v_day := v_day + 1;
    end loop;
    return null;
end
$$;

revoke execute on function minipaas._cron_day(minipaas._cron, date, date) from public;

comment on function minipaas._cron_day(minipaas._cron, date, date) is
'The first day of an interval that a cron expression allows; NULL: none.';
