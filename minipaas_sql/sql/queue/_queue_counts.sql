-- For the views, which call it as whoever reads them. A sample says which queues have how much where; then those that seem
-- small are counted, the smallest first, until 50,000 tasks are. So it takes the same time whatever there is.
create function minipaas._queue_counts() returns setof minipaas._tally
language plpgsql stable security definer
set search_path = pg_catalog, pg_temp
set jit = off
as $$
declare
    v_now constant timestamptz := minipaas._clock();
    v_ready constant boolean := minipaas._sample_share('minipaas._ready') < 100;
    v_waiting constant boolean := minipaas._sample_share('minipaas._waiting') < 100;
    v_queue minipaas._queue;
    v_tally minipaas._tally;
    v_room bigint := 50000;
begin
    if not minipaas._may('observe') then
        return;
    end if;
    for v_tally in
        select t.* from minipaas._tally_sample(v_now) t
        order by t.ready + t.due + t.delayed + t.leased + t.retrying + t.lost + t.blocked + t.dead + t.done
    loop
        select q.* into v_queue from minipaas._queue q where q.id = v_tally.queue;
        if v_ready then
            v_tally := minipaas._tally_ready(v_tally, v_room);
        end if;
        if v_waiting then
            v_tally := minipaas._tally_waiting(v_tally, v_room, v_now, v_queue.max_attempts);
        end if;
        v_tally := minipaas._tally_others(v_tally, v_room, v_now, v_queue.keep_done);
        v_room := v_room - v_tally.counted;
        return next v_tally;
    end loop;
end
$$;

revoke execute on function minipaas._queue_counts() from public;

comment on function minipaas._queue_counts() is
'How many tasks the queues have in each state, for those who may observe; large numbers are estimates.';
