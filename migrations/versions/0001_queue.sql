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

-- object: queue/_task_id.sql
-- Confirming a floor reads this sequence's last value and the locks on it: CACHE must stay 1.
create sequence minipaas._task_id as bigint cache 1;

comment on sequence minipaas._task_id is 'Ids of tasks, and their positions when they enter _ready.';

-- object: access/_access.sql
create table minipaas._access (
    role regrole not null,
    action text not null,
    primary key (role, action)
);

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

comment on table minipaas._lane is 'The lanes (lane is -priority) that a queue has used besides lane 0, and their epochs.';

-- object: queue/_mark.sql
-- What dequeues know of the low end of a lane. Insert-only and read newest first by id (never by a clock), so that
-- it stays fast while an old snapshot keeps dead rows; unlogged, since to forget it is always safe.
create unlogged table minipaas._mark (
    queue integer not null,
    lane smallint not null,
    epoch bigint not null,
    id bigint generated always as identity,
    at timestamptz not null,
    hint bigint not null,
    floor bigint not null,
    candidate bigint,
    holders text[],
    due_hint timestamptz not null,
    due_floor timestamptz not null,
    due_candidate timestamptz,
    due_xact xid8,
    due_holders text[],
    next_short timestamptz not null,
    next_full timestamptz not null,
    full_cost interval not null,
    pruned bigint not null,
    primary key (queue, lane, epoch, id)
) with (autovacuum_vacuum_scale_factor = 0.02, autovacuum_vacuum_threshold = 5000, autovacuum_vacuum_cost_delay = 1);

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

comment on table minipaas._queue is 'The settings of each queue.';

-- object: queue/_ready.sql
-- A task's position is taken from minipaas._task_id each time that it enters, so that the table grows at its
-- high end only and is eaten from its low end. A fresh task's position is its id.
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
) with (autovacuum_vacuum_scale_factor = 0.02, autovacuum_vacuum_threshold = 5000, autovacuum_vacuum_cost_delay = 1);

-- Few tasks come back: finding a fresh one by id takes one probe per lane and no second index.
create index _ready_id on minipaas._ready (id) where position <> id;

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
) with (autovacuum_vacuum_scale_factor = 0.02, autovacuum_vacuum_threshold = 5000, autovacuum_vacuum_cost_delay = 1);

create index _waiting_until on minipaas._waiting (queue, lane, until);

comment on table minipaas._waiting is
'Tasks that wait until a time: (l)eased, (d)elayed or (r)etrying. Past it they are due, and dequeue finds them here.';

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

-- object: core/_check_name.sql
create function minipaas._check_name(kind text, name text) returns void
language plpgsql immutable
as $$
begin
    if name is null or name = '' or length(name) > 255 then
        raise exception using
            errcode = 'MP006',
            message = format('invalid name of a %s: %s', kind, coalesce(quote_literal(left(name, 300)), 'NULL')),
            hint = 'A name is any text of 1 to 255 characters.';
    end if;
end
$$;

revoke execute on function minipaas._check_name(text, text) from public;

comment on function minipaas._check_name(text, text) is
'Raises MP006 unless the name has 1 to 255 characters.';

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

-- object: access/_deny.sql
create function minipaas._deny(action text) returns void
language plpgsql stable
as $$
begin
    raise exception using
        errcode = 'MP005',
        message = format('role "%s" has no right to %s', minipaas._caller(), action),
        hint = format(
            'As the owner of the schema: select minipaas.access_grant(%L, array[%L]);', minipaas._caller(), action
        );
end
$$;

revoke execute on function minipaas._deny(text) from public;

comment on function minipaas._deny(text) is 'Raises MP005 with the grant to run.';

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
-- it because the clock went back, begins a new epoch (_waiting_check).
create function minipaas._mark_confirm(mark minipaas._mark) returns minipaas._mark
language plpgsql volatile
set plan_cache_mode = force_generic_plan
as $$
declare
    v_holders text[] := minipaas._holders('minipaas._task_id');
    v_first bigint;
    v_due timestamptz;
