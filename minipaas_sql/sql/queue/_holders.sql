-- nextval and writes keep a RowExclusiveLock until the top transaction ends, through savepoints and PREPARE.
create function minipaas._holders(relation regclass) returns text[]
language sql volatile
as $$
select coalesce(array_agg(case when l.pid is null then 'prepared' else l.virtualtransaction end), '{}')
from pg_locks l
where l.locktype = 'relation' and l.mode = 'RowExclusiveLock' and l.granted
    and l.relation = _holders.relation::oid
    and l.database = (select d.oid from pg_database d where d.datname = current_database())
$$;

revoke execute on function minipaas._holders(regclass) from public;

comment on function minipaas._holders(regclass) is
'The virtual transactions that have written to a relation and are still open; "prepared" stands for any that is prepared.';
