-- For the views, which call it as whoever reads them. One look at the locks for both answers. A prepared transaction is
-- found by the lock on its own id.
create function minipaas._stream_state(stream integer, out head bigint, out blocked_by jsonb)
language plpgsql stable security definer
set search_path = pg_catalog, pg_temp
as $$
declare
    v_lowest record;
begin
    if pg_is_in_recovery() or not minipaas._may('observe') then
        return;
    end if;
    head := coalesce(pg_sequence_last_value('minipaas._event_offset'), 0);
    select p.* into v_lowest from minipaas._publishers(stream, head) p order by p.behind desc limit 1;
    if not found then
        return;
    end if;
    head := head - v_lowest.behind;
    if v_lowest.pid is null then
        select jsonb_build_object('pid', null, 'prepared', x.gid, 'age', clock_timestamp() - x.prepared) into blocked_by
        from pg_locks l
        join pg_prepared_xacts x on x.transaction = l.transactionid
        where l.locktype = 'transactionid' and l.pid is null and l.virtualtransaction = v_lowest.virtualxid;
    else
        blocked_by := (
            select jsonb_build_object(
                'pid', v_lowest.pid, 'application', max(a.application_name), 'age', clock_timestamp() - max(a.xact_start)
            )
            from pg_stat_activity a
            where a.pid = v_lowest.pid
        );
    end if;
end
$$;

revoke execute on function minipaas._stream_state(integer) from public;

comment on function minipaas._stream_state(integer) is
'How far a stream can be read, and which open transaction keeps it there; NULLs on a standby and for who may not observe.';
