-- Idle batons (see _baton) go to who waits behind them; those with nobody behind are put away. The lock is FOR UPDATE, which nobody
-- gets who may be adding a task; what it had added before shows in the next statement.
create function minipaas._batons_sweep(queue integer, batch_size integer) returns bigint
language plpgsql volatile
set enable_seqscan = off
set enable_bitmapscan = off
as $$
#variable_conflict use_variable
declare
    v_key text;
    v_count bigint := 0;
begin
    for v_key in
        select b.key from minipaas._baton b where b.queue = queue and b.idle limit batch_size for update skip locked
    loop
        if minipaas._promote(queue, v_key) then
            update minipaas._baton b set idle = false where b.queue = queue and b.key = v_key;
            v_count := v_count + 1;
        else
            delete from minipaas._baton b where b.queue = queue and b.key = v_key;
        end if;
    end loop;
    return v_count;
end
$$;

revoke execute on function minipaas._batons_sweep(integer, integer) from public;

comment on function minipaas._batons_sweep(integer, integer) is
'Lets the keys of a queue go on whose baton is idle, at most batch_size; returns how many tasks that made ready.';
