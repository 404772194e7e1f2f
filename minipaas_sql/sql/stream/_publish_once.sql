-- Who meets an uncommitted event with the same dedup_key waits in the insert, and then looks again.
create function minipaas._publish_once(stream text, payload jsonb, key text, headers jsonb, dedup_key text)
returns bigint
language plpgsql volatile
set enable_seqscan = off
set enable_bitmapscan = off
as $$
#variable_conflict use_column
declare
    v_stream minipaas._stream;
    v_offset bigint;
begin
    select s.* into v_stream from minipaas._stream_get(_publish_once.stream, 'publish') s;
    if not found then
        perform minipaas._stream_refuse(stream, 'publish');
    end if;
    loop
        v_offset := (
            select e.event_offset from minipaas._event e where e.stream = v_stream.id and e.dedup_key = _publish_once.dedup_key
        );
        exit when v_offset is not null;
        perform minipaas._hold_back(v_stream.id);
        v_offset := nextval('minipaas._event_offset');
        insert into minipaas._event (event_offset, published_at, stream, partition, payload, key, headers, dedup_key)
        values (
            v_offset, minipaas._clock(), v_stream.id, minipaas._partition(v_stream.partitions, _publish_once.key),
            _publish_once.payload, _publish_once.key, _publish_once.headers, _publish_once.dedup_key
        )
        on conflict (stream, dedup_key) where dedup_key is not null do nothing;
        if found then
            if minipaas._asleep('minipaas_stream_' || v_stream.id) then
                perform minipaas._wake('minipaas_stream_' || v_stream.id);
            end if;
            exit;
        end if;
    end loop;
    return v_offset;
end
$$;

revoke execute on function minipaas._publish_once(text, jsonb, text, jsonb, text) from public;

comment on function minipaas._publish_once(text, jsonb, text, jsonb, text) is
'Publishes an event unless one with its dedup_key is kept; returns the offset of the one or the other.';
