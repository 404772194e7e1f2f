-- Finds out below what no task is and none can come any more, without a wait and across several calls.
--
-- _ready: whoever drew a position up to last_value took its lock on the sequence before we read last_value. So once
-- nobody is left of those who held it afterwards, all of them have committed or are gone, and a snapshot taken then
-- shows every task up to the candidate that there will ever be. (Comparing a snapshot's xmax with xmin strands tasks:
-- nextval comes before the transaction id.)
--
-- _waiting: times come from a clock and not from a sequence. So the candidate is published first, and the holders
-- are read in a later transaction: a writer is one of those holders, or sees the candidate and, if it writes below
-- it because the clock went back, begins a new epoch (_waiting_check, and _find for leases).
--
-- Both looks end at the candidate: beyond it lie, under a held snapshot, the dead rows of all leases that were acked.
create function minipaas._mark_confirm(mark minipaas._mark) returns minipaas._mark
language plpgsql volatile
as $$
declare
    v_holders text[] := minipaas._holders('minipaas._task_id');
    v_first bigint;
    v_due timestamptz;
begin
    if mark.candidate is not null and not (v_holders && mark.holders or 'prepared' = any(v_holders)) then
        select r.position into v_first from minipaas._ready r
        where r.queue = mark.queue and r.lane = mark.lane and r.position between mark.floor and mark.candidate
        order by r.position limit 1;
        mark.floor := greatest(mark.floor, least(mark.candidate + 1, v_first));
        mark.candidate := null;
    end if;
    if mark.candidate is null then
        select case when s.is_called then s.last_value else 0 end into mark.candidate from minipaas._task_id s;
        mark.holders := minipaas._holders('minipaas._task_id');
    end if;

    v_holders := minipaas._holders('minipaas._waiting');
    if mark.due_holders is not null and not (v_holders && mark.due_holders or 'prepared' = any(v_holders)) then
        select w.until into v_due from minipaas._waiting w
        where w.queue = mark.queue and w.lane = mark.lane and w.until between mark.due_floor and mark.due_candidate
        order by w.until limit 1;
        mark.due_floor := greatest(mark.due_floor, least(mark.due_candidate, v_due));
        mark.due_candidate := null;
        mark.due_holders := null;
    end if;
    if mark.due_candidate is null then
        mark.due_candidate := minipaas._clock();
        mark.due_xact := pg_current_xact_id();
        perform setval('minipaas._clock_high', greatest(s.last_value, (1e6 * extract(epoch from mark.due_candidate))::bigint))
        from minipaas._clock_high s;
    elsif mark.due_holders is null and mark.due_xact <> pg_current_xact_id() then
        mark.due_holders := v_holders;
    end if;
    return mark;
end
$$;

revoke execute on function minipaas._mark_confirm(minipaas._mark) from public;

comment on function minipaas._mark_confirm(minipaas._mark) is
'The mark with its floors moved up as far as is proven, or with the next candidates for that.';
