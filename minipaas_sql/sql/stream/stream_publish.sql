-- _hold_back is written out here: as a call it cost a tenth of a publish.
create function minipaas.stream_publish(
    stream text, payload jsonb, key text default null, headers jsonb default null, dedup_key text default null
)
returns bigint
language plpgsql volatile security definer
set search_path = pg_catalog, pg_temp
set plan_cache_mode = force_generic_plan
as $$
declare
    v_stream record;
    v_last bigint;
    v_bound text;
    v_offset bigint;
begin
    select s.id, s.partitions into v_stream from minipaas._stream_get(stream, 'publish') s;
    if not found then
        perform minipaas._stream_refuse(stream, 'publish');
    elsif payload is null or length(key) > 500 or dedup_key is not null then
        perform minipaas._check_publish(payload, array[key, dedup_key]);
        if dedup_key is not null then
            return minipaas._publish_once(v_stream.id, v_stream.partitions, payload, key, headers, dedup_key);
        end if;
    end if;
    v_last := coalesce(pg_sequence_last_value('minipaas._event_offset'), 0);
    v_bound := minipaas._bound(current_setting('minipaas.bound_' || v_stream.id, true), v_last);
    v_offset := nextval('minipaas._event_offset');
    insert into minipaas._event (event_offset, published_at, stream, partition, payload, key, headers)
    values (
        v_offset, minipaas._clock(), v_stream.id, minipaas._partition(v_stream.partitions, stream_publish.key, v_offset),
        stream_publish.payload, stream_publish.key, stream_publish.headers
    );
    return v_offset;
end
$$;

revoke execute on function minipaas.stream_publish(text, jsonb, text, jsonb, text) from public;

comment on function minipaas.stream_publish(text, jsonb, text, jsonb, text) is
'Appends an event to a stream, in the caller''s transaction.

payload: any JSON.
key: up to 500 characters; events with the same key are in one partition, so in order for whoever processes them.
headers: JSON for the application''s own use, such as trace ids.
dedup_key: up to 500 characters; while an event with it is kept, its offset is returned and nothing is added.
Returns the offset of the event. Waits for nobody, but for an open transaction that publishes the same dedup_key. Until
this transaction ends, readers stop before its events: keep it short.
Right: publish. Errors: MP002, MP005, MP006.';
