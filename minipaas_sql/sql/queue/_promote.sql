create function minipaas._promote(queue integer, key text) returns boolean
language plpgsql volatile
set enable_seqscan = off
set enable_bitmapscan = off
as $$
#variable_conflict use_variable
begin
    with gone as (
        delete from minipaas._blocked b
        where b.ctid = (
            select f.ctid from minipaas._blocked f
            where f.queue = queue and f.key = key
            order by f.queue, f.key, f.position
            limit 1 for update skip locked
        )
        returning b.*
    )
    insert into minipaas._ready (
        position, id, enqueued_at, queue, attempt, granted, max_attempts, lane, payload, headers, last_error, key, dedup_key
    )
    select
        nextval('minipaas._task_id'), g.id, g.enqueued_at, g.queue, g.attempt, g.granted, g.max_attempts, g.lane, g.payload,
        g.headers, g.last_error, g.key, g.dedup_key
    from gone g;
    return found;
end
$$;

revoke execute on function minipaas._promote(integer, text) from public;

comment on function minipaas._promote(integer, text) is
'Makes the first blocked task of a key ready, for whoever has its baton; returns whether there was one.';
