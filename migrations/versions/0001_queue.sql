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
    due_hint timestamptz not null,
    due_floor timestamptz not null,
    next_short timestamptz not null,
    next_full timestamptz not null,
    full_cost interval not null,
    candidate bigint,
    holders text[],
    due_candidate timestamptz,
    due_xact xid8,
    due_holders text[],
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
    elsif lease <= '0' or not isfinite(lease) then
        perform minipaas._invalid('lease', lease::text, 'It is how long the holder may work before others get it: more than 0.');
    end if;
end
$$;

revoke execute on function minipaas._check_batch(integer, interval) from public;

comment on function minipaas._check_batch(integer, interval) is
'Raises MP006 for a batch size below 1, or a lease that is not positive and finite.';

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
    elsif backoff < '0' or not isfinite(backoff) then
        perform minipaas._invalid('backoff', backoff::text, 'It is the wait after the first failure: 0 or more.');
    elsif backoff_max < '0' or not isfinite(backoff_max) then
        perform minipaas._invalid('backoff_max', backoff_max::text, 'It is the longest wait after a failure, or 0 for no limit.');
    elsif keep_done < '0' or not isfinite(keep_done) then
        perform minipaas._invalid('keep_done', keep_done::text, 'It is how long acked tasks stay visible, or 0 to delete them.');
    end if;
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

-- object: queue/_find.sql
-- The whole search, of which queue_dequeue has the usual case inline: lane by lane from the highest priority, what is
-- due before what is ready. If there is nothing above the hints, it looks from the floors before it says so, except
-- while passes are slow (20 ms) and none is owed.
create function minipaas._find(
    queue minipaas._queue, batch_size integer, now timestamptz, out tids tid[], out is_due boolean
)
language plpgsql volatile
as $$
#variable_conflict use_column
declare
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
        foreach v_lane in array minipaas._lanes(queue.id) loop
            continue when v_lane = any(v_looked);
            v_mark := minipaas._mark_get(queue.id, v_lane);
            v_at := clock_timestamp();
            v_pass := case
                when not v_at between v_mark.at and v_mark.next_full or v_again and v_mark.full_cost < '20 ms' then 'full'
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
                where w.queue = queue.id and w.lane = v_lane and w.until between v_start.due_hint and now
                    and (w.state <> 'l' or minipaas._may_retry(w.attempt, w.granted, coalesce(w.max_attempts, queue.max_attempts)))
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
                    where r.queue = queue.id and r.lane = v_lane and r.position >= v_start.hint
                    order by r.position limit batch_size for update skip locked
                ) c;
            end if;
            if tids is not null or clock_timestamp() - v_at > '2 ms' then
                perform minipaas._mark_move(v_mark, coalesce(v_first, v_mark.hint), v_due, v_pass, v_at);
            end if;
            if tids is not null then
                return;
            end if;
        end loop;
    end loop;
end
$$;

revoke execute on function minipaas._find(minipaas._queue, integer, timestamptz) from public;

comment on function minipaas._find(minipaas._queue, integer, timestamptz) is
'Locks the next tasks of a queue, at most batch_size and of one lane: their ctids in _waiting (is_due) or in _ready.';

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
        v_mark.hint := 0;
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
-- A hint moves at most every 5 ms, and by 64 positions or more. Full passes may cost 5 % of the time: the next one is
-- owed after 20 times what this one took, within 0.1 to 10 s, and later in some sessions than in others, so that not
-- all make the same pass at once.
create function minipaas._mark_move(
    mark minipaas._mark, hint bigint, due_hint timestamptz, pass text, started timestamptz
)
returns void
language plpgsql volatile
as $$
#variable_conflict use_variable
begin
    if pass is null and (hint < mark.hint + 64 or started < mark.at + interval '5 ms') then
        return;
    end if;
    mark.at := clock_timestamp();
    if pass is not null then
        mark.next_short := mark.at + interval '50 ms';
    end if;
    if pass = 'full' then
        mark := minipaas._mark_prune(minipaas._mark_confirm(mark));
        mark.full_cost := greatest(clock_timestamp() - started, '0');
        mark.next_full := mark.at + least(greatest(20 * mark.full_cost, '0.1 s'), '10 s');
    end if;
    insert into minipaas._mark (
        queue, lane, epoch, at, hint, floor, due_hint, due_floor, next_short, next_full, full_cost, candidate, holders,
        due_candidate, due_xact, due_holders, pruned
    )
    values (
        mark.queue, mark.lane, mark.epoch, mark.at, greatest(hint, mark.floor), mark.floor, greatest(due_hint, mark.due_floor),
        mark.due_floor, mark.next_short, mark.next_full, mark.full_cost, mark.candidate, mark.holders,
        mark.due_candidate, mark.due_xact, mark.due_holders, mark.pruned
    );
