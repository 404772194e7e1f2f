-- As the owner, who sees more of other sessions than most readers of the view do.
create function minipaas._horizon() returns table (name text, since interval, transactions integer, advice text)
language sql stable security definer
set search_path = pg_catalog, pg_temp
as $$
select
    format('session %s of %s', a.pid, coalesce(nullif(a.application_name, ''), a.usename, '?')),
    clock_timestamp() - a.xact_start,
    age(coalesce(a.backend_xmin, a.backend_xid)),
    format('End its transaction: select pg_terminate_backend(%s);', a.pid)
from pg_stat_activity a
where coalesce(a.backend_xmin, a.backend_xid) is not null and a.pid <> pg_backend_pid()
    and a.backend_type = 'client backend' and a.datname = current_database() and minipaas._may('observe')
union all
select
    format('prepared transaction %s', x.gid), clock_timestamp() - x.prepared, age(x.transaction),
    format('Finish it in its database: rollback prepared %L;', x.gid)
from pg_prepared_xacts x
where x.database = current_database() and minipaas._may('observe')
union all
select
    format('replication slot %s', s.slot_name), null, age(coalesce(s.xmin, s.catalog_xmin)),
    format('Have its consumer catch up, or drop it: select pg_drop_replication_slot(%L);', s.slot_name)
from pg_replication_slots s
where s.xmin is not null and minipaas._may('observe')
$$;

revoke execute on function minipaas._horizon() from public;

comment on function minipaas._horizon() is
'Who keeps vacuum from removing dead rows of this database, for how long or since how many transactions.';
