-- object: core/minipaas.sql
-- Not `create schema if not exists`, which wants the right to create schemas also where there is one: an
-- administrator can give an empty schema to a role that has no such right.
do $$
begin
    if to_regnamespace('minipaas') is null then
        create schema minipaas;
    end if;
end
$$;

revoke all on schema minipaas from public;

comment on schema minipaas is
    'Durable queues and streams (minipaas-sql). What starts with an underscore is private.';

-- object: queue/_clock_high.sql
-- A sequence, since a writer in a REPEATABLE READ transaction sees no other table as it is now.
create sequence minipaas._clock_high as bigint minvalue 0 start 0 cache 1;

revoke all on sequence minipaas._clock_high from public;

comment on sequence minipaas._clock_high is
'The latest due_candidate that any mark has had, in microseconds since 1970 (see _waiting_check).';

-- object: queue/_task_id.sql
-- Confirming a floor reads this sequence's last value and the locks on it: CACHE must stay 1.
create sequence minipaas._task_id as bigint cache 1;

revoke all on sequence minipaas._task_id from public;

comment on sequence minipaas._task_id is 'Ids of tasks, and their positions when they enter _ready.';

-- object: queue/_tally.sql
-- A type, so that a sample of all queues and their counts look alike. Of what is in _waiting, ready tasks are due, dead ones
-- lost, and blocked ones behind.
create type minipaas._tally as (
    queue integer,
    ready bigint,
    due bigint,
    delayed bigint,
    leased bigint,
    retrying bigint,
    lost bigint,
    behind bigint,
    blocked bigint,
    dead bigint,
    done bigint,
    expired bigint,
    expired_since timestamptz,
    oldest timestamptz,
    estimated boolean
);

revoke all on type minipaas._tally from public;

comment on type minipaas._tally is 'How many tasks a queue has in each state and place; expired: leases that are over.';

-- object: access/_access.sql
-- The rights on single queues and streams; those on all are column privileges of _right. The index finds the roles that may do
-- something with one of them.
create table minipaas._access (
    role regrole not null,
    action text not null,
    queue integer,
    stream integer,
    unique nulls not distinct (queue, stream, action, role),
    check (num_nonnulls(queue, stream) = 1)
);

-- Who publishes the schema for logical replication can still delete from it.
alter table minipaas._access replica identity full;

revoke all on table minipaas._access from public;

comment on table minipaas._access is 'Rights on single queues and streams, by role. A role may have been dropped meanwhile.';

-- object: queue/_baton.sql
-- A baton is there while a task of its key is ready, leased or retrying, or while somebody may just be adding one to
-- _blocked. Whoever adds one holds FOR KEY SHARE on it, so that nobody deletes it meanwhile. Whoever finishes the active task
-- hands the baton on, or deletes it; where somebody may be adding, which it can't see yet, it leaves the baton idle. Idle ones
-- are rare: the next enqueue of the key, a dequeue that finds nothing else and maintain() look after them.
create table minipaas._baton (
    queue integer not null,
    key text not null,
    idle boolean not null default false,
    primary key (queue, key)
) with (
    fillfactor = 70, autovacuum_vacuum_scale_factor = 0.02, autovacuum_vacuum_threshold = 5000, autovacuum_vacuum_cost_delay = 1
);

create index _baton_idle on minipaas._baton (queue) where idle;

revoke all on table minipaas._baton from public;

comment on table minipaas._baton is 'The keys that have a task which is ready, leased or retrying.';

-- object: queue/_blocked.sql
-- Ordered by position, so that looking for the first of a key follows the primary key, however many others there are.
create table minipaas._blocked (
    position bigint not null,
    id bigint not null unique,
    enqueued_at timestamptz not null,
    queue integer not null,
    attempt integer not null,
    granted integer not null,
    max_attempts integer,
    lane smallint not null,
    payload jsonb not null,
    headers jsonb,
    last_error text,
    key text not null,
    dedup_key text,
    primary key (queue, key, position)
) with (
    autovacuum_vacuum_scale_factor = 0.02, autovacuum_vacuum_threshold = 5000, autovacuum_vacuum_cost_delay = 1,
    toast_tuple_target = 8160
);

revoke all on table minipaas._blocked from public;

comment on table minipaas._blocked is 'Tasks that wait for another one of their key, in the order in which they get their turn.';

-- object: queue/_dead.sql
create table minipaas._dead (
    id bigint primary key,
    enqueued_at timestamptz not null,
    finished_at timestamptz not null,
    queue integer not null,
    attempt integer not null,
    granted integer not null,
    max_attempts integer,
    lane smallint not null,
    payload jsonb not null,
    headers jsonb,
    last_error text,
    key text,
    dedup_key text
);

create index _dead_queue on minipaas._dead (queue, id);

revoke all on table minipaas._dead from public;

comment on table minipaas._dead is 'Tasks that used up their attempts or were buried, until redriven or purged.';

-- object: queue/_dedup.sql
create table minipaas._dedup (
    queue integer not null,
    dedup_key text not null,
    id bigint not null,
    primary key (queue, dedup_key)
) with (autovacuum_vacuum_scale_factor = 0.02, autovacuum_vacuum_threshold = 5000, autovacuum_vacuum_cost_delay = 1);

revoke all on table minipaas._dedup from public;

comment on table minipaas._dedup is 'The dedup_keys of outstanding tasks.';

-- object: queue/_done.sql
create table minipaas._done (
    id bigint primary key,
    enqueued_at timestamptz not null,
    finished_at timestamptz not null,
    queue integer not null,
    attempt integer not null,
    granted integer not null,
    max_attempts integer,
    lane smallint not null,
    payload jsonb not null,
    headers jsonb,
    last_error text,
    key text,
    dedup_key text
);

create index _done_queue on minipaas._done (queue, finished_at);

revoke all on table minipaas._done from public;

comment on table minipaas._done is 'Acked tasks of queues with keep_done.';

-- object: queue/_keyed.sql
-- Insert-only, without a constraint, as _lane: nobody waits for who enqueues the first such task.
create table minipaas._keyed (
    queue integer not null
);

create index _keyed_queue on minipaas._keyed (queue);

-- Who publishes the schema for logical replication can still delete from it.
alter table minipaas._keyed replica identity full;

revoke all on table minipaas._keyed from public;

comment on table minipaas._keyed is 'The queues that have ever had a task with a key or a dedup_key, one or more times.';

-- object: queue/_lane.sql
-- Without a unique constraint: two first enqueues of a priority would wait for each other and could deadlock.
-- A lane's newest id is its epoch. A new row makes dequeue forget what it knew of the lane (_mark) and look from
-- its start again. Lane 0 needs no row: most queues have none here, and a dequeue finds that out with one probe.
create table minipaas._lane (
    queue integer not null,
    lane smallint not null,
    id bigint generated always as identity,
    primary key (queue, lane, id)
);

revoke all on table minipaas._lane from public;

comment on table minipaas._lane is 'The lanes (lane is -priority) that a queue has used besides lane 0, and their epochs.';

-- object: queue/_mark.sql
-- What dequeues know of the low end of a lane. Insert-only and read newest first by id (never by a clock), so that
-- it stays fast while an old snapshot keeps dead rows; unlogged, since to forget it is always safe.
-- Two things are there for speed alone. An index scan reads a whole page of entries, however few are asked for, unless
-- its range ends earlier: 48 tasks from the hint on reach up to ahead. And until calm_to nobody needs to look again
-- whether a task is due or another lane is in use: when the mark was made, neither was so.
create unlogged table minipaas._mark (
    queue integer not null,
    lane smallint not null,
    epoch bigint not null,
    id bigint generated always as identity,
    at timestamptz not null,
    next_short timestamptz not null,
    calm_to timestamptz not null,
    hint bigint not null,
    ahead bigint not null,
    floor bigint not null,
    due_hint timestamptz not null,
    due_floor timestamptz not null,
    due_candidate timestamptz,
    next_full timestamptz not null,
    full_cost interval not null,
    candidate bigint,
    holders text[],
    due_xact xid8,
    due_holders text[],
    pruned bigint not null,
    primary key (queue, lane, epoch, id)
) with (autovacuum_vacuum_scale_factor = 0.02, autovacuum_vacuum_threshold = 5000, autovacuum_vacuum_cost_delay = 1);

revoke all on table minipaas._mark from public;

comment on table minipaas._mark is
'Where the scan of a lane starts (hint), and below what nothing is and nothing can come (floor); due_* the same in _waiting.';

-- object: queue/_queue.sql
create table minipaas._queue (
    id integer generated always as identity primary key,
    name text not null unique,
    lease interval not null,
    max_attempts integer not null,
    backoff interval not null,
    backoff_max interval not null,
    keep_done interval not null,
    paused boolean not null default false,
    created_at timestamptz not null,
    granted jsonb not null default '{}'
);

-- An ack asks which queues keep what is done: usually none.
create index _queue_keep_done on minipaas._queue (id) where keep_done > '0';

revoke all on table minipaas._queue from public;

comment on table minipaas._queue is 'The settings of each queue. granted: what _access says of it, {"dequeue app": oid of app}.';

-- object: queue/_ready.sql
-- A task's position is taken from minipaas._task_id each time that it enters, so that the table grows at its
-- high end only and is eaten from its low end. A fresh task's position is its id.
-- toast_tuple_target: a payload that fits on a page stays in the row. Moving it there is cheaper than writing its pieces,
-- and deleting them, once in each of _ready and _waiting.
create table minipaas._ready (
    position bigint not null,
    id bigint not null,
    enqueued_at timestamptz not null,
    queue integer not null,
    attempt integer not null,
    granted integer not null,
    max_attempts integer,
    lane smallint not null,
    payload jsonb not null,
    headers jsonb,
    last_error text,
    key text,
    dedup_key text,
    primary key (queue, lane, position)
) with (
    autovacuum_vacuum_scale_factor = 0.02, autovacuum_vacuum_threshold = 5000, autovacuum_vacuum_cost_delay = 1,
    toast_tuple_target = 8160
);

-- Few tasks come back: finding a fresh one by id takes one probe per lane and no second index.
create index _ready_id on minipaas._ready (id) where position <> id;

revoke all on table minipaas._ready from public;

comment on table minipaas._ready is 'Tasks that can be delivered now. lane is -priority.';

-- object: access/_right.sql
-- PostgreSQL itself keeps who may do something on all queues and streams: as a column privilege, which has_column_privilege looks up
-- in a microsecond, for members and the owner too. REFERENCES, since pg_read_all_data has SELECT on everything; it gives nothing
-- else, for no column is unique. A look into a table of rights made an enqueue a quarter slower.
create table minipaas._right (
    enqueue boolean,
    dequeue boolean,
    publish boolean,
    consume boolean,
    manage boolean,
    observe boolean
);

-- As every table without a primary key: publications for all tables want it.
alter table minipaas._right replica identity full;

revoke all on table minipaas._right from public;

comment on table minipaas._right is
'A column for each right, and never a row: a role with REFERENCES on a column has that right on all queues and streams.';

-- object: stream/_stream.sql
create table minipaas._stream (
    id integer generated always as identity primary key,
    name text not null unique,
    partitions integer not null,
    keep interval not null,
    keep_events bigint not null,
    max_lag interval not null,
    trimmed bigint not null default 0,
    created_at timestamptz not null,
    granted jsonb not null default '{}'
) with (fillfactor = 50);

revoke all on table minipaas._stream from public;

comment on table minipaas._stream is
'The settings of each stream. Events at or below trimmed are deleted: no reader looks there. granted: as in _queue.';

-- object: core/_upgrade.sql
-- The newest row says what the schema is now: its version, and the oldest package that it still serves.
create table minipaas._upgrade (
    id bigint generated always as identity,
    version text not null,
    floor text not null,
    direction text not null,
    applied_at timestamptz not null default now(),
    applied_by text not null default session_user,
    constraint _upgrade_pkey primary key (id),
    constraint _upgrade_direction_check check (direction in ('up', 'down'))
);

revoke all on table minipaas._upgrade from public;

comment on table minipaas._upgrade is 'The log of upgrades and downgrades, one row for each revision passed.';
comment on column minipaas._upgrade.version is 'The version after this step, such as 0001.';
comment on column minipaas._upgrade.floor is
    'The oldest package that the schema still serves, named by the newest revision that it knows.';
comment on column minipaas._upgrade.direction is 'up or down.';
comment on column minipaas._upgrade.applied_at is 'When the transaction of the step began.';
comment on column minipaas._upgrade.applied_by is 'The session_user who ran it.';

-- object: core/_version.sql
-- Alembic's version table, with one row such as 'minipaas_0001'. It is not called alembic_version, which
-- is the host application's own.
create table minipaas._version (
    version_num text not null,
    constraint _version_pkey primary key (version_num)
);

revoke all on table minipaas._version from public;

comment on table minipaas._version is
    'The revision that is installed, written by every upgrade and downgrade. Read minipaas.schema_version().';

-- object: queue/_waiting.sql
-- Leased, delayed and backing-off tasks change places by an update here: their payloads are not written again.
create table minipaas._waiting (
    id bigint primary key,
    until timestamptz not null,
    enqueued_at timestamptz not null,
    queue integer not null,
    attempt integer not null,
    granted integer not null,
    max_attempts integer,
    lane smallint not null,
    state "char" not null,
    payload jsonb not null,
    headers jsonb,
    last_error text,
    worker text,
    key text,
    dedup_key text
) with (
    autovacuum_vacuum_scale_factor = 0.02, autovacuum_vacuum_threshold = 5000, autovacuum_vacuum_cost_delay = 1,
    toast_tuple_target = 8160
);

create index _waiting_until on minipaas._waiting (queue, lane, until);
create index _waiting_key on minipaas._waiting (queue, key, until, id) where key is not null;

revoke all on table minipaas._waiting from public;

comment on table minipaas._waiting is
'Tasks that wait until a time: (l)eased, (d)elayed or (r)etrying. Past it they are due, and dequeue finds them here.';

-- object: access/_access_lock.sql
-- GRANTs to the same object fail when they meet, "tuple concurrently updated": so they wait for each other, and for upgrades, which
-- give grants too. The row of the queue or stream stays until the grant is there.
create function minipaas._access_lock(queue text, stream text, out queue_id integer, out stream_id integer)
language plpgsql volatile
as $$
begin
    perform pg_advisory_xact_lock(hashtextextended('minipaas.upgrade', 0));
    if queue is not null then
        select q.id into queue_id from minipaas._queue q where q.name = queue for key share;
        if not found then
            perform minipaas._queue_refuse(queue, 'manage');
        end if;
    elsif stream is not null then
        select s.id into stream_id from minipaas._stream s where s.name = stream for key share;
        if not found then
            perform minipaas._stream_refuse(stream, 'manage');
        end if;
    end if;
end
$$;

revoke execute on function minipaas._access_lock(text, text) from public;

comment on function minipaas._access_lock(text, text) is
'What a grant is about, while nobody else changes any. Errors: MP001, MP002.';

-- object: access/_access_set.sql
-- Whoever has any right may call every function: the functions themselves decide, and name the grant that is missing.
-- What the views call, they call as the one who reads them. What is there already is not written again.
create function minipaas._access_set(role text, granted boolean) returns void
language plpgsql volatile
as $$
declare
    v_role constant oid := quote_ident(role)::regrole;
    v_statement text;
begin
    lock table minipaas._access in share row exclusive mode;
    -- With that lock the rows wait for nobody who drops a queue or a stream, and who has more to wait for.
    delete from minipaas._access a where not exists (select from pg_roles r where r.oid = a.role);
    for v_statement in
        select format(
            case when granted then 'grant %s %s to %I' else 'revoke %s %s from %I' end,
            o.privilege || ' on ' || o.kind, string_agg(o.name, ', '), role
        )
        from (
            select 'usage', 'schema', n.oid::regnamespace::text, n.nspacl
            from pg_namespace n
            where n.nspname = 'minipaas'
            union all
            select 'execute', 'function', p.oid::regprocedure::text, p.proacl
            from pg_proc p
            where p.pronamespace = 'minipaas'::regnamespace and (
                p.proname !~ '^_'
                or p.proname in (
                    '_caller', '_may', '_queues_of', '_streams_of', '_clock', '_clock_moved', '_waiting_state', '_may_retry',
                    '_queue_counts', '_stream_counts', '_cursor_counts', '_horizon', '_level'
                )
            )
            union all
            select 'select', 'table', c.oid::regclass::text, c.relacl
            from pg_class c
            where c.relnamespace = 'minipaas'::regnamespace and c.relkind = 'v' and c.relname !~ '^_'
        ) o (privilege, kind, name, acl)
        where granted <> exists (
            select from aclexplode(o.acl) x where x.grantee = v_role and x.privilege_type = upper(o.privilege)
        )
        group by o.kind, o.privilege
    loop
        execute v_statement;
    end loop;
end
$$;

revoke execute on function minipaas._access_set(text, boolean) from public;

comment on function minipaas._access_set(text, boolean) is
'Grants USAGE, EXECUTE and SELECT on all that is public to a role, or revokes them. Forgets roles that were dropped.';

-- object: access/_allowed.sql
-- Inlined into its callers, and made of few calls, since each costs a tenth of a microsecond to set up. Most sessions have set no
-- role: the owner's own is done after two comparisons. What is granted to the session's user stands in the row of the queue or
-- stream, which is there already. Its name alone could be that of another role by now, and the oid alone that of another one in a
-- restored dump, so it takes both. Then rights on all. What is left is slower: SET ROLE, members, roles that were renamed.
create function minipaas._allowed(action text, granted jsonb, queue integer, stream integer) returns boolean
language sql stable
as $$
select current_setting('role') = 'none' and (
    session_user = current_user
    or coalesce(pg_has_role(session_user, (granted ->> (action || ' ' || session_user))::oid, 'usage'), false)
    or has_column_privilege(session_user, 'minipaas._right'::regclass, action, 'references')
) or minipaas._granted(action, granted, queue, stream)
$$;

