-- A time with each offset, not one for all: seeking by time goes by both growing together.
create function minipaas.stream_publish_many(
    stream text, payloads jsonb[], keys text[] default null, headers jsonb[] default null, dedup_keys text[] default null
)
returns setof bigint
language plpgsql volatile security definer
set search_path = pg_catalog, pg_temp
as $$
#variable_conflict use_column
declare
    v_stream minipaas._stream;
    v_moved timestamptz := case when current_setting('minipaas.now', true) <> '' then minipaas._clock_moved() end;
begin
    select s.* into v_stream from minipaas._stream_get(stream, 'publish') s;
    if not found then
        perform minipaas._stream_refuse(stream, 'publish');
    end if;
    perform minipaas._check_arrays(payloads, keys, stream_publish_many.headers, dedup_keys);
    perform minipaas._check_publish('null', keys);
    perform minipaas._check_publish('null', dedup_keys);
    if cardinality(payloads) > 0 and minipaas._asleep('minipaas_stream_' || v_stream.id) then
        perform minipaas._wake('minipaas_stream_' || v_stream.id);
    end if;
    if dedup_keys is not null then
        return query
        select * from minipaas._publish_many_once(v_stream, payloads, keys, stream_publish_many.headers, dedup_keys);
        return;
    end if;
    perform minipaas._hold_back(v_stream.id);
    -- Most calls have neither keys nor headers, and unnesting one array is cheaper than three.
    if keys is null and stream_publish_many.headers is null then
        return query
        insert into minipaas._event as e (event_offset, published_at, stream, partition, payload)
        select
            nextval('minipaas._event_offset'), coalesce(v_moved, clock_timestamp()), v_stream.id,
            minipaas._partition(v_stream.partitions, null), u.payload
        from unnest(payloads) u (payload)
        returning e.event_offset;
    else
        return query
        insert into minipaas._event as e (event_offset, published_at, stream, partition, payload, key, headers)
        select
            nextval('minipaas._event_offset'), coalesce(v_moved, clock_timestamp()), v_stream.id,
            minipaas._partition(v_stream.partitions, u.key), u.payload, u.key, u.headers
        from unnest(payloads, keys, stream_publish_many.headers) u (payload, key, headers)
        returning e.event_offset;
    end if;
end
$$;

revoke execute on function minipaas.stream_publish_many(text, jsonb[], text[], jsonb[], text[]) from public;

comment on function minipaas.stream_publish_many(text, jsonb[], text[], jsonb[], text[]) is
'Appends an event for each payload, in the caller''s transaction and in the order of the array: one call for many events.

payloads: an array of JSON; its elements may be the JSON null, not NULL.
keys, headers, dedup_keys: arrays of the same length (NULL for none), or NULL.
The rest is as in stream_publish.
Returns the offsets of the events, in the order of the payloads.
Right: publish. Errors: MP002, MP005, MP006.';
