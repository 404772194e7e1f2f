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

-- object: access/_access.sql
create table minipaas._access (
    role regrole not null,
    action text not null,
    primary key (role, action)
);

revoke all on table minipaas._access from public;

comment on table minipaas._access is 'Rights on all queues and streams, by role.';

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
    last_error text
);

create index _dead_queue on minipaas._dead (queue, id);

revoke all on table minipaas._dead from public;

comment on table minipaas._dead is 'Tasks that used up their attempts or were buried, until redriven or purged.';

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
    last_error text
);

create index _done_queue on minipaas._done (queue, finished_at);

revoke all on table minipaas._done from public;

comment on table minipaas._done is 'Acked tasks of queues with keep_done.';

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
    created_at timestamptz not null
);

-- An ack asks which queues keep what is done: usually none.
create index _queue_keep_done on minipaas._queue (id) where keep_done > '0';

revoke all on table minipaas._queue from public;

comment on table minipaas._queue is 'The settings of each queue.';

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
    primary key (queue, lane, position)
) with (
    autovacuum_vacuum_scale_factor = 0.02, autovacuum_vacuum_threshold = 5000, autovacuum_vacuum_cost_delay = 1,
    toast_tuple_target = 8160
);

-- Few tasks come back: finding a fresh one by id takes one probe per lane and no second index.
create index _ready_id on minipaas._ready (id) where position <> id;

revoke all on table minipaas._ready from public;

comment on table minipaas._ready is 'Tasks that can be delivered now. lane is -priority.';

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
    worker text
) with (
    autovacuum_vacuum_scale_factor = 0.02, autovacuum_vacuum_threshold = 5000, autovacuum_vacuum_cost_delay = 1,
    toast_tuple_target = 8160
);

create index _waiting_until on minipaas._waiting (queue, lane, until);

revoke all on table minipaas._waiting from public;

comment on table minipaas._waiting is
'Tasks that wait until a time: (l)eased, (d)elayed or (r)etrying. Past it they are due, and dequeue finds them here.';

-- object: access/_access_set.sql
-- Whoever has any right may call every function: the functions themselves decide, and name the grant that is missing.
-- What the views call, they call as the one who reads them.
create function minipaas._access_set(role text, granted boolean) returns void
language plpgsql volatile
as $$
declare
    v_word constant text := case when granted then 'grant' else 'revoke' end;
    v_tail constant text := format(case when granted then 'to %I' else 'from %I' end, role);
    v_functions text;
    v_views text;
begin
    select string_agg(p.oid::regprocedure::text, ', ') into v_functions
    from pg_proc p
    where p.pronamespace = 'minipaas'::regnamespace
        and (p.proname !~ '^_' or p.proname in ('_may', '_clock', '_clock_moved', '_waiting_state', '_may_retry'));
    select string_agg(c.oid::regclass::text, ', ') into v_views
    from pg_class c
    where c.relnamespace = 'minipaas'::regnamespace and c.relkind = 'v' and c.relname !~ '^_';
    execute format('%s usage on schema minipaas %s', v_word, v_tail);
    execute format('%s execute on function %s %s', v_word, v_functions, v_tail);
    execute format('%s select on %s %s', v_word, v_views, v_tail);
end
$$;

revoke execute on function minipaas._access_set(text, boolean) from public;

comment on function minipaas._access_set(text, boolean) is
'Grants USAGE, EXECUTE and SELECT on all that is public to a role, or revokes them.';

-- object: access/_allowed.sql
-- Inlined into its callers: the owner's own session, the usual case where one application has the database to
-- itself, costs two comparisons.
create function minipaas._allowed(action text) returns boolean
language sql stable
as $$
select session_user = current_user and current_setting('role') = 'none' or minipaas._may(action)
$$;

revoke execute on function minipaas._allowed(text) from public;

comment on function minipaas._allowed(text) is
'Whether the caller has a right on all queues and streams. Call it inside SECURITY DEFINER functions only.';

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

-- object: queue/_bury_expired.sql
create function minipaas._bury_expired(queue integer, max_attempts integer) returns void
language plpgsql volatile
as $$
#variable_conflict use_column
declare
    v_task minipaas._waiting;
