-- Asked about what a call has found and locked, or already changed: an error takes that back, and nothing can come between.
-- A task that it has not found may still be another queue's.
create function minipaas._check_task(id bigint, queue integer) returns void
language plpgsql stable
as $$
declare
    v_queue minipaas._queue;
begin
    select q.* into v_queue
    from minipaas._queue q
    where q.id = coalesce(_check_task.queue, minipaas._task_queue(_check_task.id));
    if found and not minipaas._allowed('dequeue', v_queue.granted, v_queue.id, null) then
        perform minipaas._deny('dequeue', v_queue.name);
    elsif not found and minipaas._queues_of('dequeue') = '{}' then
        perform minipaas._deny('dequeue');
    end if;
end
$$;

revoke execute on function minipaas._check_task(bigint, integer) from public;

comment on function minipaas._check_task(bigint, integer) is
'Raises MP005 unless the caller may dequeue on the queue of a task, or, where there is no such task, on any. queue NULL: look for it.';
