-- An xact lock lives until the top transaction ends or the savepoint is rolled back, and through PREPARE: then it has no
-- pid. The namespace of the lock is "MP" and the stream. Its key has the low 32 bits of a bound, which are compared by their
-- distance, as serial numbers are; a bound above the last value belongs to offsets above it, and is ignored.
create function minipaas._publishers(stream integer, last bigint)
returns table (pid integer, virtualxid text, behind integer)
language sql stable
as $$
select p.*
from (
    select l.pid, l.virtualtransaction, ((last & 4294967295) - l.objid::bigint)::bit(32)::integer as behind
    from pg_locks l
    where l.locktype = 'advisory' and l.mode = 'ShareLock' and l.granted and l.objsubid = 2
        and l.classid = (1297088512 + stream)::oid
        and l.database = (select d.oid from pg_database d where d.datname = current_database())
        and l.pid is distinct from pg_backend_pid()
) p
where p.behind >= 0
$$;

revoke execute on function minipaas._publishers(integer, bigint) from public;

comment on function minipaas._publishers(integer, bigint) is
'Other open transactions that have published to a stream, and how far below a last value the lower bound of their offsets is.';
