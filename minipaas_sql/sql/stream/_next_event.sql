create function minipaas._next_event(stream minipaas._stream, partition integer, after_offset bigint, upto bigint)
returns bigint
language sql stable
as $$
select case when stream.partitions = 1 then (
    select e.event_offset
    from minipaas._event e
    where e.stream = stream.id and e.event_offset > after_offset and e.event_offset <= upto
    order by e.stream, e.event_offset
    limit 1
) else (
    select e.event_offset
    from minipaas._event e
    where e.stream = stream.id and e.partition = _next_event.partition
        and e.event_offset > after_offset and e.event_offset <= upto
    order by e.stream, e.partition, e.event_offset
    limit 1
) end
$$;

revoke execute on function minipaas._next_event(minipaas._stream, integer, bigint, bigint) from public;

comment on function minipaas._next_event(minipaas._stream, integer, bigint, bigint) is
'The offset of a partition''s first event in a range, or NULL.';
