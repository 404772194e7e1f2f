-- Inlined into its callers: what they order by event_offset, they get from one of the two indexes.
create function minipaas._event_range(stream integer, partition integer, low bigint, high bigint)
returns table (event_offset bigint, published_at timestamptz)
language sql stable
as $$
select e.event_offset, e.published_at
from minipaas._event e
where _event_range.partition is null and e.stream = _event_range.stream
    and e.event_offset > low and e.event_offset <= high
union all
select e.event_offset, e.published_at
from minipaas._event e
where _event_range.partition is not null and e.stream = _event_range.stream and e.partition = _event_range.partition
    and e.event_offset > low and e.event_offset <= high
$$;

revoke execute on function minipaas._event_range(integer, integer, bigint, bigint) from public;

comment on function minipaas._event_range(integer, integer, bigint, bigint) is
'The events of a stream, or of one of its several partitions, above one offset and up to another.';
