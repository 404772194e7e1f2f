create function minipaas._cron_parse(cron text) returns minipaas._cron
language plpgsql immutable
as $$
declare
    v_words constant jsonb :=
        '{"@yearly": "0 0 1 1 *", "@annually": "0 0 1 1 *", "@monthly": "0 0 1 * *", "@weekly": "0 0 * * 0",
          "@daily": "0 0 * * *", "@midnight": "0 0 * * *", "@hourly": "0 * * * *"}';
    v_months constant text[] := '{JAN,FEB,MAR,APR,MAY,JUN,JUL,AUG,SEP,OCT,NOV,DEC}';
    v_weekdays constant text[] := '{SUN,MON,TUE,WED,THU,FRI,SAT}';
    v_31_days constant bigint := (1 << 1) | (1 << 3) | (1 << 5) | (1 << 7) | (1 << 8) | (1 << 10) | (1 << 12);
    v_text constant text := btrim(coalesce(cron, ''), E' \t\r\n');
    v_fields constant text[] := regexp_split_to_array(coalesce(v_words ->> lower(v_text), v_text), '[[:space:]]+');
    v_cron minipaas._cron;
    v_longest integer;
begin
    if cardinality(v_fields) <> 5 then
        perform minipaas._invalid(
            'cron', quote_literal(cron),
            'It has five fields, minute hour day-of-month month day-of-week, '
            || format('and this has %s; or it is one of @hourly, @daily, @weekly, @monthly, @yearly.',
                cardinality(array_remove(v_fields, '')))
        );
    end if;
    v_cron.minutes := minipaas._cron_field(cron, 'minute', v_fields[1], 0, 59, null);
    v_cron.hours := minipaas._cron_field(cron, 'hour', v_fields[2], 0, 23, null);
    v_cron.days := minipaas._cron_field(cron, 'day-of-month', v_fields[3], 1, 31, null);
    v_cron.months := minipaas._cron_field(cron, 'month', v_fields[4], 1, 12, v_months);
    v_cron.weekdays := minipaas._cron_field(cron, 'day-of-week', v_fields[5], 0, 7, v_weekdays);
    v_cron.weekdays := v_cron.weekdays | (v_cron.weekdays >> 7);
    v_cron.elapsed := v_fields[1] like '*%' or v_fields[2] like '*%';
    v_cron.either := v_fields[3] not like '*%' and v_fields[5] not like '*%';
    v_longest := case
        when v_cron.months & v_31_days <> 0 then 31
        when v_cron.months <> 1 << 2 then 30
        else 29
    end;
    if not v_cron.either and v_cron.days >> (v_longest + 1) << (v_longest + 1) = v_cron.days then
        perform minipaas._invalid(
            format('day-of-month in cron %L', cron), v_fields[3],
            format('No month of %L is that long: it would never run.', v_fields[4])
        );
    end if;
    return v_cron;
end
$$;

revoke execute on function minipaas._cron_parse(text) from public;

comment on function minipaas._cron_parse(text) is
'Parses a cron expression; raises MP006 with the name of the field that is wrong, or that no month can meet.';
