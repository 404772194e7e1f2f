-- object: core/_service.sql
-- A role writes its own rows only: nobody can pretend that somebody else's service is gone, or up to date.
create table minipaas._service (
    service text not null,
    role text not null,
    package text not null,
    version text not null,
    minimum text not null,
    seen_at timestamptz not null,
    constraint _service_pkey primary key (service, role)
);

revoke all on table minipaas._service from public;

comment on table minipaas._service is
    'The services that use the schema, as they last said by service_seen. Read the view services.';

-- object: core/_check_version.sql
create function minipaas._check_version(argument text, value text) returns void
language plpgsql immutable
as $$
begin
    if value is null or value !~ '^[0-9]{4}$' then
        perform minipaas._invalid(argument, quote_literal(value), 'A version of the schema has four digits, such as 0004.');
    end if;
end
$$;

revoke execute on function minipaas._check_version(text, text) from public;

comment on function minipaas._check_version(text, text) is 'Raises MP006 unless the value is a version of the schema.';

-- replaced: queue/_place.sql
create or replace function minipaas._place(task minipaas._ready, until timestamptz) returns void
language plpgsql volatile
as $$
declare
    v_baton text;
begin
    if until > minipaas._clock() then
        insert into minipaas._waiting (
            id, until, enqueued_at, queue, attempt, granted, max_attempts, lane, state, payload, headers, last_error, key, dedup_key
        )
        values (
            task.id, until, task.enqueued_at, task.queue, task.attempt, task.granted, task.max_attempts, task.lane, 'd',
            task.payload, task.headers, task.last_error, task.key, task.dedup_key
        );
        perform minipaas._waiting_check(task.queue, task.lane, until);
        return;
    end if;
    v_baton := case when task.key is null then 'taken' else minipaas._baton_take(task.queue, task.key) end;
    if v_baton = 'taken' then
        insert into minipaas._ready (
            position, id, enqueued_at, queue, attempt, granted, max_attempts, lane, payload, headers, last_error, key, dedup_key
        )
        values (
            task.position, task.id, task.enqueued_at, task.queue, task.attempt, task.granted, task.max_attempts, task.lane,
            task.payload, task.headers, task.last_error, task.key, task.dedup_key
        );
        perform minipaas._wake('minipaas_queue_' || task.queue);
        return;
    end if;
    insert into minipaas._blocked (
        position, id, enqueued_at, queue, attempt, granted, max_attempts, lane, payload, headers, last_error, key, dedup_key
    )
    values (
        task.position, task.id, task.enqueued_at, task.queue, task.attempt, task.granted, task.max_attempts, task.lane,
        task.payload, task.headers, task.last_error, task.key, task.dedup_key
    );
    if v_baton = 'idle' then
        perform minipaas._promote(task.queue, task.key);
    end if;
end
$$;

revoke execute on function minipaas._place(minipaas._ready, timestamptz) from public;

comment on function minipaas._place(minipaas._ready, timestamptz) is
'Puts a task where it belongs: _waiting until a time in the future, _blocked while its key is busy, else _ready.';

-- replaced: queue/_place_many.sql
-- The first task of a key whose baton was there for the taking goes to _ready, all others to _blocked. A sub-select becomes a hash
-- table, an array would be searched for each task.
create or replace function minipaas._place_many(tasks minipaas._ready[]) returns void
language plpgsql volatile
as $$
declare
    v_key record;
    v_first bigint[];
    v_idle text[];
begin
    for v_key in
        select t.queue, t.key, min(t.id) as id from unnest(tasks) t where t.key is not null
        group by t.queue, t.key order by t.key collate "C"
    loop
        case minipaas._baton_take(v_key.queue, v_key.key)
            when 'taken' then v_first := v_first || v_key.id;
            when 'idle' then v_idle := v_idle || v_key.key;
            else null;
        end case;
    end loop;
    insert into minipaas._ready
    select t.* from unnest(tasks) t where t.key is null or t.id in (select unnest(v_first));
    if found then
        perform minipaas._wake('minipaas_queue_' || tasks[1].queue);
    end if;
    insert into minipaas._blocked
    select t.* from unnest(tasks) t where t.key is not null and t.id not in (select unnest(v_first));
    perform minipaas._promote(tasks[1].queue, k) from unnest(v_idle) k;
