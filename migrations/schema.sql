--
-- PostgreSQL database dump
--



SET statement_timeout = 0;
SET lock_timeout = 0;
SET idle_in_transaction_session_timeout = 0;
SET transaction_timeout = 0;
SET client_encoding = 'UTF8';
SET standard_conforming_strings = on;
SELECT pg_catalog.set_config('search_path', '', false);
SET check_function_bodies = false;
SET xmloption = content;
SET client_min_messages = warning;
SET row_security = off;

--
-- Name: minipaas; Type: SCHEMA; Schema: -; Owner: -
--

CREATE SCHEMA minipaas;


--
-- Name: SCHEMA minipaas; Type: COMMENT; Schema: -; Owner: -
--

COMMENT ON SCHEMA minipaas IS 'Durable queues and streams (minipaas-sql). What starts with an underscore is private.';


--
-- Name: _caller(); Type: FUNCTION; Schema: minipaas; Owner: -
--

CREATE FUNCTION minipaas._caller() RETURNS name
    LANGUAGE sql STABLE
    AS $$
select case current_setting('role') when 'none' then session_user else current_setting('role')::name end
$$;


--
-- Name: FUNCTION _caller(); Type: COMMENT; Schema: minipaas; Owner: -
--

COMMENT ON FUNCTION minipaas._caller() IS 'The role that the caller acts as: what SET ROLE chose, else session_user.';


--
-- Name: _check_name(text, text); Type: FUNCTION; Schema: minipaas; Owner: -
--

CREATE FUNCTION minipaas._check_name(kind text, name text) RETURNS void
    LANGUAGE plpgsql IMMUTABLE
    AS $$
begin
    if name is null or name = '' or length(name) > 255 then
        raise exception using
            errcode = 'MP006',
            message = format('invalid name of a %s: %s', kind, coalesce(quote_literal(left(name, 300)), 'NULL')),
            hint = 'A name is any text of 1 to 255 characters.';
    end if;
end
$$;


--
-- Name: FUNCTION _check_name(kind text, name text); Type: COMMENT; Schema: minipaas; Owner: -
--

COMMENT ON FUNCTION minipaas._check_name(kind text, name text) IS 'Raises MP006 unless the name has 1 to 255 characters.';


--
-- Name: _clock(); Type: FUNCTION; Schema: minipaas; Owner: -
--

CREATE FUNCTION minipaas._clock() RETURNS timestamp with time zone
    LANGUAGE sql
    AS $$
select case
    when coalesce(current_setting('minipaas.now', true), '') = '' then clock_timestamp()
    else minipaas._clock_moved()
end
$$;


--
-- Name: FUNCTION _clock(); Type: COMMENT; Schema: minipaas; Owner: -
--

COMMENT ON FUNCTION minipaas._clock() IS 'The time that everything in this schema goes by: clock_timestamp(), or the setting minipaas.now in tests.';


--
-- Name: _clock_moved(); Type: FUNCTION; Schema: minipaas; Owner: -
--

CREATE FUNCTION minipaas._clock_moved() RETURNS timestamp with time zone
    LANGUAGE sql SECURITY DEFINER
    SET search_path TO 'pg_catalog', 'pg_temp'
    AS $$
select case
    when pg_has_role(session_user, current_user, 'member')
        then current_setting('minipaas.now')::timestamptz
    else clock_timestamp()
end
$$;


--
-- Name: FUNCTION _clock_moved(); Type: COMMENT; Schema: minipaas; Owner: -
--

COMMENT ON FUNCTION minipaas._clock_moved() IS 'The time in the setting minipaas.now, where the session''s user is a member of the schema''s owner; else the real time.';


--
-- Name: _deny(text); Type: FUNCTION; Schema: minipaas; Owner: -
--

CREATE FUNCTION minipaas._deny(action text) RETURNS void
    LANGUAGE plpgsql STABLE
    AS $$
begin
    raise exception using
        errcode = 'MP005',
        message = format('role "%s" has no right to %s', minipaas._caller(), action),
        hint = format(
            'As the owner of the schema: select minipaas.access_grant(%L, array[%L]);', minipaas._caller(), action
        );
end
$$;


