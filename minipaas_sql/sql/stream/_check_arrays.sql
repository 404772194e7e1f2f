create function minipaas._check_arrays(payloads integer, name text, count integer) returns void
language plpgsql immutable
as $$
begin
    if count <> payloads then
        perform minipaas._invalid(
            name, format('%s of them for %s payloads', count, payloads),
            'Give one for each payload (NULL for none), or leave the array out.'
        );
    end if;
end
$$;

revoke execute on function minipaas._check_arrays(integer, text, integer) from public;

comment on function minipaas._check_arrays(integer, text, integer) is
'Raises MP006 unless an array is as long as that of the payloads; NULL passes.';