end
$$;

revoke execute on function minipaas._place_many(minipaas._ready[]) from public;

comment on function minipaas._place_many(minipaas._ready[]) is
'Puts due tasks of one queue, of which some have keys, into _ready and _blocked.';

-- replaced: queue/_promote.sql
-- A delayed task got in line when it was due, before what was enqueued after that. Its own index tells; no row is moved twice.
create or replace function minipaas._promote(queue integer, key text) returns boolean
language plpgsql volatile
set enable_seqscan = off
set enable_bitmapscan = off
as $$
#variable_conflict use_variable
declare
    v_until timestamptz;
    v_task minipaas._ready;
begin
    v_until := least(minipaas._clock(), (
        select f.enqueued_at from minipaas._blocked f
        where f.queue = queue and f.key = key
        order by f.queue, f.key, f.position limit 1
    ));
    delete from minipaas._waiting w
    where w.ctid = (
        select f.ctid from minipaas._waiting f
        where f.queue = queue and f.key = key and f.state = 'd' and f.until <= v_until
        order by f.queue, f.key, f.until, f.id
        limit 1 for update skip locked
    )
    returning
        w.id, w.id, w.enqueued_at, w.queue, w.attempt, w.granted, w.max_attempts, w.lane, w.payload, w.headers, w.last_error,
        w.key, w.dedup_key
    into v_task;
    if not found then
        delete from minipaas._blocked b
        where b.ctid = (
            select f.ctid from minipaas._blocked f
            where f.queue = queue and f.key = key
            order by f.queue, f.key, f.position
            limit 1 for update skip locked
        )
        returning b.* into v_task;
        if not found then
            return false;
        end if;
    end if;
    v_task.position := nextval('minipaas._task_id');
    insert into minipaas._ready values (v_task.*);
    perform minipaas._wake('minipaas_queue_' || queue);
    return true;
end
$$;

revoke execute on function minipaas._promote(integer, text) from public;

comment on function minipaas._promote(integer, text) is
'Makes the next task of a key ready, for whoever has its baton; returns whether there was one.';

-- replaced: schedule/_schedule_enqueue.sql
-- As queue_enqueue does it, but for the right to enqueue: that of whoever ticks is not asked.
create or replace function minipaas._schedule_enqueue(queue integer, schedule text, payload jsonb, due timestamptz[]) returns void
language sql volatile
as $$
insert into minipaas._ready (position, id, enqueued_at, queue, attempt, granted, lane, payload, headers)
select t.id, t.id, minipaas._clock(), _schedule_enqueue.queue, 0, 0, 0, _schedule_enqueue.payload, t.headers
from (
    select
        nextval('minipaas._task_id') as id,
        jsonb_build_object(
            'schedule', schedule, 'scheduled_at', to_char(d.at at time zone 'UTC', 'YYYY-MM-DD"T"HH24:MI:SS"+00:00"')
        ) as headers
    from unnest(due) d (at)
    offset 0
) t;
select minipaas._wake('minipaas_queue_' || _schedule_enqueue.queue)
$$;

revoke execute on function minipaas._schedule_enqueue(integer, text, jsonb, timestamptz[]) from public;

comment on function minipaas._schedule_enqueue(integer, text, jsonb, timestamptz[]) is
'Adds a task to a queue for each fire time of a schedule.';