begin
    for v_task in
        select w.* from minipaas._waiting w
        where w.queue = _bury_expired.queue and w.state = 'l' and w.until <= minipaas._clock()
            and not minipaas._may_retry(w.attempt, w.granted, coalesce(w.max_attempts, _bury_expired.max_attempts))
        order by w.id
        for update skip locked
    loop
        perform minipaas._dead_add(v_task, format('the lease of attempt %s expired', v_task.attempt));
    end loop;
end
$$;

revoke execute on function minipaas._bury_expired(integer, integer) from public;

comment on function minipaas._bury_expired(integer, integer) is
'Moves tasks whose last attempt ended with an expired lease, which count as dead already, to _dead.';

-- object: access/_caller.sql
-- Inside SECURITY DEFINER functions current_user is the owner; the setting "role" still tells what SET ROLE chose.
create function minipaas._caller() returns name
language sql stable
as $$
select case current_setting('role') when 'none' then session_user else current_setting('role')::name end
$$;

revoke execute on function minipaas._caller() from public;

comment on function minipaas._caller() is
'The role that the caller acts as: what SET ROLE chose, else session_user.';

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
    payload jsonb, priority integer, delay interval, run_at timestamptz, keyed text, max_attempts integer,
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
    elsif keyed is not null then
        perform minipaas._invalid(keyed, 'given', 'This version of the schema has no keys yet: leave them out.');
    elsif on_duplicate <> 'keep' then
        perform minipaas._invalid('on_duplicate', on_duplicate, 'This version of the schema knows ''keep''.');
    end if;
end
$$;

revoke execute on function minipaas._check_enqueue(jsonb, integer, interval, timestamptz, text, integer, text) from public;

comment on function minipaas._check_enqueue(jsonb, integer, interval, timestamptz, text, integer, text) is
'Raises MP006 for an argument of enqueue that is out of its range; NULL passes, but for the payload.';

-- object: access/_check_grant.sql
create function minipaas._check_grant(role text, rights text[], queue text, stream text) returns void
language plpgsql stable
as $$
declare
    v_known constant text[] := '{enqueue,dequeue,publish,consume,manage,observe}';