revoke execute on function minipaas._allowed(text, jsonb, integer, integer) from public;

comment on function minipaas._allowed(text, jsonb, integer, integer) is
'Whether the caller has a right on a queue or stream; granted is the column of its row. Call it inside SECURITY DEFINER functions only.';

-- object: core/_asleep.sql
-- A sleeper holds the lock exclusively and for its session. The caller takes it shared and gives it back at once, so that
-- callers never take each other for a sleeper. Inlined into its callers: half a microsecond, where a NOTIFY that nobody
-- waits for makes commits wait for each other.
create function minipaas._asleep(channel text) returns boolean
language sql volatile
as $$
select case
    when pg_try_advisory_lock_shared(hashtextextended(channel, 0))
        then not pg_advisory_unlock_shared(hashtextextended(channel, 0))
    else true
end
$$;

revoke execute on function minipaas._asleep(text) from public;

comment on function minipaas._asleep(text) is
'Whether a session sleeps until something comes over a channel. A session that falls asleep at this moment may be missed.';

-- object: queue/_backoff.sql
-- Jitter only adds: a retry is never earlier than what the queue's settings say.
create function minipaas._backoff(queue minipaas._queue, attempt integer) returns interval
language sql volatile
as $$
select make_interval(secs => (1 + 0.2 * random()) * least(
    extract(epoch from queue.backoff) * power(2.0::float8, least(attempt - 1, 50)),
    extract(epoch from case when queue.backoff_max = '0' then interval '10 years' else queue.backoff_max end)
))
$$;

revoke execute on function minipaas._backoff(minipaas._queue, integer) from public;

comment on function minipaas._backoff(minipaas._queue, integer) is
'The wait after a failed attempt: backoff * 2^(attempt-1) up to backoff_max, and up to 20 % more.';

-- object: queue/_baton_take.sql
-- Locks in one order everywhere: dedup_key, task, baton, blocked tasks. The look at the baton waits for whoever is just
-- finishing the last task of the key, and the insert for whoever is just enqueuing the first.
create function minipaas._baton_take(queue integer, key text) returns text
language plpgsql volatile
as $$
#variable_conflict use_variable
declare
    v_now timestamptz := minipaas._clock();
    v_idle boolean;
begin
    loop
        select b.idle into v_idle from minipaas._baton b where b.queue = queue and b.key = key for key share;
        if found then
            exit when not v_idle;
            perform from minipaas._baton b where b.queue = queue and b.key = key and b.idle for no key update skip locked;
            exit when not found;
            update minipaas._baton b set idle = false where b.queue = queue and b.key = key;
            return 'idle';
        end if;
        insert into minipaas._baton (queue, key) values (queue, key) on conflict do nothing;
        if found then
            return case when minipaas._key_waits(queue, key, v_now) then 'idle' else 'taken' end;
        end if;
    end loop;
    return 'busy';
end
$$;

revoke execute on function minipaas._baton_take(integer, text) from public;

comment on function minipaas._baton_take(integer, text) is
'Takes the baton of a key for a new task: taken: the task goes first; busy: it goes to _blocked, where it will be found; idle:
it goes to _blocked, and the caller calls _promote. So does the first task of a key behind a delayed one that is due.';

-- object: queue/_baton_try.sql
-- For dequeue, which waits for nobody: an enqueue of the same key that is not committed yet counts as busy.
create function minipaas._baton_try(queue integer, key text) returns boolean
language plpgsql volatile
set lock_timeout = '1ms'
as $$
begin
    insert into minipaas._baton values (queue, key) on conflict do nothing;
    return found;
exception when lock_not_available then
    return false;
end
$$;

revoke execute on function minipaas._baton_try(integer, text) from public;

comment on function minipaas._baton_try(integer, text) is
'Takes the baton of a key for a delayed task that is due, unless there is one; returns whether it did.';

-- object: queue/_batons_sweep.sql
-- Idle batons (see _baton) go to who waits behind them; those with nobody behind are put away. The lock is FOR UPDATE, which nobody
-- gets who may be adding a task; what it had added before shows in the next statement.
create function minipaas._batons_sweep(queue integer, batch_size integer) returns bigint
language plpgsql volatile
set enable_seqscan = off
set enable_bitmapscan = off
as $$
#variable_conflict use_variable
declare
    v_key text;
    v_count bigint := 0;
begin
    for v_key in
        select b.key from minipaas._baton b where b.queue = queue and b.idle limit batch_size for update skip locked
    loop
        if minipaas._promote(queue, v_key) then
            update minipaas._baton b set idle = false where b.queue = queue and b.key = v_key;
            v_count := v_count + 1;
        else
            delete from minipaas._baton b where b.queue = queue and b.key = v_key;
        end if;
    end loop;
    return v_count;
end
$$;

revoke execute on function minipaas._batons_sweep(integer, integer) from public;

comment on function minipaas._batons_sweep(integer, integer) is
'Lets the keys of a queue go on whose baton is idle, at most batch_size; returns how many tasks that made ready.';

-- object: queue/_bury_expired.sql
-- Lane by lane, which is how the index is ordered.
create function minipaas._bury_expired(
    queue integer, max_attempts integer, batch_size integer default null, keep_keys boolean default false,
    out count bigint, out to_release text[]
)
language plpgsql volatile
set enable_seqscan = off
set enable_bitmapscan = off
as $$
#variable_conflict use_column
declare
    v_now timestamptz := minipaas._clock();
    v_lane smallint;
    v_task minipaas._waiting;
begin
    count := 0;
    foreach v_lane in array minipaas._lanes(queue) loop
        for v_task in
            select w.* from minipaas._waiting w
            where w.queue = _bury_expired.queue and w.lane = v_lane and w.until <= v_now and w.state = 'l'
                and not minipaas._may_retry(w.attempt, w.granted, coalesce(w.max_attempts, _bury_expired.max_attempts))
            order by w.until
            limit batch_size - count
            for update skip locked
        loop
            perform minipaas._dead_add(v_task, format('the lease of attempt %s expired', v_task.attempt), keep_keys);
            count := count + 1;
            if keep_keys and v_task.key is not null then
                to_release := to_release || v_task.key;
            end if;
        end loop;
    end loop;
end
$$;

revoke execute on function minipaas._bury_expired(integer, integer, integer, boolean) from public;

comment on function minipaas._bury_expired(integer, integer, integer, boolean) is
'Moves tasks whose last attempt ended with an expired lease, which count as dead already, to _dead; returns how many. With keep_keys
the caller releases their keys (to_release), once it has all others that it waits for.';

-- object: access/_caller.sql
-- Inside SECURITY DEFINER functions current_user is the owner; the setting "role" still tells what SET ROLE chose.
-- The views call it as the one who reads them, with that one's search_path: everything is qualified.
create function minipaas._caller() returns name
language sql stable
as $$
select case
    when pg_catalog.current_setting('role') operator(pg_catalog.=) 'none' then session_user
    else pg_catalog.current_setting('role')::pg_catalog.name
end
$$;

revoke execute on function minipaas._caller() from public;

comment on function minipaas._caller() is
'The role that the caller acts as: what SET ROLE chose, else session_user.';

-- object: core/_check_arrays.sql
create function minipaas._check_arrays(payloads jsonb[], keys text[], headers jsonb[], dedup_keys text[]) returns void
language plpgsql immutable
as $$
declare
    v_other text := case
        when cardinality(keys) <> cardinality(payloads) or array_ndims(keys) > 1 then 'keys'
        when cardinality(headers) <> cardinality(payloads) or array_ndims(headers) > 1 then 'headers'
        when cardinality(dedup_keys) <> cardinality(payloads) or array_ndims(dedup_keys) > 1 then 'dedup_keys'
    end;
begin
    if payloads is null or array_ndims(payloads) > 1 or array_position(payloads, null) is not null then
        perform minipaas._invalid(
            'payloads', payloads::text,
            'It is a one-dimensional array of JSON without NULL; the JSON null is ''null''::jsonb.'
        );
    elsif v_other is not null then
        perform minipaas._invalid(
            v_other,
            format('%s of them for %s payloads', case v_other
                when 'keys' then cardinality(keys) when 'headers' then cardinality(headers) else cardinality(dedup_keys)
            end, cardinality(payloads)),
            'Give one for each payload (NULL for none) in one dimension, or leave the array out.'
        );
    end if;
end
$$;

revoke execute on function minipaas._check_arrays(jsonb[], text[], jsonb[], text[]) from public;

comment on function minipaas._check_arrays(jsonb[], text[], jsonb[], text[]) is
'Raises MP006 for payloads that are no list of JSON, or for another array that is not a list of as many; NULL passes for those.';

-- object: core/_check_batch.sql
create function minipaas._check_batch(batch_size integer, lease interval) returns void
language plpgsql immutable
as $$
begin
    if batch_size < 1 then
        perform minipaas._invalid('batch_size', batch_size::text, 'It is how many rows to return at most: 1 or more.');
    elsif lease not between '1 microsecond' and '10000 years' then
        perform minipaas._invalid('lease', lease::text, 'It is how long the holder may work before others get it: more than 0.');
    end if;
end
$$;

revoke execute on function minipaas._check_batch(integer, interval) from public;

comment on function minipaas._check_batch(integer, interval) is
'Raises MP006 for a batch size below 1, or a lease that is not positive, or beyond the calendar; NULL passes.';

-- object: core/_check_duration.sql
-- Ten thousand years are more than anybody needs, and any time plus that is still a timestamp.
create function minipaas._check_duration(argument text, value interval, hint text) returns void
language plpgsql immutable
as $$
begin
    if value not between '0' and '10000 years' then
        perform minipaas._invalid(argument, value::text, hint);
    end if;
end
$$;

revoke execute on function minipaas._check_duration(text, interval, text) from public;

comment on function minipaas._check_duration(text, interval, text) is
'Raises MP006 for a duration that is negative, infinite or beyond the calendar; NULL passes.';

-- object: queue/_check_enqueue.sql
-- Looks closer at arguments that the caller found unusual in one expression; returns when they are all right.
create function minipaas._check_enqueue(
    payload jsonb, priority integer, delay interval, run_at timestamptz, keys text[], max_attempts integer,
    on_duplicate text
)
returns void
language plpgsql immutable
as $$
begin
    perform minipaas._check_duration('delay', delay, 'It is how long the task waits at least: 0 or more.');
    if payload is null then
        perform minipaas._invalid('payload', null, 'It is any JSON; the JSON null is ''null''::jsonb.');
    elsif priority not between -10 and 10 then
        perform minipaas._invalid('priority', priority::text, 'It is from -10 to 10, and higher goes first.');
    elsif delay is not null and run_at is not null then
        perform minipaas._invalid('delay and run_at', format('%s and %s', delay, run_at), 'Give one of them.');
    elsif not isfinite(run_at) then
        perform minipaas._invalid('run_at', run_at::text, 'It is the moment before which the task does not run.');
    elsif max_attempts < 0 then
        perform minipaas._invalid('max_attempts', max_attempts::text, 'It is 1 or more, or 0 for no limit.');
    elsif exists (select from unnest(keys) k (k) where length(k) > 500) then
        perform minipaas._invalid(
            'key', (select quote_literal(k) from unnest(keys) k (k) where length(k) > 500 limit 1),
            'Keys and dedup_keys have up to 500 characters.'
        );
    elsif on_duplicate not in ('keep', 'replace') then
        perform minipaas._invalid('on_duplicate', quote_literal(on_duplicate), 'It is ''keep'' or ''replace''.');
    end if;
end
$$;

revoke execute on function minipaas._check_enqueue(jsonb, integer, interval, timestamptz, text[], integer, text) from public;

comment on function minipaas._check_enqueue(jsonb, integer, interval, timestamptz, text[], integer, text) is
'Raises MP006 for an argument of enqueue that is out of its range; NULL passes, but for the payload.';

-- object: access/_check_grant.sql
create function minipaas._check_grant(role text, rights text[], queue text, stream text) returns void
language plpgsql stable
as $$
declare
    v_known constant text[] := case
        when queue is not null then '{enqueue,dequeue,manage,observe}'
        when stream is not null then '{publish,consume,manage,observe}'
        else '{enqueue,dequeue,publish,consume,manage,observe}'
    end;
begin
    if not pg_has_role(minipaas._caller(), current_user, 'usage') then
        raise exception using
            errcode = 'MP005',
            message = format('role "%s" may not change access rights', minipaas._caller()),
            hint = format('Call it as "%s", the owner of the schema, or as a member of that role.', current_user);
    elsif role is null or to_regrole(quote_ident(role)) is null then
        perform minipaas._invalid('role', quote_literal(role), 'It is the name of an existing role, without quotes.');
    elsif role = current_user then
        perform minipaas._invalid('role', quote_literal(role), 'It is the owner of the schema, who may do everything.');
    elsif queue is not null and stream is not null then
        perform minipaas._invalid('queue and stream', quote_literal(queue) || ', ' || quote_literal(stream), 'Make a call for each.');
    elsif rights is null or rights = '{}' or not rights <@ v_known then
        perform minipaas._invalid(
            'rights', rights::text,
            format('%s are some of %s.', case
                when queue is not null then 'On a queue they' when stream is not null then 'On a stream they' else 'They'
            end, array_to_string(v_known, ', '))
        );
    end if;
end
$$;

revoke execute on function minipaas._check_grant(text, text[], text, text) from public;

comment on function minipaas._check_grant(text, text[], text, text) is
'Raises MP005 unless the caller is the owner, and MP006 for a role or a right that there is not.';

-- object: queue/_check_ids.sql
create function minipaas._check_ids(ids bigint[], attempts integer[]) returns void
language plpgsql immutable
as $$
begin
    if ids is null then
        perform minipaas._invalid('ids', null, 'It is an array of task ids, as dequeue returned them.');
    elsif cardinality(attempts) <> cardinality(ids) then
        perform minipaas._invalid(
            'attempts', format('%s of them for %s ids', cardinality(attempts), cardinality(ids)),
            'Give one for each id, as dequeue returned them, or leave the array out.'
        );
    end if;
end
$$;

revoke execute on function minipaas._check_ids(bigint[], integer[]) from public;

comment on function minipaas._check_ids(bigint[], integer[]) is
'Raises MP006 for ids that are NULL, or attempts of another number.';

-- object: core/_check_name.sql
create function minipaas._check_name(kind text, name text) returns void
language plpgsql immutable
as $$
begin
    if name is null or name = '' or length(name) > 255 then
        perform minipaas._invalid(kind || ' name', quote_literal(left(name, 300)), 'A name is any text of 1 to 255 characters.');
    end if;
end
$$;

revoke execute on function minipaas._check_name(text, text) from public;

comment on function minipaas._check_name(text, text) is
'Raises MP006 unless the name has 1 to 255 characters.';

-- object: queue/_check_settings.sql
create function minipaas._check_settings(
    lease interval, max_attempts integer, backoff interval, backoff_max interval, keep_done interval
)
returns void
language plpgsql immutable
as $$
begin
    perform minipaas._check_batch(null, lease);
    if max_attempts < 0 then
        perform minipaas._invalid('max_attempts', max_attempts::text, 'It is 1 or more, or 0 for no limit.');
    end if;
    perform minipaas._check_duration('backoff', backoff, 'It is the wait after the first failure: 0 or more.');
    perform minipaas._check_duration('backoff_max', backoff_max, 'It is the longest wait after a failure, or 0 for no limit.');
    perform minipaas._check_duration('keep_done', keep_done, 'It is how long acked tasks stay visible, or 0 to delete them.');
end
$$;

revoke execute on function minipaas._check_settings(interval, integer, interval, interval, interval) from public;

comment on function minipaas._check_settings(interval, integer, interval, interval, interval) is
'Raises MP006 for a setting of a queue that is out of its range; NULL passes.';

-- object: queue/_check_task.sql
-- Asked about what a call has found and locked, or already changed: an error takes that back, and nothing can come between.
-- A task that it has not found may still be another queue's.
create function minipaas._check_task(id bigint, queue integer) returns void
language plpgsql stable
as $$
declare
    v_queue minipaas._queue;
begin
    select q.* into v_queue
    from minipaas._queue q
    where q.id = coalesce(_check_task.queue, minipaas._task_queue(_check_task.id));
    if found and not minipaas._allowed('dequeue', v_queue.granted, v_queue.id, null) then
        perform minipaas._deny('dequeue', v_queue.name);
    elsif not found and minipaas._queues_of('dequeue') = '{}' then
        perform minipaas._deny('dequeue');
    end if;
end
$$;

revoke execute on function minipaas._check_task(bigint, integer) from public;

comment on function minipaas._check_task(bigint, integer) is
'Raises MP005 unless the caller may dequeue on the queue of a task, or, where there is no such task, on any. queue NULL: look for it.';

-- object: core/_clock.sql
-- Inlined into its callers: one lookup of a setting is all that the real clock costs. The views call it as the one who reads
-- them, with that one's search_path: everything is qualified.
create function minipaas._clock() returns timestamptz
language sql volatile
as $$
select case
    when coalesce(pg_catalog.current_setting('minipaas.now', true), '') operator(pg_catalog.=) '' then pg_catalog.clock_timestamp()
    else minipaas._clock_moved()
end
$$;

revoke execute on function minipaas._clock() from public;

comment on function minipaas._clock() is
'The time that everything in this schema goes by: clock_timestamp(), or the setting minipaas.now in tests.';

-- object: core/_clock_moved.sql
-- Whoever could move the clock could expire leases of others: so only the owner's own people may.
create function minipaas._clock_moved() returns timestamptz
language sql volatile security definer
set search_path = pg_catalog, pg_temp
as $$
select case
    when pg_has_role(session_user, current_user, 'member')
        then current_setting('minipaas.now')::timestamptz
    else clock_timestamp()
end
$$;

revoke execute on function minipaas._clock_moved() from public;

