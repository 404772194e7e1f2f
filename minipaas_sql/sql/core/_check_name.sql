create function minipaas._check_name(kind text, name text) returns void
language plpgsql immutable
as $$
begin
    if name is null or name = '' or length(name) > 255 then
        perform minipaas._invalid(kind || ' name', quote_literal(left(name, 300)), 'A name is any text of 1 to 255 characters.');
    end if;
end
$$;

revoke execute on function minipaas._check_name(text, text) from public;

comment on function minipaas._check_name(text, text) is
'Raises MP006 unless the name has 1 to 255 characters.';
