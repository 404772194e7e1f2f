-- As the owner, who sees more of other sessions than most readers of the view do.
create function minipaas._horizon() returns table (name text, since interval, transactions integer, advice text)
language sql stable security definer
set search_path = pg_catalog, pg_temp
as $$
with on_standby (advice) as (values (
    'End the oldest query there, on the standby: select pg_terminate_backend(pid) from pg_stat_activity '
    'where backend_type = ''client backend'' and backend_xmin is not null and pid <> pg_backend_pid() '
    'order by age(backend_xmin) desc limit 1;'
))
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
-- A standby with hot_standby_feedback and no slot: with one, the slot has its xmin.
select format('standby %s', r.application_name), null, age(r.backend_xmin), o.advice
from pg_stat_replication r
cross join on_standby o
where r.backend_xmin is not null and minipaas._may('observe')
union all
select
    format('replication slot %s', s.slot_name), null, age(s.xmin),
    case
        when s.active then o.advice
        else format('Have its standby come back, or drop it: select pg_drop_replication_slot(%L);', s.slot_name)
    end
from pg_replication_slots s
cross join on_standby o
where s.xmin is not null and minipaas._may('observe')
$$;

revoke execute on function minipaas._horizon() from public;

comment on function minipaas._horizon() is
'Who keeps vacuum from removing dead rows of this database, for how long or since how many transactions.';