comment on function minipaas._clock_moved() is
'The time in the setting minipaas.now, where the session''s user is a member of the schema''s owner; else the real time.';

-- object: core/_crowded.sql
-- By the server's own statistics, which every commit and vacuum tells and ANALYZE need not.
create function minipaas._crowded(relation regclass) returns boolean
language sql stable
as $$
select pg_stat_get_dead_tuples(relation) > 50000
$$;

revoke execute on function minipaas._crowded(regclass) from public;

comment on function minipaas._crowded(regclass) is
'Whether a table has so many dead rows that walking over their index entries takes long.';

-- object: queue/_dead_add.sql
create function minipaas._dead_add(task minipaas._waiting, error text, keep_key boolean default false) returns void
language plpgsql volatile
as $$
begin
    delete from minipaas._waiting w where w.id = task.id;
    insert into minipaas._dead (
        id, enqueued_at, finished_at, queue, attempt, granted, max_attempts, lane, payload, headers, last_error, key, dedup_key
    )
    values (
        task.id, task.enqueued_at, minipaas._clock(), task.queue, task.attempt, task.granted, task.max_attempts, task.lane,
        task.payload, task.headers, coalesce(error, task.last_error), task.key, task.dedup_key
    );
    if task.key is not null or task.dedup_key is not null then
        perform minipaas._free(task.queue, case when not keep_key then task.key end, task.dedup_key, task.id);
    end if;
end
$$;

revoke execute on function minipaas._dead_add(minipaas._waiting, text, boolean) from public;

comment on function minipaas._dead_add(minipaas._waiting, text, boolean) is
'Moves a leased task that the caller has locked from _waiting to _dead, and frees its keys. With keep_key the caller releases the key.';

-- object: queue/_dedup_take.sql
-- Looks first, without a lock: an ack that has not committed yet keeps nobody waiting. A task that used up its last attempt
-- by an expired lease is dead, though nobody has written that down yet. Its key, which may be any, is left to the caller: to
-- release it here, before the batons of the new tasks, could deadlock.
create function minipaas._dedup_take(
    queue minipaas._queue, dedup_key text, id bigint, out there bigint, out to_release text
)
language plpgsql volatile
as $$
#variable_conflict use_variable
declare
    v_task minipaas._waiting;
begin
    loop
        there := (select d.id from minipaas._dedup d where d.queue = queue.id and d.dedup_key = dedup_key);
        if there is null then
            insert into minipaas._dedup (queue, dedup_key, id) values (queue.id, dedup_key, id) on conflict do nothing;
            if found then
                return;
            end if;
        else
            select w.* into v_task
            from minipaas._waiting w
            where w.id = there and w.state = 'l' and w.until <= minipaas._clock()
                and not minipaas._may_retry(w.attempt, w.granted, coalesce(w.max_attempts, queue.max_attempts))
            for update skip locked;
            if not found then
                return;
            end if;
            perform minipaas._dead_add(v_task, format('the lease of attempt %s expired', v_task.attempt), true);
            to_release := v_task.key;
        end if;
    end loop;
end
$$;

revoke execute on function minipaas._dedup_take(minipaas._queue, text, bigint) from public;

comment on function minipaas._dedup_take(minipaas._queue, text, bigint) is
'Takes a dedup_key for a new task. there: NULL, or the outstanding task that has it; to_release: a key that the caller releases, once
it has placed its tasks.';

-- object: access/_deny.sql
create function minipaas._deny(action text, queue text default null, stream text default null) returns void
language plpgsql stable
as $$
declare
    v_where constant text := coalesce(', queue => ' || quote_literal(queue), ', stream => ' || quote_literal(stream), '');
begin
    raise exception using
        errcode = 'MP005',
        message = format('role "%s" has no right to %s', minipaas._caller(), action)
            || coalesce(' on queue "' || queue || '"', ' on stream "' || stream || '"', ' on all queues and streams'),
        hint = format(
            'As the owner of the schema: select minipaas.access_grant(%L, array[%L]%s);', minipaas._caller(), action, v_where
        );
end
$$;

revoke execute on function minipaas._deny(text, text, text) from public;

comment on function minipaas._deny(text, text, text) is 'Raises MP005 with the grant to run; neither queue nor stream: on all.';

-- object: queue/_done_prune.sql
create function minipaas._done_prune(queue minipaas._queue, batch_size integer) returns bigint
language plpgsql volatile
as $$
#variable_conflict use_variable
declare
    v_count bigint;
begin
    delete from minipaas._done d where d.ctid = any(array(
        select o.ctid from minipaas._done o
        where o.queue = queue.id and o.finished_at < minipaas._clock() - least(queue.keep_done, '1000 years')
        order by o.queue, o.finished_at
        limit batch_size for update skip locked
    ));
    get diagnostics v_count = row_count;
    return v_count;
end
$$;

revoke execute on function minipaas._done_prune(minipaas._queue, integer) from public;

comment on function minipaas._done_prune(minipaas._queue, integer) is
'Deletes done tasks that were kept for long enough, at most batch_size; returns how many.';

-- object: queue/_due_keys.sql
create function minipaas._due_keys(tids tid[]) returns tid[]
language sql volatile
as $$
select array_agg(t.tid order by t.place)
from unnest(tids) with ordinality t (tid, place)
join minipaas._waiting w on w.ctid = t.tid
where w.state <> 'd' or w.key is null or minipaas._baton_try(w.queue, w.key)
$$;

revoke execute on function minipaas._due_keys(tid[]) from public;

comment on function minipaas._due_keys(tid[]) is
'Of due tasks that the caller has locked, those that can run: a delayed one only when it gets the baton of its key.';

-- object: queue/_enqueue_keyed.sql
create function minipaas._enqueue_keyed(queue minipaas._queue, task minipaas._ready, until timestamptz, on_duplicate text)
returns bigint
language plpgsql volatile
as $$
declare
    v_there bigint;
    v_to_release text;
    v_replaced record;
begin
    if task.dedup_key is not null then
        select d.there, d.to_release into v_there, v_to_release
        from minipaas._dedup_take(queue, task.dedup_key, task.id) d;
    end if;
    if v_there is null then
        perform minipaas._place(task, until);
    elsif on_duplicate = 'replace' then
        select * into v_replaced from minipaas._task_replace(v_there, task.payload, task.headers, until);
        if v_replaced.to_place then
            perform minipaas._place(v_replaced.task, null);
        elsif v_replaced.to_release then
            perform minipaas._key_release(queue.id, (v_replaced.task).key);
        end if;
    end if;
    if v_to_release is not null then
        perform minipaas._key_release(queue.id, v_to_release);
    end if;
    return coalesce(v_there, task.id);
end
$$;

revoke execute on function minipaas._enqueue_keyed(minipaas._queue, minipaas._ready, timestamptz, text) from public;

comment on function minipaas._enqueue_keyed(minipaas._queue, minipaas._ready, timestamptz, text) is
'Adds a task with a key or a dedup_key; returns its id, or that of the outstanding task with its dedup_key.';

-- object: queue/_enqueue_many_keyed.sql
-- All dedup_keys in their order, then all keys in theirs, so that two calls wait for each other in one direction only.
create function minipaas._enqueue_many_keyed(
    queue minipaas._queue, tasks minipaas._ready[], until timestamptz, on_duplicate text
)
returns setof bigint
language plpgsql volatile
as $$
declare
    v_ids bigint[] := array(select t.id from unnest(tasks) t);
    v_old bigint[] := '{}';
    v_by integer[] := '{}';
    v_keys text[] := '{}';
    v_there bigint;
    v_first integer;
    v_last integer;
    v_task record;
    v_nr integer;
    -- Looked at before the tasks that are replaced: what is put off is put off with them.
    v_later constant boolean := coalesce(until > minipaas._clock(), false);
begin
    for v_task in
        select t.id, t.dedup_key, p.place
        from unnest(tasks) t
        join unnest(v_ids) with ordinality p (id, place) on p.id = t.id
        where t.dedup_key is not null
        order by t.dedup_key collate "C", p.place
    loop
        select d.there, v_keys || d.to_release into v_there, v_keys
        from minipaas._dedup_take(queue, v_task.dedup_key, v_task.id) d;
        if v_there is null then
            v_first := v_task.place;
            continue;
        end if;
        v_ids[v_task.place] := v_there;
        if on_duplicate = 'replace' and v_there = tasks[v_first].id then
            tasks[v_first].payload := tasks[v_task.place].payload;
            tasks[v_first].headers := tasks[v_task.place].headers;
        elsif on_duplicate = 'replace' then
            v_last := cardinality(v_old) + case when v_there = v_old[cardinality(v_old)] then 0 else 1 end;
            v_old[v_last] := v_there;
            v_by[v_last] := v_task.place;
        end if;
    end loop;
    for v_nr in 1..cardinality(v_old) loop
        select * into v_task from minipaas._task_replace(v_old[v_nr], tasks[v_by[v_nr]].payload, tasks[v_by[v_nr]].headers, until);
        if v_task.to_place then
            tasks := tasks || v_task.task;
        elsif v_task.to_release then
            v_keys := v_keys || (v_task.task).key;
        end if;
    end loop;
    tasks := array(select t from unnest(tasks) t join (select distinct unnest(v_ids) as id) i on i.id = t.id order by t.position);
    if v_later then
        insert into minipaas._waiting (
            id, until, enqueued_at, queue, attempt, granted, max_attempts, lane, state, payload, headers, key, dedup_key
        )
        select
            t.id, until, t.enqueued_at, t.queue, t.attempt, t.granted, t.max_attempts, t.lane, 'd', t.payload, t.headers, t.key,
            t.dedup_key
        from unnest(tasks) t;
        perform minipaas._waiting_check(t.queue, t.lane, until) from unnest(tasks[1:1]) t;
    else
        perform minipaas._place_many(tasks);
    end if;
    perform minipaas._key_release(queue.id, k.key)
    from (select k from unnest(v_keys) k where k is not null order by k collate "C") k (key);
    return query select unnest(v_ids);
end
$$;

revoke execute on function minipaas._enqueue_many_keyed(minipaas._queue, minipaas._ready[], timestamptz, text) from public;

comment on function minipaas._enqueue_many_keyed(minipaas._queue, minipaas._ready[], timestamptz, text) is
'Adds tasks with keys or dedup_keys to a queue; returns for each its id, or that of the outstanding task with its dedup_key.';

-- object: queue/_find.sql
-- The whole search, of which queue_dequeue has the usual case inline: lane by lane from the highest priority, what is
-- due before what is ready. If there is nothing above the hints, it looks from the floors before it says so, except
-- where passes are slow (_mark_slow) and none is owed.
create function minipaas._find(
    queue integer, max_attempts integer, batch_size integer, now timestamptz, out tids tid[], out is_due boolean
)
language plpgsql volatile
as $$
#variable_conflict use_column
declare
    v_lanes smallint[] := minipaas._lanes(queue);
    v_keyed boolean := exists (select from minipaas._keyed k where k.queue = _find.queue);
    v_lane smallint;
    v_again boolean;
    v_looked smallint[] := '{}';
    v_mark minipaas._mark;
    v_pass text;
    v_start record;
    v_at timestamptz;
    v_first bigint;
    v_due timestamptz;
    v_keys text[];
    v_busy text[];
begin
    foreach v_again in array '{f,t}'::boolean[] loop
        foreach v_lane in array v_lanes loop
            continue when v_lane = any(v_looked);
            v_mark := minipaas._mark_get(queue, v_lane);
            if minipaas._clock() < greatest(v_mark.due_floor, v_mark.due_candidate) then
                -- The clock, read after the mark, went back: the leases given now might end below the floor (see _mark_confirm).
                perform minipaas._lane_begin(queue, v_lane);
                v_mark := minipaas._mark_get(queue, v_lane);
            end if;
            v_at := clock_timestamp();
            v_pass := case
                when not v_at between v_mark.at and v_mark.next_full or v_again and not minipaas._mark_slow(v_mark) then 'full'
                when v_at > v_mark.next_short and not v_again then 'short'
            end;
            continue when v_again and v_pass is null;
            if v_pass = 'full' then
                v_looked := v_looked || v_lane;
            end if;
            v_start := minipaas._mark_start(v_mark, v_pass);

            v_busy := '{}';
            loop
                select array_agg(c.ctid), min(c.until), array_agg(c.key) into tids, v_due, v_keys
                from (
                    select w.ctid, w.until, w.key from minipaas._waiting w
                    where w.queue = _find.queue and w.lane = v_lane and w.until between v_start.due_hint and now
                        and (w.state <> 'l' or minipaas._may_retry(w.attempt, w.granted, coalesce(w.max_attempts, _find.max_attempts)))
                        and (w.state <> 'd' or w.key is null or w.key <> all(v_busy) and not exists (
                            select from minipaas._baton b where b.queue = w.queue and b.key = w.key
                        ) and not exists (
                            -- Whatever its priority, the one that was due first.
                            select from minipaas._waiting e
                            where e.queue = w.queue and e.key = w.key and (e.until, e.id) < (w.until, w.id)
                        ))
                    order by w.until limit batch_size for update of w skip locked
                ) c;
                exit when not v_keyed or tids is null;
                -- Their keys may be in the hands of enqueues that have not committed: then those behind them have their turn.
                tids := minipaas._due_keys(tids);
                exit when tids is not null;
                v_busy := v_busy || v_keys;
            end loop;
            is_due := tids is not null;
            if is_due then
                v_first := null;
            else
                v_due := now;
                select array_agg(c.ctid), min(c.position) into tids, v_first
                from (
                    select r.ctid, r.position from minipaas._ready r
                    where r.queue = _find.queue and r.lane = v_lane and r.position >= v_start.hint
                    order by r.position limit batch_size for update skip locked
                ) c;
            end if;
            if tids is not null or clock_timestamp() - v_at > '2 ms' then
                perform minipaas._mark_move(
                    v_mark, coalesce(v_first, v_mark.hint), v_due,
                    case when is_due or v_lanes <> '{0}' then '-infinity' else now + interval '5 ms' end,
                    v_pass, clock_timestamp() - v_at
                );
            end if;
            if tids is not null then
                return;
            end if;
        end loop;
    end loop;
    if v_keyed and minipaas._keys_tend(queue, v_looked, max_attempts, batch_size) then
        select f.tids, f.is_due into tids, is_due from minipaas._find(queue, max_attempts, batch_size, now) f;
    end if;
end
$$;

revoke execute on function minipaas._find(integer, integer, integer, timestamptz) from public;

comment on function minipaas._find(integer, integer, integer, timestamptz) is
'Locks the next tasks of a queue, at most batch_size and of one lane: their ctids in _waiting (is_due) or in _ready.';

-- object: queue/_free.sql
create function minipaas._free(queue integer, key text, dedup_key text, id bigint) returns void
language plpgsql volatile
as $$
#variable_conflict use_variable
begin
    if dedup_key is not null then
        delete from minipaas._dedup d where d.queue = queue and d.dedup_key = dedup_key and d.id = id;
    end if;
    if key is not null then
        perform minipaas._key_release(queue, key);
    end if;
end
$$;

revoke execute on function minipaas._free(integer, text, text, bigint) from public;

comment on function minipaas._free(integer, text, text, bigint) is
'Frees the dedup_key of a task that is not outstanding any more, and the key where it was the active one (else NULL).';

-- object: access/_granted.sql
create function minipaas._granted(action text, granted jsonb, queue integer, stream integer) returns boolean
language plpgsql stable
as $$
#variable_conflict use_variable
declare
    v_caller constant name := minipaas._caller();
begin
    if coalesce(pg_has_role(v_caller, (granted ->> (action || ' ' || v_caller))::oid, 'usage'), false) or minipaas._may(action) then
        return true;
    elsif queue is not null then
        return exists (
            select from minipaas._access a
            where a.queue = queue and a.stream is null and a.action = action and pg_has_role(v_caller, a.role::oid, 'usage')
        );
    end if;
    return exists (
        select from minipaas._access a
        where a.queue is null and a.stream = stream and a.action = action and pg_has_role(v_caller, a.role::oid, 'usage')
    );
end
$$;

revoke execute on function minipaas._granted(text, jsonb, integer, integer) from public;

comment on function minipaas._granted(text, jsonb, integer, integer) is
'What _allowed does not find at once: whether the role that the caller acts as, or one that it is a member of, has the right.';

-- object: access/_granted_note.sql
create function minipaas._granted_note(queues integer[], streams integer[]) returns void
language sql volatile
as $$
update minipaas._queue q
set granted = coalesce((
    select jsonb_object_agg(a.action || ' ' || r.rolname, r.oid::bigint)
    from minipaas._access a join pg_roles r on r.oid = a.role
    where a.queue = q.id
), '{}')
where q.id = any(queues);
update minipaas._stream s
set granted = coalesce((
    select jsonb_object_agg(a.action || ' ' || r.rolname, r.oid::bigint)
    from minipaas._access a join pg_roles r on r.oid = a.role
    where a.stream = s.id
), '{}')
where s.id = any(streams)
$$;

revoke execute on function minipaas._granted_note(integer[], integer[]) from public;

comment on function minipaas._granted_note(integer[], integer[]) is
'Notes in the rows of queues and streams who has which right on them, as _access says.';

-- object: queue/_held.sql
create function minipaas._held(id bigint, attempt integer) returns minipaas._waiting
language plpgsql volatile
set enable_seqscan = off
as $$
declare
    v_task minipaas._waiting;
begin
    select w.* into v_task
    from minipaas._waiting w
    where w.id = _held.id and w.state = 'l' and (_held.attempt is null or w.attempt = _held.attempt)
    for update;
    if not minipaas._is_owner() then
        perform minipaas._check_task(_held.id, v_task.queue);
    end if;
    return v_task;
end
$$;

revoke execute on function minipaas._held(bigint, integer) from public;

comment on function minipaas._held(bigint, integer) is
'Locks a leased task and returns it, or NULLs where it is not held with that attempt. Errors: MP005.';