-- replaced: core/_sequences_repair.sql
-- Logical replication and migration tools may leave sequences behind the rows: new tasks would hide below floors, and
-- offsets be given twice. The margin is for whoever draws numbers at this moment.
create or replace function minipaas._sequences_repair() returns bigint
language plpgsql volatile
as $$
declare
    v_sequence record;
    v_highest bigint;
    v_count bigint := 0;
begin
    for v_sequence in
        select
            pg_get_serial_sequence(c.oid::regclass::text, a.attname) as name,
            format('select max(%I) from %s', a.attname, c.oid::regclass) as highest
        from pg_class c
        join pg_attribute a on a.attrelid = c.oid and a.attidentity <> ''
        where c.relnamespace = 'minipaas'::regnamespace
        union all
        select 'minipaas._event_offset', '
            select greatest(
                (
                    select max(greatest(s.trimmed, e.event_offset))
                    from minipaas._stream s
                    left join lateral (
                        select e.event_offset from minipaas._event e where e.stream = s.id order by e.event_offset desc limit 1
                    ) e on true
                ),
                (select max(p.committed) from minipaas._cursor c cross join lateral minipaas._position_now(c.id) p)
            )'
        union all
        select 'minipaas._task_id', '
            select greatest(
                (select max(w.id) from minipaas._waiting w), (select max(b.id) from minipaas._blocked b),
                (select max(d.id) from minipaas._dead d), (select max(n.id) from minipaas._done n), (
                    select max(r.position)
                    from minipaas._queue q
                    cross join lateral unnest(minipaas._lanes(q.id)) l (lane)
                    cross join lateral (
                        select r.position from minipaas._ready r where r.queue = q.id and r.lane = l.lane
                        order by r.position desc limit 1
                    ) r
                )
            )'
    loop
        execute v_sequence.highest into v_highest;
        if v_highest > coalesce(pg_sequence_last_value(v_sequence.name::regclass), 0) then
            perform setval(v_sequence.name::regclass, v_highest + 1000);
            raise warning using
                message = format('sequence %s was behind its rows, and is set to %s', v_sequence.name, v_highest + 1000),
                hint = 'Whatever moved the data here left the sequences behind: let it copy them as well.';
            v_count := v_count + 1;
        end if;
    end loop;
    return v_count;
end
$$;

revoke execute on function minipaas._sequences_repair() from public;

comment on function minipaas._sequences_repair() is
'Sets sequences that are behind the rows that they number; returns how many.';

-- replaced: queue/_task_take.sql
-- Tasks that nobody holds go from _blocked to _ready and from _waiting to _ready only: looked for in this order, none is missed
-- that moves between two statements. A fresh task's position is its id: one probe per lane. Others are in the partial index on
-- id. Whatever somebody has locked is held. Before a blocked task its baton is locked, so that nobody puts that away as if the
-- task were gone.
create or replace function minipaas._task_take(id bigint, out state text, out task minipaas._ready)
language plpgsql volatile
set enable_seqscan = off
as $$
#variable_conflict use_column
declare
    v_tid tid;
begin
    perform from minipaas._baton b
    where (b.queue, b.key) in (select f.queue, f.key from minipaas._blocked f where f.id = _task_take.id)
    for key share;
    delete from minipaas._blocked b where b.ctid = any(array(
        select f.ctid from minipaas._blocked f where f.id = _task_take.id for update skip locked
    ))
    returning b.* into task;
    if found then
        state := 'blocked';
        return;
    end if;
    select w.ctid, case w.state when 'd' then 'delayed' when 'r' then 'retrying' else 'leased' end into v_tid, state
    from minipaas._waiting w
    where w.id = _task_take.id and (w.state <> 'l' or w.until <= minipaas._clock())
    for update skip locked;
    if found then
        delete from minipaas._waiting w where w.ctid = v_tid
        returning
            w.id, w.id, w.enqueued_at, w.queue, w.attempt, w.granted, w.max_attempts, w.lane, w.payload, w.headers, w.last_error,
            w.key, w.dedup_key
        into task;
        return;
    end if;
    delete from minipaas._ready r where r.ctid = any(array(
        select f.ctid
        from (select q.id as queue, unnest(minipaas._lanes(q.id)) as lane from minipaas._queue q) l
        join minipaas._ready f on f.queue = l.queue and f.lane = l.lane and f.position = _task_take.id
        where f.id = _task_take.id
        for update of f skip locked
    ) || array(
        select f.ctid from minipaas._ready f
        where f.id = _task_take.id and f.position <> f.id
        for update skip locked
    ))
    returning r.* into task;
    state := case when found then 'ready' end;