--
-- Name: FUNCTION _deny(action text); Type: COMMENT; Schema: minipaas; Owner: -
--

COMMENT ON FUNCTION minipaas._deny(action text) IS 'Raises MP005 with the grant to run.';


--
-- Name: _holders(regclass); Type: FUNCTION; Schema: minipaas; Owner: -
--

CREATE FUNCTION minipaas._holders(relation regclass) RETURNS text[]
    LANGUAGE sql
    AS $$
select coalesce(array_agg(case when l.pid is null then 'prepared' else l.virtualtransaction end), '{}')
from pg_locks l
where l.locktype = 'relation' and l.mode = 'RowExclusiveLock' and l.granted
    and l.relation = _holders.relation::oid
    and l.database = (select d.oid from pg_database d where d.datname = current_database())
$$;


--
-- Name: FUNCTION _holders(relation regclass); Type: COMMENT; Schema: minipaas; Owner: -
--

COMMENT ON FUNCTION minipaas._holders(relation regclass) IS 'The virtual transactions that have written to a relation and are still open; "prepared" stands for any that is prepared.';


SET default_tablespace = '';

SET default_table_access_method = heap;

--
-- Name: _mark; Type: TABLE; Schema: minipaas; Owner: -
--

CREATE UNLOGGED TABLE minipaas._mark (
    queue integer NOT NULL,
    lane smallint NOT NULL,
    epoch bigint NOT NULL,
    id bigint NOT NULL,
    at timestamp with time zone NOT NULL,
    hint bigint NOT NULL,
    floor bigint NOT NULL,
    candidate bigint,
    holders text[],
    due_hint timestamp with time zone NOT NULL,
    due_floor timestamp with time zone NOT NULL,
    due_candidate timestamp with time zone,
    due_xact xid8,
    due_holders text[],
    next_short timestamp with time zone NOT NULL,
    next_full timestamp with time zone NOT NULL,
    full_cost interval NOT NULL,
    pruned bigint NOT NULL
)
WITH (autovacuum_vacuum_scale_factor='0.02', autovacuum_vacuum_threshold='5000', autovacuum_vacuum_cost_delay='1');


--
-- Name: TABLE _mark; Type: COMMENT; Schema: minipaas; Owner: -
--

COMMENT ON TABLE minipaas._mark IS 'Where the scan of a lane starts (hint), and below what nothing is and nothing can come (floor); due_* the same in _waiting.';


--
-- Name: _mark_confirm(minipaas._mark); Type: FUNCTION; Schema: minipaas; Owner: -
--

CREATE FUNCTION minipaas._mark_confirm(mark minipaas._mark) RETURNS minipaas._mark
    LANGUAGE plpgsql
    SET plan_cache_mode TO 'force_generic_plan'
    AS $$
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


--
-- Name: FUNCTION _mark_confirm(mark minipaas._mark); Type: COMMENT; Schema: minipaas; Owner: -
--

COMMENT ON FUNCTION minipaas._mark_confirm(mark minipaas._mark) IS 'The mark with its floors moved up as far as is proven, or with the next candidates for that.';


--
-- Name: _mark_renew(minipaas._mark, text, timestamp with time zone); Type: FUNCTION; Schema: minipaas; Owner: -
--

CREATE FUNCTION minipaas._mark_renew(mark minipaas._mark, pass text, started timestamp with time zone) RETURNS void
    LANGUAGE plpgsql
    SET plan_cache_mode TO 'force_generic_plan'
    AS $$
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


--
-- Name: _may(text); Type: FUNCTION; Schema: minipaas; Owner: -
--

CREATE FUNCTION minipaas._may(action text) RETURNS boolean
    LANGUAGE sql STABLE SECURITY DEFINER
    SET search_path TO 'pg_catalog', 'pg_temp'
    AS $$
select pg_has_role(minipaas._caller(), current_user, 'usage') or exists (
    select
    from minipaas._access a
    where a.action = _may.action and pg_has_role(minipaas._caller(), a.role::oid, 'usage')
)
$$;


--
-- Name: FUNCTION _may(action text); Type: COMMENT; Schema: minipaas; Owner: -
--

