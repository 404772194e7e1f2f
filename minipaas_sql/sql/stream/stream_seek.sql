create function minipaas.stream_seek(
    stream text, consumer text, to_offset bigint default null, to_time timestamptz default null
)
returns void
language plpgsql volatile security definer
set search_path = pg_catalog, pg_temp
as $$
#variable_conflict use_column
declare
    v_stream constant minipaas._stream := minipaas._stream_read(stream, 'stream_seek');
    v_consumer integer;
    v_committed bigint;
    v_place minipaas._position;
begin
    if num_nonnulls(to_offset, to_time) <> 1 then
        perform minipaas._invalid(
            'position', format('to_offset %s, to_time %s', coalesce(to_offset::text, 'NULL'), coalesce(to_time::text, 'NULL')),
            'Give either to_offset or to_time.'
        );
    end if;
    -- Whoever trims has this lock, and would not see that the consumer has gone back to what it deletes.
    perform from minipaas._stream s where s.id = v_stream.id for share;
    select k.id into v_consumer
    from minipaas._consumer k
    where k.stream = v_stream.id and k.name = stream_seek.consumer;
    if not found then
        perform minipaas._consumer_refuse(stream, consumer);
    end if;
    perform from minipaas._cursor c where c.consumer = v_consumer order by c.id for update;
    v_committed := minipaas._start_at(v_stream, 'to_offset', to_offset, to_time);
    for v_place in
        select p.*
        from minipaas._cursor c
        cross join lateral minipaas._position_now(c.id) p
        where c.consumer = v_consumer
    loop
        v_place.committed := v_committed;
        v_place.lease_id := null;
        perform minipaas._position_add(v_place);
    end loop;
end
$$;

revoke execute on function minipaas.stream_seek(text, text, bigint, timestamptz) from public;

comment on function minipaas.stream_seek(text, text, bigint, timestamptz) is
'Moves a consumer, back or forth, in all partitions, and ends its leases: who holds one can''t commit it any more.

to_offset: the next offset to read, or the first event above it.
to_time: go on with the first event published at this time or later. One of the two; what is beyond either end means that end.
Returns nothing. Waits for transactions that hold a partition of the consumer, or that trim, alter or drop the stream; while its
own goes on, nothing is trimmed.
Right: consume. Errors: MP002, MP003, MP005, MP006; MP007 unless the transaction is READ COMMITTED and the server a primary.';