end
$$;

revoke execute on function minipaas._task_take(bigint) from public;

comment on function minipaas._task_take(bigint) is
'Removes a task that nobody holds from where it is: its state (NULL: there is none) and the task. The caller frees its keys.';

-- replaced: core/_wake.sql
-- A transaction with a NOTIFY can't be prepared: the setting is for applications with two-phase commit.
create or replace function minipaas._wake(channel text) returns void
language plpgsql volatile
as $$
begin
    if coalesce(current_setting('minipaas.wake', true), '') <> 'off' and minipaas._asleep(channel) then
        perform pg_notify(channel, '');
    end if;
end
$$;

revoke execute on function minipaas._wake(text) from public;

comment on function minipaas._wake(text) is
'Wakes who sleeps until something comes over a channel, when the transaction commits, unless the setting minipaas.wake is off.';

-- replaced: access/access_grant.sql
create or replace function minipaas.access_grant(
    role text, rights text[], queue text default null, stream text default null
)
returns void
language plpgsql volatile security definer
set search_path = pg_catalog, pg_temp
as $$
begin
    perform minipaas._check_grant(role, rights, queue, stream);
    -- Two transactions that change the same object's grants would fail, "tuple concurrently updated": so they wait for each other,
    -- and for upgrades, which give grants too.
    perform pg_advisory_xact_lock(hashtextextended('minipaas.upgrade', 0));
    insert into minipaas._access (role, action)
    select quote_ident(access_grant.role)::regrole, r from unnest(rights) r
    on conflict do nothing;
    perform minipaas._access_set(role, true);
end
$$;

revoke execute on function minipaas.access_grant(text, text[], text, text) from public;

comment on function minipaas.access_grant(text, text[], text, text) is
'Gives a role rights on all queues and streams, and everything that it needs to use them.

role: the name of an existing role; its members have the rights too.
rights: some of enqueue, dequeue, publish, consume, manage, observe.
queue, stream: not in this version of the schema.
Returns nothing; granting twice is no error. Rights are gone with access_revoke; before DROP ROLE, revoke them.
For the owner of the schema. Errors: MP005, MP006.';

-- replaced: access/access_revoke.sql
create or replace function minipaas.access_revoke(
    role text, rights text[], queue text default null, stream text default null
)
returns void
language plpgsql volatile security definer
set search_path = pg_catalog, pg_temp
as $$
declare
    v_role regrole;
begin
    perform minipaas._check_grant(role, rights, queue, stream);
    -- As in access_grant.
    perform pg_advisory_xact_lock(hashtextextended('minipaas.upgrade', 0));
    v_role := quote_ident(role)::regrole;
    delete from minipaas._access a where a.role = v_role and a.action = any(rights);
    if not exists (select from minipaas._access a where a.role = v_role) then
        perform minipaas._access_set(role, false);
    end if;
end
$$;

revoke execute on function minipaas.access_revoke(text, text[], text, text) from public;

comment on function minipaas.access_revoke(text, text[], text, text) is
'Takes rights on all queues and streams away from a role; with the last one, USAGE and EXECUTE too.

role, rights, queue, stream: as in access_grant.
Returns nothing; revoking what was not granted is no error.
For the owner of the schema. Errors: MP005, MP006.';