COMMENT ON FUNCTION minipaas._may(action text) IS 'Whether the caller has a right on all queues and streams, as a member of the owner or by access_grant.';


--
-- Name: _queue; Type: TABLE; Schema: minipaas; Owner: -
--

CREATE TABLE minipaas._queue (
    id integer NOT NULL,
    name text NOT NULL,
    lease interval NOT NULL,
    max_attempts integer NOT NULL,
    backoff interval NOT NULL,
    backoff_max interval NOT NULL,
    keep_done interval NOT NULL,
    paused boolean DEFAULT false NOT NULL,
    created_at timestamp with time zone NOT NULL
);


--
-- Name: TABLE _queue; Type: COMMENT; Schema: minipaas; Owner: -
--

COMMENT ON TABLE minipaas._queue IS 'The settings of each queue.';


--
-- Name: _queue_get(text, text); Type: FUNCTION; Schema: minipaas; Owner: -
--

CREATE FUNCTION minipaas._queue_get(queue text, action text) RETURNS SETOF minipaas._queue
    LANGUAGE sql STABLE
    AS $$
select q.*
from minipaas._queue q
where q.name = _queue_get.queue
    and (session_user = current_user and current_setting('role') = 'none' or minipaas._may(action))
$$;


--
-- Name: FUNCTION _queue_get(queue text, action text); Type: COMMENT; Schema: minipaas; Owner: -
--

COMMENT ON FUNCTION minipaas._queue_get(queue text, action text) IS 'The settings of a queue by name, or no row: then _queue_refuse says why.';


--
-- Name: _queue_refuse(text, text); Type: FUNCTION; Schema: minipaas; Owner: -
--

CREATE FUNCTION minipaas._queue_refuse(queue text, action text) RETURNS void
    LANGUAGE plpgsql STABLE
    AS $$
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


--
-- Name: FUNCTION _queue_refuse(queue text, action text); Type: COMMENT; Schema: minipaas; Owner: -
--

COMMENT ON FUNCTION minipaas._queue_refuse(queue text, action text) IS 'Raises what kept _queue_get from finding a queue: MP005, MP006 or MP001.';


--
-- Name: _wrong_isolation(text); Type: FUNCTION; Schema: minipaas; Owner: -
--

CREATE FUNCTION minipaas._wrong_isolation(call text) RETURNS void
    LANGUAGE plpgsql STABLE
    AS $$
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


--
-- Name: FUNCTION _wrong_isolation(call text); Type: COMMENT; Schema: minipaas; Owner: -
--

COMMENT ON FUNCTION minipaas._wrong_isolation(call text) IS 'Raises MP007 for a call that needs READ COMMITTED on a primary.';


--
-- Name: queue_ack(bigint, integer, boolean); Type: FUNCTION; Schema: minipaas; Owner: -
--

CREATE FUNCTION minipaas.queue_ack(id bigint, attempt integer DEFAULT NULL::integer, strict boolean DEFAULT false) RETURNS boolean
    LANGUAGE plpgsql SECURITY DEFINER
    SET search_path TO 'pg_catalog', 'pg_temp'
    SET plan_cache_mode TO 'force_generic_plan'
    SET enable_seqscan TO 'off'
    SET enable_bitmapscan TO 'off'
    AS $$
declare
    v_task minipaas._waiting;
begin
    delete from minipaas._waiting w
    where w.id = queue_ack.id and w.state = 'l' and (queue_ack.attempt is null or w.attempt = queue_ack.attempt)
    returning w.* into v_task;
    return found;
end
$$;


--
-- Name: queue_dequeue(text, integer, interval, text); Type: FUNCTION; Schema: minipaas; Owner: -
--

CREATE FUNCTION minipaas.queue_dequeue(queue text, batch_size integer DEFAULT 1, lease interval DEFAULT NULL::interval, worker text DEFAULT NULL::text) RETURNS TABLE(id bigint, payload jsonb, attempt integer, headers jsonb, key text, priority integer, enqueued_at timestamp with time zone, lease_until timestamp with time zone)
    LANGUAGE plpgsql SECURITY DEFINER
    SET search_path TO 'pg_catalog', 'pg_temp'
    SET plan_cache_mode TO 'force_generic_plan'
    SET enable_seqscan TO 'off'
    SET enable_bitmapscan TO 'off'
    AS $$
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