-- object: queue/_holders.sql
-- nextval and writes keep a RowExclusiveLock until the top transaction ends, through savepoints and PREPARE.
create function minipaas._holders(relation regclass) returns text[]
language sql volatile
as $$
select coalesce(array_agg(case when l.pid is null then 'prepared' else l.virtualtransaction end), '{}')
from pg_locks l
where l.locktype = 'relation' and l.mode = 'RowExclusiveLock' and l.granted
    and l.relation = _holders.relation::oid
    and l.database = (select d.oid from pg_database d where d.datname = current_database())
$$;

revoke execute on function minipaas._holders(regclass) from public;

comment on function minipaas._holders(regclass) is
'The virtual transactions that have written to a relation and are still open; "prepared" stands for any that is prepared.';

-- object: core/_invalid.sql
create function minipaas._invalid(argument text, value text, hint text) returns void
language plpgsql immutable
as $$
begin
    raise exception using
        errcode = 'MP006',
        message = format('invalid %s: %s', argument, coalesce(left(value, 300), 'NULL')),
        hint = hint;
end
$$;

revoke execute on function minipaas._invalid(text, text, text) from public;

comment on function minipaas._invalid(text, text, text) is 'Raises MP006 with the argument, its value and a hint.';

-- object: access/_is_owner.sql
-- Inlined into its callers: the owner's own session, the usual case where one application has the database to itself, costs two
-- comparisons.
create function minipaas._is_owner() returns boolean
language sql stable
as $$
select session_user = current_user and current_setting('role') = 'none'
$$;

revoke execute on function minipaas._is_owner() from public;

comment on function minipaas._is_owner() is
'Whether the session is the owner''s own, who may do everything. Call it inside SECURITY DEFINER functions only.';

-- object: queue/_keep_done.sql
-- Now and then it deletes what has been kept for long enough: the view hides it already.
create function minipaas._keep_done(variadic tasks minipaas._waiting[]) returns void
language plpgsql volatile
as $$
declare
    v_now timestamptz := minipaas._clock();
begin
    insert into minipaas._done (
        id, enqueued_at, finished_at, queue, attempt, granted, max_attempts, lane, payload, headers, last_error, key,
        dedup_key
    )
    select
        t.id, t.enqueued_at, v_now, t.queue, t.attempt, t.granted, t.max_attempts, t.lane, t.payload,
        t.headers, t.last_error, t.key, t.dedup_key
    from unnest(tasks) t;
    if random() < 0.01 * cardinality(tasks) then
        delete from minipaas._done d
        where d.ctid = any(array(
            select o.ctid
            from minipaas._queue q
            join minipaas._done o on o.queue = q.id and o.finished_at < v_now - least(q.keep_done, '1000 years')
            where q.id in (select t.queue from unnest(tasks) t)
            limit 1000
            for update of o skip locked
        ));
    end if;
end
$$;

revoke execute on function minipaas._keep_done(minipaas._waiting[]) from public;

comment on function minipaas._keep_done(minipaas._waiting[]) is 'Keeps acked tasks as done.';

-- object: queue/_key_release.sql
-- Only by whoever removed the active task of the key. A snapshot that is older than the baton's last lock does not see who
-- was added since: at higher isolation levels the baton stays, idle.
create function minipaas._key_release(queue integer, key text) returns void
language plpgsql volatile
as $$
#variable_conflict use_variable
declare
    v_alone boolean;
begin
    if minipaas._promote(queue, key) then
        return;
    end if;
    perform from minipaas._baton b where b.queue = queue and b.key = key for update skip locked;
    v_alone := found and current_setting('transaction_isolation') = 'read committed';
    if v_alone then
        if not minipaas._promote(queue, key) then
            delete from minipaas._baton b where b.queue = queue and b.key = key;
        end if;
    else
        update minipaas._baton b set idle = true where b.queue = queue and b.key = key;
        if minipaas._promote(queue, key) then
            update minipaas._baton b set idle = false where b.queue = queue and b.key = key;
        end if;
    end if;
end
$$;

revoke execute on function minipaas._key_release(integer, text) from public;

comment on function minipaas._key_release(integer, text) is
'Hands the baton of a key on to its next task, or puts it away.';

-- object: queue/_key_waits.sql
-- The moment is an argument since _clock() is volatile, which no index is asked for.
create function minipaas._key_waits(queue integer, key text, now timestamptz) returns boolean
language sql stable
as $$
select
    exists (select from minipaas._blocked b where b.queue = _key_waits.queue and b.key = _key_waits.key)
    or exists (
        select from minipaas._waiting w
        where w.queue = _key_waits.queue and w.key = _key_waits.key and w.state = 'd' and w.until <= _key_waits.now
    )
$$;

revoke execute on function minipaas._key_waits(integer, text, timestamptz) from public;

comment on function minipaas._key_waits(integer, text, timestamptz) is
'Whether tasks wait for the baton of a key: blocked ones, or delayed ones that are due.';

-- object: queue/_keyed_add.sql
create function minipaas._keyed_add(queue integer) returns void
language sql volatile
as $$
insert into minipaas._keyed (queue)
select _keyed_add.queue
where not exists (select from minipaas._keyed k where k.queue = _keyed_add.queue)
$$;

revoke execute on function minipaas._keyed_add(integer) from public;

comment on function minipaas._keyed_add(integer) is 'Records that a queue has a task with a key or a dedup_key.';

-- object: queue/_keys_tend.sql
-- For dequeues that found nothing else, and so return what this makes ready: in a long transaction nobody else could have it.
-- Of a key, what used up its last attempt by an expired lease is dead; an idle baton (see _baton) goes to who waits behind it.
create function minipaas._keys_tend(queue integer, lanes smallint[], max_attempts integer, batch_size integer) returns boolean
language plpgsql volatile
set enable_seqscan = off
set enable_bitmapscan = off
as $$
#variable_conflict use_variable
declare
    v_now timestamptz := minipaas._clock();
    v_left integer := batch_size;
    v_lane smallint;
    v_floor timestamptz;
    v_task minipaas._waiting;
    v_key text;
begin
    foreach v_lane in array lanes loop
        v_floor := (minipaas._mark_get(queue, v_lane)).due_floor;
        for v_task in
            select w.* from minipaas._waiting w
            where w.queue = queue and w.lane = v_lane and w.until between v_floor and v_now and w.state = 'l'
                and not minipaas._may_retry(w.attempt, w.granted, coalesce(w.max_attempts, max_attempts))
                and w.key is not null and minipaas._key_waits(w.queue, w.key, v_now)
            order by w.until limit v_left for update of w skip locked
        loop
            perform minipaas._dead_add(v_task, format('the lease of attempt %s expired', v_task.attempt));
            v_left := v_left - 1;
        end loop;
    end loop;
    for v_key in
        select b.key from minipaas._baton b
        where b.queue = queue and b.idle and minipaas._key_waits(b.queue, b.key, v_now)
        limit v_left for no key update of b skip locked
    loop
        if minipaas._promote(queue, v_key) then
            update minipaas._baton b set idle = false where b.queue = queue and b.key = v_key;
            v_left := v_left - 1;
        end if;
    end loop;
    return v_left < batch_size;
end
$$;

revoke execute on function minipaas._keys_tend(integer, smallint[], integer, integer) from public;

comment on function minipaas._keys_tend(integer, smallint[], integer, integer) is
'Lets keys of a queue go on that nobody else would, at most batch_size; returns whether there were any.';

-- object: queue/_lane_add.sql
create function minipaas._lane_add(queue integer, lane smallint) returns void
language plpgsql volatile
as $$
begin
    if not exists (select from minipaas._lane l where l.queue = _lane_add.queue and l.lane = _lane_add.lane) then
        perform minipaas._lane_begin(queue, lane);
    end if;
end
$$;

revoke execute on function minipaas._lane_add(integer, smallint) from public;

comment on function minipaas._lane_add(integer, smallint) is
'Makes a lane known, so that dequeue looks there. Waits for nobody: two rows for one lane do no harm.';

-- object: queue/_lane_begin.sql
create function minipaas._lane_begin(queue integer, lane smallint) returns void
language plpgsql volatile
as $$
begin
    perform minipaas._mark_wake(queue);
    insert into minipaas._lane (queue, lane) values (_lane_begin.queue, _lane_begin.lane);
end
$$;

revoke execute on function minipaas._lane_begin(integer, smallint) from public;

comment on function minipaas._lane_begin(integer, smallint) is 'Begins an epoch of a lane: its marks count no more.';

-- object: queue/_lanes.sql
create function minipaas._lanes(queue integer) returns smallint[]
language sql volatile
as $$
select array_agg(distinct l.lane order by l.lane)
from (
    select i.lane from minipaas._lane i where i.queue = _lanes.queue
    union all
    select 0::smallint
) l
$$;

revoke execute on function minipaas._lanes(integer) from public;

comment on function minipaas._lanes(integer) is
'The lanes that a queue has used, highest priority first; always with lane 0.';

-- object: queue/_lost.sql
create function minipaas._lost(ids bigint[]) returns void
language plpgsql immutable
as $$
begin
    raise exception using
        errcode = 'MP009',
        message = format('lease lost on task %s', array_to_string(ids[:20], ', ', 'NULL')),
        hint = 'Roll back what was done for it: its lease expired and somebody else has it, or it is finished.';
end
$$;

revoke execute on function minipaas._lost(bigint[]) from public;

comment on function minipaas._lost(bigint[]) is 'Raises MP009 for tasks that the caller does not hold any more.';

-- object: queue/_mark_add.sql
create function minipaas._mark_add(mark minipaas._mark) returns void
language plpgsql volatile
as $$
begin
    mark.id := nextval('minipaas._mark_id_seq');
    insert into minipaas._mark overriding system value values (mark.*);
end
$$;

revoke execute on function minipaas._mark_add(minipaas._mark) from public;

comment on function minipaas._mark_add(minipaas._mark) is 'Writes a mark, as the newest of its lane.';

-- object: queue/_mark_confirm.sql
-- Finds out below what no task is and none can come any more, without a wait and across several calls.
--
-- _ready: whoever drew a position up to last_value took its lock on the sequence before we read last_value. So once
-- nobody is left of those who held it afterwards, all of them have committed or are gone, and a snapshot taken then
-- shows every task up to the candidate that there will ever be. (Comparing a snapshot's xmax with xmin strands tasks:
-- nextval comes before the transaction id.)
--
-- _waiting: times come from a clock and not from a sequence. So the candidate is published first, and the holders
-- are read in a later transaction: a writer is one of those holders, or sees the candidate and, if it writes below
-- it because the clock went back, begins a new epoch (_waiting_check, and _find for leases).
--
-- Both looks end at the candidate: beyond it lie, under a held snapshot, the dead rows of all leases that were acked.
create function minipaas._mark_confirm(mark minipaas._mark) returns minipaas._mark
language plpgsql volatile
as $$
declare
    v_holders text[] := minipaas._holders('minipaas._task_id');
    v_first bigint;
    v_due timestamptz;
begin
    if mark.candidate is not null and not (v_holders && mark.holders or 'prepared' = any(v_holders)) then
        select r.position into v_first from minipaas._ready r
        where r.queue = mark.queue and r.lane = mark.lane and r.position between mark.floor and mark.candidate
        order by r.position limit 1;
        mark.floor := greatest(mark.floor, least(mark.candidate + 1, v_first));
        mark.candidate := null;
    end if;
    if mark.candidate is null then
        select case when s.is_called then s.last_value else 0 end into mark.candidate from minipaas._task_id s;
        mark.holders := minipaas._holders('minipaas._task_id');
    end if;

    v_holders := minipaas._holders('minipaas._waiting');
    if mark.due_holders is not null and not (v_holders && mark.due_holders or 'prepared' = any(v_holders)) then
        select w.until into v_due from minipaas._waiting w
        where w.queue = mark.queue and w.lane = mark.lane and w.until between mark.due_floor and mark.due_candidate
        order by w.until limit 1;
        mark.due_floor := greatest(mark.due_floor, least(mark.due_candidate, v_due));
        mark.due_candidate := null;
        mark.due_holders := null;
    end if;
    if mark.due_candidate is null then
        mark.due_candidate := minipaas._clock();
        mark.due_xact := pg_current_xact_id();
        perform setval('minipaas._clock_high', greatest(s.last_value, (1e6 * extract(epoch from mark.due_candidate))::bigint))
        from minipaas._clock_high s;
    elsif mark.due_holders is null and mark.due_xact <> pg_current_xact_id() then
        mark.due_holders := v_holders;
    end if;
    return mark;
end
$$;

revoke execute on function minipaas._mark_confirm(minipaas._mark) from public;

comment on function minipaas._mark_confirm(minipaas._mark) is
'The mark with its floors moved up as far as is proven, or with the next candidates for that.';

-- object: queue/_mark_get.sql
create function minipaas._mark_get(queue integer, lane smallint) returns minipaas._mark
language plpgsql volatile
as $$
#variable_conflict use_variable
declare
    v_mark minipaas._mark;
    v_epoch bigint := coalesce((select max(l.id) from minipaas._lane l where l.queue = queue and l.lane = lane), 0);
begin
    select m.* into v_mark
    from minipaas._mark m
    where m.queue = queue and m.lane = lane and m.epoch = v_epoch
    order by m.id desc
    limit 1;
    if not found then
        v_mark.queue := queue;
        v_mark.lane := lane;
        v_mark.epoch := v_epoch;
        v_mark.at := 'infinity';
        v_mark.calm_to := '-infinity';
        v_mark.hint := 0;
        v_mark.ahead := 9223372036854775807;
        v_mark.floor := 0;
        v_mark.due_hint := '-infinity';
        v_mark.due_floor := '-infinity';
        v_mark.next_full := '-infinity';
        v_mark.full_cost := '0';
        v_mark.pruned := 0;
    end if;
    return v_mark;
end
$$;

revoke execute on function minipaas._mark_get(integer, smallint) from public;

comment on function minipaas._mark_get(integer, smallint) is
'The newest mark of a lane in its epoch; where there is none, one that owes a full pass from the lane''s start.';

-- object: queue/_mark_move.sql
-- A hint moves at most every millisecond, and by 32 positions or more. Full passes may cost 5 % of the time: the next
-- one is owed after 20 times what one costs, within 0.1 to 10 s. What one costs grows slowly here: a session that lost
-- the processor for a while must not make passes look slow. A mark that is gone, with its queue, is not moved.
create function minipaas._mark_move(
    mark minipaas._mark, hint bigint, due_hint timestamptz, calm_to timestamptz, pass text default null, cost interval default null
)
returns void
language plpgsql volatile
as $$
#variable_conflict use_variable
begin
    if mark.queue is null or pass is null and (hint < mark.hint + 32 or clock_timestamp() < mark.at + interval '1 ms') then
        return;
    end if;
    mark.at := clock_timestamp();
    if pass is not null then
        mark.next_short := mark.at + interval '50 ms';
    end if;
    if pass = 'full' then
        mark := minipaas._mark_prune(minipaas._mark_confirm(mark));
        mark.full_cost := greatest(least(cost, 4 * mark.full_cost + interval '1 ms'), '0');
        mark.next_full := mark.at + least(greatest(20 * mark.full_cost, '0.1 s'), '10 s');
    end if;
    mark.hint := greatest(hint, mark.floor);
    mark.due_hint := greatest(due_hint, mark.due_floor);
    mark.calm_to := calm_to;
    mark.ahead := coalesce((
        select r.position from minipaas._ready r
        where r.queue = mark.queue and r.lane = mark.lane and r.position >= mark.hint
        order by r.position offset 47 limit 1
    ), 9223372036854775807);
    perform minipaas._mark_add(mark);
end
$$;

revoke execute on function minipaas._mark_move(minipaas._mark, bigint, timestamptz, timestamptz, text, interval) from public;

comment on function minipaas._mark_move(minipaas._mark, bigint, timestamptz, timestamptz, text, interval) is
'Writes the next mark of a lane, with new hints and what a pass found out.';

-- object: queue/_mark_prune.sql
-- Starts where the last pruning ended: below that, a held snapshot keeps dead rows. Marks of the last two seconds, and the
-- one before them, stay for short passes.
create function minipaas._mark_prune(mark minipaas._mark) returns minipaas._mark
language plpgsql volatile
as $$
declare
    v_stay bigint;
    v_tids tid[];
    v_end bigint;
begin
    select m.id into v_stay
    from minipaas._mark m
    where m.queue = mark.queue and m.lane = mark.lane and m.epoch = mark.epoch and m.at < mark.at - interval '2 s'
    order by m.id desc
    limit 1;
    select array_agg(c.ctid), max(c.id) into v_tids, v_end
    from (
        select m.ctid, m.id
        from minipaas._mark m
        where m.queue = mark.queue and m.lane = mark.lane and m.epoch = mark.epoch
            and m.id > mark.pruned and m.id < v_stay
        order by m.id
        limit 500
        for update skip locked
    ) c;
    delete from minipaas._mark m where m.ctid = any(v_tids);
    mark.pruned := coalesce(v_end, mark.pruned);
    return mark;
end
$$;

revoke execute on function minipaas._mark_prune(minipaas._mark) from public;

comment on function minipaas._mark_prune(minipaas._mark) is
'Deletes marks that no pass will read again, and returns the mark with how far that went.';

-- object: queue/_mark_slow.sql
-- 20 ms alone may only mean that the session lost the processor: there must be dead rows to walk, too.
create function minipaas._mark_slow(mark minipaas._mark) returns boolean
language sql immutable
as $$
select mark.full_cost >= '20 ms'
    and (mark.hint > mark.floor + 20000 or mark.due_hint - interval '5 s' > mark.due_floor)
$$;

revoke execute on function minipaas._mark_slow(minipaas._mark) from public;

comment on function minipaas._mark_slow(minipaas._mark) is
'Whether a full pass over a lane takes long, because old transactions keep dead rows or tasks that nobody can have.';

