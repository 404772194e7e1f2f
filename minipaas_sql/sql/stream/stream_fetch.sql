create function minipaas.stream_fetch(
    stream text,
    consumer text,
    batch_size integer default 100,
    lease interval default '1 minute',
    worker text default null
)
returns table (
    event_offset bigint, partition integer, key text, payload jsonb, headers jsonb, published_at timestamptz, lease_id bigint
)
language plpgsql volatile security definer
set search_path = pg_catalog, pg_temp
set plan_cache_mode = force_generic_plan
set enable_seqscan = off
set enable_bitmapscan = off
as $$
#variable_conflict use_column
declare
    v_stream constant minipaas._stream := minipaas._stream_read(stream, 'stream_fetch');
    v_head constant bigint := minipaas._stream_head(v_stream.id);
    v_consumer integer;
    v_taken record;
    v_partition integer;
    v_place minipaas._position;
    v_after bigint;
begin
    perform minipaas._check_batch(batch_size, lease);
    select k.id into v_consumer
    from minipaas._consumer k
    where k.stream = v_stream.id and k.name = stream_fetch.consumer;
    if not found then
        perform minipaas._consumer_refuse(stream, consumer);
    end if;
    select * into v_taken from minipaas._take(v_stream, v_consumer, v_head, coalesce(batch_size, 100)) t;
    if v_taken.partition is null then
        return;
    end if;
    v_partition := v_taken.partition;
    v_after := v_taken.after_offset;
    v_place := v_taken.place;
    v_place.lease_id := nextval('minipaas._position_id_seq');
    v_place.lease_until := minipaas._clock() + coalesce(lease, '1 minute');
    v_place.worker := stream_fetch.worker;
    perform minipaas._position_add(v_place);
    if v_stream.partitions = 1 then
        return query
        select e.event_offset, 0, e.key, e.payload, e.headers, e.published_at, v_place.lease_id
        from minipaas._event e
        where e.stream = v_stream.id and e.event_offset > v_after and e.event_offset <= v_place.fetched
        order by e.stream, e.event_offset;
    else
        return query
        select e.event_offset, e.partition, e.key, e.payload, e.headers, e.published_at, v_place.lease_id
        from minipaas._event e
        where e.stream = v_stream.id and e.partition = v_partition
            and e.event_offset > v_after and e.event_offset <= v_place.fetched
        order by e.stream, e.partition, e.event_offset;
    end if;
end
$$;

revoke execute on function minipaas.stream_fetch(text, text, integer, interval, text) from public;

comment on function minipaas.stream_fetch(text, text, integer, interval, text) is
'Leases the next events of one free partition to the caller, for a consumer whose workers share a stream.

batch_size: how many events at most (default 100).
lease: how long the partition stays with the caller before others get it (default 1 minute).
worker: a name for the holder, shown in consumer_stats.
Returns the events that follow what is committed, in order, all of one partition and with the same lease_id. Give partition,
offset and lease_id back to stream_commit, best in the transaction of what was done with the events: exactly once. No rows:
nothing is there, or others are at it. Of several partitions, the one that was left alone longest. Waits for nobody.
Right: consume. Errors: MP002, MP003, MP005, MP006; MP007 unless the transaction is READ COMMITTED and the server a primary.';