-- replaced: queue/queue_cancel.sql
create or replace function minipaas.queue_cancel(id bigint) returns boolean
language plpgsql volatile security definer
set search_path = pg_catalog, pg_temp
set enable_seqscan = off
as $$
declare
    v_taken record;
    v_task minipaas._ready;
begin
    if not minipaas._allowed('dequeue') then
        perform minipaas._deny('dequeue');
    end if;
    select * into v_taken from minipaas._task_take(id);
    if v_taken.state is not null then
        v_task := v_taken.task;
        perform minipaas._free(
            v_task.queue, case when v_taken.state not in ('delayed', 'blocked') then v_task.key end, v_task.dedup_key, id
        );
        return true;
    end if;
    delete from minipaas._dead d where d.ctid = any(array(
        select f.ctid from minipaas._dead f where f.id = queue_cancel.id for update skip locked
    ));
    return found;
end
$$;

revoke execute on function minipaas.queue_cancel(bigint) from public;

comment on function minipaas.queue_cancel(bigint) is
'Deletes a task that nobody holds: ready, delayed, retrying, blocked or dead, or with an expired lease.

id: as enqueue returned it.
Returns true, or false when it is held, finished or was never there. Its keys are free then. Waits for nobody, but where the task is
blocked for an open transaction that finishes one of its key.
Right: dequeue. Errors: MP005.';

-- replaced: queue/queue_purge.sql
create or replace function minipaas.queue_purge(queue text) returns bigint
language plpgsql volatile security definer
set search_path = pg_catalog, pg_temp
as $$
declare
    v_queue minipaas._queue;
    v_now timestamptz := minipaas._clock();
    v_keys text[];
    v_count bigint;
begin
    select q.* into v_queue from minipaas._queue_get(queue, 'manage') q;
    if not found then
        perform minipaas._queue_refuse(queue, 'manage');
    end if;
    -- As in _task_take: the batons before the blocked tasks.
    perform from minipaas._baton b
    where (b.queue, b.key) in (select f.queue, f.key from minipaas._blocked f where f.queue = v_queue.id)
    order by b.key collate "C"
    for key share;
    with ready as (
        delete from minipaas._ready r where r.ctid = any(array(
            select f.ctid from minipaas._ready f where f.queue = v_queue.id for update skip locked
        )) returning r.id, r.key, r.dedup_key
    ),
    waiting as (
        delete from minipaas._waiting w where w.ctid = any(array(
            select f.ctid from minipaas._waiting f
            where f.queue = v_queue.id and (f.state <> 'l' or f.until <= v_now) for update skip locked
        )) returning w.id, case when w.state <> 'd' then w.key end as key, w.dedup_key
    ),
    blocked as (
        delete from minipaas._blocked b where b.ctid = any(array(
            select f.ctid from minipaas._blocked f where f.queue = v_queue.id for update skip locked
        )) returning b.id, null::text as key, b.dedup_key
    ),
    dead as (
        delete from minipaas._dead d where d.ctid = any(array(
            select f.ctid from minipaas._dead f where f.queue = v_queue.id for update skip locked
        )) returning d.id, null::text as key, null::text as dedup_key
    ),
    gone as (
        select * from ready union all select * from waiting union all select * from blocked union all select * from dead
    ),
    freed as (
        delete from minipaas._dedup d using gone g
        where d.queue = v_queue.id and d.dedup_key = g.dedup_key and d.id = g.id
    )
    select count(*), array_agg(g.key order by g.key collate "C") filter (where g.key is not null)
    into v_count, v_keys
    from gone g;
    perform minipaas._key_release(v_queue.id, k) from unnest(v_keys) k;
    return v_count;
end
$$;

revoke execute on function minipaas.queue_purge(text) from public;

comment on function minipaas.queue_purge(text) is
'Deletes all tasks of a queue that nobody holds: ready, delayed, retrying, blocked and dead ones, and expired leases.