-- object: queue/_mark_start.sql
-- Below the hint there can be tasks: a late commit, a claim that was rolled back. A full pass looks from the floor, a
-- short one from the hint of a second ago, or from the floor where that is above it.
create function minipaas._mark_start(
    mark minipaas._mark, pass text, out hint bigint, out due_hint timestamptz
)
language plpgsql volatile
as $$
#variable_conflict use_variable
begin
    if pass is null then
        hint := mark.hint;
        due_hint := mark.due_hint;
    elsif pass = 'short' then
        select m.hint, m.due_hint into hint, due_hint
        from minipaas._mark m
        where m.queue = mark.queue and m.lane = mark.lane and m.epoch = mark.epoch and m.at < mark.at - interval '1 s'
        order by m.id desc
        limit 1;
    end if;
    hint := greatest(hint, mark.floor);
    due_hint := greatest(due_hint, mark.due_floor);
end
$$;

revoke execute on function minipaas._mark_start(minipaas._mark, text) from public;

comment on function minipaas._mark_start(minipaas._mark, text) is
'Where a look at a lane starts in _ready and in _waiting, by the kind of pass.';

-- object: queue/_mark_wake.sql
-- Others may write a mark at the same moment that counts as newer: then it takes until that one's calm_to.
create function minipaas._mark_wake(queue integer) returns void
language plpgsql volatile
as $$
declare
    v_mark minipaas._mark := minipaas._mark_get(queue, 0::smallint);
begin
    if v_mark.calm_to > '-infinity' then
        v_mark.calm_to := '-infinity';
        perform minipaas._mark_add(v_mark);
    end if;
end
$$;

revoke execute on function minipaas._mark_wake(integer) from public;

comment on function minipaas._mark_wake(integer) is
'Has the next dequeue look for due tasks and other lanes, since one of these was just written.';

-- object: access/_may.sql
-- Inlined into its callers. True for the owner and its members, as for every privilege.
-- The views call it as the one who reads them, with that one's search_path: everything is qualified.
create function minipaas._may(action text) returns boolean
language sql stable
as $$
select pg_catalog.has_column_privilege(minipaas._caller(), 'minipaas._right'::pg_catalog.regclass, action, 'references')
$$;

revoke execute on function minipaas._may(text) from public;

comment on function minipaas._may(text) is 'Whether the caller has a right on all queues and streams.';

-- object: queue/_may_retry.sql
-- Inlined into its callers. The sum of the two limits could be more than an integer holds. The views call it as the one who reads
-- them, with that one's search_path: everything is qualified.
create function minipaas._may_retry(attempt integer, granted integer, max_attempts integer) returns boolean
language sql immutable
as $$
select max_attempts operator(pg_catalog.=) 0 or (attempt operator(pg_catalog.-) granted) operator(pg_catalog.<) max_attempts
$$;

revoke execute on function minipaas._may_retry(integer, integer, integer) from public;

comment on function minipaas._may_retry(integer, integer, integer) is
'Whether a task that failed its attempt has another one. granted is its attempt when it was last redriven.';

-- object: queue/_place.sql
create function minipaas._place(task minipaas._ready, until timestamptz) returns void
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
        insert into minipaas._ready values (task.*);
        perform minipaas._wake('minipaas_queue_' || task.queue);
        return;
    end if;
    insert into minipaas._blocked values (task.*);
    if v_baton = 'idle' then
        perform minipaas._promote(task.queue, task.key);
    end if;
end
$$;

revoke execute on function minipaas._place(minipaas._ready, timestamptz) from public;

comment on function minipaas._place(minipaas._ready, timestamptz) is
'Puts a task where it belongs: _waiting until a time in the future, _blocked while its key is busy, else _ready.';

-- object: queue/_place_many.sql
-- The first task of a key whose baton was there for the taking goes to _ready, all others to _blocked. A sub-select becomes a hash
-- table, an array would be searched for each task.
create function minipaas._place_many(tasks minipaas._ready[]) returns void
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

-- object: queue/_promote.sql
-- A delayed task got in line when it was due, before what was enqueued after that. Its own index tells; no row is moved twice.
create function minipaas._promote(queue integer, key text) returns boolean
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

-- object: queue/_queue_counts.sql
-- For the views, which call it as whoever reads them. A sample says how much is where. Where that is not everything, those
-- queues that seem small are counted, the smallest first, until so many tasks are as 20 ms allow. Of the others the first
-- tasks are looked at: there the oldest are, and the leases that end next.
create function minipaas._queue_counts() returns setof minipaas._tally
language plpgsql stable security definer
set search_path = pg_catalog, pg_temp
set jit = off
as $$
#variable_conflict use_column
declare
    v_now constant timestamptz := minipaas._clock();
    v_queues constant integer[] := minipaas._queues_of('observe');
    v_number bigint;
begin
    if v_queues = '{}' then
        return;
    end if;
    select greatest(count(*), 1) into v_number from minipaas._queue q where v_queues is null or q.id = any(v_queues);
    return query
    with sampled as materialized (
        select s.* from minipaas._tally_sample(v_now) s where v_queues is null or s.queue = any(v_queues)
    ),
    places as (
        select
            s.queue, p.place, p.count,
            p.count <= 12000 and not p.crowded
            and sum(p.count) over (order by p.count, s.queue, p.place) <= greatest(5000, 60000 / v_number) as small
        from sampled s
        cross join lateral (values
            ('ready', (select minipaas._sample_share('minipaas._ready')), s.ready, false),
            ('waiting', (select minipaas._sample_share('minipaas._waiting')), s.due + s.delayed + s.leased + s.retrying + s.lost + s.behind, false),
            ('blocked', (select minipaas._sample_share('minipaas._blocked')), s.blocked, (select minipaas._crowded('minipaas._blocked'))),
            ('dead', (select minipaas._sample_share('minipaas._dead')), s.dead, (select minipaas._crowded('minipaas._dead'))),
            ('done', (select minipaas._sample_share('minipaas._done')), s.done, (select minipaas._crowded('minipaas._done')))
        ) p (place, share, count, crowded)
        where p.share < 100
    ),
    looks as materialized (
        select
            p.place, array_agg(p.queue) as queues,
            array_agg(case when p.small then 10001 else greatest(10, 1000 / v_number) end::integer) as mosts
        from places p
        where p.small or p.place in ('ready', 'waiting')
        group by p.place
    ),
    ready as materialized (
        select r.* from looks l cross join lateral minipaas._tally_ready(l.queues, l.mosts) r where l.place = 'ready'
    ),
    waiting as materialized (
        select w.* from looks l cross join lateral minipaas._tally_waiting(l.queues, l.mosts, v_now) w where l.place = 'waiting'
    ),
    others as materialized (
        select o.queue, l.place, o.count, o.complete
        from looks l
        cross join lateral minipaas._tally_others(l.place, l.queues, l.mosts, v_now) o
        where l.place not in ('ready', 'waiting')
    )
    select
        s.queue,
        case when r.complete then r.count else greatest(s.ready, r.count) end,
        case when w.past_complete then w.due else greatest(s.due, w.due) end,
        case when w.future_complete then w.delayed else greatest(s.delayed, w.delayed) end,
        case when w.future_complete then w.leased else greatest(s.leased, w.leased) end,
        case when w.future_complete then w.retrying else greatest(s.retrying, w.retrying) end,
        case when w.past_complete then w.lost else greatest(s.lost, w.lost) end,
        case when w.past_complete then w.behind else greatest(s.behind, w.behind) end,
        case when b.complete then b.count else greatest(s.blocked, b.count) end,
        case when d.complete then d.count else greatest(s.dead, d.count) end,
        case when n.complete then n.count else greatest(s.done, n.count) end,
        case when w.past_complete then w.expired else greatest(s.expired, w.expired) end,
        least(s.expired_since, w.expired_since),
        least(s.oldest, r.oldest, w.oldest),
        not coalesce(r.complete and not r.partly, (select minipaas._sample_share('minipaas._ready')) = 100)
            or not coalesce(w.past_complete and w.future_complete, (select minipaas._sample_share('minipaas._waiting')) = 100)
            or not coalesce(b.complete, (select minipaas._sample_share('minipaas._blocked')) = 100)
            or not coalesce(d.complete, (select minipaas._sample_share('minipaas._dead')) = 100)
            or not coalesce(n.complete, (select minipaas._sample_share('minipaas._done')) = 100)
    from sampled s
    left join ready r on r.queue = s.queue
    left join waiting w on w.queue = s.queue
    left join others b on b.place = 'blocked' and b.queue = s.queue
    left join others d on d.place = 'dead' and d.queue = s.queue
    left join others n on n.place = 'done' and n.queue = s.queue;
end
$$;

revoke execute on function minipaas._queue_counts() from public;

comment on function minipaas._queue_counts() is
'How many tasks the queues have in each state, as far as the caller may observe them; large numbers are estimates.';

-- object: queue/_queue_deny.sql
-- Who has the right somewhere is told that there is no such queue; who has it nowhere is not.
create function minipaas._queue_deny(queue text, action text) returns void
language plpgsql stable
as $$
declare
    v_id constant integer := (select q.id from minipaas._queue q where q.name = queue);
    v_allowed constant integer[] := minipaas._queues_of(action);
begin
    if v_id <> all(v_allowed) then
        perform minipaas._deny(action, queue);
    elsif v_id is null and v_allowed = '{}' then
        perform minipaas._deny(action);
    end if;
end
$$;

revoke execute on function minipaas._queue_deny(text, text) from public;

comment on function minipaas._queue_deny(text, text) is
'Raises MP005 where the caller has no right on a queue, or has it nowhere and there is no such queue.';

-- object: queue/_queue_get.sql
-- The one place that turns a queue's name into its id, and that decides who may do what with it. SQL without SET,
-- so that it is inlined into its callers' plans: as a PL/pgSQL function it cost a tenth of a dequeue.
create function minipaas._queue_get(queue text, action text) returns setof minipaas._queue
language sql stable
as $$
select q.*
from minipaas._queue q
where q.name = _queue_get.queue and minipaas._allowed(action, q.granted, q.id, null)
$$;

revoke execute on function minipaas._queue_get(text, text) from public;

comment on function minipaas._queue_get(text, text) is
'The settings of a queue by name, or no row: then _queue_refuse says why.';

-- object: queue/_queue_refuse.sql
create function minipaas._queue_refuse(queue text, action text) returns void
language plpgsql stable
as $$
begin
    perform minipaas._queue_deny(queue, action);
    raise exception using
        errcode = 'MP001',
        message = format('queue "%s" does not exist', queue),
        hint = format('minipaas.queues lists what there is. To create it: select minipaas.queue_create(%L);', queue);
end
$$;

revoke execute on function minipaas._queue_refuse(text, text) from public;

comment on function minipaas._queue_refuse(text, text) is
'Raises what kept _queue_get from finding a queue: MP005 or MP001.';

-- object: access/_queues_of.sql
-- The views call it, so as the one who reads them.
create function minipaas._queues_of(variadic actions text[]) returns integer[]
language sql stable security definer
set search_path = pg_catalog, pg_temp
as $$
select case when not exists (select from unnest(actions) u (action) where minipaas._may(u.action)) then array(
    select distinct a.queue
    from minipaas._access a
    where a.queue is not null and a.action = any(actions) and pg_has_role(minipaas._caller(), a.role::oid, 'usage')
) end
$$;

revoke execute on function minipaas._queues_of(text[]) from public;

comment on function minipaas._queues_of(text[]) is
'The queues on which the caller has one of some rights; NULL: all of them, and those to come.';

-- object: core/_sample_share.sql
-- The pages are picked from all over the table: it costs the same however large the table is, whatever vacuum has not
-- removed, and without statistics. A table that has no more pages is read as a whole.
create function minipaas._sample_share(relation regclass) returns real
language sql stable
as $$
select least(100, 100.0 * 100 * current_setting('block_size')::bigint / greatest(pg_relation_size(relation), 1))::real
$$;

revoke execute on function minipaas._sample_share(regclass) from public;

comment on function minipaas._sample_share(regclass) is
'How many percent of a table''s pages to read in order to estimate what is in it: 100 pages; 100 percent: all of them.';

-- object: core/_sample_tail.sql
-- While vacuum is held back, rows come at the end of the table: what is new there is read, and not sampled.
create function minipaas._sample_tail(relation regclass) returns tid
language sql stable
as $$
select format('(%s,0)', greatest(pg_relation_size(relation) / current_setting('block_size')::bigint - 50, 0))::tid
$$;

revoke execute on function minipaas._sample_tail(regclass) from public;

comment on function minipaas._sample_tail(regclass) is 'Where the last 50 pages of a table begin.';

-- object: core/_sees_now.sql
-- Inlined into its callers.
create function minipaas._sees_now() returns boolean
language sql stable
as $$
select current_setting('transaction_isolation') = 'read committed' and not pg_is_in_recovery()
$$;

revoke execute on function minipaas._sees_now() from public;

comment on function minipaas._sees_now() is
'Whether each statement sees what has been committed before it: READ COMMITTED on a primary. If not, _wrong_isolation says so.';

-- object: access/_streams_of.sql
-- The views call it, so as the one who reads them.
create function minipaas._streams_of(variadic actions text[]) returns integer[]
language sql stable security definer
set search_path = pg_catalog, pg_temp
as $$
select case when not exists (select from unnest(actions) u (action) where minipaas._may(u.action)) then array(
    select distinct a.stream
    from minipaas._access a
    where a.stream is not null and a.action = any(actions) and pg_has_role(minipaas._caller(), a.role::oid, 'usage')
) end
$$;

revoke execute on function minipaas._streams_of(text[]) from public;

comment on function minipaas._streams_of(text[]) is
'The streams on which the caller has one of some rights; NULL: all of them, and those to come.';

-- object: queue/_take_due.sql
-- By an update: what waits here keeps its place, and its payload where it is stored apart.
create function minipaas._take_due(tids tid[], lease interval, worker text)
returns table (
    id bigint, payload jsonb, attempt integer, headers jsonb, key text, priority integer, enqueued_at timestamptz,
    lease_until timestamptz
)
language plpgsql volatile
as $$
#variable_conflict use_column
begin
    return query
    with taken as (
        update minipaas._waiting w
        set state = 'l', until = minipaas._clock() + lease, attempt = w.attempt + 1, worker = _take_due.worker
        from unnest(tids) with ordinality t (tid, place)
        where w.ctid = t.tid
        returning w.*, t.place
    )
    select t.id, t.payload, t.attempt, t.headers, t.key, -t.lane::integer, t.enqueued_at, t.until
    from taken t
    order by t.place;
end
$$;

revoke execute on function minipaas._take_due(tid[], interval, text) from public;

comment on function minipaas._take_due(tid[], interval, text) is
'Leases tasks of _waiting that the caller has locked, in the order of their ctids, and returns them as queue_dequeue does.';

-- object: queue/_tally_lanes.sql
-- Where a lane's scans start, so that they don't walk over what dequeues have left behind: at the floors, below which
-- nothing is, or at the hints where a transaction keeps the floors far below. Then a few tasks may be left out.
-- Marks are unlogged, so a standby has none.
create function minipaas._tally_lanes()
returns table (queue integer, lane smallint, start bigint, due_start timestamptz, partly boolean)
language plpgsql stable
set enable_seqscan = off
set enable_bitmapscan = off
as $$
#variable_conflict use_column
begin
    if pg_is_in_recovery() then
        return query select q.id, l, 0::bigint, timestamptz '-infinity', false
        from minipaas._queue q
        cross join lateral unnest(minipaas._lanes(q.id)) l;
        return;
    end if;
    return query
    select
        l.queue, l.lane,
        coalesce(case when m.partly then m.hint else m.floor end, 0),
        coalesce(case when m.partly then m.due_hint else m.due_floor end, '-infinity'),
        coalesce(m.partly, false)
    from (
        select i.queue, i.lane, max(i.id) as epoch
        from (
            select q.id as queue, 0::smallint as lane, 0::bigint as id from minipaas._queue q
            union all
            select a.queue, a.lane, a.id from minipaas._lane a
        ) i
        group by i.queue, i.lane
    ) l
    left join lateral (
        select m.*, m.hint > m.floor + 20000 or minipaas._mark_slow(m) as partly
        from minipaas._mark m
        where m.queue = l.queue and m.lane = l.lane and m.epoch = l.epoch
        order by m.id desc
        limit 1
    ) m on true;
end
$$;

revoke execute on function minipaas._tally_lanes() from public;

comment on function minipaas._tally_lanes() is
'The lanes of all queues, and where in _ready and _waiting their tasks begin.';

-- object: queue/_tally_others.sql
create function minipaas._tally_others(place text, queues integer[], mosts integer[], now timestamptz)
returns table (queue integer, count bigint, complete boolean)
language sql stable
set enable_seqscan = off
set enable_bitmapscan = off
set jit = off
as $$
select a.queue, n.count, n.count < a.most
from unnest(queues, mosts) a (queue, most)
join minipaas._queue q on q.id = a.queue
cross join lateral (
    select count(*) as count
    from (
        (
            select from minipaas._blocked b
            where place = 'blocked' and b.queue = a.queue
            order by b.queue, b.key, b.position limit a.most
        )
        union all
        (select from minipaas._dead d where place = 'dead' and d.queue = a.queue order by d.id limit a.most)
        union all
        (
            select from minipaas._done e
            where place = 'done' and e.queue = a.queue and e.finished_at > now - least(q.keep_done, '1000 years')
            order by e.finished_at limit a.most
        )
    ) c
) n
$$;

revoke execute on function minipaas._tally_others(text, integer[], integer[], timestamptz) from public;

comment on function minipaas._tally_others(text, integer[], integer[], timestamptz) is
'How many tasks queues have that are blocked, dead or done, counted up to a most for each.';

