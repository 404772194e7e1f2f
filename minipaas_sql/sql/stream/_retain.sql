-- Chunks, so that the time is kept; what is left goes with the next call.
create function minipaas._retain(stream minipaas._stream, deadline timestamptz) returns bigint
language plpgsql volatile
set enable_seqscan = off
set enable_bitmapscan = off
as $$
#variable_conflict use_variable
declare
    v_now constant timestamptz := minipaas._clock();
    v_head constant bigint := minipaas._stream_head(stream.id);
    v_before bigint := 0;
    v_spared bigint := 0;
    v_chunk bigint;
    v_count bigint := 0;
begin
    if stream.keep > '0' then
        v_before := minipaas._first_at(stream, v_now - least(stream.keep, '1000 years'), v_head);
    end if;
    if stream.keep_events > 0 then
        v_before := greatest(v_before, (
            select e.event_offset from minipaas._event e
            where e.stream = stream.id and e.event_offset > stream.trimmed and e.event_offset <= v_head
            order by e.event_offset desc
            offset stream.keep_events - 1 limit 1
        ));
    end if;
    if v_before > stream.trimmed + 1 then
        if stream.max_lag > '0' then
            v_spared := minipaas._first_at(stream, v_now - least(stream.max_lag, '1000 years'), v_head);
        end if;
        v_before := least(v_before, (select min(greatest(p.unread, v_spared)) from minipaas._places(stream, v_before - 1) p));
    end if;
    while stream.trimmed < v_before - 1 and clock_timestamp() < deadline loop
        v_chunk := least(v_before, (
            select e.event_offset from minipaas._event e
            where e.stream = stream.id and e.event_offset > stream.trimmed
            order by e.event_offset
            offset 10000 limit 1
        ));
        v_count := v_count + minipaas._trim(stream, v_chunk, false);
        select s.* into stream from minipaas._stream s where s.id = stream.id;
        exit when stream.trimmed < v_chunk - 1;
    end loop;
    return v_count;
end
$$;

revoke execute on function minipaas._retain(minipaas._stream, timestamptz) from public;

comment on function minipaas._retain(minipaas._stream, timestamptz) is
'Trims a stream, whose row is locked, to what keep, keep_events and max_lag say; returns how many events are gone.';
