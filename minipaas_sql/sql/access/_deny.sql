create function minipaas._deny(action text, queue text default null, stream text default null) returns void
language plpgsql stable
as $$
begin
    raise exception using
        errcode = 'MP005',
        message = format('role "%s" has no right to %s', minipaas._caller(), action)
            || coalesce(format(' on queue "%s"', queue), format(' on stream "%s"', stream), ''),
        hint = format(
            'As the owner of the schema: select minipaas.access_grant(%L, array[%L]);', minipaas._caller(), action
        );
end
$$;

revoke execute on function minipaas._deny(text, text, text) from public;

comment on function minipaas._deny(text, text, text) is 'Raises MP005 with the grant to run.';
