create function minipaas._event_count(stream minipaas._stream, partition integer, after_offset bigint, upto bigint)
returns bigint
language sql stable
as $$
select case when stream.partitions = 1 then (
    select count(*)
    from minipaas._event e
    where e.stream = stream.id and e.event_offset > after_offset and e.event_offset <= upto
) else (
    select count(*)
    from minipaas._event e
    where e.stream = stream.id and e.partition = _event_count.partition
        and e.event_offset > after_offset and e.event_offset <= upto
) end
$$;

revoke execute on function minipaas._event_count(minipaas._stream, integer, bigint, bigint) from public;

comment on function minipaas._event_count(minipaas._stream, integer, bigint, bigint) is
'How many events a partition has in a range.';
