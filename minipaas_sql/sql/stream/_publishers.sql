-- An xact lock lives until the top transaction ends or the savepoint is rolled back, and through PREPARE: then it has no
-- pid. The namespace of the lock is "MP" and the stream.
create function minipaas._publishers(stream integer) returns table (pid integer, virtualxid text, bound bigint)
language sql stable
as $$
select l.pid, l.virtualtransaction, l.objid::bigint
from pg_locks l
where l.locktype = 'advisory' and l.mode = 'ShareLock' and l.granted and l.objsubid = 2
    and l.classid = (1297088512 + stream)::oid
    and l.database = (select d.oid from pg_database d where d.datname = current_database())
    and l.pid is distinct from pg_backend_pid()
$$;

revoke execute on function minipaas._publishers(integer) from public;

comment on function minipaas._publishers(integer) is
'Other open transactions that have published to a stream, and the low 32 bits of a lower bound of their offsets (_hold_back).';
