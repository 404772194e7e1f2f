-- For the views, which call it as whoever reads them.
create function minipaas._stream_state(stream integer, out head bigint, out blocked_by jsonb)
language plpgsql stable security definer
set search_path = pg_catalog, pg_temp
as $$
begin
    if pg_is_in_recovery() or not minipaas._may('observe') then
        return;
    end if;
    head := minipaas._stream_head(stream);
    select
        jsonb_build_object(
            'pid', p.pid, 'application', a.application_name, 'age', clock_timestamp() - coalesce(a.xact_start, x.prepared)
        ) || case when p.pid is null then jsonb_build_object('prepared', x.gid) else '{}' end
    into blocked_by
    from minipaas._publishers(stream) p
    left join pg_stat_activity a on a.pid = p.pid
    left join pg_prepared_xacts x on p.pid is null and x.transaction::text = split_part(p.virtualxid, '/', 2)
    where p.bound = (head & 4294967295)
    limit 1;
end
$$;

revoke execute on function minipaas._stream_state(integer) from public;

comment on function minipaas._stream_state(integer) is
'How far a stream can be read, and which open transaction keeps it there; NULLs on a standby and for who may not observe.';
