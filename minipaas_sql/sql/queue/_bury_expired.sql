create function minipaas._bury_expired(queue integer, max_attempts integer) returns void
language plpgsql volatile
as $$
#variable_conflict use_column
declare
    v_task minipaas._waiting;
begin
    for v_task in
        select w.* from minipaas._waiting w
        where w.queue = _bury_expired.queue and w.state = 'l' and w.until <= minipaas._clock()
            and not minipaas._may_retry(w.attempt, w.granted, coalesce(w.max_attempts, _bury_expired.max_attempts))
        order by w.id
        for update skip locked
    loop
        perform minipaas._dead_add(v_task, format('the lease of attempt %s expired', v_task.attempt));
    end loop;
end
$$;

revoke execute on function minipaas._bury_expired(integer, integer) from public;

comment on function minipaas._bury_expired(integer, integer) is
'Moves tasks whose last attempt ended with an expired lease, which count as dead already, to _dead.';