Returns how many. Tasks that another open transaction has taken are left. Waits for nobody, but for open transactions that finish
tasks of the keys that are purged.
Right: manage. Errors: MP001, MP005, MP006.';

-- replaced: queue/queue_redrive.sql
create or replace function minipaas.queue_redrive(queue text, ids bigint[] default null, batch_size integer default null)
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
    v_count bigint;
begin
    select q.* into v_queue from minipaas._queue_get(queue, 'manage') q;
    if not found then
        perform minipaas._queue_refuse(queue, 'manage');
    end if;
    perform minipaas._check_batch(batch_size, null);
    perform minipaas._bury_expired(v_queue.id, v_queue.max_attempts);
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
    with risen as (
        delete from minipaas._dead d where d.id = any(v_ids) returning d.*
    )
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

-- replaced: queue/queue_resume.sql
create or replace function minipaas.queue_resume(queue text) returns void
language plpgsql volatile security definer
set search_path = pg_catalog, pg_temp
as $$
declare
    v_id integer;
begin
    update minipaas._queue q
    set paused = false
    where q.id = (select g.id from minipaas._queue_get(queue, 'manage') g)
    returning q.id into v_id;
    if not found then
        perform minipaas._queue_refuse(queue, 'manage');
    end if;
    perform minipaas._wake('minipaas_queue_' || v_id);
end
$$;

revoke execute on function minipaas.queue_resume(text) from public;

comment on function minipaas.queue_resume(text) is
'Takes up deliveries again after queue_pause.

Returns nothing; resuming a queue that is not paused is no error.
Right: manage. Errors: MP001, MP005, MP006.';

-- object: core/service_seen.sql
create function minipaas.service_seen(service text, package text, version text, minimum text default null)
returns void
language plpgsql volatile security definer
set search_path = pg_catalog, pg_temp
as $$
declare
    v_floor text;
begin
    perform minipaas._check_name('service', service);
    perform minipaas._check_name('package', package);
    perform minipaas._check_version('version', version);
    perform minipaas._check_version('minimum', coalesce(minimum, version));
    select u.floor into v_floor from minipaas._upgrade u order by u.id desc limit 1;
    if version < v_floor then
        raise exception using
            errcode = 'MP006',
            message = format(
                'the package of service "%s" is behind: minipaas-sql %s knows the schema up to %s, and the schema is at %s, which '
                'serves packages that know %s', service, package, version, minipaas.schema_version(), v_floor
            ),
            hint = 'pip install --upgrade minipaas-sql';
    end if;
    insert into minipaas._service as s (service, role, package, version, minimum, seen_at)
    values (service, minipaas._caller(), package, version, coalesce(minimum, version), minipaas._clock())
    on conflict on constraint _service_pkey do update
    set package = excluded.package, version = excluded.version, minimum = excluded.minimum, seen_at = excluded.seen_at;
end
$$;

revoke execute on function minipaas.service_seen(text, text, text, text) from public;

comment on function minipaas.service_seen(text, text, text, text) is
'Records in the view services that a service uses the schema; migrate.require calls it when a service starts.

service: any name of 1 to 255 characters; a role has one row for each. package: the release of its minipaas-sql.
version: the newest version of the schema that the package knows, such as 0004.
minimum: the oldest that the service can use; by default version.
Returns nothing. Right: any. Errors: MP006, also when the schema does not serve that version any more.';

-- object: core/services.sql
create view minipaas.services as
select
    s.service,
    s.role,
    s.package,
    s.version,
    s.minimum,
    s.seen_at
from minipaas._service s
where (select minipaas._may('observe'));

comment on view minipaas.services is
'The services that use the schema, as they last said at their start. Right: observe; others see no rows.

package: the release of the service''s minipaas-sql. version: the newest version of the schema that it knows. minimum: the oldest
that the service can use. A downgrade below the minimum of a service that was seen in the last 30 days names it and is refused, as is
an upgrade that no longer serves its version.';
