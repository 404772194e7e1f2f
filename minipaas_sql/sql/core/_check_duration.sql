-- Ten thousand years are more than anybody needs, and any time plus that is still a timestamp.
create function minipaas._check_duration(argument text, value interval, hint text) returns void
language plpgsql immutable
as $$
begin
    if value not between '0' and '10000 years' then
        perform minipaas._invalid(argument, value::text, hint);
    end if;
end
$$;

revoke execute on function minipaas._check_duration(text, interval, text) from public;

comment on function minipaas._check_duration(text, interval, text) is
'Raises MP006 for a duration that is negative, infinite or beyond the calendar; NULL passes.';