--
-- Name: queue_enqueue(text, jsonb, integer, interval, timestamp with time zone, text, text, jsonb, integer, text); Type: FUNCTION; Schema: minipaas; Owner: -
--

CREATE FUNCTION minipaas.queue_enqueue(queue text, payload jsonb, priority integer DEFAULT 0, delay interval DEFAULT NULL::interval, run_at timestamp with time zone DEFAULT NULL::timestamp with time zone, key text DEFAULT NULL::text, dedup_key text DEFAULT NULL::text, headers jsonb DEFAULT NULL::jsonb, max_attempts integer DEFAULT NULL::integer, on_duplicate text DEFAULT 'keep'::text) RETURNS bigint
    LANGUAGE plpgsql SECURITY DEFINER
    SET search_path TO 'pg_catalog', 'pg_temp'
    SET plan_cache_mode TO 'force_generic_plan'
    AS $$
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


--
-- Name: schema_version(); Type: FUNCTION; Schema: minipaas; Owner: -
--

CREATE FUNCTION minipaas.schema_version() RETURNS text
    LANGUAGE sql STABLE SECURITY DEFINER
    SET search_path TO 'pg_catalog', 'pg_temp'
    AS $$
    select pg_catalog.regexp_replace(version_num, '^minipaas_', '') from minipaas._version;
$$;


--
-- Name: FUNCTION schema_version(); Type: COMMENT; Schema: minipaas; Owner: -
--

COMMENT ON FUNCTION minipaas.schema_version() IS 'The version of the installed schema, such as 0001.

Returns the short id of the newest revision that was applied. Takes no locks.';


--
-- Name: _access; Type: TABLE; Schema: minipaas; Owner: -
--

CREATE TABLE minipaas._access (
    role regrole NOT NULL,
    action text NOT NULL
);


--
-- Name: TABLE _access; Type: COMMENT; Schema: minipaas; Owner: -
--

COMMENT ON TABLE minipaas._access IS 'Rights on all queues and streams, by role.';


--
-- Name: _dead; Type: TABLE; Schema: minipaas; Owner: -
--

CREATE TABLE minipaas._dead (
    id bigint NOT NULL,
    enqueued_at timestamp with time zone NOT NULL,
    finished_at timestamp with time zone NOT NULL,
    queue integer NOT NULL,
    attempt integer NOT NULL,
    granted integer NOT NULL,
    max_attempts integer,
    lane smallint NOT NULL,
    payload jsonb NOT NULL,
    headers jsonb,
    last_error text
);


--
-- Name: TABLE _dead; Type: COMMENT; Schema: minipaas; Owner: -
--

COMMENT ON TABLE minipaas._dead IS 'Tasks that used up their attempts or were buried, until redriven or purged.';


--
-- Name: _done; Type: TABLE; Schema: minipaas; Owner: -
--

CREATE TABLE minipaas._done (
    id bigint NOT NULL,
    enqueued_at timestamp with time zone NOT NULL,
    finished_at timestamp with time zone NOT NULL,
    queue integer NOT NULL,
    attempt integer NOT NULL,
    granted integer NOT NULL,
    max_attempts integer,
    lane smallint NOT NULL,
    payload jsonb NOT NULL,
    headers jsonb,
    last_error text
);


--
-- Name: TABLE _done; Type: COMMENT; Schema: minipaas; Owner: -
--

COMMENT ON TABLE minipaas._done IS 'Acked tasks of queues with keep_done.';


--
-- Name: _lane; Type: TABLE; Schema: minipaas; Owner: -
--

CREATE TABLE minipaas._lane (
    queue integer NOT NULL,
    lane smallint NOT NULL,
    id bigint NOT NULL
);


--
-- Name: TABLE _lane; Type: COMMENT; Schema: minipaas; Owner: -
--

COMMENT ON TABLE minipaas._lane IS 'The lanes (lane is -priority) that a queue has used besides lane 0, and their epochs.';


--
-- Name: _lane_id_seq; Type: SEQUENCE; Schema: minipaas; Owner: -
--

