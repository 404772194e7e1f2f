-- A scan starts at the lane's hint: below it lie the dead rows of all that was taken before. A task that is not returned
-- is not written, and nobody is waited for. seqscan and bitmapscan are off because the tables may be empty when a
-- session plans and huge when it executes.
create function minipaas.queue_dequeue(
    queue text, batch_size integer default 1, lease interval default null, worker text default null
)
returns table (
    id bigint, payload jsonb, attempt integer, headers jsonb, key text, priority integer, enqueued_at timestamptz,
    lease_until timestamptz
)
language plpgsql volatile security definer
set search_path = pg_catalog, pg_temp
set plan_cache_mode = force_generic_plan
set enable_seqscan = off
set enable_bitmapscan = off
as $$
#variable_conflict use_column
declare
    v_queue integer;
    v_max_attempts integer;
    v_lease interval;
    v_paused boolean;
    v_left integer := coalesce(batch_size, 1);
    v_at timestamptz := clock_timestamp();
    v_now timestamptz := minipaas._clock();
    v_since bigint;
    v_mark bigint;
    v_mark_at timestamptz;
    v_next_short timestamptz;
    v_calm_to timestamptz;
    v_hint bigint;
    v_ahead bigint;
    v_due_hint timestamptz;
    v_due_low timestamptz;
    v_position bigint;
    v_task minipaas._ready;
    v_tids tid[] := '{}';
    v_is_due boolean := false;
    v_count integer;
