create function minipaas._invalid(argument text, value text, hint text) returns void
language plpgsql immutable
as $$
begin
    raise exception using
        errcode = 'MP006',
        message = format('invalid %s: %s', argument, coalesce(left(value, 300), 'NULL')),
        hint = hint;
end
$$;

revoke execute on function minipaas._invalid(text, text, text) from public;

comment on function minipaas._invalid(text, text, text) is 'Raises MP006 with the argument, its value and a hint.';
