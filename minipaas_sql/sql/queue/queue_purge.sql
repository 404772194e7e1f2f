create function minipaas.queue_purge(queue text) returns bigint
language plpgsql volatile security definer
set search_path = pg_catalog, pg_temp
as $$
declare
    v_queue minipaas._queue;
    v_now timestamptz := minipaas._clock();
    v_held text[];
    v_keys text[];
    v_count bigint;
begin
    select q.* into v_queue from minipaas._queue_get(queue, 'manage') q;
    if not found then
        perform minipaas._queue_refuse(queue, 'manage');
    end if;
    -- As in _task_take: the batons before the blocked tasks, of which those that came meanwhile are left.
    v_held := array(
        select b.key from minipaas._baton b
        where (b.queue, b.key) in (select f.queue, f.key from minipaas._blocked f where f.queue = v_queue.id)
        order by b.key collate "C"
        for key share
    );
    with ready as (
        delete from minipaas._ready r where r.ctid = any(array(
            select f.ctid from minipaas._ready f where f.queue = v_queue.id for update skip locked
        )) returning r.id, r.key, r.dedup_key
    ),
    waiting as (
        delete from minipaas._waiting w where w.ctid = any(array(
            select f.ctid from minipaas._waiting f
            where f.queue = v_queue.id and (f.state <> 'l' or f.until <= v_now) for update skip locked
        )) returning w.id, case when w.state <> 'd' then w.key end as key, w.dedup_key
    ),
    blocked as (
        delete from minipaas._blocked b where b.ctid = any(array(
            select f.ctid from minipaas._blocked f
            where f.queue = v_queue.id and f.key in (select unnest(v_held))
            for update skip locked
        )) returning b.id, null::text as key, b.dedup_key
    ),
    dead as (
        delete from minipaas._dead d where d.ctid = any(array(
            select f.ctid from minipaas._dead f where f.queue = v_queue.id for update skip locked
        )) returning d.id, null::text as key, null::text as dedup_key
    ),
    gone as (
        select * from ready union all select * from waiting union all select * from blocked union all select * from dead
    ),
    freed as (
        delete from minipaas._dedup d using gone g
        where d.queue = v_queue.id and d.dedup_key = g.dedup_key and d.id = g.id
    )
    select count(*), array_agg(g.key order by g.key collate "C") filter (where g.key is not null)
    into v_count, v_keys
    from gone g;
    perform minipaas._key_release(v_queue.id, k) from unnest(v_keys) k;
    return v_count;
end
$$;

revoke execute on function minipaas.queue_purge(text) from public;

comment on function minipaas.queue_purge(text) is
'Deletes all tasks of a queue that nobody holds: ready, delayed, retrying, blocked and dead ones, and expired leases.

Returns how many. Tasks that another open transaction has taken are left. Waits for nobody, but for open transactions that finish
tasks of the keys that are purged.
Right: manage. Errors: MP001, MP005, MP006.';
