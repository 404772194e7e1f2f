-- Inlined into its callers. Each branch has its own order and limit: above the union, the planner would sort all events.
create function minipaas._event_range(stream integer, partition integer, low bigint, high bigint, most integer)
returns table (event_offset bigint, published_at timestamptz)
language sql stable
as $$
(
    select e.event_offset, e.published_at
    from minipaas._event e
    where _event_range.partition is null and e.stream = _event_range.stream
        and e.event_offset > low and e.event_offset <= high
    order by e.event_offset limit most
)
union all
(
    select e.event_offset, e.published_at
    from minipaas._event e
    where e.stream = _event_range.stream and e.partition = _event_range.partition
        and e.event_offset > low and e.event_offset <= high
    order by e.event_offset limit most
)
$$;

revoke execute on function minipaas._event_range(integer, integer, bigint, bigint, integer) from public;

comment on function minipaas._event_range(integer, integer, bigint, bigint, integer) is
'The first events of a stream, or of one of its several partitions, above one offset and up to another.';
