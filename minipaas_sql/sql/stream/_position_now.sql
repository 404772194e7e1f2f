create function minipaas._position_now(cursor integer) returns setof minipaas._position
language sql stable
as $$
select p.* from minipaas._position p where p.cursor = _position_now.cursor order by p.cursor desc, p.id desc limit 1
$$;

revoke execute on function minipaas._position_now(integer) from public;

comment on function minipaas._position_now(integer) is 'Where a consumer stands in a partition.';
