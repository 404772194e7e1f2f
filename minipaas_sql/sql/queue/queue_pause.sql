create function minipaas.queue_pause(queue text) returns void
language plpgsql volatile security definer
set search_path = pg_catalog, pg_temp
as $$
begin
    update minipaas._queue q
    set paused = true
    where q.id = (select g.id from minipaas._queue_get(queue, 'manage') g);
    if not found then
        perform minipaas._queue_refuse(queue, 'manage');
    end if;
end
$$;

revoke execute on function minipaas.queue_pause(text) from public;

comment on function minipaas.queue_pause(text) is
'Stops deliveries from a queue: dequeue and pop return nothing until queue_resume.

Enqueue goes on, and whoever holds a task may finish it. Returns nothing; pausing twice is no error.
Right: manage. Errors: MP001, MP005, MP006.';