begin
    if not pg_has_role(minipaas._caller(), current_user, 'usage') then
        raise exception using
            errcode = 'MP005',
            message = format('role "%s" may not change access rights', minipaas._caller()),
            hint = format('Call it as "%s", the owner of the schema, or as a member of that role.', current_user);
    elsif role is null or to_regrole(quote_ident(role)) is null then
        perform minipaas._invalid('role', quote_literal(role), 'It is the name of an existing role, without quotes.');
    elsif rights is null or not rights <@ v_known then
        perform minipaas._invalid('rights', rights::text, format('They are some of %s.', array_to_string(v_known, ', ')));
    elsif queue is not null or stream is not null then
        perform minipaas._invalid(
            'queue or stream', coalesce(queue, stream), 'This version of the schema grants rights on all at once: leave it out.'
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

-- object: core/_clock.sql
-- Inlined into its callers: one lookup of a setting is all that the real clock costs.
create function minipaas._clock() returns timestamptz
language sql volatile
as $$
select case
    when coalesce(current_setting('minipaas.now', true), '') = '' then clock_timestamp()
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

-- object: queue/_dead_add.sql
create function minipaas._dead_add(task minipaas._waiting, error text) returns void
language sql volatile
as $$
with gone as (
    delete from minipaas._waiting w where w.id = task.id returning w.*
)
insert into minipaas._dead (
    id, enqueued_at, finished_at, queue, attempt, granted, max_attempts, lane, payload, headers, last_error
)
select
    g.id, g.enqueued_at, minipaas._clock(), g.queue, g.attempt, g.granted, g.max_attempts, g.lane, g.payload, g.headers,
    coalesce(error, g.last_error)
from gone g
$$;

revoke execute on function minipaas._dead_add(minipaas._waiting, text) from public;

comment on function minipaas._dead_add(minipaas._waiting, text) is 'Moves a task that the caller has locked from _waiting to _dead.';

-- object: access/_deny.sql
create function minipaas._deny(action text, queue text default null) returns void
language plpgsql stable
as $$
begin
    raise exception using
        errcode = 'MP005',
        message = format('role "%s" has no right to %s', minipaas._caller(), action)
            || coalesce(format(' on queue "%s"', queue), ''),
        hint = format(
            'As the owner of the schema: select minipaas.access_grant(%L, array[%L]);', minipaas._caller(), action
        );
end
$$;

revoke execute on function minipaas._deny(text, text) from public;

comment on function minipaas._deny(text, text) is 'Raises MP005 with the grant to run.';

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
    v_lane smallint;
    v_again boolean;
    v_looked smallint[] := '{}';
    v_mark minipaas._mark;
    v_pass text;
    v_start record;
    v_at timestamptz;
    v_first bigint;
    v_due timestamptz;
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

            select array_agg(c.ctid), min(c.until) into tids, v_due
            from (
                select w.ctid, w.until from minipaas._waiting w
                where w.queue = _find.queue and w.lane = v_lane and w.until between v_start.due_hint and now
                    and (w.state <> 'l' or minipaas._may_retry(w.attempt, w.granted, coalesce(w.max_attempts, _find.max_attempts)))
                order by w.until limit batch_size for update skip locked
            ) c;
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
end
$$;

revoke execute on function minipaas._find(integer, integer, integer, timestamptz) from public;

comment on function minipaas._find(integer, integer, integer, timestamptz) is
'Locks the next tasks of a queue, at most batch_size and of one lane: their ctids in _waiting (is_due) or in _ready.';

-- object: queue/_held.sql
create function minipaas._held(id bigint, attempt integer) returns minipaas._waiting
language plpgsql volatile
set enable_seqscan = off
as $$
declare
    v_task minipaas._waiting;
begin
    if not minipaas._allowed('dequeue') then
        perform minipaas._deny('dequeue');
    end if;
    select w.* into v_task
    from minipaas._waiting w
    where w.id = _held.id and w.state = 'l' and (_held.attempt is null or w.attempt = _held.attempt)
    for update;
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

-- object: queue/_keep_done.sql
-- Now and then it deletes what has been kept for long enough: the view hides it already.
create function minipaas._keep_done(variadic tasks minipaas._waiting[]) returns void
language plpgsql volatile
as $$
declare
    v_now timestamptz := minipaas._clock();
begin
    insert into minipaas._done (
        id, enqueued_at, finished_at, queue, attempt, granted, max_attempts, lane, payload, headers, last_error
    )
    select
        t.id, t.enqueued_at, v_now, t.queue, t.attempt, t.granted, t.max_attempts, t.lane, t.payload,
        t.headers, t.last_error
    from unnest(tasks) t;
    if random() < 0.01 * cardinality(tasks) then
        delete from minipaas._done d
        where d.ctid = any(array(
            select o.ctid
            from minipaas._queue q
            join minipaas._done o on o.queue = q.id and o.finished_at < v_now - q.keep_done
            where q.id in (select t.queue from unnest(tasks) t)
            limit 1000
            for update of o skip locked
        ));
    end if;
end
$$;

revoke execute on function minipaas._keep_done(minipaas._waiting[]) from public;

comment on function minipaas._keep_done(minipaas._waiting[]) is 'Keeps acked tasks as done.';

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
        message = format('lease lost on task %s', array_to_string(ids[:20], ', ')),
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
-- the processor for a while must not make passes look slow.
create function minipaas._mark_move(
    mark minipaas._mark, hint bigint, due_hint timestamptz, calm_to timestamptz, pass text default null, cost interval default null
)
returns void
language plpgsql volatile
as $$
#variable_conflict use_variable
begin
    if pass is null and (hint < mark.hint + 32 or clock_timestamp() < mark.at + interval '1 ms') then
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
-- Starts where the last pruning ended: below that, a held snapshot keeps dead rows. Marks of the last two seconds stay
-- for short passes.
create function minipaas._mark_prune(mark minipaas._mark) returns minipaas._mark
language plpgsql volatile
as $$
declare
    v_tids tid[];
    v_end bigint;
begin
    select array_agg(c.ctid), max(c.id) into v_tids, v_end
    from (
        select m.ctid, m.id
        from minipaas._mark m
        where m.queue = mark.queue and m.lane = mark.lane and m.epoch = mark.epoch
            and m.id > mark.pruned and m.id < mark.id and m.at < mark.at - interval '2 s'
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
create function minipaas._may(action text) returns boolean
language sql stable security definer
set search_path = pg_catalog, pg_temp
as $$
select pg_has_role(minipaas._caller(), current_user, 'usage') or exists (
    select
    from minipaas._access a
    where a.action = _may.action and pg_has_role(minipaas._caller(), a.role::oid, 'usage')
)
$$;

revoke execute on function minipaas._may(text) from public;

comment on function minipaas._may(text) is
'Whether the caller has a right on all queues and streams, as a member of the owner or by access_grant.';

-- object: queue/_may_retry.sql
-- Inlined into its callers.
create function minipaas._may_retry(attempt integer, granted integer, max_attempts integer) returns boolean
language sql immutable
as $$
select max_attempts = 0 or attempt < granted + max_attempts
$$;

revoke execute on function minipaas._may_retry(integer, integer, integer) from public;

comment on function minipaas._may_retry(integer, integer, integer) is
'Whether a task that failed its attempt has another one. granted is its attempt when it was last redriven.';

-- object: queue/_queue_get.sql
-- The one place that turns a queue's name into its id, and that decides who may do what with it. SQL without SET,
-- so that it is inlined into its callers' plans: as a PL/pgSQL function it cost a tenth of a dequeue.
create function minipaas._queue_get(queue text, action text) returns setof minipaas._queue
language sql stable
as $$
select q.* from minipaas._queue q where q.name = _queue_get.queue and minipaas._allowed(action)
$$;

revoke execute on function minipaas._queue_get(text, text) from public;

comment on function minipaas._queue_get(text, text) is
'The settings of a queue by name, or no row: then _queue_refuse says why.';

-- object: queue/_queue_refuse.sql
create function minipaas._queue_refuse(queue text, action text) returns void
language plpgsql stable
as $$
begin
    if not minipaas._may(action) then
        perform minipaas._deny(action, queue);
    end if;
    raise exception using
        errcode = 'MP001',
        message = format('queue "%s" does not exist', queue),
        hint = format('Create it: select minipaas.queue_create(%L);', queue);
end
$$;

revoke execute on function minipaas._queue_refuse(text, text) from public;

comment on function minipaas._queue_refuse(text, text) is
'Raises what kept _queue_get from finding a queue: MP005, MP006 or MP001.';

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
    select t.id, t.payload, t.attempt, t.headers, null::text, -t.lane::integer, t.enqueued_at, t.until
    from taken t
    order by t.place;
end
$$;

revoke execute on function minipaas._take_due(tid[], interval, text) from public;

comment on function minipaas._take_due(tid[], interval, text) is
'Leases tasks of _waiting that the caller has locked, in the order of their ctids, and returns them as queue_dequeue does.';

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
create function minipaas._waiting_state(
    state "char", until timestamptz, attempt integer, granted integer, max_attempts integer, now timestamptz
)
returns text
language sql immutable
as $$
select case
    when until > now then case state when 'l' then 'leased' when 'd' then 'delayed' else 'retrying' end
    when state = 'l' and not minipaas._may_retry(attempt, granted, max_attempts) then 'dead'
    else 'ready'
end
$$;

revoke execute on function minipaas._waiting_state("char", timestamptz, integer, integer, integer, timestamptz) from public;

comment on function minipaas._waiting_state("char", timestamptz, integer, integer, integer, timestamptz) is
'The state of a task in _waiting.';

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
begin
    perform minipaas._check_grant(role, rights, queue, stream);
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

-- object: access/access_revoke.sql
create function minipaas.access_revoke(
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
    if not minipaas._allowed('dequeue') then
        perform minipaas._deny('dequeue');
    end if;
    -- The whole row comes back only where it is kept.
    delete from minipaas._waiting w
    where w.id = queue_ack.id and w.state = 'l' and (queue_ack.attempt is null or w.attempt = queue_ack.attempt)
    returning case when (select q.keep_done > '0' from minipaas._queue q where q.id = w.queue) then w end as kept
    into v_acked;
    if not found then
        if strict then
            perform minipaas._lost(array[id]);
        end if;
        return false;
    elsif (v_acked.kept).id is not null then
        perform minipaas._keep_done(v_acked.kept);
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
    v_keeping integer[];
    v_count bigint;
begin
    if not minipaas._allowed('dequeue') then
        perform minipaas._deny('dequeue');
    end if;
    perform minipaas._check_ids(ids, attempts);
    v_keeping := array(select q.id from minipaas._queue q where q.keep_done > '0');
    if v_keeping = '{}' and strict is not true then
        delete from minipaas._waiting w
        where w.id = any(ids) and w.state = 'l' and (
            attempts is null
            or (w.id, w.attempt) in (select u.id, u.attempt from unnest(ids, attempts) u (id, attempt))
            or w.id in (select u.id from unnest(ids, attempts) u (id, attempt) where u.attempt is null)
        );
        get diagnostics v_count = row_count;
        return v_count;
    end if;
    with acked as (
        delete from minipaas._waiting w
        where w.id = any(ids) and w.state = 'l' and (
            attempts is null
            or (w.id, w.attempt) in (select u.id, u.attempt from unnest(ids, attempts) u (id, attempt))
            or w.id in (select u.id from unnest(ids, attempts) u (id, attempt) where u.attempt is null)
        )
        returning w.id, case when w.queue = any(v_keeping) then w end as kept
    )
    select array_agg(a.id), array_agg(a.kept) filter (where (a.kept).id is not null) into v_acked, v_kept from acked a;
    if strict and cardinality(v_acked) is distinct from cardinality(ids) then
        perform minipaas._lost(array(select unnest(ids) except select unnest(v_acked)));
    elsif v_kept is not null then
        perform minipaas._keep_done(variadic v_kept);
    end if;
    return coalesce(cardinality(v_acked), 0);
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
-- A fresh task's position is its id: one probe per lane. Others are in the partial index on id. Whatever somebody has
-- locked is held.
create function minipaas.queue_cancel(id bigint) returns boolean
language plpgsql volatile security definer
set search_path = pg_catalog, pg_temp
set enable_seqscan = off
as $$
declare
    v_now timestamptz := minipaas._clock();
begin
    if not minipaas._allowed('dequeue') then
        perform minipaas._deny('dequeue');
    end if;
    delete from minipaas._ready r where r.ctid = any(array(
        select f.ctid
        from (select q.id as queue, unnest(minipaas._lanes(q.id)) as lane from minipaas._queue q) l
        join minipaas._ready f on f.queue = l.queue and f.lane = l.lane and f.position = queue_cancel.id
        where f.id = queue_cancel.id
        for update of f skip locked
    ) || array(
        select f.ctid from minipaas._ready f
        where f.id = queue_cancel.id and f.position <> f.id
        for update skip locked
    ));
    if found then
        return true;
    end if;
    delete from minipaas._waiting w where w.ctid = any(array(
        select f.ctid from minipaas._waiting f
        where f.id = queue_cancel.id and (f.state <> 'l' or f.until <= v_now)
        for update skip locked
    ));
    if found then
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
'Deletes a task that nobody holds: ready, delayed, retrying or dead, or with an expired lease.

id: as enqueue returned it.
Returns true, or false when it is held, finished or was never there. Waits for nobody.
Right: dequeue. Errors: MP005.';

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
    if not minipaas._allowed('manage') then
        perform minipaas._deny('manage', queue);
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
Right: manage. Errors: MP005, MP006.';

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
    select q.id, q.max_attempts, coalesce(queue_dequeue.lease, q.lease), q.paused
    into v_queue, v_max_attempts, v_lease, v_paused
    from minipaas._queue_get(queue, 'dequeue') q;
    if v_queue is null then
        perform minipaas._queue_refuse(queue, 'dequeue');
    elsif current_setting('transaction_isolation') <> 'read committed' or pg_is_in_recovery() then
        perform minipaas._wrong_isolation('queue_dequeue');
    elsif v_left < 1 or lease not between '1 microsecond' and '10000 years' then
        perform minipaas._check_batch(batch_size, lease);
    elsif v_paused then
        return;
    elsif v_lease < '10 ms' then
        perform minipaas._mark_wake(v_queue);
    end if;

    -- The usual case: one lane, no pass owed, nothing due, and the clock has not gone back. The newest mark is among the
    -- last few of all queues: without that bound the scan would read a page full of older ones.
    v_since := pg_sequence_last_value('minipaas._mark_id_seq') - 32;
    select m.id, m.at, m.next_short, m.calm_to, m.hint, m.ahead, m.due_hint, greatest(m.due_floor, m.due_candidate)
    into v_mark, v_mark_at, v_next_short, v_calm_to, v_hint, v_ahead, v_due_hint, v_due_low
    from minipaas._mark m
    where m.queue = v_queue and m.lane = 0 and m.epoch = 0 and m.id > v_since
    order by m.id desc limit 1;
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
            returning r.position, r.id, r.payload, r.attempt + 1, r.headers, r.enqueued_at, r.granted, r.max_attempts, r.last_error
            into v_position, id, payload, attempt, headers, enqueued_at, v_task.granted, v_task.max_attempts, v_task.last_error;
            if found then
                insert into minipaas._waiting (
                    id, until, enqueued_at, queue, attempt, granted, max_attempts, lane, state, payload, headers, last_error, worker
                )
                values (
                    queue_dequeue.id, minipaas._clock() + v_lease, queue_dequeue.enqueued_at, v_queue, queue_dequeue.attempt, v_task.granted, v_task.max_attempts, 0, 'l',
                    queue_dequeue.payload, queue_dequeue.headers, v_task.last_error, queue_dequeue.worker
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
                id, until, enqueued_at, queue, attempt, granted, max_attempts, lane, state, payload, headers, last_error, worker
            )
            select
                r.id, (select minipaas._clock() + v_lease), r.enqueued_at, r.queue, r.attempt + 1, r.granted, r.max_attempts,
                r.lane, 'l', r.payload, r.headers, r.last_error, queue_dequeue.worker
            from minipaas._ready r
            where r.ctid = any(v_tids)
            order by r.position
            returning w.id, w.payload, w.attempt, w.headers, null::text, -w.lane::integer, w.enqueued_at, w.until;
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
nothing to do now, or the queue is paused. key is NULL in this version. Waits for nobody.
Right: dequeue. Errors: MP001, MP005, MP006; MP007 unless the transaction is READ COMMITTED and the server a primary.';

-- object: queue/queue_drop.sql
create function minipaas.queue_drop(queue text, force boolean default false) returns boolean
language plpgsql volatile security definer
set search_path = pg_catalog, pg_temp
as $$
declare
    v_queue minipaas._queue;
begin
    if not minipaas._allowed('manage') then
        perform minipaas._deny('manage', queue);
    end if;
    perform minipaas._check_name('queue', queue);
    delete from minipaas._queue q where q.name = queue_drop.queue returning q.* into v_queue;
    if not found then
        return false;
    end if;
    if not coalesce(force, false) and (
        exists (select from minipaas._ready r where r.queue = v_queue.id)
        or exists (select from minipaas._waiting w where w.queue = v_queue.id)
        or exists (select from minipaas._dead d where d.queue = v_queue.id)
    ) then
        raise exception using
            errcode = 'MP008',
            message = format('queue "%s" is not empty', queue),
            hint = format('See minipaas.queue_stats; to drop its tasks too: select minipaas.queue_drop(%L, force => true);', queue);
    end if;
    delete from minipaas._ready r where r.queue = v_queue.id;
    delete from minipaas._waiting w where w.queue = v_queue.id;
    delete from minipaas._dead d where d.queue = v_queue.id;
    delete from minipaas._done d where d.queue = v_queue.id;
    delete from minipaas._lane l where l.queue = v_queue.id;
    delete from minipaas._mark m where m.queue = v_queue.id;
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
    select q.* into v_queue from minipaas._queue_get(queue, 'enqueue') q;
    if not found then
        perform minipaas._queue_refuse(queue, 'enqueue');
    elsif payload is null or priority <> 0 or delay is not null or run_at is not null or key is not null
        or dedup_key is not null or max_attempts < 0 or on_duplicate <> 'keep'
    then
        perform minipaas._check_enqueue(
            payload, priority, delay, run_at,
            case when key is not null then 'key' when dedup_key is not null then 'dedup_key' end, max_attempts, on_duplicate
        );
        v_lane := -coalesce(priority, 0);
        v_until := coalesce(run_at, minipaas._clock() + delay);
        if v_lane <> 0 then
            perform minipaas._lane_add(v_queue.id, v_lane);
        end if;
    end if;
    v_id := nextval('minipaas._task_id');
    if v_until > minipaas._clock() then
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
key, dedup_key, on_duplicate: not in this version of the schema.
headers: JSON for the application''s own use, such as trace ids.
max_attempts: in place of the queue''s (0: no limit).
Returns the id of the task. Waits for nobody.
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
    if v_task.id is null then
        return null;
    end if;
    v_until := minipaas._clock() + coalesce(lease, (select q.lease from minipaas._queue q where q.id = v_task.queue));
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
    if v_task.id is null then
        return null;
    end if;
    select q.* into v_queue from minipaas._queue q where q.id = v_task.queue;
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
create function minipaas.queue_nack_many(
    ids bigint[], attempts integer[] default null, delay interval default null, error text default null
)
returns bigint
language plpgsql volatile security definer
set search_path = pg_catalog, pg_temp
as $$
begin
    perform minipaas._check_ids(ids, attempts);
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
begin
    for id, payload, attempt, headers, key, priority, enqueued_at in
        select d.id, d.payload, d.attempt, d.headers, d.key, d.priority, d.enqueued_at
        from minipaas.queue_dequeue(queue, batch_size) d
    loop
        delete from minipaas._waiting w where w.id = queue_pop.id;
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
    v_count bigint;
begin
    select q.* into v_queue from minipaas._queue_get(queue, 'manage') q;
    if not found then
        perform minipaas._queue_refuse(queue, 'manage');
    end if;
    with ready as (
        delete from minipaas._ready r where r.ctid = any(array(
            select f.ctid from minipaas._ready f where f.queue = v_queue.id for update skip locked
        )) returning 1
    ),
    waiting as (
        delete from minipaas._waiting w where w.ctid = any(array(
            select f.ctid from minipaas._waiting f
            where f.queue = v_queue.id and (f.state <> 'l' or f.until <= v_now) for update skip locked
        )) returning 1
    ),
    dead as (
        delete from minipaas._dead d where d.ctid = any(array(
            select f.ctid from minipaas._dead f where f.queue = v_queue.id for update skip locked
        )) returning 1
    )
    select (select count(*) from ready) + (select count(*) from waiting) + (select count(*) from dead) into v_count;
    return v_count;
end
$$;

revoke execute on function minipaas.queue_purge(text) from public;

comment on function minipaas.queue_purge(text) is
'Deletes all tasks of a queue that nobody holds: ready, delayed, retrying and dead ones, and expired leases.

Returns how many. Tasks that another open transaction has taken are left; waits for nobody.
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

-- object: queue/queue_resume.sql
create function minipaas.queue_resume(queue text) returns void
language plpgsql volatile security definer
set search_path = pg_catalog, pg_temp
as $$
begin
    update minipaas._queue q
    set paused = false
    where q.id = (select g.id from minipaas._queue_get(queue, 'manage') g);
    if not found then
        perform minipaas._queue_refuse(queue, 'manage');
    end if;
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

-- object: queue/queue_stats.sql
create view minipaas.queue_stats as
select
    q.name as queue,
    r.count + w.ready as ready,
    w.delayed,
    w.leased,
    w.retrying,
    0::bigint as blocked,
    d.count + w.dead as dead,
    n.count as done,
    c.now - least(r.oldest, w.oldest) as oldest_ready_age,
    q.paused
from minipaas._queue q
cross join (select minipaas._clock() as now) c
cross join lateral (
    select count(*) as count, min(r.enqueued_at) as oldest from minipaas._ready r where r.queue = q.id
) r
cross join lateral (
    select
        count(*) filter (where s.state = 'ready') as ready,
        count(*) filter (where s.state = 'delayed') as delayed,
        count(*) filter (where s.state = 'leased') as leased,
        count(*) filter (where s.state = 'retrying') as retrying,
        count(*) filter (where s.state = 'dead') as dead,
        min(s.until) filter (where s.state = 'ready') as oldest
    from (
        select
            w.until,
            minipaas._waiting_state(
                w.state, w.until, w.attempt, w.granted, coalesce(w.max_attempts, q.max_attempts), c.now
            ) as state
        from minipaas._waiting w
        where w.queue = q.id
    ) s
) w
cross join lateral (select count(*) as count from minipaas._dead d where d.queue = q.id) d
cross join lateral (
    select count(*) as count from minipaas._done n where n.queue = q.id and n.finished_at > c.now - q.keep_done
) n
where (select minipaas._may('observe'));

comment on view minipaas.queue_stats is
'How many tasks each queue has in each state; leased is what is in flight. Right: observe; others see no rows.

oldest_ready_age: how long the oldest ready task has waited since its enqueue, or since it became due; NULL: none waits.';

-- object: queue/queue_tasks.sql
create view minipaas.queue_tasks as
select
    t.id,
    q.name as queue,
    t.state,
    t.attempt,
    coalesce(nullif(coalesce(t.max_attempts, q.max_attempts), 0) + t.granted, 0) as max_attempts,
    null::text as key,
    null::text as dedup_key,
    -t.lane::integer as priority,
    t.run_at,
    t.worker,
    case when (select minipaas._may('dequeue')) then t.last_error end as last_error,
    t.enqueued_at,
    t.finished_at,
    case when (select minipaas._may('dequeue')) then t.payload end as payload,
    case when (select minipaas._may('dequeue')) then t.headers end as headers
from minipaas._queue q
cross join (select minipaas._clock() as now) c
cross join lateral (
    select
        r.id, 'ready' as state, r.attempt, r.max_attempts, r.granted, r.lane, null::timestamptz as run_at,
        null::text as worker, r.last_error, r.enqueued_at, null::timestamptz as finished_at, r.payload, r.headers
    from minipaas._ready r
    where r.queue = q.id
    union all
    select
        w.id,
        minipaas._waiting_state(
            w.state, w.until, w.attempt, w.granted, coalesce(w.max_attempts, q.max_attempts), c.now
        ),
        w.attempt, w.max_attempts, w.granted, w.lane, w.until, w.worker, w.last_error, w.enqueued_at, null, w.payload,
        w.headers
    from minipaas._waiting w
    where w.queue = q.id
    union all
    select
        d.id, 'dead', d.attempt, d.max_attempts, d.granted, d.lane, null, null, d.last_error, d.enqueued_at,
        d.finished_at, d.payload, d.headers
    from minipaas._dead d
    where d.queue = q.id
    union all
    select
        n.id, 'done', n.attempt, n.max_attempts, n.granted, n.lane, null, null, n.last_error, n.enqueued_at,
        n.finished_at, n.payload, n.headers
    from minipaas._done n
    where n.queue = q.id and n.finished_at > c.now - q.keep_done
) t
where (select minipaas._may('observe') or minipaas._may('dequeue'));

comment on view minipaas.queue_tasks is
'Every task and its state: ready, delayed, leased, retrying, blocked, dead or done.

run_at: when a delayed or retrying task is due, or when a lease ends. max_attempts: 0 means no limit.
Right: observe or dequeue; others see no rows. Without dequeue, payload, headers and last_error are NULL.';

-- object: queue/queues.sql
create view minipaas.queues as
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
where (select minipaas._may('observe'));

comment on view minipaas.queues is
'The queues and their settings, as queue_create and queue_alter take them. Right: observe; others see no rows.';
