-- Called after the write: then the lock on _waiting is held, and this statement sees every candidate published before
-- (see _mark_confirm). Only a clock that went back leads below one. An old snapshot sees no marks: there, any candidate
-- of any lane counts.
create function minipaas._waiting_check(queue integer, lane smallint, until timestamptz) returns void
language plpgsql volatile
as $$
declare
    v_mark minipaas._mark;
    v_below boolean;
begin
    if current_setting('transaction_isolation') = 'read committed' then
        v_mark := minipaas._mark_get(queue, lane);
        v_below := until < greatest(v_mark.due_floor, v_mark.due_candidate);
    else
        select 1e6 * extract(epoch from until) < s.last_value into v_below from minipaas._clock_high s;
    end if;
    if v_below then
        perform minipaas._lane_begin(queue, lane);
    elsif until < minipaas._clock() + interval '10 ms' then
        perform minipaas._mark_wake(queue);
    end if;
end
$$;

revoke execute on function minipaas._waiting_check(integer, smallint, timestamptz) from public;

comment on function minipaas._waiting_check(integer, smallint, timestamptz) is
'Tells dequeues of a task that was written to _waiting and is due soon, or below what counts as empty: a new epoch.';
