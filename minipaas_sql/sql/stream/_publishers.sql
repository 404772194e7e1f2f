-- An xact lock lives until the top transaction ends or the savepoint is rolled back, and through PREPARE: then it has no
-- pid. The namespace of the lock is "MP" and the stream. Its key has the low 32 bits of a bound, which are compared by their
-- distance from the last value. A bound that was drawn after that looks almost 2^32 away; it belongs to offsets above the last
-- value, and is ignored.
create function minipaas._publishers(stream integer, last bigint)
returns table (pid integer, virtualxid text, behind bigint)
language sql stable
as $$
select p.*
from (
    select l.pid, l.virtualtransaction, (last - l.objid::bigint) & 4294967295 as behind
    from pg_locks l
    where l.locktype = 'advisory' and l.mode = 'ShareLock' and l.granted and l.objsubid = 2
        and l.classid = (1297088512 + stream)::oid
        and l.database = (select d.oid from pg_database d where d.datname = current_database())
        and l.pid is distinct from pg_backend_pid()
) p
where p.behind < 3294967296
$$;

revoke execute on function minipaas._publishers(integer, bigint) from public;

comment on function minipaas._publishers(integer, bigint) is
'Other open transactions that have published to a stream, and how far below a last value the lower bound of their offsets is.';
