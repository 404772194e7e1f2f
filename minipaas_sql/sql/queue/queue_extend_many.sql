-- Sorted, so that two calls for the same tasks lock them in one order.
create function minipaas.queue_extend_many(ids bigint[], attempts integer[] default null, lease interval default null)
returns bigint
language plpgsql volatile security definer
set search_path = pg_catalog, pg_temp
as $$
begin
    perform minipaas._check_ids(ids, attempts);
    return count(minipaas.queue_extend(a.id, a.attempt, lease))
    from (select u.id, u.attempt from unnest(ids, attempts) u (id, attempt) order by u.id) a;
end
$$;

revoke execute on function minipaas.queue_extend_many(bigint[], integer[], interval) from public;

comment on function minipaas.queue_extend_many(bigint[], integer[], interval) is
'Extends the leases of many tasks, as queue_extend does one.

ids, attempts: as dequeue returned them, arrays of the same length. Without attempts, whoever holds the tasks.
lease: how long from now (default: the queue''s lease).
Returns how many leases were extended; the others are lost.
Right: dequeue. Errors: MP005, MP006.';
