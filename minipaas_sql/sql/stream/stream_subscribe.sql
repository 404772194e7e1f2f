create function minipaas.stream_subscribe(
    stream text,
    consumer text,
    from_offset bigint default 0,
    from_time timestamptz default null,
    from_latest boolean default false
)
returns void
language plpgsql volatile security definer
set search_path = pg_catalog, pg_temp
as $$
#variable_conflict use_column
declare
    v_stream minipaas._stream;
    v_consumer integer;
    v_committed bigint;
begin
    select s.* into v_stream from minipaas._stream_get(stream_subscribe.stream, 'consume') s;
    if not found then
        perform minipaas._stream_refuse(stream, 'consume');
    elsif from_time is not null or pg_is_in_recovery() then
        v_stream := minipaas._stream_read(stream, 'stream_subscribe with from_time');
    end if;
    perform minipaas._check_name('consumer', consumer);
    from_offset := case when from_time is null and from_latest is not true then coalesce(from_offset, 0) else nullif(from_offset, 0) end;
    if num_nonnulls(from_offset, from_time, nullif(from_latest, false)) > 1 then
        perform minipaas._invalid(
            'start', format('from_offset %s, from_time %s, from_latest %s', from_offset, from_time, from_latest),
            'Give one of from_offset, from_time and from_latest.'
        );
    end if;
    v_committed := minipaas._start_at(v_stream, 'from_offset', from_offset, from_time);
    insert into minipaas._consumer (stream, name, created_at)
    values (v_stream.id, stream_subscribe.consumer, minipaas._clock())
    on conflict (stream, name) do nothing
    returning id into v_consumer;
    if found then
        -- Whoever trims has this lock, and would not see the consumer whose events it deletes.
        perform from minipaas._stream s where s.id = v_stream.id for share;
        if not found then
            perform minipaas._stream_refuse(stream, 'consume');
        end if;
        insert into minipaas._cursor (consumer, partition)
        select v_consumer, n from generate_series(0, v_stream.partitions - 1) n;
        insert into minipaas._position (cursor, committed, fetched)
        select c.id, v_committed, v_committed from minipaas._cursor c where c.consumer = v_consumer;
    end if;
end
$$;

revoke execute on function minipaas.stream_subscribe(text, text, bigint, timestamptz, boolean) from public;

comment on function minipaas.stream_subscribe(text, text, bigint, timestamptz, boolean) is
'Creates a consumer of a stream, or leaves the one of this name where it is.

consumer: any text of 1 to 255 characters.
from_offset: the first offset to read (default 0: the oldest event).
from_time: begin with the first event published at this time or later.
from_latest: begin after the present head (default false). One of the three; what is beyond either end means that end.
Returns nothing. Each consumer reads all events; workers that fetch for the same consumer share them. A new one waits for a
transaction that trims, alters or drops the stream, and while its own goes on, nothing is trimmed.
Right: consume. Errors: MP002, MP005, MP006; MP007 with from_time unless the transaction is READ COMMITTED.';
