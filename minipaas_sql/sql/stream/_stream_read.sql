create function minipaas._stream_read(stream text, call text) returns minipaas._stream
language plpgsql volatile
as $$
declare
    v_stream minipaas._stream;
begin
    select s.* into v_stream from minipaas._stream_get(stream, 'consume') s;
    if not found then
        perform minipaas._stream_refuse(stream, 'consume');
    elsif not minipaas._sees_now() then
        perform minipaas._wrong_isolation(call);
    end if;
    return v_stream;
end
$$;

revoke execute on function minipaas._stream_read(text, text) from public;

comment on function minipaas._stream_read(text, text) is
'The settings of a stream for a call that reads: raises MP002, MP005 or MP007.';
