create function minipaas._deny(action text, queue text default null, stream text default null) returns void
language plpgsql stable
as $$
declare
    v_where constant text := coalesce(', queue => ' || quote_literal(queue), ', stream => ' || quote_literal(stream), '');
begin
    raise exception using
        errcode = 'MP005',
        message = format('role "%s" has no right to %s', minipaas._caller(), action)
            || coalesce(' on queue "' || queue || '"', ' on stream "' || stream || '"', ' on all queues and streams'),
        hint = format(
            'As the owner of the schema: select minipaas.access_grant(%L, array[%L]%s);', minipaas._caller(), action, v_where
        );
end
$$;

revoke execute on function minipaas._deny(text, text, text) from public;

comment on function minipaas._deny(text, text, text) is 'Raises MP005 with the grant to run; neither queue nor stream: on all.';
