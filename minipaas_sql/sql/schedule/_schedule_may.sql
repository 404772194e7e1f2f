-- Asked in the statement that locks or changes the schedule, about the row that it gets: another session may just have given it
-- another queue.
create function minipaas._schedule_may(queue text, action text) returns boolean
language sql stable
as $$
select minipaas._may(action) or exists (select from minipaas._queue_get(queue, action))
$$;

revoke execute on function minipaas._schedule_may(text, text) from public;

comment on function minipaas._schedule_may(text, text) is
'Whether the caller has a right on the schedules of a queue: that on the queue, or, where it is gone, on all.';
