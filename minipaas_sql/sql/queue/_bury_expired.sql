-- Lane by lane, which is how the index is ordered.
create function minipaas._bury_expired(
    queue integer, max_attempts integer, batch_size integer default null, keep_keys boolean default false,
    out count bigint, out to_release text[]
)
language plpgsql volatile
set enable_seqscan = off
set enable_bitmapscan = off
as $$
#variable_conflict use_column
declare
    v_now timestamptz := minipaas._clock();
    v_lane smallint;
    v_task minipaas._waiting;
begin
    count := 0;
    foreach v_lane in array minipaas._lanes(queue) loop
        for v_task in
            select w.* from minipaas._waiting w
            where w.queue = _bury_expired.queue and w.lane = v_lane and w.until <= v_now and w.state = 'l'
                and not minipaas._may_retry(w.attempt, w.granted, coalesce(w.max_attempts, _bury_expired.max_attempts))
            order by w.until
            limit batch_size - count
            for update skip locked
        loop
            perform minipaas._dead_add(v_task, format('the lease of attempt %s expired', v_task.attempt), keep_keys);
            count := count + 1;
            if keep_keys and v_task.key is not null then
                to_release := to_release || v_task.key;
            end if;
        end loop;
    end loop;
end
$$;

revoke execute on function minipaas._bury_expired(integer, integer, integer, boolean) from public;

comment on function minipaas._bury_expired(integer, integer, integer, boolean) is
'Moves tasks whose last attempt ended with an expired lease, which count as dead already, to _dead; returns how many. With keep_keys
the caller releases their keys (to_release), once it has all others that it waits for.';