-- object: queue/_tally_ready.sql
-- Counted from the top, where few dead rows are. The oldest are the first of their lanes, but for redriven ones.
create function minipaas._tally_ready(queues integer[], mosts integer[])
returns table (queue integer, count bigint, oldest timestamptz, complete boolean, partly boolean)
language sql stable
set enable_seqscan = off
set enable_bitmapscan = off
set jit = off
as $$
select l.queue, sum(n.count)::bigint, min(o.enqueued_at), bool_and(n.count < a.most), bool_or(l.partly)
from unnest(queues, mosts) a (queue, most)
join minipaas._tally_lanes() l on l.queue = a.queue
cross join lateral (
    select count(*) as count
    from (
        select from minipaas._ready r
        where r.queue = l.queue and r.lane = l.lane and r.position >= l.start
        order by r.position desc limit a.most
    ) c
) n
cross join lateral (
    select min(c.enqueued_at) as enqueued_at
    from (
        select r.enqueued_at from minipaas._ready r
        where r.queue = l.queue and r.lane = l.lane and r.position >= l.start
        order by r.position limit 10
    ) c
) o
group by l.queue
$$;

revoke execute on function minipaas._tally_ready(integer[], integer[]) from public;

comment on function minipaas._tally_ready(integer[], integer[]) is
'How many tasks queues have in _ready, counted up to a most for each lane, and since when the oldest waits.';

-- object: queue/_tally_sample.sql
-- Each task that is found stands for so many as the share of the pages says. The same pages each time: they are in memory,
-- and the numbers don't jump. offset 0: the state of a task is found once, not once per column.
create function minipaas._tally_sample(now timestamptz) returns setof minipaas._tally
language sql stable
set jit = off
set enable_nestloop = off
as $$
with found (queue, place, state, expired, since, oldest, weight) as (
    select
        r.queue, 'ready', null, false, null::timestamptz, min(r.enqueued_at),
        count(*) * 100 / (select minipaas._sample_share('minipaas._ready'))
    from minipaas._ready r tablesample system (minipaas._sample_share('minipaas._ready')) repeatable (0)
    group by 1
    union all
    select
        w.queue, 'waiting', w.state, w.expired, min(w.until) filter (where w.expired),
        min(w.until) filter (where w.state = 'ready'), sum(w.weight)
    from (
        select
            w.queue, w.weight, w.until, w.state = 'l' and w.until <= now as expired,
            case
                -- A delayed task joins those of its key when it is due.
                when w.state = 'd' and w.key is not null and w.until <= now and (
                    exists (select from minipaas._baton b where b.queue = w.queue and b.key = w.key)
                    or exists (
                        select from minipaas._waiting e
                        where e.queue = w.queue and e.key = w.key and (e.until, e.id) < (w.until, w.id)
                    )
                ) then 'blocked'
                else minipaas._waiting_state(w.state, w.until, w.attempt, w.granted, coalesce(w.max_attempts, q.max_attempts), now)
            end as state
        from (
            select s.*, 100 / (select minipaas._sample_share('minipaas._waiting')) as weight
            from minipaas._waiting s tablesample system (minipaas._sample_share('minipaas._waiting')) repeatable (0)
            where s.ctid < (select minipaas._sample_tail('minipaas._waiting'))
            union all
            select t.*, 1 from minipaas._waiting t where t.ctid >= (select minipaas._sample_tail('minipaas._waiting'))
        ) w
        join minipaas._queue q on q.id = w.queue
        offset 0
    ) w
    group by w.queue, w.state, w.expired
    union all
    select b.queue, 'blocked', null, false, null, null, count(*) * 100 / (select minipaas._sample_share('minipaas._blocked'))
    from minipaas._blocked b tablesample system (minipaas._sample_share('minipaas._blocked')) repeatable (0)
    group by 1
    union all
    select d.queue, 'dead', null, false, null, null, count(*) * 100 / (select minipaas._sample_share('minipaas._dead'))
    from minipaas._dead d tablesample system (minipaas._sample_share('minipaas._dead')) repeatable (0)
    group by 1
    union all
    select n.queue, 'done', null, false, null, null, count(*) * 100 / (select minipaas._sample_share('minipaas._done'))
    from minipaas._done n tablesample system (minipaas._sample_share('minipaas._done')) repeatable (0)
    join minipaas._queue q on q.id = n.queue and n.finished_at > now - least(q.keep_done, '1000 years')
    group by 1
)
select
    q.id,
    coalesce(sum(f.weight) filter (where f.place = 'ready'), 0)::bigint,
    coalesce(sum(f.weight) filter (where f.place = 'waiting' and f.state = 'ready'), 0)::bigint,
    coalesce(sum(f.weight) filter (where f.place = 'waiting' and f.state = 'delayed'), 0)::bigint,
    coalesce(sum(f.weight) filter (where f.place = 'waiting' and f.state = 'leased'), 0)::bigint,
    coalesce(sum(f.weight) filter (where f.place = 'waiting' and f.state = 'retrying'), 0)::bigint,
    coalesce(sum(f.weight) filter (where f.place = 'waiting' and f.state = 'dead'), 0)::bigint,
    coalesce(sum(f.weight) filter (where f.place = 'waiting' and f.state = 'blocked'), 0)::bigint,
    coalesce(sum(f.weight) filter (where f.place = 'blocked'), 0)::bigint,
    coalesce(sum(f.weight) filter (where f.place = 'dead'), 0)::bigint,
    coalesce(sum(f.weight) filter (where f.place = 'done'), 0)::bigint,
    coalesce(sum(f.weight) filter (where f.expired), 0)::bigint,
    min(f.since), min(f.oldest), false
from minipaas._queue q
left join found f on f.queue = q.id
group by q.id
$$;

revoke execute on function minipaas._tally_sample(timestamptz) from public;

comment on function minipaas._tally_sample(timestamptz) is
'What is in each queue, by a sample of the tables'' pages: exact for tables of up to 100 pages.';

-- object: queue/_tally_waiting.sql
-- Past and future apart: whatever is due or delayed in masses, most leases are among the first that end in future. But while
-- vacuum is held back, the leases that were acked lie in their way: then nothing is counted, and the sample has to do.
create function minipaas._tally_waiting(queues integer[], mosts integer[], now timestamptz)
returns table (
    queue integer, due bigint, delayed bigint, leased bigint, retrying bigint, lost bigint, behind bigint,
    expired bigint, expired_since timestamptz, oldest timestamptz, past_complete boolean, future_complete boolean
)
language sql stable
set enable_seqscan = off
set enable_bitmapscan = off
set jit = off
as $$
select
    a.queue,
    count(*) filter (where w.state = 'ready'),
    count(*) filter (where w.state = 'delayed'),
    count(*) filter (where w.state = 'leased'),
    count(*) filter (where w.state = 'retrying'),
    count(*) filter (where w.state = 'dead'),
    count(*) filter (where w.state = 'blocked'),
    count(*) filter (where w.expired),
    min(w.until) filter (where w.expired),
    min(w.until) filter (where w.state = 'ready'),
    count(*) filter (where w.until <= now) < a.most and not bool_or(l.partly) and not (select minipaas._crowded('minipaas._waiting')),
    count(*) filter (where w.until > now) < a.most and not (select minipaas._crowded('minipaas._waiting'))
from unnest(queues, mosts) a (queue, most)
join minipaas._queue q on q.id = a.queue
join minipaas._tally_lanes() l on l.queue = a.queue
left join lateral (
    select
        c.until, c.state = 'l' and c.until <= now as expired,
        case
            -- A delayed task joins those of its key when it is due.
            when c.state = 'd' and c.key is not null and c.until <= now and (
                exists (select from minipaas._baton b where b.queue = c.queue and b.key = c.key)
                or exists (
                    select from minipaas._waiting e
                    where e.queue = c.queue and e.key = c.key and (e.until, e.id) < (c.until, c.id)
                )
            ) then 'blocked'
            else minipaas._waiting_state(c.state, c.until, c.attempt, c.granted, coalesce(c.max_attempts, q.max_attempts), now)
        end as state
    from (
        (
            select p.* from minipaas._waiting p
            where p.queue = l.queue and p.lane = l.lane and p.until >= l.due_start and p.until <= now
                and not (select minipaas._crowded('minipaas._waiting'))
            order by p.until limit a.most
        )
        union all
        (
            select f.* from minipaas._waiting f
            where f.queue = l.queue and f.lane = l.lane and f.until > now and not (select minipaas._crowded('minipaas._waiting'))
            order by f.until limit a.most
        )
    ) c
    offset 0
) w on true
group by a.queue, a.most
$$;

revoke execute on function minipaas._tally_waiting(integer[], integer[], timestamptz) from public;

comment on function minipaas._tally_waiting(integer[], integer[], timestamptz) is
'How many tasks queues have in _waiting by state, counted up to a most for each lane, apart for past and future.';

-- object: queue/_task_queue.sql
-- A task keeps its id and its queue wherever it goes. A fresh one's position is its id: a probe per lane, as in _task_take.
create function minipaas._task_queue(id bigint) returns integer
language sql stable
set enable_seqscan = off
as $$
select coalesce(
    (select w.queue from minipaas._waiting w where w.id = _task_queue.id),
    (select b.queue from minipaas._blocked b where b.id = _task_queue.id),
    (select d.queue from minipaas._dead d where d.id = _task_queue.id),
    (select n.queue from minipaas._done n where n.id = _task_queue.id),
    (select r.queue from minipaas._ready r where r.id = _task_queue.id and r.position <> r.id),
    (
        select r.queue
        from (select q.id as queue, unnest(minipaas._lanes(q.id)) as lane from minipaas._queue q) l
        join minipaas._ready r on r.queue = l.queue and r.lane = l.lane and r.position = _task_queue.id
        where r.id = _task_queue.id
    )
)
$$;

revoke execute on function minipaas._task_queue(bigint) from public;

comment on function minipaas._task_queue(bigint) is 'The queue of a task, whatever its state; NULL: there is no such task.';

-- object: queue/_task_replace.sql
-- What waits for a baton is left to the caller, who may have more of them to take in order. A task that was ready or retrying has
-- its key's baton: it keeps it, or the caller hands it on when the task is put off.
create function minipaas._task_replace(
    id bigint, payload jsonb, headers jsonb, until timestamptz, out task minipaas._ready, out to_place boolean, out to_release boolean
)
language plpgsql volatile
as $$
declare
    v_taken record;
begin
    if exists (select from minipaas._waiting w where w.id = _task_replace.id and w.state = 'l') then
        return;
    end if;
    select * into v_taken from minipaas._task_take(id);
    if v_taken.state is null then
        return;
    end if;
    task := v_taken.task;
    task.payload := payload;
    task.headers := headers;
    if v_taken.state in ('delayed', 'retrying') then
        task.position := nextval('minipaas._task_id');
    end if;
    if until > minipaas._clock() then
        perform minipaas._place(task, until);
        to_release := v_taken.state in ('ready', 'retrying') and task.key is not null;
    elsif v_taken.state = 'blocked' then
        insert into minipaas._blocked values (task.*);
    elsif v_taken.state = 'delayed' then
        to_place := true;
    else
        insert into minipaas._ready values (task.*);
    end if;
end
$$;

revoke execute on function minipaas._task_replace(bigint, jsonb, jsonb, timestamptz) from public;

comment on function minipaas._task_replace(bigint, jsonb, jsonb, timestamptz) is
'Gives a task that nobody holds another payload, headers and time (NULL: now); leaves one that somebody holds as it is. The caller
then places it, or releases its key, where that is said.';

-- object: queue/_task_take.sql
-- Tasks that nobody holds go from _blocked to _ready and from _waiting to _ready only: looked for in this order, none is missed
-- that moves between two statements. A fresh task's position is its id: one probe per lane. Others are in the partial index on
-- id. Whatever somebody has locked is held. Before a blocked task its baton is locked, so that nobody puts that away as if the
-- task were gone.
create function minipaas._task_take(id bigint, out state text, out task minipaas._ready)
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

-- object: queue/_waiting_check.sql
-- Called after the write: then the lock on _waiting is held, and this statement sees every candidate published before
-- (see _mark_confirm). Only a clock that went back leads below one. An old snapshot sees no marks: there, any candidate
-- of any lane counts.
create function minipaas._waiting_check(queue integer, lane smallint, until timestamptz) returns void
language plpgsql volatile
as $$
declare
    v_mark minipaas._mark;
    v_below boolean;
begin
    if current_setting('transaction_isolation') = 'read committed' then
        v_mark := minipaas._mark_get(queue, lane);
        v_below := until < greatest(v_mark.due_floor, v_mark.due_candidate);
    else
        select 1e6 * extract(epoch from until) < s.last_value into v_below from minipaas._clock_high s;
    end if;
    if v_below then
        perform minipaas._lane_begin(queue, lane);
    elsif until < minipaas._clock() + interval '10 ms' then
        perform minipaas._mark_wake(queue);
    end if;
end
$$;

revoke execute on function minipaas._waiting_check(integer, smallint, timestamptz) from public;

comment on function minipaas._waiting_check(integer, smallint, timestamptz) is
'Tells dequeues of a task that was written to _waiting and is due soon, or below what counts as empty: a new epoch.';

-- object: queue/_waiting_state.sql
-- Inlined into the views. What time has changed needs no write to show: a task past its time is ready, and one whose
-- last attempt ended with an expired lease is dead.
-- The views call it as the one who reads them, with that one's search_path: everything is qualified.
create function minipaas._waiting_state(
    state "char", until timestamptz, attempt integer, granted integer, max_attempts integer, now timestamptz
)
returns text
language sql immutable
as $$
select case
    when until operator(pg_catalog.>) now then case
        when state operator(pg_catalog.=) 'l' then 'leased'
        when state operator(pg_catalog.=) 'd' then 'delayed'
        else 'retrying'
    end
    when state operator(pg_catalog.=) 'l' and not minipaas._may_retry(attempt, granted, max_attempts) then 'dead'
    else 'ready'
end
$$;

revoke execute on function minipaas._waiting_state("char", timestamptz, integer, integer, integer, timestamptz) from public;

comment on function minipaas._waiting_state("char", timestamptz, integer, integer, integer, timestamptz) is
'The state of a task in _waiting.';

-- object: core/_wake.sql
-- A transaction with a NOTIFY can't be prepared: the setting is for applications with two-phase commit.
create function minipaas._wake(channel text) returns void
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

-- object: core/_wrong_isolation.sql
-- At higher levels a call goes on seeing what was there when its transaction began: it would skip tasks that
-- others have enqueued since, and fail on those that others have taken.
create function minipaas._wrong_isolation(call text) returns void
language plpgsql stable
as $$
begin
    if pg_is_in_recovery() then
        raise exception using
            errcode = 'MP007',
            message = format('%s works on the primary, and this server is a standby', call),
            hint = 'Connect to the primary, for example with target_session_attrs=read-write.';
    end if;
    raise exception using
        errcode = 'MP007',
        message = format('%s needs READ COMMITTED, and this transaction is %s', call,
            current_setting('transaction_isolation')),
        hint = 'Begin it with: begin isolation level read committed;';
end
$$;

revoke execute on function minipaas._wrong_isolation(text) from public;

comment on function minipaas._wrong_isolation(text) is
'Raises MP007 for a call that needs READ COMMITTED on a primary.';

-- object: access/access_grant.sql
create function minipaas.access_grant(
    role text, rights text[], queue text default null, stream text default null
)
returns void
language plpgsql volatile security definer
set search_path = pg_catalog, pg_temp
as $$
declare
    v_what record;
begin
    perform minipaas._check_grant(role, rights, queue, stream);
    v_what := minipaas._access_lock(queue, stream);
    if queue is null and stream is null then
        execute format(
            'grant references (%s) on minipaas._right to %I',
            (select string_agg(quote_ident(r), ', ') from unnest(rights) r), role
        );
    else
        insert into minipaas._access (role, action, queue, stream)
        select quote_ident(access_grant.role)::regrole, r, v_what.queue_id, v_what.stream_id from unnest(rights) r
        on conflict do nothing;
        perform minipaas._granted_note(array[v_what.queue_id], array[v_what.stream_id]);
    end if;
    perform minipaas._access_set(role, true);
end
$$;

revoke execute on function minipaas.access_grant(text, text[], text, text) from public;

comment on function minipaas.access_grant(text, text[], text, text) is
'Gives a role rights on a queue, on a stream or on all of them, and the USAGE and EXECUTE that it needs to use them.

role: the name of an existing role; its members have the rights too.
rights: on a queue some of enqueue, dequeue, manage, observe; on a stream some of publish, consume, manage, observe; else any.
queue, stream: only this one (default: all queues and streams, those to come as well). Its rights go when it is dropped.
Returns nothing; granting twice is no error. The rights count at once, and end with access_revoke. Before DROP ROLE, revoke
them, or DROP OWNED BY the role in this database. Waits for other transactions that grant or revoke.
For the owner of the schema. Errors: MP001, MP002, MP005, MP006.';

-- object: access/access_revoke.sql
create function minipaas.access_revoke(
    role text, rights text[], queue text default null, stream text default null
)
returns void
language plpgsql volatile security definer
set search_path = pg_catalog, pg_temp
as $$
declare
    v_what record;
    v_role oid;
    v_all text[];
    v_queues integer[];
    v_streams integer[];