begin
    if mark.candidate is not null and not (v_holders && mark.holders or 'prepared' = any(v_holders)) then
        select r.position into v_first from minipaas._ready r
        where r.queue = mark.queue and r.lane = mark.lane and r.position >= mark.floor
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
        where w.queue = mark.queue and w.lane = mark.lane and w.until >= mark.due_floor
        order by w.until limit 1;
        mark.due_floor := greatest(mark.due_floor, least(mark.due_candidate, v_due));
        mark.due_candidate := null;
        mark.due_holders := null;
    end if;
    if mark.due_candidate is null then
        mark.due_candidate := minipaas._clock();
        mark.due_xact := pg_current_xact_id();
    elsif mark.due_holders is null and mark.due_xact <> pg_current_xact_id() then
        mark.due_holders := v_holders;
    end if;
    return mark;
end
$$;

revoke execute on function minipaas._mark_confirm(minipaas._mark) from public;

comment on function minipaas._mark_confirm(minipaas._mark) is
'The mark with its floors moved up as far as is proven, or with the next candidates for that.';

-- object: queue/_mark_renew.sql
-- Passes may cost 5 % of the time: the next full one comes after 20 times what this one took, within 0.1 to 10 s.
create function minipaas._mark_renew(mark minipaas._mark, pass text, started timestamptz) returns void
language plpgsql volatile
set plan_cache_mode = force_generic_plan
as $$
declare
    v_tids tid[];
    v_pruned bigint;
begin
    mark.at := clock_timestamp();
    if pass is not null then
        mark.next_short := mark.at + '50 ms';
    end if;
    if pass = 'full' then
        mark := minipaas._mark_confirm(mark);
        mark.at := clock_timestamp();
        mark.full_cost := greatest(mark.at - started, '0');
        mark.next_full := mark.at + least(greatest(20 * mark.full_cost, '0.1 s'), '10 s');
        -- From where the last pruning ended: below that, a held snapshot keeps dead rows.
        select array_agg(o.ctid), max(o.id) + 1 into v_tids, v_pruned
        from (
            select m.ctid, m.id from minipaas._mark m
            where m.queue = mark.queue and m.lane = mark.lane and m.epoch = mark.epoch
                and m.id >= mark.pruned and m.id < mark.id and m.at < mark.at - interval '2 s'
            order by m.id limit 500 for update skip locked
        ) o;
        delete from minipaas._mark m where m.ctid = any(v_tids);
        mark.pruned := coalesce(v_pruned, mark.pruned);
    end if;
    mark.hint := greatest(mark.hint, mark.floor);
    mark.due_hint := greatest(mark.due_hint, mark.due_floor);
    insert into minipaas._mark (
        queue, lane, epoch, at, hint, floor, candidate, holders, due_hint, due_floor, due_candidate, due_xact, due_holders,
        next_short, next_full, full_cost, pruned
    )
    values (
        mark.queue, mark.lane, mark.epoch, mark.at, mark.hint, mark.floor, mark.candidate, mark.holders, mark.due_hint,
        mark.due_floor, mark.due_candidate, mark.due_xact, mark.due_holders, mark.next_short, mark.next_full,
        mark.full_cost, mark.pruned
    );
end
$$;

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

-- object: queue/_queue_get.sql
-- The one place that turns a queue's name into its id, and that decides who may do what with it. SQL without SET,
-- so that it is inlined into its callers' plans: as a PL/pgSQL function it cost a tenth of a dequeue. The first test
-- is the owner's own session: it saves the look-ups of _may.
create function minipaas._queue_get(queue text, action text) returns setof minipaas._queue
language sql stable
as $$
select q.*
from minipaas._queue q
where q.name = _queue_get.queue
    and (session_user = current_user and current_setting('role') = 'none' or minipaas._may(action))
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
        perform minipaas._deny(action);
    end if;
    perform minipaas._check_name('queue', queue);
    raise exception using
        errcode = 'MP001',
        message = format('queue %L does not exist', queue),
        hint = format('Create it: select minipaas.queue_create(%L);', queue);
end
$$;

revoke execute on function minipaas._queue_refuse(text, text) from public;

comment on function minipaas._queue_refuse(text, text) is
'Raises what kept _queue_get from finding a queue: MP005, MP006 or MP001.';

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
            upper(current_setting('transaction_isolation'))),
        hint = 'Begin it with: begin isolation level read committed;';
end
$$;

revoke execute on function minipaas._wrong_isolation(text) from public;

