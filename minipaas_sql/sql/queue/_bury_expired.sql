-- Lane by lane, which is how the index is ordered.
create function minipaas._bury_expired(queue integer, max_attempts integer, batch_size integer default null) returns bigint
language plpgsql volatile
set enable_seqscan = off
set enable_bitmapscan = off
as $$
#variable_conflict use_column
declare
    v_now timestamptz := minipaas._clock();
    v_lane smallint;
    v_task minipaas._waiting;
    v_count bigint := 0;
begin
    foreach v_lane in array minipaas._lanes(queue) loop
        for v_task in
            select w.* from minipaas._waiting w
            where w.queue = _bury_expired.queue and w.lane = v_lane and w.until <= v_now and w.state = 'l'
                and not minipaas._may_retry(w.attempt, w.granted, coalesce(w.max_attempts, _bury_expired.max_attempts))
            order by w.until
            limit batch_size - v_count
            for update skip locked
        loop
            perform minipaas._dead_add(v_task, format('the lease of attempt %s expired', v_task.attempt));
            v_count := v_count + 1;
        end loop;
    end loop;
    return v_count;
end
$$;

revoke execute on function minipaas._bury_expired(integer, integer, integer) from public;

comment on function minipaas._bury_expired(integer, integer, integer) is
'Moves tasks whose last attempt ended with an expired lease, which count as dead already, to _dead; returns how many.';
