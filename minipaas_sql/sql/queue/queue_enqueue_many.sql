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
    perform minipaas._check_enqueue(
        'null', priority, delay, run_at,
        case when keys is not null then 'keys' when dedup_keys is not null then 'dedup_keys' end, max_attempts, on_duplicate
    );
    if payloads is null or array_ndims(payloads) > 1 or array_position(payloads, null) is not null then
        perform minipaas._invalid('payloads', payloads::text, 'It is a one-dimensional array of JSON without NULL; the JSON null is ''null''::jsonb.');
    elsif cardinality(headers) <> cardinality(payloads) then
        perform minipaas._invalid(
            'headers', format('%s of them for %s payloads', cardinality(headers), cardinality(payloads)),
            'Give one for each payload (NULL for none), or leave the array out.'
        );
    end if;
    v_lane := -coalesce(priority, 0);
    v_until := coalesce(run_at, v_now + delay);
    if v_lane <> 0 then
        perform minipaas._lane_add(v_queue.id, v_lane);
    end if;
    if v_until > v_now then
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
keys, dedup_keys, on_duplicate: not in this version of the schema.
The other arguments are those of queue_enqueue and hold for every task.
Returns the ids of the tasks, in the order of the payloads. Waits for nobody.
Right: enqueue. Errors: MP001, MP005, MP006.';
