-- Skipping rows is cheaper than the maximum of all of them; a run that is shorter ends with the last event up to the head.
create function minipaas._run_end(
    stream minipaas._stream, partition integer, after_offset bigint, head bigint, batch_size integer
)
returns bigint
language plpgsql volatile
as $$
#variable_conflict use_variable
begin
    if stream.partitions = 1 then
        return coalesce((
            select e.event_offset
            from minipaas._event e
            where e.stream = stream.id and e.event_offset > after_offset and e.event_offset <= head
            order by e.stream, e.event_offset
            offset batch_size - 1 limit 1
        ), (
            select e.event_offset
            from minipaas._event e
            where e.stream = stream.id and e.event_offset > after_offset and e.event_offset <= head
            order by e.stream desc, e.event_offset desc
            limit 1
        ));
    end if;
    return coalesce((
        select e.event_offset
        from minipaas._event e
        where e.stream = stream.id and e.partition = partition and e.event_offset > after_offset and e.event_offset <= head
        order by e.stream, e.partition, e.event_offset
        offset batch_size - 1 limit 1
    ), (
        select e.event_offset
        from minipaas._event e
        where e.stream = stream.id and e.partition = partition and e.event_offset > after_offset and e.event_offset <= head
        order by e.stream desc, e.partition desc, e.event_offset desc
        limit 1
    ));
end
$$;

revoke execute on function minipaas._run_end(minipaas._stream, integer, bigint, bigint, integer) from public;

comment on function minipaas._run_end(minipaas._stream, integer, bigint, bigint, integer) is
'The offset of the last of the next batch_size events of a partition.';