begin
    perform minipaas._check_grant(role, rights, queue, stream);
    v_what := minipaas._access_lock(queue, stream);
    v_role := quote_ident(role)::regrole;
    if queue is null and stream is null then
        execute format(
            'revoke references (%s) on minipaas._right from %I',
            (select string_agg(quote_ident(r), ', ') from unnest(rights) r), role
        );
    end if;
    v_all := array(
        select g.action from minipaas._grant g
        where g.role = v_role and g.action = any(rights) and g.queue is null and g.stream is null
    );
    if v_all <> '{}' then
        raise exception using
            errcode = 'MP006',
            message = format('role "%s" has the right to %s on all queues and streams', role, array_to_string(v_all, ', ')),
            hint = format(
                'First take that away, select minipaas.access_revoke(%L, array[%s]); then grant it where it is to stay.',
                role, (select string_agg(quote_literal(a), ', ') from unnest(v_all) a)
            );
    end if;
    -- The queues and streams before their rights, as those who drop them do.
    perform from minipaas._queue q where q.id in (select a.queue from minipaas._access a where a.role = v_role)
    order by q.id for no key update;
    perform from minipaas._stream s where s.id in (select a.stream from minipaas._access a where a.role = v_role)
    order by s.id for no key update;
    with gone as (
        delete from minipaas._access a
        where a.role = v_role and a.action = any(rights)
            and (access_revoke.queue is null or a.queue = v_what.queue_id)
            and (access_revoke.stream is null or a.stream = v_what.stream_id)
        returning a.queue, a.stream
    )
    select array_agg(g.queue), array_agg(g.stream) into v_queues, v_streams from gone g;
    perform minipaas._granted_note(v_queues, v_streams);
    if not exists (select from minipaas._grant g where g.role = v_role) then
        perform minipaas._access_set(role, false);
    end if;
end
$$;

revoke execute on function minipaas.access_revoke(text, text[], text, text) from public;

comment on function minipaas.access_revoke(text, text[], text, text) is
'Takes rights away from a role; with the last one, USAGE and EXECUTE too.

role, rights: as in access_grant.
queue, stream: only on this one (default: wherever the role has them, on all queues and streams and on single ones).
Returns nothing; revoking what was not granted is no error. It counts at once, but for what the role has as a member of others.
Waits for other transactions that grant or revoke.
For the owner of the schema. Errors: MP001, MP002, MP005; MP006 also when the role has the right on all and only one is named.';

-- object: queue/queue_ack.sql
create function minipaas.queue_ack(id bigint, attempt integer default null, strict boolean default false)
returns boolean
language plpgsql volatile security definer
set search_path = pg_catalog, pg_temp
set plan_cache_mode = force_generic_plan
set enable_seqscan = off
set enable_bitmapscan = off
as $$
declare
    v_acked record;
begin
    -- The whole row comes back only where it is kept.
    delete from minipaas._waiting w
    where w.id = queue_ack.id and w.state = 'l' and (queue_ack.attempt is null or w.attempt = queue_ack.attempt)
    returning
        case when (select q.keep_done > '0' from minipaas._queue q where q.id = w.queue) then w end as kept,
        w.queue, w.key, w.dedup_key
    into v_acked;
    if not minipaas._is_owner() then
        perform minipaas._check_task(id, v_acked.queue);
    end if;
    if v_acked.queue is null then
        if strict then
            perform minipaas._lost(array[id]);
        end if;
        return false;
    end if;
    if (v_acked.kept).id is not null then
        perform minipaas._keep_done(v_acked.kept);
    end if;
    if v_acked.key is not null or v_acked.dedup_key is not null then
        perform minipaas._free(v_acked.queue, v_acked.key, v_acked.dedup_key, id);
    end if;
    return true;
end
$$;

revoke execute on function minipaas.queue_ack(bigint, integer, boolean) from public;

comment on function minipaas.queue_ack(bigint, integer, boolean) is
'Finishes a task: it is deleted, or kept as done where the queue has keep_done.

id, attempt: as dequeue returned them. Without attempt, whoever holds the task.
strict: raise MP009 where the answer would be false (default false).
Returns true, or false when the task is not held so: the lease is lost, somebody else has the task or it is finished;
roll back what was done for it. Waits for a transaction that is just taking over the task.
Right: dequeue. Errors: MP005, MP009.';

-- object: queue/queue_ack_many.sql
-- No joins: the tables may be empty when a session plans. An index scan for an array goes in the order of its values,
-- so two calls for the same tasks lock them in one order; a sub-select under OR becomes a hash table.
create function minipaas.queue_ack_many(ids bigint[], attempts integer[] default null, strict boolean default false)
returns bigint
language plpgsql volatile security definer
set search_path = pg_catalog, pg_temp
set plan_cache_mode = force_generic_plan
set enable_seqscan = off
set enable_bitmapscan = off
as $$
declare
    v_acked bigint[];
    v_kept minipaas._waiting[];
    v_keyed minipaas._waiting[];
    v_keeping integer[];
    v_usual boolean;
    v_attempt integer := attempts[1];
    v_queues integer[];
    v_count bigint := 0;
begin
    perform minipaas._check_ids(ids, attempts);
    if not minipaas._is_owner() then
        v_queues := minipaas._queues_of('dequeue');
        if v_queues = '{}' then
            perform minipaas._deny('dequeue');
        end if;
    end if;
    -- The usual case: no keys, nothing is kept, and all attempts are equal or none is given. It is all tasks or none: the rest
    -- would be locked after the others, out of order.
    select
        k.keeping,
        strict is not true and (attempts is null or v_attempt = all(attempts)) and (
            k.keeping = '{}' and not exists (select from minipaas._keyed)
            or not exists (
                select from minipaas._waiting w
                where w.id = any(ids) and (w.key is not null or w.dedup_key is not null or w.queue = any(k.keeping))
            )
        )
    into v_keeping, v_usual
    from (select array(select q.id from minipaas._queue q where q.keep_done > '0') as keeping) k;
    if v_usual then
        delete from minipaas._waiting w
        where w.id = any(ids) and w.state = 'l' and w.key is null and w.dedup_key is null and w.queue <> all(v_keeping)
            and (v_attempt is null or w.attempt = v_attempt) and (v_queues is null or w.queue = any(v_queues));
        get diagnostics v_count = row_count;
        if v_count = cardinality(ids) or v_queues is null then
            return v_count;
        end if;
    end if;
    with acked as (
        delete from minipaas._waiting w
        where w.id = any(ids) and w.state = 'l' and (v_queues is null or w.queue = any(v_queues)) and (
            attempts is null
            or (w.id, w.attempt) in (select u.id, u.attempt from unnest(ids, attempts) u (id, attempt))
            or w.id in (select u.id from unnest(ids, attempts) u (id, attempt) where u.attempt is null)
        )
        returning
            w.id,
            case when w.queue = any(v_keeping) then w end as kept,
            case when w.key is not null or w.dedup_key is not null then w end as keyed
    )
    select
        array_agg(a.id),
        array_agg(a.kept) filter (where (a.kept).id is not null),
        array_agg(a.keyed order by (a.keyed).queue, (a.keyed).key collate "C") filter (where (a.keyed).id is not null)
    into v_acked, v_kept, v_keyed
    from acked a;
    if v_queues is not null then
        perform minipaas._check_task(i, null) from (select unnest(ids) except select unnest(v_acked)) u (i);
    end if;
    -- A task that is given twice is one; with two attempts it is not held so.
    if strict and coalesce(cardinality(v_acked), 0) <> cardinality(ids) and coalesce(cardinality(v_acked), 0) <> (
        select count(*) from (select distinct u.id, u.attempt from unnest(ids, attempts) u (id, attempt)) d
    ) then
        perform minipaas._lost(coalesce(nullif(array(select unnest(ids) except select unnest(v_acked)), '{}'), ids));
    end if;
    if v_kept is not null then
        perform minipaas._keep_done(variadic v_kept);
    end if;
    if v_keyed is not null then
        perform minipaas._free(k.queue, k.key, k.dedup_key, k.id) from unnest(v_keyed) k;
    end if;
    return v_count + coalesce(cardinality(v_acked), 0);
end
$$;

revoke execute on function minipaas.queue_ack_many(bigint[], integer[], boolean) from public;

comment on function minipaas.queue_ack_many(bigint[], integer[], boolean) is
'Finishes many tasks, as queue_ack does one.

ids, attempts: as dequeue returned them, arrays of the same length. Without attempts, whoever holds the tasks.
strict: raise MP009, and finish none, unless all are held so (default false).
Returns how many were finished.
Right: dequeue. Errors: MP005, MP006, MP009.';

-- object: queue/queue_alter.sql
create function minipaas.queue_alter(
    queue text,
    lease interval default null,
    max_attempts integer default null,
    backoff interval default null,
    backoff_max interval default null,
    keep_done interval default null
)
returns void
language plpgsql volatile security definer
set search_path = pg_catalog, pg_temp
as $$
begin
    perform minipaas._check_settings(lease, max_attempts, backoff, backoff_max, keep_done);
    update minipaas._queue q
    set lease = coalesce(queue_alter.lease, q.lease),
        max_attempts = coalesce(queue_alter.max_attempts, q.max_attempts),
        backoff = coalesce(queue_alter.backoff, q.backoff),
        backoff_max = coalesce(queue_alter.backoff_max, q.backoff_max),
        keep_done = coalesce(queue_alter.keep_done, q.keep_done)
    where q.id = (select g.id from minipaas._queue_get(queue, 'manage') g);
    if not found then
        perform minipaas._queue_refuse(queue, 'manage');
    end if;
end
$$;

revoke execute on function minipaas.queue_alter(text, interval, integer, interval, interval, interval) from public;

comment on function minipaas.queue_alter(text, interval, integer, interval, interval, interval) is
'Changes settings of a queue; NULL leaves a setting as it is.

The arguments are those of queue_create. Tasks that are leased or waiting keep their times; everything else follows
from the next call on. Returns nothing.
Right: manage. Errors: MP001, MP005, MP006.';

-- object: queue/queue_bury.sql
create function minipaas.queue_bury(id bigint, attempt integer default null, error text default null)
returns boolean
language plpgsql volatile security definer
set search_path = pg_catalog, pg_temp
as $$
declare
    v_task minipaas._waiting := minipaas._held(id, attempt);
begin
    if v_task.id is null then
        return false;
    end if;
    perform minipaas._dead_add(v_task, error);
    return true;
end
$$;

revoke execute on function minipaas.queue_bury(bigint, integer, text) from public;

comment on function minipaas.queue_bury(bigint, integer, text) is
'Makes a task dead at once, whatever attempts it has left: for failures that no retry can mend.

id, attempt: as dequeue returned them. Without attempt, whoever holds the task.
error: what went wrong, shown as last_error.
Returns true, or false when the task is not held so.
Right: dequeue. Errors: MP005.';

-- object: queue/queue_cancel.sql
create function minipaas.queue_cancel(id bigint) returns boolean
language plpgsql volatile security definer
set search_path = pg_catalog, pg_temp
set enable_seqscan = off
as $$
declare
    v_taken record;
    v_task minipaas._ready;
    v_queue integer;
begin
    select * into v_taken from minipaas._task_take(id);
    v_task := v_taken.task;
    v_queue := v_task.queue;
    if v_taken.state is null then
        delete from minipaas._dead d where d.ctid = any(array(
            select f.ctid from minipaas._dead f where f.id = queue_cancel.id for update skip locked
        ))
        returning d.queue into v_queue;
    end if;
    if not minipaas._is_owner() then
        perform minipaas._check_task(id, v_queue);
    end if;
    if v_taken.state is not null then
        perform minipaas._free(
            v_task.queue, case when v_taken.state not in ('delayed', 'blocked') then v_task.key end, v_task.dedup_key, id
        );
    end if;
    return v_queue is not null;
end
$$;

revoke execute on function minipaas.queue_cancel(bigint) from public;

comment on function minipaas.queue_cancel(bigint) is
'Deletes a task that nobody holds: ready, delayed, retrying, blocked or dead, or with an expired lease.

id: as enqueue returned it.
Returns true, or false when it is held, finished or was never there. Its keys are free then. Waits for nobody, but where the task is
blocked for an open transaction that finishes one of its key.
Right: dequeue. Errors: MP005.';

-- object: queue/queue_channel.sql
create function minipaas.queue_channel(queue text) returns text
language plpgsql stable security definer
set search_path = pg_catalog, pg_temp
as $$
declare
    v_id constant integer := (select q.id from minipaas._queue_get(queue, 'dequeue') q);
begin
    if v_id is null then
        perform minipaas._queue_refuse(queue, 'dequeue');
    end if;
    return 'minipaas_queue_' || v_id;
end
$$;

revoke execute on function minipaas.queue_channel(text) from public;

comment on function minipaas.queue_channel(text) is
'The channel to LISTEN to for new tasks of a queue. Notifications come only while somebody sleeps there.

To sleep: LISTEN; then select pg_try_advisory_lock(hashtextextended(channel, 0)), which tells enqueue that somebody sleeps
(false: somebody does already, which is as good); then dequeue once more, and wait for a notification, but a second
at most: an enqueue that was just under way, a delayed task and a retry send none. On waking, pg_advisory_unlock
with the same key. The lock belongs to the session: not through a pooler that shares sessions.
Returns a name that needs no quotes. A queue that is dropped and made again has another.
Right: dequeue. Errors: MP001, MP005.';

-- object: queue/queue_create.sql
create function minipaas.queue_create(
    queue text,
    lease interval default '1 minute',
    max_attempts integer default 10,
    backoff interval default '5 seconds',
    backoff_max interval default '1 hour',
    keep_done interval default '0'
)
returns boolean
language plpgsql volatile security definer
set search_path = pg_catalog, pg_temp
as $$
declare
    v_asked minipaas._queue;
    v_there minipaas._queue;
begin
    if not minipaas._may('manage') then
        perform minipaas._deny('manage');
    end if;
    perform minipaas._check_name('queue', queue);
    perform minipaas._check_settings(lease, max_attempts, backoff, backoff_max, keep_done);
    v_asked.lease := coalesce(lease, '1 minute');
    v_asked.max_attempts := coalesce(max_attempts, 10);
    v_asked.backoff := coalesce(backoff, '5 seconds');
    v_asked.backoff_max := coalesce(backoff_max, '1 hour');
    v_asked.keep_done := coalesce(keep_done, '0');
    insert into minipaas._queue (name, lease, max_attempts, backoff, backoff_max, keep_done, created_at)
    values (
        queue, v_asked.lease, v_asked.max_attempts, v_asked.backoff, v_asked.backoff_max, v_asked.keep_done,
        minipaas._clock()
    )
    on conflict (name) do nothing;
    if found then
        return true;
    end if;
    select q.* into v_there from minipaas._queue q where q.name = queue_create.queue;
    if (v_there.lease, v_there.max_attempts, v_there.backoff, v_there.backoff_max, v_there.keep_done)
        <> (v_asked.lease, v_asked.max_attempts, v_asked.backoff, v_asked.backoff_max, v_asked.keep_done)
    then
        raise notice using
            message = format('queue "%s" exists with other settings, and was left as it is', queue),
            hint = format('Change them with: select minipaas.queue_alter(%L, ...);', queue);
    end if;
    return false;
end
$$;

revoke execute on function minipaas.queue_create(text, interval, integer, interval, interval, interval) from public;

comment on function minipaas.queue_create(text, interval, integer, interval, interval, interval) is
'Creates a queue.

queue: any text of 1 to 255 characters.
lease: how long a dequeued task stays with its worker before others get it (default 1 minute).
max_attempts: after how many attempts a task is dead (default 10; 0: no limit).
backoff: the wait after a first failed attempt; it doubles with each attempt (default 5 seconds).
backoff_max: the longest such wait (default 1 hour; 0: no limit).
keep_done: how long acked tasks stay visible in queue_tasks (default 0: they are deleted).
Returns true, or false when the queue exists: it is then left as it is, with a NOTICE where the settings differ.
Right: manage, on all queues and streams. Errors: MP005, MP006.';

-- object: queue/queue_dequeue.sql
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

-- object: queue/queue_drop.sql
create function minipaas.queue_drop(queue text, force boolean default false) returns boolean
language plpgsql volatile security definer
set search_path = pg_catalog, pg_temp
as $$
declare
    v_queue minipaas._queue;
begin
    perform minipaas._check_name('queue', queue);
    delete from minipaas._queue q where q.id = (select g.id from minipaas._queue_get(queue, 'manage') g)
    returning q.* into v_queue;
    if not found then
        perform minipaas._queue_deny(queue, 'manage');
        return false;
    end if;
    if not coalesce(force, false) and (
        exists (select from minipaas._ready r where r.queue = v_queue.id)
        or exists (select from minipaas._waiting w where w.queue = v_queue.id)
        or exists (select from minipaas._blocked b where b.queue = v_queue.id)
        or exists (select from minipaas._dead d where d.queue = v_queue.id)
    ) then
        raise exception using
            errcode = 'MP008',
            message = format('queue "%s" is not empty', queue),
            hint = format('See minipaas.queue_stats; to drop its tasks too: select minipaas.queue_drop(%L, force => true);', queue);
    end if;
    delete from minipaas._ready r where r.queue = v_queue.id;
    -- Tasks and batons in the order in which others take them. Of the dedup_keys, those that somebody has locked are not waited
    -- for: an ack takes its own before the baton, a purge after it. Whoever has it deletes it, or else the upkeep does.
    perform from minipaas._waiting w where w.queue = v_queue.id order by w.id for update;
    delete from minipaas._waiting w where w.queue = v_queue.id;
    delete from minipaas._blocked b where b.queue = v_queue.id;
    delete from minipaas._dead d where d.queue = v_queue.id;
    perform from minipaas._baton b where b.queue = v_queue.id order by b.key collate "C" for update;
    delete from minipaas._baton b where b.queue = v_queue.id;
    delete from minipaas._dedup d where d.ctid = any(array(
        select f.ctid from minipaas._dedup f where f.queue = v_queue.id for update skip locked
    ));
    delete from minipaas._done d where d.queue = v_queue.id;
    delete from minipaas._keyed k where k.queue = v_queue.id;
    delete from minipaas._lane l where l.queue = v_queue.id;
    delete from minipaas._mark m where m.queue = v_queue.id;
    delete from minipaas._access a where a.queue = v_queue.id;
    return true;
end
$$;

revoke execute on function minipaas.queue_drop(text, boolean) from public;

comment on function minipaas.queue_drop(text, boolean) is
'Drops a queue.