ALTER TABLE minipaas._lane ALTER COLUMN id ADD GENERATED ALWAYS AS IDENTITY (
    SEQUENCE NAME minipaas._lane_id_seq
    START WITH 1
    INCREMENT BY 1
    NO MINVALUE
    NO MAXVALUE
    CACHE 1
);


--
-- Name: _mark_id_seq; Type: SEQUENCE; Schema: minipaas; Owner: -
--

ALTER TABLE minipaas._mark ALTER COLUMN id ADD GENERATED ALWAYS AS IDENTITY (
    SEQUENCE NAME minipaas._mark_id_seq
    START WITH 1
    INCREMENT BY 1
    NO MINVALUE
    NO MAXVALUE
    CACHE 1
);


--
-- Name: _queue_id_seq; Type: SEQUENCE; Schema: minipaas; Owner: -
--

ALTER TABLE minipaas._queue ALTER COLUMN id ADD GENERATED ALWAYS AS IDENTITY (
    SEQUENCE NAME minipaas._queue_id_seq
    START WITH 1
    INCREMENT BY 1
    NO MINVALUE
    NO MAXVALUE
    CACHE 1
);


--
-- Name: _ready; Type: TABLE; Schema: minipaas; Owner: -
--

CREATE TABLE minipaas._ready (
    "position" bigint NOT NULL,
    id bigint NOT NULL,
    enqueued_at timestamp with time zone NOT NULL,
    queue integer NOT NULL,
    attempt integer NOT NULL,
    granted integer NOT NULL,
    max_attempts integer,
    lane smallint NOT NULL,
    payload jsonb NOT NULL,
    headers jsonb,
    last_error text
)
WITH (autovacuum_vacuum_scale_factor='0.02', autovacuum_vacuum_threshold='5000', autovacuum_vacuum_cost_delay='1');


--
-- Name: TABLE _ready; Type: COMMENT; Schema: minipaas; Owner: -
--

COMMENT ON TABLE minipaas._ready IS 'Tasks that can be delivered now. lane is -priority.';


--
-- Name: _task_id; Type: SEQUENCE; Schema: minipaas; Owner: -
--

CREATE SEQUENCE minipaas._task_id
    START WITH 1
    INCREMENT BY 1
    NO MINVALUE
    NO MAXVALUE
    CACHE 1;


--
-- Name: SEQUENCE _task_id; Type: COMMENT; Schema: minipaas; Owner: -
--

COMMENT ON SEQUENCE minipaas._task_id IS 'Ids of tasks, and their positions when they enter _ready.';


--
-- Name: _upgrade; Type: TABLE; Schema: minipaas; Owner: -
--

CREATE TABLE minipaas._upgrade (
    id bigint NOT NULL,
    version text NOT NULL,
    floor text NOT NULL,
    direction text NOT NULL,
    applied_at timestamp with time zone DEFAULT now() NOT NULL,
    applied_by text DEFAULT SESSION_USER NOT NULL,
    CONSTRAINT _upgrade_direction_check CHECK ((direction = ANY (ARRAY['up'::text, 'down'::text])))
);


--
-- Name: TABLE _upgrade; Type: COMMENT; Schema: minipaas; Owner: -
--

COMMENT ON TABLE minipaas._upgrade IS 'The log of upgrades and downgrades, one row for each revision passed.';


--
-- Name: COLUMN _upgrade.version; Type: COMMENT; Schema: minipaas; Owner: -
--

COMMENT ON COLUMN minipaas._upgrade.version IS 'The version after this step, such as 0001.';


--
-- Name: COLUMN _upgrade.floor; Type: COMMENT; Schema: minipaas; Owner: -
--

COMMENT ON COLUMN minipaas._upgrade.floor IS 'The oldest package that the schema still serves, named by the newest revision that it knows.';


--
-- Name: COLUMN _upgrade.direction; Type: COMMENT; Schema: minipaas; Owner: -
--

COMMENT ON COLUMN minipaas._upgrade.direction IS 'up or down.';


--
-- Name: COLUMN _upgrade.applied_at; Type: COMMENT; Schema: minipaas; Owner: -
--

COMMENT ON COLUMN minipaas._upgrade.applied_at IS 'When the transaction of the step began.';


