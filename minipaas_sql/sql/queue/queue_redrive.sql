create function minipaas.queue_redrive(queue text, ids bigint[] default null, batch_size integer default null)
returns bigint
language plpgsql volatile security definer
set search_path = pg_catalog, pg_temp
as $$
#variable_conflict use_column
declare
    v_queue minipaas._queue;
    v_count bigint;
begin
    select q.* into v_queue from minipaas._queue_get(queue, 'manage') q;
    if not found then
        perform minipaas._queue_refuse(queue, 'manage');
    end if;
    perform minipaas._check_batch(batch_size, null);
    perform minipaas._bury_expired(v_queue.id, v_queue.max_attempts);
    with chosen as (
        select d.id from minipaas._dead d
        where d.queue = v_queue.id and (ids is null or d.id = any(ids))
        order by d.id
        limit batch_size
        for update skip locked
    ),
    risen as (
        delete from minipaas._dead d using chosen c where d.id = c.id returning d.*
    )
    insert into minipaas._ready (
        position, id, enqueued_at, queue, attempt, granted, max_attempts, lane, payload, headers, last_error
    )
    select
        nextval('minipaas._task_id'), r.id, r.enqueued_at, r.queue, r.attempt, r.attempt, r.max_attempts, r.lane,
        r.payload, r.headers, r.last_error
    from (select * from risen order by id) r;
    get diagnostics v_count = row_count;
    return v_count;
end
$$;

revoke execute on function minipaas.queue_redrive(text, bigint[], integer) from public;

comment on function minipaas.queue_redrive(text, bigint[], integer) is
'Makes dead tasks ready again, at the end of their priority, with max_attempts more.

ids: only these (default: all dead tasks of the queue).
batch_size: at most so many, the oldest ids first (default: no limit).
Returns how many.
Right: manage. Errors: MP001, MP005, MP006.';
