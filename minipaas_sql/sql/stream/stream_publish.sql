-- The first publish of a transaction does what _hold_back does: as a call it cost a tenth.
create function minipaas.stream_publish(
    stream text, payload jsonb, key text default null, headers jsonb default null, dedup_key text default null
)
returns bigint
language plpgsql volatile security definer
set search_path = pg_catalog, pg_temp
set plan_cache_mode = force_generic_plan
as $$
declare
    v_id integer;
    v_partitions integer;
    v_offset bigint;
begin
    if payload is null or length(key) > 500 or dedup_key is not null then
        perform minipaas._check_publish(payload, array[key, dedup_key]);
        return minipaas._publish_once(stream, payload, key, headers, dedup_key);
    end if;
    -- The owner's own session need not ask, and so does not pay for the longer question.
    if minipaas._is_owner() then
        select s.id, nullif(s.partitions, 1) into v_id, v_partitions from minipaas._stream s where s.name = stream_publish.stream;
    else
        select s.id, nullif(s.partitions, 1) into v_id, v_partitions from minipaas._stream_get(stream, 'publish') s;
    end if;
    if not found then
        perform minipaas._stream_refuse(stream, 'publish');
    end if;
    if coalesce(current_setting('minipaas.bound_' || v_id, true), '') <> ''
        or not pg_try_advisory_xact_lock_shared(1297088512 + v_id, set_config(
            'minipaas.bound_' || v_id, coalesce(pg_sequence_last_value('minipaas._event_offset'), 0)::text, true
        )::bigint::bit(32)::integer)
    then
        perform minipaas._hold_back(v_id);
    end if;
    if v_partitions is not null then
        v_partitions := minipaas._partition(v_partitions, key);
    end if;
    insert into minipaas._event (event_offset, published_at, stream, partition, payload, key, headers)
    values (
        nextval('minipaas._event_offset'), minipaas._clock(), v_id, v_partitions, stream_publish.payload,
        stream_publish.key, stream_publish.headers
    )
    returning event_offset into v_offset;
    if minipaas._asleep('minipaas_stream_' || v_id) then
        perform minipaas._wake('minipaas_stream_' || v_id);
    end if;
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
Right: publish. Errors: MP002, MP005, MP006; at REPEATABLE READ, 40001 for a dedup_key that somebody has just taken.';
