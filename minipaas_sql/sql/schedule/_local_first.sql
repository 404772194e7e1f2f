-- `at time zone` gives the second of two instants, and for a time that is skipped one after the change by as much as the time
-- was after it.
create function minipaas._local_first(moment timestamp, timezone text) returns timestamptz
language plpgsql stable
as $$
declare
    v_found constant timestamptz := moment at time zone timezone;
    v_skipped constant interval := v_found at time zone timezone - moment;
    v_back constant interval :=
        (v_found - interval '24 hours') at time zone timezone - (moment - interval '24 hours');
begin
    if v_skipped > '0' then
        return (
            select min(t)
            from generate_series(v_found - make_interval(secs => extract(epoch from v_skipped)::float8), v_found, '1 minute') t
            where t at time zone timezone >= moment
        );
    elsif v_back > '0' and (v_found - v_back) at time zone timezone = moment then
        return v_found - v_back;
    end if;
    return v_found;
end
$$;

revoke execute on function minipaas._local_first(timestamp, text) from public;

comment on function minipaas._local_first(timestamp, text) is
'The first instant at which the clocks of a time zone show a time, or, where they skip it, the first one after that.';