--
-- Name: COLUMN _upgrade.applied_by; Type: COMMENT; Schema: minipaas; Owner: -
--

COMMENT ON COLUMN minipaas._upgrade.applied_by IS 'The session_user who ran it.';


--
-- Name: _upgrade_id_seq; Type: SEQUENCE; Schema: minipaas; Owner: -
--

ALTER TABLE minipaas._upgrade ALTER COLUMN id ADD GENERATED ALWAYS AS IDENTITY (
    SEQUENCE NAME minipaas._upgrade_id_seq
    START WITH 1
    INCREMENT BY 1
    NO MINVALUE
    NO MAXVALUE
    CACHE 1
);


--
-- Name: _version; Type: TABLE; Schema: minipaas; Owner: -
--

CREATE TABLE minipaas._version (
    version_num text NOT NULL
);


--
-- Name: TABLE _version; Type: COMMENT; Schema: minipaas; Owner: -
--

COMMENT ON TABLE minipaas._version IS 'The revision that is installed, written by every upgrade and downgrade. Read minipaas.schema_version().';


--
-- Name: _waiting; Type: TABLE; Schema: minipaas; Owner: -
--

CREATE TABLE minipaas._waiting (
    id bigint NOT NULL,
    until timestamp with time zone NOT NULL,
    enqueued_at timestamp with time zone NOT NULL,
    queue integer NOT NULL,
    attempt integer NOT NULL,
    granted integer NOT NULL,
    max_attempts integer,
    lane smallint NOT NULL,
    state "char" NOT NULL,
    payload jsonb NOT NULL,
    headers jsonb,
    last_error text,
    worker text
)
WITH (autovacuum_vacuum_scale_factor='0.02', autovacuum_vacuum_threshold='5000', autovacuum_vacuum_cost_delay='1');


--
-- Name: TABLE _waiting; Type: COMMENT; Schema: minipaas; Owner: -
--

COMMENT ON TABLE minipaas._waiting IS 'Tasks that wait until a time: (l)eased, (d)elayed or (r)etrying. Past it they are due, and dequeue finds them here.';


--
-- Name: _access _access_pkey; Type: CONSTRAINT; Schema: minipaas; Owner: -
--

ALTER TABLE ONLY minipaas._access
    ADD CONSTRAINT _access_pkey PRIMARY KEY (role, action);


--
-- Name: _dead _dead_pkey; Type: CONSTRAINT; Schema: minipaas; Owner: -
--

ALTER TABLE ONLY minipaas._dead
    ADD CONSTRAINT _dead_pkey PRIMARY KEY (id);


--
-- Name: _done _done_pkey; Type: CONSTRAINT; Schema: minipaas; Owner: -
--

ALTER TABLE ONLY minipaas._done
    ADD CONSTRAINT _done_pkey PRIMARY KEY (id);


--
-- Name: _lane _lane_pkey; Type: CONSTRAINT; Schema: minipaas; Owner: -
--

ALTER TABLE ONLY minipaas._lane
    ADD CONSTRAINT _lane_pkey PRIMARY KEY (queue, lane, id);


--
-- Name: _mark _mark_pkey; Type: CONSTRAINT; Schema: minipaas; Owner: -
--

ALTER TABLE ONLY minipaas._mark
    ADD CONSTRAINT _mark_pkey PRIMARY KEY (queue, lane, epoch, id);


--
-- Name: _queue _queue_name_key; Type: CONSTRAINT; Schema: minipaas; Owner: -
--

ALTER TABLE ONLY minipaas._queue
    ADD CONSTRAINT _queue_name_key UNIQUE (name);


--
-- Name: _queue _queue_pkey; Type: CONSTRAINT; Schema: minipaas; Owner: -
--

ALTER TABLE ONLY minipaas._queue
    ADD CONSTRAINT _queue_pkey PRIMARY KEY (id);


--
-- Name: _ready _ready_pkey; Type: CONSTRAINT; Schema: minipaas; Owner: -
--

ALTER TABLE ONLY minipaas._ready
    ADD CONSTRAINT _ready_pkey PRIMARY KEY (queue, lane, "position");


