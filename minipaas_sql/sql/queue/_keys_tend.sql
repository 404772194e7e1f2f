-- For dequeues that found nothing else, and so return what this makes ready: in a long transaction nobody else could have it.
-- Of a key, what used up its last attempt by an expired lease is dead; an idle baton (see _baton) goes to who waits behind it.
create function minipaas._keys_tend(queue integer, lanes smallint[], max_attempts integer, batch_size integer) returns boolean
language plpgsql volatile
set enable_seqscan = off
set enable_bitmapscan = off
as $$
#variable_conflict use_variable
declare
    v_now timestamptz := minipaas._clock();
    v_left integer := batch_size;
    v_lane smallint;
    v_floor timestamptz;
    v_task minipaas._waiting;
    v_key text;
begin
    foreach v_lane in array lanes loop
        v_floor := (minipaas._mark_get(queue, v_lane)).due_floor;
        for v_task in
            select w.* from minipaas._waiting w
            where w.queue = queue and w.lane = v_lane and w.until between v_floor and v_now and w.state = 'l'
                and not minipaas._may_retry(w.attempt, w.granted, coalesce(w.max_attempts, max_attempts))
                and w.key is not null and minipaas._key_waits(w.queue, w.key, v_now)
            order by w.until limit v_left for update of w skip locked
        loop
            perform minipaas._dead_add(v_task, format('the lease of attempt %s expired', v_task.attempt));
            v_left := v_left - 1;
        end loop;
    end loop;
    for v_key in
        select b.key from minipaas._baton b
        where b.queue = queue and b.idle and minipaas._key_waits(b.queue, b.key, v_now)
        limit v_left for no key update of b skip locked
    loop
        if minipaas._promote(queue, v_key) then
            update minipaas._baton b set idle = false where b.queue = queue and b.key = v_key;
            v_left := v_left - 1;
        end if;
    end loop;
    return v_left < batch_size;
end
$$;

revoke execute on function minipaas._keys_tend(integer, smallint[], integer, integer) from public;

comment on function minipaas._keys_tend(integer, smallint[], integer, integer) is
'Lets keys of a queue go on that nobody else would, at most batch_size; returns whether there were any.';
