-- By the server's own statistics, which every commit and vacuum tells and ANALYZE need not.
create function minipaas._crowded(relation regclass) returns boolean
language sql stable
as $$
select pg_stat_get_dead_tuples(relation) > 50000
$$;

revoke execute on function minipaas._crowded(regclass) from public;

comment on function minipaas._crowded(regclass) is
'Whether a table has so many dead rows that walking over their index entries takes long.';
