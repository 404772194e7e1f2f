create function minipaas.queue_purge(queue text) returns bigint
language plpgsql volatile security definer
set search_path = pg_catalog, pg_temp
as $$
declare
    v_queue minipaas._queue;
    v_now timestamptz := minipaas._clock();
    v_count bigint;
begin
    select q.* into v_queue from minipaas._queue_get(queue, 'manage') q;
    if not found then
        perform minipaas._queue_refuse(queue, 'manage');
    end if;
    with ready as (
        delete from minipaas._ready r where r.ctid = any(array(
            select f.ctid from minipaas._ready f where f.queue = v_queue.id for update skip locked
        )) returning 1
    ),
    waiting as (
        delete from minipaas._waiting w where w.ctid = any(array(
            select f.ctid from minipaas._waiting f
            where f.queue = v_queue.id and (f.state <> 'l' or f.until <= v_now) for update skip locked
        )) returning 1
    ),
    dead as (
        delete from minipaas._dead d where d.ctid = any(array(
            select f.ctid from minipaas._dead f where f.queue = v_queue.id for update skip locked
        )) returning 1
    )
    select (select count(*) from ready) + (select count(*) from waiting) + (select count(*) from dead) into v_count;
    return v_count;
end
$$;

revoke execute on function minipaas.queue_purge(text) from public;

comment on function minipaas.queue_purge(text) is
'Deletes all tasks of a queue that nobody holds: ready, delayed, retrying and dead ones, and expired leases.

Returns how many. Tasks that another open transaction has taken are left; waits for nobody.
Right: manage. Errors: MP001, MP005, MP006.';