--
-- Name: _upgrade _upgrade_pkey; Type: CONSTRAINT; Schema: minipaas; Owner: -
--

ALTER TABLE ONLY minipaas._upgrade
    ADD CONSTRAINT _upgrade_pkey PRIMARY KEY (id);


--
-- Name: _version _version_pkey; Type: CONSTRAINT; Schema: minipaas; Owner: -
--

ALTER TABLE ONLY minipaas._version
    ADD CONSTRAINT _version_pkey PRIMARY KEY (version_num);


--
-- Name: _waiting _waiting_pkey; Type: CONSTRAINT; Schema: minipaas; Owner: -
--

ALTER TABLE ONLY minipaas._waiting
    ADD CONSTRAINT _waiting_pkey PRIMARY KEY (id);


--
-- Name: _dead_queue; Type: INDEX; Schema: minipaas; Owner: -
--

CREATE INDEX _dead_queue ON minipaas._dead USING btree (queue, id);


--
-- Name: _done_queue; Type: INDEX; Schema: minipaas; Owner: -
--

CREATE INDEX _done_queue ON minipaas._done USING btree (queue, finished_at);


--
-- Name: _ready_id; Type: INDEX; Schema: minipaas; Owner: -
--

CREATE INDEX _ready_id ON minipaas._ready USING btree (id) WHERE ("position" <> id);


--
-- Name: _waiting_until; Type: INDEX; Schema: minipaas; Owner: -
--

CREATE INDEX _waiting_until ON minipaas._waiting USING btree (queue, lane, until);


--
-- Name: FUNCTION _caller(); Type: ACL; Schema: minipaas; Owner: -
--

REVOKE ALL ON FUNCTION minipaas._caller() FROM PUBLIC;


--
-- Name: FUNCTION _check_name(kind text, name text); Type: ACL; Schema: minipaas; Owner: -
--

REVOKE ALL ON FUNCTION minipaas._check_name(kind text, name text) FROM PUBLIC;


--
-- Name: FUNCTION _clock(); Type: ACL; Schema: minipaas; Owner: -
--

REVOKE ALL ON FUNCTION minipaas._clock() FROM PUBLIC;


--
-- Name: FUNCTION _clock_moved(); Type: ACL; Schema: minipaas; Owner: -
--

REVOKE ALL ON FUNCTION minipaas._clock_moved() FROM PUBLIC;


--
-- Name: FUNCTION _deny(action text); Type: ACL; Schema: minipaas; Owner: -
--

REVOKE ALL ON FUNCTION minipaas._deny(action text) FROM PUBLIC;


--
-- Name: FUNCTION _holders(relation regclass); Type: ACL; Schema: minipaas; Owner: -
--

REVOKE ALL ON FUNCTION minipaas._holders(relation regclass) FROM PUBLIC;


--
-- Name: FUNCTION _mark_confirm(mark minipaas._mark); Type: ACL; Schema: minipaas; Owner: -
--

REVOKE ALL ON FUNCTION minipaas._mark_confirm(mark minipaas._mark) FROM PUBLIC;


--
-- Name: FUNCTION _may(action text); Type: ACL; Schema: minipaas; Owner: -
--

REVOKE ALL ON FUNCTION minipaas._may(action text) FROM PUBLIC;


--
-- Name: FUNCTION _queue_get(queue text, action text); Type: ACL; Schema: minipaas; Owner: -
--

REVOKE ALL ON FUNCTION minipaas._queue_get(queue text, action text) FROM PUBLIC;


--
-- Name: FUNCTION _queue_refuse(queue text, action text); Type: ACL; Schema: minipaas; Owner: -
--

REVOKE ALL ON FUNCTION minipaas._queue_refuse(queue text, action text) FROM PUBLIC;


--
-- Name: FUNCTION _wrong_isolation(call text); Type: ACL; Schema: minipaas; Owner: -
--

REVOKE ALL ON FUNCTION minipaas._wrong_isolation(call text) FROM PUBLIC;


--
-- Name: FUNCTION schema_version(); Type: ACL; Schema: minipaas; Owner: -
--

REVOKE ALL ON FUNCTION minipaas.schema_version() FROM PUBLIC;


--
-- PostgreSQL database dump complete
--


