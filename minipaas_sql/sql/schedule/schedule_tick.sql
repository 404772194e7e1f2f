-- In no order, so that those with much to catch up don't keep the others waiting, and locked one by one, so that a
-- caller whose transaction goes on keeps nothing but what it has made.
create function minipaas.schedule_tick() returns bigint
language plpgsql volatile security definer
set search_path = pg_catalog, pg_temp
as $$
declare
    v_now constant timestamptz := minipaas._clock();
    v_deadline constant timestamptz := clock_timestamp() + interval '1 s';
    v_id integer;
    v_schedule minipaas._schedule;
    v_count bigint := 0;
begin
    if not minipaas._sees_now() then
        perform minipaas._wrong_isolation('schedule_tick');
    end if;
    for v_id in
        select s.id from minipaas._schedule s where not s.paused and s.next_at <= v_now order by random()
    loop
        select s.* into v_schedule
        from minipaas._schedule s
        where s.id = v_id and not s.paused and s.next_at <= v_now for no key update skip locked;
        if found then
            v_count := v_count + minipaas._schedule_fire(v_schedule, v_now);
        end if;
        exit when clock_timestamp() > v_deadline;
    end loop;
    return v_count;
end
$$;

revoke execute on function minipaas.schedule_tick() from public;

comment on function minipaas.schedule_tick() is
'Makes the tasks that are due by the schedules: call it every few seconds, from anywhere, any number of times at once.

Returns how many. Each fire time makes one task, whoever ticks. Waits for nobody: what another open transaction has ticked is left
to it, and comes again if that is rolled back. Works for about a second at most, and makes at most a hundred tasks of one
schedule; the rest goes with the next call. Give it a transaction of its own.
A schedule that can make no tasks, since its queue is gone, keeps nobody else''s: see last_error in the view schedules.
Right: any. Errors: MP007 unless the transaction is READ COMMITTED and the server a primary.';
