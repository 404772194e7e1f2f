create function minipaas.maintain() returns table (what text, count bigint)
language plpgsql volatile security definer
set search_path = pg_catalog, pg_temp
as $$
#variable_conflict use_column
declare
    v_deadline constant timestamptz := clock_timestamp() + interval '2 s';
    v_queue minipaas._queue;
    v_stream minipaas._stream;
    v_buried bigint := 0;
    v_readied bigint := 0;
    v_done bigint := 0;
    v_trimmed bigint := 0;
begin
    if not minipaas._sees_now() then
        perform minipaas._wrong_isolation('maintain');
    end if;
    for v_queue in select q.* from minipaas._queue q order by random() loop
        exit when clock_timestamp() > v_deadline;
        v_buried := v_buried + (minipaas._bury_expired(v_queue.id, v_queue.max_attempts, 1000)).count;
        v_readied := v_readied + minipaas._batons_sweep(v_queue.id, 1000);
        v_done := v_done + minipaas._done_prune(v_queue, 10000);
    end loop;
    for v_stream in
        select s.* from minipaas._stream s where s.keep > '0' or s.keep_events > 0 order by random()
        for no key update skip locked
    loop
        exit when clock_timestamp() > v_deadline;
        v_trimmed := v_trimmed + minipaas._retain(v_stream, v_deadline);
    end loop;
    return query values
        ('tasks buried', v_buried),
        ('tasks made ready', v_readied),
        ('done tasks deleted', v_done),
        ('events trimmed', v_trimmed),
        ('orphans deleted', minipaas._orphans_prune(10000)),
        ('sequences repaired', minipaas._sequences_repair());
end
$$;

revoke execute on function minipaas.maintain() from public;

comment on function minipaas.maintain() is
'Does the upkeep that no other call needs to do, for about two seconds at most: call it every ten seconds or so, from anywhere.

what: ''tasks buried'' (their last lease expired, so they are dead), ''tasks made ready'' (their key had been left idle),
''done tasks deleted'' (kept for keep_done), ''events trimmed'' (beyond keep or keep_events), ''orphans deleted'' (rows of what was
dropped while they were added), ''sequences repaired'' (they were behind their rows, with a WARNING).
count: how many.
Returns a row for each of these. Waits for nobody; what others are at is left for the next call. Give it a transaction of its own.
Right: any. Errors: MP007 unless the transaction is READ COMMITTED and the server a primary.';
