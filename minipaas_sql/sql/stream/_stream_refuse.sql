create function minipaas._stream_refuse(stream text, action text) returns void
language plpgsql stable
as $$
begin
    perform minipaas._stream_deny(stream, action);
    raise exception using
        errcode = 'MP002',
        message = format('stream "%s" does not exist', stream),
        hint = format('minipaas.streams lists what there is. To create it: select minipaas.stream_create(%L);', stream);
end
$$;

revoke execute on function minipaas._stream_refuse(text, text) from public;

comment on function minipaas._stream_refuse(text, text) is
'Raises what kept _stream_get from finding a stream: MP005 or MP002.';
