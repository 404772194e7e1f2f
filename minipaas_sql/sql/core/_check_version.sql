create function minipaas._check_version(argument text, value text) returns void
language plpgsql immutable
as $$
begin
    if value is null or value !~ '^[0-9]{4}$' then
        perform minipaas._invalid(argument, quote_literal(value), 'A version of the schema has four digits, such as 0004.');
    end if;
end
$$;

revoke execute on function minipaas._check_version(text, text) from public;

comment on function minipaas._check_version(text, text) is 'Raises MP006 unless the value is a version of the schema.';