begin
    -- The owner's own session need not ask, and so does not pay for the longer question.
    if minipaas._is_owner() then
        select q.id, q.max_attempts, coalesce(queue_dequeue.lease, q.lease), q.paused
        into v_queue, v_max_attempts, v_lease, v_paused
        from minipaas._queue q
        where q.name = queue_dequeue.queue;
    else
        select q.id, q.max_attempts, coalesce(queue_dequeue.lease, q.lease), q.paused
        into v_queue, v_max_attempts, v_lease, v_paused
        from minipaas._queue_get(queue, 'dequeue') q;
    end if;
    if v_queue is null then
        perform minipaas._queue_refuse(queue, 'dequeue');
    elsif not minipaas._sees_now() then
        perform minipaas._wrong_isolation('queue_dequeue');
    elsif v_left < 1 or lease not between '1 microsecond' and '10000 years' then
        perform minipaas._check_batch(batch_size, lease);
    elsif v_paused then
        return;
    elsif v_lease < '10 ms' then
        perform minipaas._mark_wake(v_queue);
    end if;

    -- The newest mark of a busy queue is among the last few of all queues: the scan ends there, while without a bound it
    -- would read a page full of older ones.
    foreach v_since in array array[pg_sequence_last_value('minipaas._mark_id_seq') - 16, 0] loop
        select m.id, m.at, m.next_short, m.calm_to, m.hint, m.ahead, m.due_hint, greatest(m.due_floor, m.due_candidate)
        into v_mark, v_mark_at, v_next_short, v_calm_to, v_hint, v_ahead, v_due_hint, v_due_low
        from minipaas._mark m
        where m.queue = v_queue and m.lane = 0 and m.epoch = 0 and m.id > v_since
        order by m.id desc limit 1;
        exit when found;
    end loop;
    -- The usual case: one lane, no pass owed, nothing due, and the clock has not gone back.
    if v_at between v_mark_at and v_next_short and v_now >= v_due_low then
        if v_now > v_calm_to then
            if not exists (select from minipaas._lane l where l.queue = v_queue) and not exists (
                select from minipaas._waiting w where w.queue = v_queue and w.lane = 0 and w.until between v_due_hint and v_now
            ) then
                v_due_hint := v_now;
                v_calm_to := v_now + interval '5 ms';
            end if;
        end if;
        if v_now <= v_calm_to and v_left = 1 then
            delete from minipaas._ready r
            where r.ctid = (
                select f.ctid from minipaas._ready f
                where f.queue = v_queue and f.lane = 0 and f.position between v_hint and v_ahead
                order by f.position limit 1 for update skip locked
            )
            returning
                r.position, r.id, r.payload, r.attempt + 1, r.headers, r.enqueued_at, r.key, r.granted, r.max_attempts,
                r.last_error, r.dedup_key
            into
                v_position, id, payload, attempt, headers, enqueued_at, key, v_task.granted, v_task.max_attempts,
                v_task.last_error, v_task.dedup_key;
            if found then
                insert into minipaas._waiting (
                    id, until, enqueued_at, queue, attempt, granted, max_attempts, lane, state, payload, headers, last_error,
                    worker, key, dedup_key
                )
                values (
                    queue_dequeue.id, minipaas._clock() + v_lease, queue_dequeue.enqueued_at, v_queue, queue_dequeue.attempt,
                    v_task.granted, v_task.max_attempts, 0, 'l', queue_dequeue.payload, queue_dequeue.headers,
                    v_task.last_error, queue_dequeue.worker, queue_dequeue.key, v_task.dedup_key
                )
                returning until into lease_until;
                priority := 0;
                return next;
            end if;
        elsif v_now <= v_calm_to then
            v_tids := array(
                select r.ctid
                from minipaas._ready r
                where r.queue = v_queue and r.lane = 0 and r.position >= v_hint
                order by r.position
                limit greatest(v_left, 1)
                for update skip locked
            );
            if v_at > v_mark_at + interval '2 ms' then
                v_position := (select r.position from minipaas._ready r where r.ctid = v_tids[1]);
            end if;
        end if;
        if v_position >= v_hint + 32 and v_at > v_mark_at + interval '1 ms' then
            perform minipaas._mark_move(
                (select m from minipaas._mark m where m.queue = v_queue and m.lane = 0 and m.epoch = 0 and m.id = v_mark),
                v_position, v_due_hint, v_calm_to
            );
        end if;
        if v_left = 1 and v_position is not null then
            return;
        end if;
    end if;

    loop
        if v_tids = '{}' then
            select f.tids, f.is_due into v_tids, v_is_due from minipaas._find(v_queue, v_max_attempts, v_left, v_now) f;
        end if;
        if v_is_due then
            return query select d.* from minipaas._take_due(v_tids, v_lease, queue_dequeue.worker) d;
        else
            return query
            insert into minipaas._waiting as w (
                id, until, enqueued_at, queue, attempt, granted, max_attempts, lane, state, payload, headers, last_error, worker,
                key, dedup_key
            )
            select
                r.id, (select minipaas._clock() + v_lease), r.enqueued_at, r.queue, r.attempt + 1, r.granted, r.max_attempts,
                r.lane, 'l', r.payload, r.headers, r.last_error, queue_dequeue.worker, r.key, r.dedup_key
            from minipaas._ready r
            where r.ctid = any(v_tids)
            order by r.position
            returning w.id, w.payload, w.attempt, w.headers, w.key, -w.lane::integer, w.enqueued_at, w.until;
            delete from minipaas._ready r where r.ctid = any(v_tids);
        end if;
        get diagnostics v_count = row_count;
        v_left := v_left - v_count;
        exit when v_left = 0 or v_count = 0;
        v_tids := '{}';
    end loop;
end
$$;

revoke execute on function minipaas.queue_dequeue(text, integer, interval, text) from public;

comment on function minipaas.queue_dequeue(text, integer, interval, text) is
'Leases tasks to the caller: higher priority first, then what became due, then the order of enqueue.

batch_size: how many tasks at most (default 1).
lease: how long they stay with the caller before others get them (default: the queue''s lease).
worker: a name for the holder, shown in queue_tasks.
Returns the tasks. Give id and attempt back to queue_ack, queue_nack, queue_bury or queue_extend. No rows: there is
nothing to do now, or the queue is paused. key is the task''s. Waits for nobody.
Right: dequeue. Errors: MP001, MP005, MP006; MP007 unless the transaction is READ COMMITTED and the server a primary.';
