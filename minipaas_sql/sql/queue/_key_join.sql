-- Delayed tasks have no baton; the due ones of a key get in line when its baton is handed on.
create function minipaas._key_join(queue integer, key text) returns void
language plpgsql volatile
set enable_seqscan = off
set enable_bitmapscan = off
as $$
#variable_conflict use_variable
begin
    with due as (
        delete from minipaas._waiting w
        where w.ctid = any(array(
            select f.ctid from minipaas._waiting f
            where f.queue = queue and f.key = key and f.state = 'd' and f.until <= minipaas._clock()
            order by f.until
            limit 100 for update skip locked
        ))
        returning w.*
    )
    insert into minipaas._blocked (
        position, id, enqueued_at, queue, attempt, granted, max_attempts, lane, payload, headers, last_error, key, dedup_key
    )
    select
        nextval('minipaas._task_id'), d.id, d.enqueued_at, d.queue, d.attempt, d.granted, d.max_attempts, d.lane, d.payload,
        d.headers, d.last_error, d.key, d.dedup_key
    from (select * from due order by until, id) d;
end
$$;

revoke execute on function minipaas._key_join(integer, text) from public;

comment on function minipaas._key_join(integer, text) is 'Moves delayed tasks of a key that are due to _blocked.';