end
$$;

revoke execute on function minipaas._mark_move(minipaas._mark, bigint, timestamptz, text, timestamptz) from public;

comment on function minipaas._mark_move(minipaas._mark, bigint, timestamptz, text, timestamptz) is
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

-- object: queue/_mark_start.sql
-- Below the hint there can be tasks: a late commit, a claim that was rolled back. A full pass looks from the floor, a
-- short one from the hint of a second ago.
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
    hint := coalesce(hint, mark.floor);
    due_hint := coalesce(due_hint, mark.due_floor);
end
$$;

revoke execute on function minipaas._mark_start(minipaas._mark, text) from public;

comment on function minipaas._mark_start(minipaas._mark, text) is
'Where a look at a lane starts in _ready and in _waiting, by the kind of pass.';

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
            message = format('queue %L exists with other settings, and was left as it is', queue),
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
    v_queue minipaas._queue;
    v_left integer := coalesce(batch_size, 1);
    v_mark minipaas._mark;
    v_at timestamptz := clock_timestamp();
    v_now timestamptz := minipaas._clock();
    v_tids tid[];
    v_first bigint;
    v_is_due boolean := false;
    v_count integer;
begin
    select q.* into v_queue from minipaas._queue_get(queue, 'dequeue') q;
    if not found then
        perform minipaas._queue_refuse(queue, 'dequeue');
    elsif current_setting('transaction_isolation') <> 'read committed' or pg_is_in_recovery() then
        perform minipaas._wrong_isolation('queue_dequeue');
    elsif v_left < 1 or lease <= '0' then
        perform minipaas._check_batch(batch_size, lease);
    elsif v_queue.paused then
        return;
    end if;
    v_queue.lease := coalesce(lease, v_queue.lease);

    -- The usual case, in two statements: one lane, no pass owed, nothing due.
    select m.* into v_mark from minipaas._mark m
    where m.queue = v_queue.id and m.lane = 0 and m.epoch = 0
    order by m.id desc limit 1;
    if v_at between v_mark.at and v_mark.next_short and v_left = 1 then
        select array[r.ctid], r.position into v_tids, v_first
        from minipaas._ready r
        where r.queue = v_queue.id and r.lane = 0 and r.position >= v_mark.hint
            and not exists (select from minipaas._lane l where l.queue = v_queue.id)
            and not exists (
                select from minipaas._waiting w
                where w.queue = v_queue.id and w.lane = 0 and w.until between v_mark.due_hint and v_now
            )
        order by r.position limit 1 for update skip locked;
        if v_first >= v_mark.hint + 64 then
            perform minipaas._mark_move(v_mark, v_first, v_now, null, v_at);
        end if;
    end if;

    loop
        if v_tids is null then
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
        v_tids := null;
    end loop;
end
$$;

-- object: queue/queue_drop.sql
create function minipaas.queue_drop(queue text, force boolean default false) returns boolean
language plpgsql volatile security definer
set search_path = pg_catalog, pg_temp
as $$
declare
    v_queue minipaas._queue;
begin
    if not minipaas._allowed('manage') then
        perform minipaas._deny('manage');
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
            message = format('queue %L is not empty', queue),
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
