create function minipaas._places(stream minipaas._stream, upto bigint)
returns table (cursor integer, partition integer, place minipaas._position, unread bigint)
language sql stable
as $$
select c.id, c.partition, p, u.unread
from minipaas._consumer k
join minipaas._cursor c on c.consumer = k.id
cross join lateral minipaas._position_now(c.id) p
cross join lateral (
    (
        select e.event_offset as unread
        from minipaas._event e
        where (_places.stream).partitions = 1 and e.stream = (_places.stream).id
            and e.event_offset > greatest(p.committed, (_places.stream).trimmed) and e.event_offset <= upto
        order by e.stream, e.event_offset
        limit 1
    )
    union all
    (
        select e.event_offset
        from minipaas._event e
        where (_places.stream).partitions > 1 and e.stream = (_places.stream).id and e.partition = c.partition
            and e.event_offset > greatest(p.committed, (_places.stream).trimmed) and e.event_offset <= upto
        order by e.stream, e.partition, e.event_offset
        limit 1
    )
) u
where k.stream = (_places.stream).id
$$;

revoke execute on function minipaas._places(minipaas._stream, bigint) from public;

comment on function minipaas._places(minipaas._stream, bigint) is
'Where the consumers of a stream stand that have something to read up to an offset, and their first unread event.';
