create function minipaas.queue_enqueue_many(
    queue text,
    payloads jsonb[],
    priority integer default 0,
    delay interval default null,
    run_at timestamptz default null,
    keys text[] default null,
    dedup_keys text[] default null,
    headers jsonb[] default null,
    max_attempts integer default null,
    on_duplicate text default 'keep'
)
returns setof bigint
language plpgsql volatile security definer
set search_path = pg_catalog, pg_temp
set plan_cache_mode = force_generic_plan
as $$
declare
    v_queue minipaas._queue;
    v_lane smallint;
    v_now timestamptz := minipaas._clock();
    v_until timestamptz;
begin
    select q.* into v_queue from minipaas._queue_get(queue, 'enqueue') q;
    if not found then
        perform minipaas._queue_refuse(queue, 'enqueue');
    end if;
    perform minipaas._check_arrays(payloads, keys, headers, dedup_keys);
    perform minipaas._check_enqueue('null', priority, delay, run_at, keys || dedup_keys, max_attempts, on_duplicate);
    v_lane := -coalesce(priority, 0);
    v_until := coalesce(run_at, v_now + delay);
    if v_lane <> 0 then
        perform minipaas._lane_add(v_queue.id, v_lane);
    end if;
    if keys is not null or dedup_keys is not null then
        perform minipaas._keyed_add(v_queue.id);
        return query select * from minipaas._enqueue_many_keyed(v_queue, array(
            select row(
                t.id, t.id, v_now, v_queue.id, 0, 0, queue_enqueue_many.max_attempts, v_lane, t.payload, t.headers, null, t.key,
                t.dedup_key
            )::minipaas._ready
            from (
                select nextval('minipaas._task_id') as id, u.*
                from unnest(payloads, queue_enqueue_many.headers, keys, dedup_keys) u (payload, headers, key, dedup_key)
                offset 0
            ) t
        ), v_until, on_duplicate);
    elsif v_until > v_now then
        return query
        insert into minipaas._waiting as w (
            id, until, enqueued_at, queue, attempt, granted, max_attempts, lane, state, payload, headers
        )
        select
            nextval('minipaas._task_id'), v_until, v_now, v_queue.id, 0, 0, queue_enqueue_many.max_attempts,
            v_lane, 'd', t.payload, t.headers
        from unnest(payloads, queue_enqueue_many.headers) t (payload, headers)
        returning w.id;
        perform minipaas._waiting_check(v_queue.id, v_lane, v_until);
    else
        return query
        insert into minipaas._ready as r (
            position, id, enqueued_at, queue, attempt, granted, max_attempts, lane, payload, headers
        )
        select
            t.id, t.id, v_now, v_queue.id, 0, 0, queue_enqueue_many.max_attempts, v_lane, t.payload, t.headers
        from (
            select nextval('minipaas._task_id') as id, u.payload, u.headers
            from unnest(payloads, queue_enqueue_many.headers) u (payload, headers)
            offset 0
        ) t
        returning r.id;
        if found and minipaas._asleep('minipaas_queue_' || v_queue.id) then
            perform minipaas._wake('minipaas_queue_' || v_queue.id);
        end if;
    end if;
end
$$;

revoke execute on function minipaas.queue_enqueue_many(
    text, jsonb[], integer, interval, timestamptz, text[], text[], jsonb[], integer, text
) from public;

comment on function minipaas.queue_enqueue_many(
    text, jsonb[], integer, interval, timestamptz, text[], text[], jsonb[], integer, text
) is
'Adds a task for each payload, in the caller''s transaction: one call for many tasks.

payloads: an array of JSON; its elements may be the JSON null, not NULL.
headers: an array of the same length, or NULL.
keys, dedup_keys: arrays of the same length (NULL for none), or NULL.
The other arguments are those of queue_enqueue and hold for every task.
on_duplicate: with replace and a dedup_key that is given more than once, the last payload stands.
Returns the ids of the tasks, in the order of the payloads. Waits as queue_enqueue does.
Right: enqueue. Errors: MP001, MP005, MP006.';
