create function minipaas.stream_unsubscribe(stream text, consumer text) returns boolean
language plpgsql volatile security definer
set search_path = pg_catalog, pg_temp
as $$
declare
    v_stream minipaas._stream;
    v_consumer integer;
begin
    select s.* into v_stream from minipaas._stream_get(stream, 'consume') s;
    if not found then
        perform minipaas._stream_refuse(stream, 'consume');
    end if;
    perform minipaas._check_name('consumer', consumer);
    select k.id into v_consumer
    from minipaas._consumer k
    where k.stream = v_stream.id and k.name = stream_unsubscribe.consumer
    for update;
    if not found then
        return false;
    end if;
    perform minipaas._consumer_drop(v_consumer);
    return true;
end
$$;

revoke execute on function minipaas.stream_unsubscribe(text, text) from public;

comment on function minipaas.stream_unsubscribe(text, text) is
'Deletes a consumer of a stream, and its leases; trimming does not spare events for it any more.

Returns true, or false when there is no such consumer. Waits for transactions that hold a partition of it.
Right: consume. Errors: MP002, MP005, MP006.';
