-- For the views, which call it as whoever reads them. A prepared transaction is found by the lock on its own id.
create function minipaas._stream_state(stream integer, out head bigint, out blocked_by jsonb)
language plpgsql stable security definer
set search_path = pg_catalog, pg_temp
as $$
begin
    if pg_is_in_recovery() or not minipaas._may('observe') then
        return;
    end if;
    head := minipaas._stream_head(stream);
    select case
        when p.pid is null then
            jsonb_build_object('pid', null, 'prepared', x.gid, 'age', clock_timestamp() - x.prepared)
        else
            jsonb_build_object('pid', p.pid, 'application', a.application_name, 'age', clock_timestamp() - a.xact_start)
    end
    into blocked_by
    from minipaas._publishers(stream) p
    left join pg_stat_activity a on a.pid = p.pid
    left join pg_locks l on p.pid is null and l.virtualtransaction = p.virtualxid and l.locktype = 'transactionid'
    left join pg_prepared_xacts x on x.transaction = l.transactionid
    where p.bound = (head & 4294967295)
    order by x.gid
    limit 1;
end
$$;

revoke execute on function minipaas._stream_state(integer) from public;

comment on function minipaas._stream_state(integer) is
'How far a stream can be read, and which open transaction keeps it there; NULLs on a standby and for who may not observe.';
