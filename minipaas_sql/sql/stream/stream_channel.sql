create function minipaas.stream_channel(stream text) returns text
language plpgsql stable security definer
set search_path = pg_catalog, pg_temp
as $$
declare
    v_id constant integer := (select s.id from minipaas._stream_get(stream, 'consume') s);
begin
    if v_id is null then
        perform minipaas._stream_refuse(stream, 'consume');
    end if;
    return 'minipaas_stream_' || v_id;
end
$$;

revoke execute on function minipaas.stream_channel(text) from public;

comment on function minipaas.stream_channel(text) is
'The channel to LISTEN to for new events of a stream. Notifications come only while somebody sleeps there.

It is used as queue_channel tells. An event that was published by a transaction that ends later than others, or
that waits for one, is there at the latest a second later.
Returns a name that needs no quotes. A stream that is dropped and made again has another.
Right: consume. Errors: MP002, MP005.';
