create function minipaas.stream_trim(stream text, before_offset bigint) returns bigint
language plpgsql volatile security definer
set search_path = pg_catalog, pg_temp
as $$
declare
    v_stream minipaas._stream;
    v_before bigint;
begin
    if not minipaas._sees_now() then
        perform minipaas._wrong_isolation('stream_trim');
    end if;
    select s.* into v_stream from minipaas._stream_get(stream, 'manage') s;
    if not found then
        perform minipaas._stream_refuse(stream, 'manage');
    elsif before_offset is null or before_offset < 0 then
        perform minipaas._invalid('before_offset', before_offset::text, 'It is the offset of the first event to keep.');
    end if;
    select s.* into v_stream from minipaas._stream s where s.id = v_stream.id for no key update;
    v_before := least(before_offset, minipaas._stream_head(v_stream.id) + 1);
    if v_before - 1 <= v_stream.trimmed then
        return 0;
    end if;
    return minipaas._trim(v_stream, v_before, true);
end
$$;

revoke execute on function minipaas.stream_trim(text, bigint) from public;

comment on function minipaas.stream_trim(text, bigint) is
'Deletes the events of a stream below an offset, whether its consumers have read them or not.

before_offset: the first offset to keep; beyond stream_head, that is where it ends.
Returns how many events. What a consumer had not read is counted in consumer_stats.events_lost. Waits for transactions of
consumers that have not read so far, are new or seek, and for another trim of the stream.
Right: manage. Errors: MP002, MP005, MP006; MP007 unless the transaction is READ COMMITTED and the server a primary.';
