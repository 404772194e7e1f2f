-- A delayed task got in line when it was due, before what was enqueued after that. Its own index tells; no row is moved twice.
create function minipaas._promote(queue integer, key text) returns boolean
language plpgsql volatile
set enable_seqscan = off
set enable_bitmapscan = off
as $$
#variable_conflict use_variable
declare
    v_until timestamptz;
    v_task minipaas._ready;
begin
    v_until := least(minipaas._clock(), (
        select f.enqueued_at from minipaas._blocked f
        where f.queue = queue and f.key = key
        order by f.queue, f.key, f.position limit 1
    ));
    delete from minipaas._waiting w
    where w.ctid = (
        select f.ctid from minipaas._waiting f
        where f.queue = queue and f.key = key and f.state = 'd' and f.until <= v_until
        order by f.queue, f.key, f.until, f.id
        limit 1 for update skip locked
    )
    returning
        w.id, w.id, w.enqueued_at, w.queue, w.attempt, w.granted, w.max_attempts, w.lane, w.payload, w.headers, w.last_error,
        w.key, w.dedup_key
    into v_task;
    if not found then
        delete from minipaas._blocked b
        where b.ctid = (
            select f.ctid from minipaas._blocked f
            where f.queue = queue and f.key = key
            order by f.queue, f.key, f.position
            limit 1 for update skip locked
        )
        returning b.* into v_task;
        if not found then
            return false;
        end if;
    end if;
    v_task.position := nextval('minipaas._task_id');
    insert into minipaas._ready values (v_task.*);
    perform minipaas._wake('minipaas_queue_' || queue);
    return true;
end
$$;

revoke execute on function minipaas._promote(integer, text) from public;

comment on function minipaas._promote(integer, text) is
'Makes the next task of a key ready, for whoever has its baton; returns whether there was one.';
