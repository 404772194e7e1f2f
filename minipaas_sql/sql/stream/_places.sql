create function minipaas._places(stream minipaas._stream, upto bigint)
returns table (cursor integer, partition integer, place minipaas._position, unread bigint)
language sql stable
as $$
select c.id, c.partition, p, u.unread
from minipaas._consumer k
join minipaas._cursor c on c.consumer = k.id
cross join lateral minipaas._position_now(c.id) p
cross join lateral (
    select minipaas._next_event(_places.stream, c.partition, greatest(p.committed, (_places.stream).trimmed), upto) as unread
) u
where k.stream = (_places.stream).id and u.unread is not null
$$;

revoke execute on function minipaas._places(minipaas._stream, bigint) from public;

comment on function minipaas._places(minipaas._stream, bigint) is
'Where the consumers of a stream stand that have something to read up to an offset, and their first unread event.';
