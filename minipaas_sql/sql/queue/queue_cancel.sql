-- A fresh task's position is its id: one probe per lane. Others are in the partial index on id. Whatever somebody has
-- locked is held.
create function minipaas.queue_cancel(id bigint) returns boolean
language plpgsql volatile security definer
set search_path = pg_catalog, pg_temp
set enable_seqscan = off
as $$
declare
    v_now timestamptz := minipaas._clock();
begin
    if not minipaas._allowed('dequeue') then
        perform minipaas._deny('dequeue');
    end if;
    delete from minipaas._ready r where r.ctid = any(array(
        select f.ctid
        from (select q.id as queue, unnest(minipaas._lanes(q.id)) as lane from minipaas._queue q) l
        join minipaas._ready f on f.queue = l.queue and f.lane = l.lane and f.position = queue_cancel.id
        where f.id = queue_cancel.id
        for update of f skip locked
    ) || array(
        select f.ctid from minipaas._ready f
        where f.id = queue_cancel.id and f.position <> f.id
        for update skip locked
    ));
    if found then
        return true;
    end if;
    delete from minipaas._waiting w where w.ctid = any(array(
        select f.ctid from minipaas._waiting f
        where f.id = queue_cancel.id and (f.state <> 'l' or f.until <= v_now)
        for update skip locked
    ));
    if found then
        return true;
    end if;
    delete from minipaas._dead d where d.ctid = any(array(
        select f.ctid from minipaas._dead f where f.id = queue_cancel.id for update skip locked
    ));
    return found;
end
$$;

revoke execute on function minipaas.queue_cancel(bigint) from public;

comment on function minipaas.queue_cancel(bigint) is
'Deletes a task that nobody holds: ready, delayed, retrying or dead, or with an expired lease.

id: as enqueue returned it.
Returns true, or false when it is held, finished or was never there. Waits for nobody.
Right: dequeue. Errors: MP005.';
