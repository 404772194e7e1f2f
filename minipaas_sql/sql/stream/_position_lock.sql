create function minipaas._position_lock(stream text, consumer text, partition integer, call text) returns minipaas._position
language plpgsql volatile
as $$
#variable_conflict use_variable
declare
    v_stream constant minipaas._stream := minipaas._stream_read(stream, call);
    v_cursor integer;
    v_place minipaas._position;
begin
    select c.id into v_cursor
    from minipaas._consumer k
    join minipaas._cursor c on c.consumer = k.id
    where k.stream = v_stream.id and k.name = consumer and c.partition = partition
    for update of c;
    if not found then
        if partition is null then
            perform minipaas._invalid('partition', null, 'It is the one that stream_fetch returned.');
        end if;
        perform minipaas._check_consume(v_stream, null, null, null, partition);
        perform minipaas._consumer_refuse(stream, consumer);
    end if;
    select p.* into v_place from minipaas._position_now(v_cursor) p;
    return v_place;
end
$$;

revoke execute on function minipaas._position_lock(text, text, integer, text) from public;

comment on function minipaas._position_lock(text, text, integer, text) is
'Where a consumer stands in a partition, locked until the transaction ends. Raises MP002, MP003, MP005, MP006 or MP007.';
