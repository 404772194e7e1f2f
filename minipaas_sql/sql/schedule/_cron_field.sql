-- Like cronsim: a step after a single value counts from there to the end of the field. No backslashes in patterns: what they
-- mean is a setting of the session.
create function minipaas._cron_field(cron text, field text, value text, low integer, high integer, names text[])
returns bigint
language plpgsql immutable
as $$
declare
    v_term text;
    v_parts text[];
    v_from integer;
    v_to integer;
    v_step integer;
    v_hint text;
    v_allowed bigint := 0;
begin
    foreach v_term in array string_to_array(upper(value), ',') loop
        v_parts := regexp_match(v_term, '^([*]|[0-9]{1,4}|[A-Z]{3})(?:-([0-9]{1,4}|[A-Z]{3}))?(?:/([0-9]{1,4}))?$');
        v_from := case when v_parts[1] = '*' then low else minipaas._cron_number(v_parts[1], low, names) end;
        v_to := case
            when v_parts[2] is not null then minipaas._cron_number(v_parts[2], low, names)
            when v_parts[1] = '*' or v_parts[3] is not null then high
            else v_from
        end;
        v_step := coalesce(v_parts[3], '1');
        v_hint := case
            when v_from is null or v_to is null or v_parts[1] = '*' and v_parts[2] is not null then
                'It is *, a value or a range, with or without a step, or a list of these: 1,10-20,*/5.'
                || coalesce(' Names are ' || array_to_string(names, ', ') || '.', '')
            when v_from < low or greatest(v_from, v_to) > high then format('It is from %s to %s.', low, high)
            when v_to < v_from then format('The range runs backwards: write %s-%s,%s-%s.', v_from, high, low, v_to)
            when v_step = 0 then 'A step is 1 or more.'
        end;
        if v_hint is not null then
            perform minipaas._invalid(format('%s in cron %L', field, cron), v_term, v_hint);
        end if;
        for v_value in v_from .. v_to by v_step loop
            v_allowed := v_allowed | (1::bigint << v_value);
        end loop;
    end loop;
    return v_allowed;
end
$$;

revoke execute on function minipaas._cron_field(text, text, text, integer, integer, text[]) from public;

comment on function minipaas._cron_field(text, text, text, integer, integer, text[]) is
'The values that a field of a cron expression allows, as bits; raises MP006 with the name of the field.';
