-- No index on the time: offsets follow it but for publishers that overtake each other by moments. So it halves the range
-- of offsets, and then looks back as long as a hundred events before the find hold another.
create function minipaas._first_at(stream minipaas._stream, at timestamptz, head bigint) returns bigint
language plpgsql volatile
set enable_seqscan = off
set enable_bitmapscan = off
as $$
#variable_conflict use_variable
declare
    v_low bigint := stream.trimmed;
    v_high bigint := head + 1;
    v_found bigint := head + 1;
    v_middle bigint;
    v_event record;
begin
    while v_high - v_low > 1 loop
        v_middle := v_low + (v_high - v_low) / 2;
        select e.event_offset, e.published_at into v_event
        from minipaas._event e
        where e.stream = stream.id and e.event_offset >= v_middle and e.event_offset < v_high
        order by e.event_offset
        limit 1;
        if v_event.published_at < at then
            v_low := v_event.event_offset;
        else
            v_high := v_middle;
            v_found := coalesce(v_event.event_offset, v_found);
        end if;
    end loop;
    loop
        v_middle := (
            select min(b.event_offset)
            from (
                select e.event_offset, e.published_at
                from minipaas._event e
                where e.stream = stream.id and e.event_offset > stream.trimmed and e.event_offset < v_found
                order by e.event_offset desc
                limit 100
            ) b
            where b.published_at >= at
        );
        exit when v_middle is null;
        v_found := v_middle;
    end loop;
    return v_found;
end
$$;

revoke execute on function minipaas._first_at(minipaas._stream, timestamptz, bigint) from public;

comment on function minipaas._first_at(minipaas._stream, timestamptz, bigint) is
'The offset of the first event published at a time or later; head + 1 where there is none.';
