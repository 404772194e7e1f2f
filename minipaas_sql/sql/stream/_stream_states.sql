-- For the views: one look at the locks for all streams. They are found as in _publishers. A prepared transaction is found by
-- the lock on its own id. When another role's transaction began may be hidden: then it is as old as what waits for it.
create function minipaas._stream_states() returns table (stream integer, head bigint, blocked_by jsonb)
language plpgsql volatile
as $$
#variable_conflict use_column
declare
    v_last constant bigint := coalesce(pg_sequence_last_value('minipaas._event_offset'), 0);
begin
    return query
    with publishers as (
        select distinct on (1) l.classid::bigint - 1297088512 as stream, b.behind, l.pid, l.virtualtransaction
        from pg_locks l
        cross join lateral (select ((v_last & 4294967295) - l.objid::bigint)::bit(32)::integer as behind) b
        where l.locktype = 'advisory' and l.mode = 'ShareLock' and l.granted and l.objsubid = 2 and b.behind >= 0
            and l.database = (select d.oid from pg_database d where d.datname = current_database())
            and l.pid is distinct from pg_backend_pid()
        order by 1, b.behind desc
    )
    select
        s.id,
        case when not pg_is_in_recovery() then v_last - coalesce(p.behind, 0) end,
        case
            when p.pid is not null then (
                select jsonb_build_object(
                    'pid', p.pid, 'application', a.application_name, 'age', coalesce(clock_timestamp() - a.xact_start, (
                        select greatest(minipaas._clock() - e.published_at, '0')
                        from minipaas._event e
                        where e.stream = s.id and e.event_offset > v_last - p.behind
                        order by e.stream, e.event_offset
                        limit 1
                    ))
                )
                from pg_stat_get_activity(p.pid) a
            )
            when p.virtualtransaction is not null then (
                select jsonb_build_object('pid', null, 'prepared', x.gid, 'age', clock_timestamp() - x.prepared)
                from pg_locks l
                join pg_prepared_xacts x on x.transaction = l.transactionid
                where l.locktype = 'transactionid' and l.pid is null and l.virtualtransaction = p.virtualtransaction
            )
        end
    from minipaas._stream s
    left join publishers p on p.stream = s.id;
end
$$;

revoke execute on function minipaas._stream_states() from public;

comment on function minipaas._stream_states() is
'How far each stream can be read (NULL on a standby), and which open transaction keeps it there.';
