-- Tasks that nobody holds go from _blocked to _ready and from _waiting to _ready only: looked for in this order, none is missed
-- that moves between two statements. A fresh task's position is its id: one probe per lane. Others are in the partial index on
-- id. Whatever somebody has locked is held. Before a blocked task its baton is locked, so that nobody puts that away as if the
-- task were gone.
create function minipaas._task_take(id bigint, out state text, out task minipaas._ready)
language plpgsql volatile
set enable_seqscan = off
as $$
#variable_conflict use_column
declare
    v_tid tid;
begin
    perform from minipaas._baton b
    where (b.queue, b.key) in (select f.queue, f.key from minipaas._blocked f where f.id = _task_take.id)
    for key share;
    delete from minipaas._blocked b where b.ctid = any(array(
        select f.ctid from minipaas._blocked f where f.id = _task_take.id for update skip locked
    ))
    returning b.* into task;
    if found then
        state := 'blocked';
        return;
    end if;
    select w.ctid, case w.state when 'd' then 'delayed' when 'r' then 'retrying' else 'leased' end into v_tid, state
    from minipaas._waiting w
    where w.id = _task_take.id and (w.state <> 'l' or w.until <= minipaas._clock())
    for update skip locked;
    if found then
        delete from minipaas._waiting w where w.ctid = v_tid
        returning
            w.id, w.id, w.enqueued_at, w.queue, w.attempt, w.granted, w.max_attempts, w.lane, w.payload, w.headers, w.last_error,
            w.key, w.dedup_key
        into task;
        return;
    end if;
    delete from minipaas._ready r where r.ctid = any(array(
        select f.ctid
        from (select q.id as queue, unnest(minipaas._lanes(q.id)) as lane from minipaas._queue q) l
        join minipaas._ready f on f.queue = l.queue and f.lane = l.lane and f.position = _task_take.id
        where f.id = _task_take.id
        for update of f skip locked
    ) || array(
        select f.ctid from minipaas._ready f
        where f.id = _task_take.id and f.position <> f.id
        for update skip locked
    ))
    returning r.* into task;
    state := case when found then 'ready' end;
end
$$;

revoke execute on function minipaas._task_take(bigint) from public;

comment on function minipaas._task_take(bigint) is
'Removes a task that nobody holds from where it is: its state (NULL: there is none) and the task. The caller frees its keys.';
