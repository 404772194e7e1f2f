-- Sorted, so that two calls for the same tasks lock them in one order.
-- All tasks before any key, of which the dead ones free theirs: an enqueue may have one of the tasks and wait for such a key.
create function minipaas.queue_nack_many(
    ids bigint[], attempts integer[] default null, delay interval default null, error text default null
)
returns bigint
language plpgsql volatile security definer
set search_path = pg_catalog, pg_temp
as $$
begin
    perform minipaas._check_ids(ids, attempts);
    perform minipaas._held(a.id, a.attempt)
    from (select u.id, u.attempt from unnest(ids, attempts) u (id, attempt) order by u.id) a;
    return count(minipaas.queue_nack(a.id, a.attempt, delay, error))
    from (select u.id, u.attempt from unnest(ids, attempts) u (id, attempt) order by u.id) a;
end
$$;

revoke execute on function minipaas.queue_nack_many(bigint[], integer[], interval, text) from public;

comment on function minipaas.queue_nack_many(bigint[], integer[], interval, text) is
'Gives many tasks back after a failure, as queue_nack does one.

ids, attempts: as dequeue returned them, arrays of the same length. Without attempts, whoever holds the tasks.
delay, error: as in queue_nack, for all of them.
Returns how many were given back or are now dead.
Right: dequeue. Errors: MP005, MP006.';