comment on function minipaas._wrong_isolation(text) is
'Raises MP007 for a call that needs READ COMMITTED on a primary.';

-- object: queue/queue_ack.sql
create function minipaas.queue_ack(
    id bigint,
    attempt integer default null,
    strict boolean default false
)
returns boolean
language plpgsql volatile security definer
set search_path = pg_catalog, pg_temp
set plan_cache_mode = force_generic_plan
set enable_seqscan = off
set enable_bitmapscan = off
as $$
declare
    v_task minipaas._waiting;
begin
    delete from minipaas._waiting w
    where w.id = queue_ack.id and w.state = 'l' and (queue_ack.attempt is null or w.attempt = queue_ack.attempt)
    returning w.* into v_task;
    return found;
end
$$;

-- object: queue/queue_dequeue.sql
-- Per lane, from the highest priority: first what became due in _waiting, then _ready from its low end. Both scans
-- start at the lane's hint, since below it lie the dead rows of everything that was taken before; now and then, and
-- before answering short, they start lower (_mark_from). Nothing is written to a task that is not returned.
create function minipaas.queue_dequeue(
    queue text,
    batch_size integer default 1,
    lease interval default null,
    worker text default null
)
returns table (
    id bigint,
    payload jsonb,
    attempt integer,
    headers jsonb,
    key text,
    priority integer,
    enqueued_at timestamptz,
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
    v_lease interval;
    v_left integer := coalesce(batch_size, 1);
    v_lanes smallint[] := '{0}';
    v_lane smallint;
    v_epoch bigint := 0;
    v_mark minipaas._mark;
    v_pass text;
    v_from bigint;
    v_due_from timestamptz;
    v_started timestamptz;
    v_now timestamptz := minipaas._clock();
    v_tids tid[];
    v_tid tid;
    v_task minipaas._ready;
    v_first bigint;
    v_due timestamptz;
    v_count integer;
    v_special boolean;
begin
    select q.* into v_queue from minipaas._queue_get(queue, 'dequeue') q;
    if not found then
        perform minipaas._queue_refuse(queue, 'dequeue');
    end if;
    v_lease := coalesce(lease, v_queue.lease);
    if current_setting('transaction_isolation') <> 'read committed' or pg_is_in_recovery() then
        perform minipaas._wrong_isolation('queue_dequeue');
    end if;
    if v_left < 1 or v_lease <= '0' then
        perform minipaas._check_dequeue(batch_size, lease);
    end if;
    if v_queue.paused then
        return;
    end if;
    v_special := exists (select from minipaas._lane l where l.queue = v_queue.id);
    if v_special then
        v_lanes := array(select distinct l.lane from minipaas._lane l where l.queue = v_queue.id union select 0 order by 1);
    end if;
    for v_round in 1..2 loop
    foreach v_lane in array v_lanes loop
        if v_special then
            v_epoch := coalesce((select max(l.id) from minipaas._lane l where l.queue = v_queue.id and l.lane = v_lane), 0);
        end if;
        select m.* into v_mark from minipaas._mark m
        where m.queue = v_queue.id and m.lane = v_lane and m.epoch = v_epoch
        order by m.id desc limit 1;
        v_started := clock_timestamp(); v_first := null; v_due := null; v_tids := null;
        v_pass := null;
        v_from := v_mark.hint;
        v_due_from := v_mark.due_hint;
        if v_mark.id is null then
            v_pass := 'full'; v_from := 0; v_due_from := '-infinity';
            v_mark := row(v_queue.id, v_lane, v_epoch, null, v_started, 0, 0, null, null, '-infinity', '-infinity', null, null, null, v_started, v_started, '0', 0);
        elsif v_round = 2 or v_started > v_mark.next_full or v_started < v_mark.at then
            v_pass := 'full'; v_from := v_mark.floor; v_due_from := v_mark.due_floor;
        elsif v_started > v_mark.next_short then
            v_pass := 'short';
            select m.hint, m.due_hint into v_from, v_due_from from minipaas._mark m
            where m.queue = v_queue.id and m.lane = v_lane and m.epoch = v_epoch and m.at < v_started - interval '1 s'
            order by m.id desc limit 1;
            if not found then 
            v_from := v_mark.floor; v_due_from := v_mark.due_floor;
            end if;
        end if;

        if exists (select from minipaas._waiting w where w.queue = v_queue.id and w.lane = v_lane and w.until >= v_due_from and w.until <= v_now) then
        select array_agg(c.ctid), min(c.until) into v_tids, v_due
        from (
            select w.ctid, w.until from minipaas._waiting w
            where w.queue = v_queue.id and w.lane = v_lane and w.until >= v_due_from and w.until <= v_now
                and (w.state <> 'l' or w.attempt < w.granted + coalesce(w.max_attempts, v_queue.max_attempts))
            order by w.until limit v_left for update skip locked
        ) c;
        if v_tids is not null then
            return query
            with taken as (
                update minipaas._waiting w
                set state = 'l', until = minipaas._clock() + v_lease, attempt = w.attempt + 1, worker = queue_dequeue.worker
                where w.ctid = any(v_tids)
                returning w.*
            )
            select t.id, t.payload, t.attempt, t.headers, null::text, -t.lane::integer, t.enqueued_at, t.until
            from taken t;
            get diagnostics v_count = row_count;
            v_left := v_left - v_count;
        end if;
        end if;
        if v_left > 0 then
        if v_left = 1 then
            select r.ctid, r.position into v_tid, v_first from minipaas._ready r
            where r.queue = v_queue.id and r.lane = v_lane and r.position >= v_from
            order by r.position limit 1 for update skip locked;
            if found then
                delete from minipaas._ready r where r.ctid = v_tid returning r.* into v_task;
                id := v_task.id; payload := v_task.payload; attempt := v_task.attempt + 1; headers := v_task.headers; priority := -v_lane; enqueued_at := v_task.enqueued_at; lease_until := minipaas._clock() + v_lease;
                insert into minipaas._waiting (id, until, enqueued_at, queue, attempt, granted, max_attempts, lane, state, payload, headers, last_error, worker)
                values (v_task.id, lease_until, v_task.enqueued_at, v_task.queue, v_task.attempt + 1, v_task.granted, v_task.max_attempts, v_task.lane, 'l', v_task.payload, v_task.headers, v_task.last_error, queue_dequeue.worker);
                return next;
                v_left := 0;
            end if;
        else
        select array_agg(c.ctid), min(c.position) into v_tids, v_first
        from (
            select r.ctid, r.position from minipaas._ready r
            where r.queue = v_queue.id and r.lane = v_lane and r.position >= v_from
            order by r.position limit v_left for update skip locked
        ) c;
        if v_tids is not null then
            return query
            with taken as (
                delete from minipaas._ready r where r.ctid = any(v_tids) returning r.*
            ),
            kept as (
                insert into minipaas._waiting (id, until, enqueued_at, queue, attempt, granted, max_attempts, lane, state, payload, headers, last_error, worker)
                select t.id, minipaas._clock() + v_lease, t.enqueued_at, t.queue, t.attempt + 1, t.granted, t.max_attempts, t.lane, 'l', t.payload, t.headers, t.last_error, queue_dequeue.worker
                from taken t order by t.position
                returning *
            )
            select k.id, k.payload, k.attempt, k.headers, null::text, -k.lane::integer, k.enqueued_at, k.until
            from kept k;
            get diagnostics v_count = row_count;
            v_left := v_left - v_count;
        end if;
        end if;
        end if;
        if v_pass is not null or v_first - v_mark.hint >= 64 and v_started - v_mark.at > '5 ms' then
            v_mark.hint := coalesce(v_first, v_mark.hint);
            v_mark.due_hint := coalesce(v_due, v_started);
            perform minipaas._mark_renew(v_mark, v_pass, v_started);
        end if;
        exit when v_left = 0;
    end loop;
    exit when v_left = 0;
    end loop;
end
$$;

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
    v_id bigint;
begin
    select q.* into v_queue from minipaas._queue_get(queue, 'enqueue') q;
    if not found then
        perform minipaas._queue_refuse(queue, 'enqueue');
    end if;
    insert into minipaas._ready (position, id, enqueued_at, queue, attempt, granted, max_attempts, lane, payload, headers)
    values (nextval('minipaas._task_id'), lastval(), minipaas._clock(), v_queue.id, 0, 0, queue_enqueue.max_attempts, 0, queue_enqueue.payload, queue_enqueue.headers)
    returning id into v_id;
    return v_id;
end
$$;

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
