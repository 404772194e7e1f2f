create function minipaas._schedule_deny(schedule text, action text) returns void
language plpgsql stable
as $$
declare
    v_queue constant text := (select s.queue from minipaas._schedule s where s.name = schedule);
begin
    if not minipaas._schedule_may(v_queue, action) and (v_queue is not null or minipaas._queues_of(action) = '{}') then
        perform minipaas._deny(action, (select q.name from minipaas._queue q where q.name = v_queue));
    end if;
end
$$;

revoke execute on function minipaas._schedule_deny(text, text) from public;

comment on function minipaas._schedule_deny(text, text) is
'Raises MP005 where the caller has no right on the queue of a schedule, or has it nowhere and there is no such schedule.';
