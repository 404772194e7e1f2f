-- Each statement follows one index, whatever the statistics say: the tables may be empty when a session plans and huge
-- when it executes.
create function minipaas.stream_consume(
    stream text,
    after_offset bigint default 0,
    batch_size integer default 100,
    partition integer default null,
    key text default null
)
returns setof minipaas._event_read
language plpgsql volatile security definer
set search_path = pg_catalog, pg_temp
set plan_cache_mode = force_generic_plan
set enable_seqscan = off
set enable_bitmapscan = off
as $$
declare
    v_stream constant minipaas._stream := minipaas._stream_read(stream, 'stream_consume');
    v_after constant bigint := greatest(after_offset, v_stream.trimmed);
    v_limit constant integer := coalesce(batch_size, 100);
    v_head constant bigint := minipaas._stream_head(v_stream.id);
begin
    if after_offset < 0 or v_limit < 1 or partition not between 0 and v_stream.partitions - 1 then
        perform minipaas._check_consume(v_stream, 'after_offset', after_offset, batch_size, partition);
    elsif key is not null then
        return query
        select e.event_offset, coalesce(e.partition, 0), e.key, e.payload, e.headers, e.published_at
        from minipaas._event e
        where e.stream = v_stream.id and e.key = stream_consume.key and e.event_offset > v_after and e.event_offset <= v_head
            and (stream_consume.partition is null or coalesce(e.partition, 0) = stream_consume.partition)
        order by e.stream, e.key, e.event_offset
        limit v_limit;
    elsif partition is not null and v_stream.partitions > 1 then
        return query
        select e.event_offset, e.partition, e.key, e.payload, e.headers, e.published_at
        from minipaas._event e
        where e.stream = v_stream.id and e.partition = stream_consume.partition
            and e.event_offset > v_after and e.event_offset <= v_head
        order by e.stream, e.partition, e.event_offset
        limit v_limit;
    else
        return query
        select e.event_offset, coalesce(e.partition, 0), e.key, e.payload, e.headers, e.published_at
        from minipaas._event e
        where e.stream = v_stream.id and e.event_offset > v_after and e.event_offset <= v_head
        order by e.stream, e.event_offset
        limit v_limit;
    end if;
end
$$;

revoke execute on function minipaas.stream_consume(text, bigint, integer, integer, text) from public;

comment on function minipaas.stream_consume(text, bigint, integer, integer, text) is
'Reads a stream from an offset on; the caller keeps the offset, for example beside what it made of the events.

after_offset: the offset of the last event that the caller has seen (default 0: from the oldest on).
batch_size: how many events at most (default 100).
partition: only that one. key: only events with that key: the history of one thing, by an index.
Returns the events in order of their offsets, none above stream_head: no event is ever skipped. No rows: there is nothing
new now. Waits for nobody.
Right: consume. Errors: MP002, MP005, MP006; MP007 unless the transaction is READ COMMITTED and the server a primary.';
