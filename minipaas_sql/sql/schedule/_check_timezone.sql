-- `at time zone` takes more than names of places: abbreviations, which know no summer time, and formulas such as PST8, so
-- that a mistyped name with a digit would pass. The list of names is slow, and is asked about those alone.
create function minipaas._check_timezone(timezone text) returns void
language plpgsql stable
as $$
#variable_conflict use_variable
declare
    v_hint constant text :=
        'It is a name in pg_timezone_names, such as Europe/Berlin or UTC; no abbreviation, since these know no summer time.';
begin
    begin
        perform now() at time zone timezone;
    exception when invalid_parameter_value then
        perform minipaas._invalid('timezone', quote_literal(timezone), v_hint);
    end;
    if (case
        when timezone ~ '[0-9]' then not exists (select from pg_timezone_names n where lower(n.name) = lower(timezone))
        when timezone !~ '/' and upper(timezone) not in ('UTC', 'GMT')
            then exists (select from pg_timezone_abbrevs a where a.abbrev = upper(timezone))
    end) then
        perform minipaas._invalid('timezone', quote_literal(timezone), v_hint);
    end if;
end
$$;

revoke execute on function minipaas._check_timezone(text) from public;

comment on function minipaas._check_timezone(text) is 'Raises MP006 unless it is the name of a time zone.';