force: also when there are tasks in it, which are deleted, leased ones too (default false).
Returns true, or false when there is no such queue. Stop its producers first: a task whose enqueue commits at the same
moment is gone with the queue. Waits for transactions that hold tasks of the queue.
Right: manage. Errors: MP005, MP006; MP008 when it is not empty and force is false.';

-- object: queue/queue_enqueue.sql
create function minipaas.queue_enqueue(
    queue text,
    payload jsonb,
    priority integer default 0,
    delay interval default null,
    run_at timestamptz default null,
    key text default null,
    dedup_key text default null,
    headers jsonb default null,
    max_attempts integer default null,
    on_duplicate text default 'keep'
)
returns bigint
language plpgsql volatile security definer
set search_path = pg_catalog, pg_temp
set plan_cache_mode = force_generic_plan
as $$
declare
    v_queue minipaas._queue;
    v_lane smallint := 0;
    v_until timestamptz;
    v_id bigint;
begin
    -- The owner's own session need not ask, and so does not pay for the longer question.
    if minipaas._is_owner() then
        select q.* into v_queue from minipaas._queue q where q.name = queue_enqueue.queue;
    else
        select q.* into v_queue from minipaas._queue_get(queue, 'enqueue') q;
    end if;
    if not found then
        perform minipaas._queue_refuse(queue, 'enqueue');
    elsif payload is null or priority <> 0 or delay is not null or run_at is not null or key is not null
        or dedup_key is not null or max_attempts < 0 or on_duplicate <> 'keep'
    then
        perform minipaas._check_enqueue(
            payload, priority, delay, run_at, array[key, dedup_key], max_attempts, on_duplicate
        );
        v_lane := -coalesce(priority, 0);
        v_until := coalesce(run_at, minipaas._clock() + delay);
        if v_lane <> 0 then
            perform minipaas._lane_add(v_queue.id, v_lane);
        end if;
    end if;
    v_id := nextval('minipaas._task_id');
    if key is not null or dedup_key is not null then
        perform minipaas._keyed_add(v_queue.id);
        return minipaas._enqueue_keyed(v_queue, row(
            v_id, v_id, minipaas._clock(), v_queue.id, 0, 0, queue_enqueue.max_attempts, v_lane, queue_enqueue.payload,
            queue_enqueue.headers, null, key, dedup_key
        ), v_until, on_duplicate);
    elsif v_until > minipaas._clock() then
        insert into minipaas._waiting (
            id, until, enqueued_at, queue, attempt, granted, max_attempts, lane, state, payload, headers
        )
        values (
            v_id, v_until, minipaas._clock(), v_queue.id, 0, 0, queue_enqueue.max_attempts, v_lane, 'd',
            queue_enqueue.payload, queue_enqueue.headers
        );
        perform minipaas._waiting_check(v_queue.id, v_lane, v_until);
    else
        insert into minipaas._ready (
            position, id, enqueued_at, queue, attempt, granted, max_attempts, lane, payload, headers
        )
        values (
            v_id, v_id, minipaas._clock(), v_queue.id, 0, 0, queue_enqueue.max_attempts, v_lane, queue_enqueue.payload,
            queue_enqueue.headers
        );
        if minipaas._asleep('minipaas_queue_' || v_queue.id) then
            perform minipaas._wake('minipaas_queue_' || v_queue.id);
        end if;
    end if;
    return v_id;
end
$$;

revoke execute on function minipaas.queue_enqueue(
    text, jsonb, integer, interval, timestamptz, text, text, jsonb, integer, text
) from public;

comment on function minipaas.queue_enqueue(
    text, jsonb, integer, interval, timestamptz, text, text, jsonb, integer, text
) is
'Adds a task to a queue, in the caller''s transaction.

payload: any JSON.
priority: -10 to 10, higher goes first (default 0).
delay, run_at: how long to wait, or the moment before which the task is not delivered; one of them or neither.
key: up to 500 characters; tasks with the same key run one at a time, in order of enqueue.
dedup_key: up to 500 characters; while a task with it is outstanding, its id is returned and nothing is added. So it is while an
open transaction just takes note that the task is dead.
on_duplicate: keep (default), or replace: the outstanding task, if nobody holds it, gets this payload, headers and time.
headers: JSON for the application''s own use, such as trace ids.
max_attempts: in place of the queue''s (0: no limit).
Returns the id of the task. Waits for nobody, but for an open transaction that enqueues the first task of the same key or
dedup_key, or that finishes the last one of the key. Above READ COMMITTED, where an old snapshot doesn''t show who was there,
such a wait may end in 40001: try again.
Right: enqueue. Errors: MP001, MP005, MP006.';

-- object: queue/queue_enqueue_many.sql
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

-- object: queue/queue_extend.sql
create function minipaas.queue_extend(id bigint, attempt integer default null, lease interval default null)
returns timestamptz
language plpgsql volatile security definer
set search_path = pg_catalog, pg_temp
as $$
declare
    v_task minipaas._waiting := minipaas._held(id, attempt);
    v_until timestamptz;
begin
    perform minipaas._check_batch(null, lease);
    -- A task that was leased while its queue was dropped has none.
    select minipaas._clock() + coalesce(queue_extend.lease, q.lease) into v_until
    from minipaas._queue q
    where q.id = v_task.queue;
    if not found then
        return null;
    end if;
    update minipaas._waiting w set until = v_until where w.id = v_task.id;
    perform minipaas._waiting_check(v_task.queue, v_task.lane, v_until);
    return v_until;
end
$$;

revoke execute on function minipaas.queue_extend(bigint, integer, interval) from public;

comment on function minipaas.queue_extend(bigint, integer, interval) is
'Extends the lease of a task, counted from now.

id, attempt: as dequeue returned them. Without attempt, whoever holds the task.
lease: how long from now (default: the queue''s lease).
Returns until when the lease is, or NULL when it is lost. A lease that expired can be extended while nobody else has
taken the task.
Right: dequeue. Errors: MP005, MP006.';

-- object: queue/queue_extend_many.sql
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

-- object: queue/queue_nack.sql
create function minipaas.queue_nack(
    id bigint, attempt integer default null, delay interval default null, error text default null
)
returns text
language plpgsql volatile security definer
set search_path = pg_catalog, pg_temp
as $$
declare
    v_task minipaas._waiting := minipaas._held(id, attempt);
    v_queue minipaas._queue;
    v_until timestamptz;
begin
    perform minipaas._check_duration('delay', delay, 'It is how long the task waits at least: 0 or more.');
    -- A task that was leased while its queue was dropped has none.
    select q.* into v_queue from minipaas._queue q where q.id = v_task.queue;
    if not found then
        return null;
    end if;
    if not minipaas._may_retry(v_task.attempt, v_task.granted, coalesce(v_task.max_attempts, v_queue.max_attempts)) then
        perform minipaas._dead_add(v_task, error);
        return 'dead';
    end if;
    v_until := minipaas._clock() + coalesce(delay, minipaas._backoff(v_queue, v_task.attempt));
    update minipaas._waiting w
    set state = 'r', until = v_until, worker = null, last_error = coalesce(error, w.last_error)
    where w.id = v_task.id;
    perform minipaas._waiting_check(v_task.queue, v_task.lane, v_until);
    return 'waiting';
end
$$;

revoke execute on function minipaas.queue_nack(bigint, integer, interval, text) from public;

comment on function minipaas.queue_nack(bigint, integer, interval, text) is
'Gives a task back after a failure: it waits for its next attempt, or is dead when it has had its last.

id, attempt: as dequeue returned them. Without attempt, whoever holds the task.
delay: how long it waits (default: the queue''s backoff * 2^(attempt-1), up to backoff_max, and up to 20 % more).
error: what went wrong, shown as last_error.
Returns ''waiting'', ''dead'', or NULL when the task is not held so. Waits for a transaction that is just taking over
the task.
Right: dequeue. Errors: MP005, MP006.';

-- object: queue/queue_nack_many.sql
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

-- object: queue/queue_pause.sql
create function minipaas.queue_pause(queue text) returns void
language plpgsql volatile security definer
set search_path = pg_catalog, pg_temp
as $$
begin
    update minipaas._queue q
    set paused = true
    where q.id = (select g.id from minipaas._queue_get(queue, 'manage') g);
    if not found then
        perform minipaas._queue_refuse(queue, 'manage');
    end if;
end
$$;

revoke execute on function minipaas.queue_pause(text) from public;

comment on function minipaas.queue_pause(text) is
'Stops deliveries from a queue: dequeue and pop return nothing until queue_resume.

Enqueue goes on, and whoever holds a task may finish it. Returns nothing; pausing twice is no error.
Right: manage. Errors: MP001, MP005, MP006.';

-- object: queue/queue_pop.sql
create function minipaas.queue_pop(queue text, batch_size integer default 1)
returns table (
    id bigint, payload jsonb, attempt integer, headers jsonb, key text, priority integer, enqueued_at timestamptz,
    lease_until timestamptz
)
language plpgsql volatile security definer
set search_path = pg_catalog, pg_temp
set enable_seqscan = off
as $$
declare
    v_task record;
begin
    for id, payload, attempt, headers, key, priority, enqueued_at in
        select d.id, d.payload, d.attempt, d.headers, d.key, d.priority, d.enqueued_at
        from minipaas.queue_dequeue(queue, batch_size) d
    loop
        delete from minipaas._waiting w where w.id = queue_pop.id returning w.queue, w.dedup_key into v_task;
        if key is not null or v_task.dedup_key is not null then
            perform minipaas._free(v_task.queue, key, v_task.dedup_key, id);
        end if;
        return next;
    end loop;
end
$$;

revoke execute on function minipaas.queue_pop(text, integer) from public;

comment on function minipaas.queue_pop(text, integer) is
'Takes tasks and deletes them in one call: at most once, unless all work is done in the same transaction.

queue, batch_size: as in queue_dequeue.
Returns rows as queue_dequeue does, with lease_until NULL: there is nothing to ack.
Right: dequeue. Errors: MP001, MP005, MP006, MP007.';

-- object: queue/queue_purge.sql
create function minipaas.queue_purge(queue text) returns bigint
language plpgsql volatile security definer
set search_path = pg_catalog, pg_temp
as $$
declare
    v_queue minipaas._queue;
    v_now timestamptz := minipaas._clock();
    v_held text[];
    v_keys text[];
    v_count bigint;
begin
    select q.* into v_queue from minipaas._queue_get(queue, 'manage') q;
    if not found then
        perform minipaas._queue_refuse(queue, 'manage');
    end if;
    -- As in _task_take: the batons before the blocked tasks, of which those that came meanwhile are left.
    v_held := array(
        select b.key from minipaas._baton b
        where (b.queue, b.key) in (select f.queue, f.key from minipaas._blocked f where f.queue = v_queue.id)
        order by b.key collate "C"
        for key share
    );
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
            select f.ctid from minipaas._blocked f
            where f.queue = v_queue.id and f.key in (select unnest(v_held))
            for update skip locked
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

-- object: queue/queue_redrive.sql
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

-- object: queue/queue_resume.sql
create function minipaas.queue_resume(queue text) returns void
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

-- object: core/schema_version.sql
create function minipaas.schema_version()
returns text
language sql
stable
security definer
set search_path = pg_catalog, pg_temp
as $$
    select pg_catalog.regexp_replace(version_num, '^minipaas_', '') from minipaas._version;
$$;

revoke execute on function minipaas.schema_version() from public;

comment on function minipaas.schema_version() is
    'The version of the installed schema, such as 0001.

Returns the short id of the newest revision that was applied. Takes no locks.';

-- object: access/_grant.sql
create view minipaas._grant as
select x.grantee as role, a.attname::text as action, null::integer as queue, null::integer as stream
from pg_catalog.pg_attribute a
cross join lateral pg_catalog.aclexplode(a.attacl) x
where a.attrelid = 'minipaas._right'::pg_catalog.regclass and a.attnum > 0 and x.privilege_type = 'REFERENCES'
union all
select a.role::pg_catalog.oid, a.action, a.queue, a.stream
from minipaas._access a;

comment on view minipaas._grant is 'Every right that was granted; neither queue nor stream: on all of them.';

-- object: access/access.sql
create view minipaas.access with (security_barrier) as
select
    r.rolname::text as role,
    q.name as queue,
    s.name as stream,
    array_agg(g.action order by array_position('{enqueue,dequeue,publish,consume,manage,observe}', g.action)) as rights
from minipaas._grant g
join pg_catalog.pg_roles r on r.oid = g.role
left join minipaas._queue q on q.id = g.queue
left join minipaas._stream s on s.id = g.stream
where pg_has_role(minipaas._caller(), r.oid, 'member') or pg_has_role(minipaas._caller(), (
    select n.nspowner from pg_catalog.pg_namespace n where n.nspname = 'minipaas'
), 'usage')
group by r.rolname, q.name, s.name;

comment on view minipaas.access is
'Who may do what, a row for each role and queue, stream or neither: on all of them. The owner of the schema sees all rows, others
those of roles that they are a member of. The owner and its members may do everything, and superusers, without a row.

rights: some of enqueue, dequeue, publish, consume, manage, observe.';

-- object: queue/queue_stats.sql
create view minipaas.queue_stats with (security_barrier) as
select
    q.name as queue,
    t.ready + t.due as ready,
    t.delayed,
    t.leased,
    t.retrying,
    t.blocked + t.behind as blocked,
    t.dead + t.lost as dead,
    t.done,
    minipaas._clock() - t.oldest as oldest_ready_age,
    q.paused,
    t.estimated
from minipaas._queue q
join minipaas._queue_counts() t on t.queue = q.id;

comment on view minipaas.queue_stats is
'How many tasks each queue has in each state; leased is what is in flight. Right: observe; others see no row.

oldest_ready_age: how long the oldest ready task has waited since its enqueue, or since it became due; NULL: none waits.
estimated: some of the numbers are estimates, since they are above 10,000, or since many queues are large. The others are exact.';

-- object: queue/queue_tasks.sql
create view minipaas.queue_tasks with (security_barrier) as
select
    t.id,
    q.name as queue,
    t.state,
    t.attempt,
    case coalesce(t.max_attempts, q.max_attempts)
        when 0 then 0
        else least(coalesce(t.max_attempts, q.max_attempts)::bigint + t.granted, 2147483647)::integer
    end as max_attempts,
    case when m.reads then t.key end as key,
    case when m.reads then t.dedup_key end as dedup_key,
    -t.lane::integer as priority,
    t.run_at,
    t.worker,
    case when m.reads then t.last_error end as last_error,
    t.enqueued_at,
    t.finished_at,
    case when m.reads then t.payload end as payload,
    case when m.reads then t.headers end as headers
from minipaas._queue q
cross join (select minipaas._clock() as now) c
cross join lateral (
    select coalesce(q.id = any((select minipaas._queues_of('dequeue', 'manage'))::integer[]), true) as reads
) m
cross join lateral (
    select
        r.id, 'ready' as state, r.attempt, r.max_attempts, r.granted, r.lane, null::timestamptz as run_at,
        null::text as worker, r.last_error, r.enqueued_at, null::timestamptz as finished_at, r.payload, r.headers, r.key,
        r.dedup_key
    from minipaas._ready r
    where r.queue = q.id
    union all
    select
        w.id,
        case
            -- A delayed task joins those of its key when it is due.
            when w.state = 'd' and w.key is not null and w.until <= c.now and (
                exists (select from minipaas._baton b where b.queue = w.queue and b.key = w.key)
                or exists (
                    select from minipaas._waiting e
                    where e.queue = w.queue and e.key = w.key and (e.until, e.id) < (w.until, w.id)
                )
            ) then 'blocked'
            else minipaas._waiting_state(
                w.state, w.until, w.attempt, w.granted, coalesce(w.max_attempts, q.max_attempts), c.now
            )
        end,
        w.attempt, w.max_attempts, w.granted, w.lane, w.until, w.worker, w.last_error, w.enqueued_at, null, w.payload,
        w.headers, w.key, w.dedup_key
    from minipaas._waiting w
    where w.queue = q.id
    union all
    select
        b.id, 'blocked', b.attempt, b.max_attempts, b.granted, b.lane, null, null, b.last_error, b.enqueued_at, null,
        b.payload, b.headers, b.key, b.dedup_key
    from minipaas._blocked b
    where b.queue = q.id
    union all
    select
        d.id, 'dead', d.attempt, d.max_attempts, d.granted, d.lane, null, null, d.last_error, d.enqueued_at,
        d.finished_at, d.payload, d.headers, d.key, d.dedup_key
    from minipaas._dead d
    where d.queue = q.id
    union all
    select
        n.id, 'done', n.attempt, n.max_attempts, n.granted, n.lane, null, null, n.last_error, n.enqueued_at,
        n.finished_at, n.payload, n.headers, n.key, n.dedup_key
    from minipaas._done n
    where n.queue = q.id and n.finished_at > c.now - least(q.keep_done, '1000 years')
) t
where coalesce(q.id = any((select minipaas._queues_of('observe', 'dequeue', 'manage'))::integer[]), true);

comment on view minipaas.queue_tasks is
'Every task and its state: ready, delayed, leased, retrying, blocked, dead or done.

run_at: when a delayed or retrying task is due, or when a lease ends. max_attempts: 0 means no limit.
Right: observe, dequeue or manage, on the queue; others see no row. payload, headers, key, dedup_key and last_error show only to
those who may dequeue or manage there.';

-- object: queue/queues.sql
create view minipaas.queues with (security_barrier) as
select
    q.name as queue,
    q.lease,
    q.max_attempts,
    q.backoff,
    q.backoff_max,
    q.keep_done,
    q.paused,
    q.created_at
from minipaas._queue q
where coalesce(q.id = any((select minipaas._queues_of('observe'))::integer[]), true);

comment on view minipaas.queues is
'The queues and their settings, as queue_create and queue_alter take them. Right: observe; others see no row.';
