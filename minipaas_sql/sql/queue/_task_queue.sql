-- A task keeps its id and its queue wherever it goes. A fresh one's position is its id: a probe per lane, as in _task_take.
create function minipaas._task_queue(id bigint) returns integer
language sql stable
set enable_seqscan = off
as $$
select coalesce(
    (select w.queue from minipaas._waiting w where w.id = _task_queue.id),
    (select b.queue from minipaas._blocked b where b.id = _task_queue.id),
    (select d.queue from minipaas._dead d where d.id = _task_queue.id),
    (select n.queue from minipaas._done n where n.id = _task_queue.id),
    (select r.queue from minipaas._ready r where r.id = _task_queue.id and r.position <> r.id),
    (
        select r.queue
        from (select q.id as queue, unnest(minipaas._lanes(q.id)) as lane from minipaas._queue q) l
        join minipaas._ready r on r.queue = l.queue and r.lane = l.lane and r.position = _task_queue.id
        where r.id = _task_queue.id
    )
)
$$;

revoke execute on function minipaas._task_queue(bigint) from public;

comment on function minipaas._task_queue(bigint) is 'The queue of a task, whatever its state; NULL: there is no such task.';
