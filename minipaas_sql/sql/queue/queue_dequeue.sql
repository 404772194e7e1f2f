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
    v_queue minipaas._queue;
    v_left integer := coalesce(batch_size, 1);
    v_mark minipaas._mark;
    v_at timestamptz := clock_timestamp();
    v_now timestamptz := minipaas._clock();
    v_tids tid[] := '{}';
    v_first bigint;
    v_is_due boolean := false;
    v_count integer;
begin
    v_queue := (select q from minipaas._queue_get(queue, 'dequeue') q);
    if v_queue.id is null then
        perform minipaas._queue_refuse(queue, 'dequeue');
    elsif current_setting('transaction_isolation') <> 'read committed' or pg_is_in_recovery() then
        perform minipaas._wrong_isolation('queue_dequeue');
    elsif v_left < 1 or lease not between '1 microsecond' and '10000 years' then
        perform minipaas._check_batch(batch_size, lease);
    elsif v_queue.paused then
        return;
    end if;
    v_queue.lease := coalesce(lease, v_queue.lease);

    -- The usual case, in two statements: one lane, no pass owed, nothing due, and the clock has not gone back.
    v_mark := (
        select m from minipaas._mark m
        where m.queue = v_queue.id and m.lane = 0 and m.epoch = 0
        order by m.id desc limit 1
    );
    if v_at between v_mark.at and v_mark.next_short and v_now >= greatest(v_mark.due_floor, v_mark.due_candidate) then
        v_tids := array(
            select r.ctid
            from minipaas._ready r
            where r.queue = v_queue.id and r.lane = 0 and r.position >= v_mark.hint
                and not exists (select from minipaas._lane l where l.queue = v_queue.id)
                and not exists (
                    select from minipaas._waiting w
                    where w.queue = v_queue.id and w.lane = 0 and w.until between v_mark.due_hint and v_now
                )
            order by r.position
            limit greatest(v_left, 1)
            for update skip locked
        );
        if v_at > v_mark.at + interval '2 ms' and v_tids <> '{}' then
            v_first := (select r.position from minipaas._ready r where r.ctid = v_tids[1]);
            perform minipaas._mark_move(v_mark, v_first, v_now, null, null);
        end if;
    end if;

    loop
        if v_tids = '{}' then
            select f.tids, f.is_due into v_tids, v_is_due from minipaas._find(v_queue, v_left, v_now) f;
        end if;
        if v_is_due then
            return query
            with taken as (
                update minipaas._waiting w
                set state = 'l', until = minipaas._clock() + v_queue.lease, attempt = w.attempt + 1, worker = queue_dequeue.worker
                from unnest(v_tids) with ordinality t (tid, place)
                where w.ctid = t.tid
                returning w.*, t.place
            )
            select t.id, t.payload, t.attempt, t.headers, null::text, -t.lane::integer, t.enqueued_at, t.until
            from taken t
            order by t.place;
        else
            return query
            with taken as (
                delete from minipaas._ready r where r.ctid = any(v_tids) returning r.*
            )
            insert into minipaas._waiting as w (
                id, until, enqueued_at, queue, attempt, granted, max_attempts, lane, state, payload, headers, last_error, worker
            )
            select
                t.id, minipaas._clock() + v_queue.lease, t.enqueued_at, t.queue, t.attempt + 1, t.granted, t.max_attempts,
                t.lane, 'l', t.payload, t.headers, t.last_error, queue_dequeue.worker
            from taken t
            order by t.position
            returning w.id, w.payload, w.attempt, w.headers, null::text, -w.lane::integer, w.enqueued_at, w.until;
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
nothing to do now, or the queue is paused. key is NULL in this version. Waits for nobody.
Right: dequeue. Errors: MP001, MP005, MP006; MP007 unless the transaction is READ COMMITTED and the server a primary.';
