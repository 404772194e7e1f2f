create function minipaas.queue_redrive(queue text, ids bigint[] default null, batch_size integer default null)
returns bigint
language plpgsql volatile security definer
set search_path = pg_catalog, pg_temp
as $$
#variable_conflict use_column
declare
    v_queue minipaas._queue;
    v_ids bigint[];
    v_dead minipaas._dead;
    v_tasks minipaas._ready[];
    v_keys text[];
    v_count bigint;
begin
    select q.* into v_queue from minipaas._queue_get(queue, 'manage') q;
    if not found then
        perform minipaas._queue_refuse(queue, 'manage');
    end if;
    perform minipaas._check_batch(batch_size, null);
    select b.to_release into v_keys from minipaas._bury_expired(v_queue.id, v_queue.max_attempts, keep_keys => true) b;
    v_ids := array(
        select d.id from minipaas._dead d
        where d.queue = v_queue.id and (ids is null or d.id = any(ids)) and (
            d.dedup_key is null
            or not exists (select from minipaas._dedup t where t.queue = d.queue and t.dedup_key = d.dedup_key)
        )
        order by d.id
        limit batch_size
        for update skip locked
    );
    with risen as (
        delete from minipaas._dead d where d.id = any(v_ids) and d.key is null and d.dedup_key is null returning d.*
    )
    insert into minipaas._ready (
        position, id, enqueued_at, queue, attempt, granted, max_attempts, lane, payload, headers, last_error
    )
    select
        nextval('minipaas._task_id'), r.id, r.enqueued_at, r.queue, r.attempt, r.attempt, r.max_attempts, r.lane,
        r.payload, r.headers, r.last_error
    from (select * from risen order by id) r;
    get diagnostics v_count = row_count;
    -- As enqueues do: the dedup_keys in their order, then the keys in theirs (_place_many).
    for v_dead in
        select d.* from minipaas._dead d where d.id = any(v_ids) and d.dedup_key is not null
        order by d.dedup_key collate "C", d.id
    loop
        insert into minipaas._dedup values (v_dead.queue, v_dead.dedup_key, v_dead.id) on conflict do nothing;
        if not found then
            v_ids := array_remove(v_ids, v_dead.id);
        end if;
    end loop;
    with risen as (delete from minipaas._dead d where d.id = any(v_ids) returning d.*)
    select array_agg(row(
        nextval('minipaas._task_id'), r.id, r.enqueued_at, r.queue, r.attempt, r.attempt, r.max_attempts, r.lane, r.payload,
        r.headers, r.last_error, r.key, r.dedup_key
    )::minipaas._ready)
    into v_tasks
    from (select * from risen order by id) r;
    if v_tasks is not null then
        perform minipaas._place_many(v_tasks);
        v_count := v_count + cardinality(v_tasks);
    end if;
    -- Released before, they could deadlock with enqueues, as in _dedup_take.
    perform minipaas._key_release(v_queue.id, k) from unnest(v_keys) k;
    if v_count > 0 then
        perform minipaas._wake('minipaas_queue_' || v_queue.id);
    end if;
    return v_count;
end
$$;

revoke execute on function minipaas.queue_redrive(text, bigint[], integer) from public;

comment on function minipaas.queue_redrive(text, bigint[], integer) is
'Makes dead tasks ready again, at the end of their priority, with max_attempts more.

ids: only these (default: all dead tasks of the queue).
batch_size: at most so many, the oldest ids first (default: no limit).
Returns how many. A task whose dedup_key is taken again stays dead.
Right: manage. Errors: MP001, MP005, MP006.';
