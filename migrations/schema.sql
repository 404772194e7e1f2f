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
-- Name: _access_set(text, boolean); Type: FUNCTION; Schema: minipaas; Owner: -
--

CREATE FUNCTION minipaas._access_set(role text, granted boolean) RETURNS void
    LANGUAGE plpgsql
    AS $$
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


--
-- Name: FUNCTION _access_set(role text, granted boolean); Type: COMMENT; Schema: minipaas; Owner: -
--

COMMENT ON FUNCTION minipaas._access_set(role text, granted boolean) IS 'Grants USAGE, EXECUTE and SELECT on all that is public to a role, or revokes them.';


--
-- Name: _allowed(text); Type: FUNCTION; Schema: minipaas; Owner: -
--

CREATE FUNCTION minipaas._allowed(action text) RETURNS boolean
    LANGUAGE sql STABLE
    AS $$
select session_user = current_user and current_setting('role') = 'none' or minipaas._may(action)
$$;


--
-- Name: FUNCTION _allowed(action text); Type: COMMENT; Schema: minipaas; Owner: -
--

COMMENT ON FUNCTION minipaas._allowed(action text) IS 'Whether the caller has a right on all queues and streams. Call it inside SECURITY DEFINER functions only.';


SET default_tablespace = '';

SET default_table_access_method = heap;

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
-- Name: _backoff(minipaas._queue, integer); Type: FUNCTION; Schema: minipaas; Owner: -
--

CREATE FUNCTION minipaas._backoff(queue minipaas._queue, attempt integer) RETURNS interval
    LANGUAGE sql
    AS $$
select make_interval(secs => (1 + 0.2 * random()) * least(
    extract(epoch from queue.backoff) * power(2.0::float8, least(attempt - 1, 50)),
    extract(epoch from case when queue.backoff_max = '0' then interval '10 years' else queue.backoff_max end)
))
$$;


--
-- Name: FUNCTION _backoff(queue minipaas._queue, attempt integer); Type: COMMENT; Schema: minipaas; Owner: -
--

COMMENT ON FUNCTION minipaas._backoff(queue minipaas._queue, attempt integer) IS 'The wait after a failed attempt: backoff * 2^(attempt-1) up to backoff_max, and up to 20 % more.';


--
-- Name: _bury_expired(integer, integer); Type: FUNCTION; Schema: minipaas; Owner: -
--

CREATE FUNCTION minipaas._bury_expired(queue integer, max_attempts integer) RETURNS void
    LANGUAGE plpgsql
    AS $$
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


--
-- Name: FUNCTION _bury_expired(queue integer, max_attempts integer); Type: COMMENT; Schema: minipaas; Owner: -
--

COMMENT ON FUNCTION minipaas._bury_expired(queue integer, max_attempts integer) IS 'Moves tasks whose last attempt ended with an expired lease, which count as dead already, to _dead.';


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
-- Name: _check_batch(integer, interval); Type: FUNCTION; Schema: minipaas; Owner: -
--

CREATE FUNCTION minipaas._check_batch(batch_size integer, lease interval) RETURNS void
    LANGUAGE plpgsql IMMUTABLE
    AS $$
begin
    if batch_size < 1 then
        perform minipaas._invalid('batch_size', batch_size::text, 'It is how many rows to return at most: 1 or more.');
    elsif lease not between '1 microsecond' and '10000 years' then
        perform minipaas._invalid('lease', lease::text, 'It is how long the holder may work before others get it: more than 0.');
    end if;
end
$$;


--
-- Name: FUNCTION _check_batch(batch_size integer, lease interval); Type: COMMENT; Schema: minipaas; Owner: -
--

COMMENT ON FUNCTION minipaas._check_batch(batch_size integer, lease interval) IS 'Raises MP006 for a batch size below 1, or a lease that is not positive, or beyond the calendar; NULL passes.';


--
-- Name: _check_duration(text, interval, text); Type: FUNCTION; Schema: minipaas; Owner: -
--

CREATE FUNCTION minipaas._check_duration(argument text, value interval, hint text) RETURNS void
    LANGUAGE plpgsql IMMUTABLE
    AS $$
begin
    if value not between '0' and '10000 years' then
        perform minipaas._invalid(argument, value::text, hint);
    end if;
end
$$;


--
-- Name: FUNCTION _check_duration(argument text, value interval, hint text); Type: COMMENT; Schema: minipaas; Owner: -
--

COMMENT ON FUNCTION minipaas._check_duration(argument text, value interval, hint text) IS 'Raises MP006 for a duration that is negative, infinite or beyond the calendar; NULL passes.';


--
-- Name: _check_enqueue(jsonb, integer, interval, timestamp with time zone, text, integer, text); Type: FUNCTION; Schema: minipaas; Owner: -
--

CREATE FUNCTION minipaas._check_enqueue(payload jsonb, priority integer, delay interval, run_at timestamp with time zone, keyed text, max_attempts integer, on_duplicate text) RETURNS void
    LANGUAGE plpgsql IMMUTABLE
    AS $$
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


--
-- Name: FUNCTION _check_enqueue(payload jsonb, priority integer, delay interval, run_at timestamp with time zone, keyed text, max_attempts integer, on_duplicate text); Type: COMMENT; Schema: minipaas; Owner: -
--

COMMENT ON FUNCTION minipaas._check_enqueue(payload jsonb, priority integer, delay interval, run_at timestamp with time zone, keyed text, max_attempts integer, on_duplicate text) IS 'Raises MP006 for an argument of enqueue that is out of its range; NULL passes, but for the payload.';


--
-- Name: _check_grant(text, text[], text, text); Type: FUNCTION; Schema: minipaas; Owner: -
--

CREATE FUNCTION minipaas._check_grant(role text, rights text[], queue text, stream text) RETURNS void
    LANGUAGE plpgsql STABLE
    AS $$
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


--
-- Name: FUNCTION _check_grant(role text, rights text[], queue text, stream text); Type: COMMENT; Schema: minipaas; Owner: -
--

COMMENT ON FUNCTION minipaas._check_grant(role text, rights text[], queue text, stream text) IS 'Raises MP005 unless the caller is the owner, and MP006 for a role or a right that there is not.';


--
-- Name: _check_ids(bigint[], integer[]); Type: FUNCTION; Schema: minipaas; Owner: -
--

CREATE FUNCTION minipaas._check_ids(ids bigint[], attempts integer[]) RETURNS void
    LANGUAGE plpgsql IMMUTABLE
    AS $$
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


--
-- Name: FUNCTION _check_ids(ids bigint[], attempts integer[]); Type: COMMENT; Schema: minipaas; Owner: -
--

COMMENT ON FUNCTION minipaas._check_ids(ids bigint[], attempts integer[]) IS 'Raises MP006 for ids that are NULL, or attempts of another number.';


--
-- Name: _check_name(text, text); Type: FUNCTION; Schema: minipaas; Owner: -
--

CREATE FUNCTION minipaas._check_name(kind text, name text) RETURNS void
    LANGUAGE plpgsql IMMUTABLE
    AS $$
begin
    if name is null or name = '' or length(name) > 255 then
        perform minipaas._invalid(kind || ' name', quote_literal(left(name, 300)), 'A name is any text of 1 to 255 characters.');
    end if;
end
$$;


--
-- Name: FUNCTION _check_name(kind text, name text); Type: COMMENT; Schema: minipaas; Owner: -
--

COMMENT ON FUNCTION minipaas._check_name(kind text, name text) IS 'Raises MP006 unless the name has 1 to 255 characters.';


--
-- Name: _check_settings(interval, integer, interval, interval, interval); Type: FUNCTION; Schema: minipaas; Owner: -
--

CREATE FUNCTION minipaas._check_settings(lease interval, max_attempts integer, backoff interval, backoff_max interval, keep_done interval) RETURNS void
    LANGUAGE plpgsql IMMUTABLE
    AS $$
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


--
-- Name: FUNCTION _check_settings(lease interval, max_attempts integer, backoff interval, backoff_max interval, keep_done interval); Type: COMMENT; Schema: minipaas; Owner: -
--

COMMENT ON FUNCTION minipaas._check_settings(lease interval, max_attempts integer, backoff interval, backoff_max interval, keep_done interval) IS 'Raises MP006 for a setting of a queue that is out of its range; NULL passes.';


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
WITH (autovacuum_vacuum_scale_factor='0.02', autovacuum_vacuum_threshold='5000', autovacuum_vacuum_cost_delay='1', toast_tuple_target='8160');


--
-- Name: TABLE _waiting; Type: COMMENT; Schema: minipaas; Owner: -
--

COMMENT ON TABLE minipaas._waiting IS 'Tasks that wait until a time: (l)eased, (d)elayed or (r)etrying. Past it they are due, and dequeue finds them here.';


--
-- Name: _dead_add(minipaas._waiting, text); Type: FUNCTION; Schema: minipaas; Owner: -
--

CREATE FUNCTION minipaas._dead_add(task minipaas._waiting, error text) RETURNS void
    LANGUAGE sql
    AS $$
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


--
-- Name: FUNCTION _dead_add(task minipaas._waiting, error text); Type: COMMENT; Schema: minipaas; Owner: -
--

COMMENT ON FUNCTION minipaas._dead_add(task minipaas._waiting, error text) IS 'Moves a task that the caller has locked from _waiting to _dead.';


--
-- Name: _deny(text, text); Type: FUNCTION; Schema: minipaas; Owner: -
--

CREATE FUNCTION minipaas._deny(action text, queue text DEFAULT NULL::text) RETURNS void
    LANGUAGE plpgsql STABLE
    AS $$
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


--
-- Name: FUNCTION _deny(action text, queue text); Type: COMMENT; Schema: minipaas; Owner: -
--

COMMENT ON FUNCTION minipaas._deny(action text, queue text) IS 'Raises MP005 with the grant to run.';


--
-- Name: _find(integer, integer, integer, timestamp with time zone); Type: FUNCTION; Schema: minipaas; Owner: -
--

CREATE FUNCTION minipaas._find(queue integer, max_attempts integer, batch_size integer, now timestamp with time zone, OUT tids tid[], OUT is_due boolean) RETURNS record
    LANGUAGE plpgsql
    AS $$
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


--
-- Name: FUNCTION _find(queue integer, max_attempts integer, batch_size integer, now timestamp with time zone, OUT tids tid[], OUT is_due boolean); Type: COMMENT; Schema: minipaas; Owner: -
--

COMMENT ON FUNCTION minipaas._find(queue integer, max_attempts integer, batch_size integer, now timestamp with time zone, OUT tids tid[], OUT is_due boolean) IS 'Locks the next tasks of a queue, at most batch_size and of one lane: their ctids in _waiting (is_due) or in _ready.';


--
-- Name: _held(bigint, integer); Type: FUNCTION; Schema: minipaas; Owner: -
--

CREATE FUNCTION minipaas._held(id bigint, attempt integer) RETURNS minipaas._waiting
    LANGUAGE plpgsql
    SET enable_seqscan TO 'off'
    AS $$
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


--
-- Name: FUNCTION _held(id bigint, attempt integer); Type: COMMENT; Schema: minipaas; Owner: -
--

COMMENT ON FUNCTION minipaas._held(id bigint, attempt integer) IS 'Locks a leased task and returns it, or NULLs where it is not held with that attempt. Errors: MP005.';


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


--
-- Name: _invalid(text, text, text); Type: FUNCTION; Schema: minipaas; Owner: -
--

CREATE FUNCTION minipaas._invalid(argument text, value text, hint text) RETURNS void
    LANGUAGE plpgsql IMMUTABLE
    AS $$
begin
    raise exception using
        errcode = 'MP006',
        message = format('invalid %s: %s', argument, coalesce(left(value, 300), 'NULL')),
        hint = hint;
end
$$;


--
-- Name: FUNCTION _invalid(argument text, value text, hint text); Type: COMMENT; Schema: minipaas; Owner: -
--

COMMENT ON FUNCTION minipaas._invalid(argument text, value text, hint text) IS 'Raises MP006 with the argument, its value and a hint.';


--
-- Name: _keep_done(minipaas._waiting[]); Type: FUNCTION; Schema: minipaas; Owner: -
--

CREATE FUNCTION minipaas._keep_done(VARIADIC tasks minipaas._waiting[]) RETURNS void
    LANGUAGE plpgsql
    AS $$
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


--
-- Name: FUNCTION _keep_done(VARIADIC tasks minipaas._waiting[]); Type: COMMENT; Schema: minipaas; Owner: -
--

COMMENT ON FUNCTION minipaas._keep_done(VARIADIC tasks minipaas._waiting[]) IS 'Keeps acked tasks as done.';


--
-- Name: _lane_add(integer, smallint); Type: FUNCTION; Schema: minipaas; Owner: -
--

CREATE FUNCTION minipaas._lane_add(queue integer, lane smallint) RETURNS void
    LANGUAGE plpgsql
    AS $$
begin
    if not exists (select from minipaas._lane l where l.queue = _lane_add.queue and l.lane = _lane_add.lane) then
        perform minipaas._lane_begin(queue, lane);
    end if;
end
$$;


--
-- Name: FUNCTION _lane_add(queue integer, lane smallint); Type: COMMENT; Schema: minipaas; Owner: -
--

COMMENT ON FUNCTION minipaas._lane_add(queue integer, lane smallint) IS 'Makes a lane known, so that dequeue looks there. Waits for nobody: two rows for one lane do no harm.';


--
-- Name: _lane_begin(integer, smallint); Type: FUNCTION; Schema: minipaas; Owner: -
--

CREATE FUNCTION minipaas._lane_begin(queue integer, lane smallint) RETURNS void
    LANGUAGE plpgsql
    AS $$
begin
    perform minipaas._mark_wake(queue);
    insert into minipaas._lane (queue, lane) values (_lane_begin.queue, _lane_begin.lane);
end
$$;


--
-- Name: FUNCTION _lane_begin(queue integer, lane smallint); Type: COMMENT; Schema: minipaas; Owner: -
--

COMMENT ON FUNCTION minipaas._lane_begin(queue integer, lane smallint) IS 'Begins an epoch of a lane: its marks count no more.';


--
-- Name: _lanes(integer); Type: FUNCTION; Schema: minipaas; Owner: -
--

CREATE FUNCTION minipaas._lanes(queue integer) RETURNS smallint[]
    LANGUAGE sql
    AS $$
select array_agg(distinct l.lane order by l.lane)
from (
    select i.lane from minipaas._lane i where i.queue = _lanes.queue
    union all
    select 0::smallint
) l
$$;


--
-- Name: FUNCTION _lanes(queue integer); Type: COMMENT; Schema: minipaas; Owner: -
--

COMMENT ON FUNCTION minipaas._lanes(queue integer) IS 'The lanes that a queue has used, highest priority first; always with lane 0.';


--
-- Name: _lost(bigint[]); Type: FUNCTION; Schema: minipaas; Owner: -
--

CREATE FUNCTION minipaas._lost(ids bigint[]) RETURNS void
    LANGUAGE plpgsql IMMUTABLE
    AS $$
begin
    raise exception using
        errcode = 'MP009',
        message = format('lease lost on task %s', array_to_string(ids[:20], ', ')),
        hint = 'Roll back what was done for it: its lease expired and somebody else has it, or it is finished.';
end
$$;


--
-- Name: FUNCTION _lost(ids bigint[]); Type: COMMENT; Schema: minipaas; Owner: -
--

COMMENT ON FUNCTION minipaas._lost(ids bigint[]) IS 'Raises MP009 for tasks that the caller does not hold any more.';


--
-- Name: _mark; Type: TABLE; Schema: minipaas; Owner: -
--

CREATE UNLOGGED TABLE minipaas._mark (
    queue integer NOT NULL,
    lane smallint NOT NULL,
    epoch bigint NOT NULL,
    id bigint NOT NULL,
    at timestamp with time zone NOT NULL,
    next_short timestamp with time zone NOT NULL,
    calm_to timestamp with time zone NOT NULL,
    hint bigint NOT NULL,
    ahead bigint NOT NULL,
    floor bigint NOT NULL,
    due_hint timestamp with time zone NOT NULL,
    due_floor timestamp with time zone NOT NULL,
    due_candidate timestamp with time zone,
    next_full timestamp with time zone NOT NULL,
    full_cost interval NOT NULL,
    candidate bigint,
    holders text[],
    due_xact xid8,
    due_holders text[],
    pruned bigint NOT NULL
)
WITH (autovacuum_vacuum_scale_factor='0.02', autovacuum_vacuum_threshold='5000', autovacuum_vacuum_cost_delay='1');


--
-- Name: TABLE _mark; Type: COMMENT; Schema: minipaas; Owner: -
--

COMMENT ON TABLE minipaas._mark IS 'Where the scan of a lane starts (hint), and below what nothing is and nothing can come (floor); due_* the same in _waiting.';


--
-- Name: _mark_add(minipaas._mark); Type: FUNCTION; Schema: minipaas; Owner: -
--

CREATE FUNCTION minipaas._mark_add(mark minipaas._mark) RETURNS void
    LANGUAGE plpgsql
    AS $$
begin
    mark.id := nextval('minipaas._mark_id_seq');
    insert into minipaas._mark overriding system value values (mark.*);
end
$$;


--
-- Name: FUNCTION _mark_add(mark minipaas._mark); Type: COMMENT; Schema: minipaas; Owner: -
--

COMMENT ON FUNCTION minipaas._mark_add(mark minipaas._mark) IS 'Writes a mark, as the newest of its lane.';


--
-- Name: _mark_confirm(minipaas._mark); Type: FUNCTION; Schema: minipaas; Owner: -
--

CREATE FUNCTION minipaas._mark_confirm(mark minipaas._mark) RETURNS minipaas._mark
    LANGUAGE plpgsql
    AS $$
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


--
-- Name: FUNCTION _mark_confirm(mark minipaas._mark); Type: COMMENT; Schema: minipaas; Owner: -
--

COMMENT ON FUNCTION minipaas._mark_confirm(mark minipaas._mark) IS 'The mark with its floors moved up as far as is proven, or with the next candidates for that.';


--
-- Name: _mark_get(integer, smallint); Type: FUNCTION; Schema: minipaas; Owner: -
--

CREATE FUNCTION minipaas._mark_get(queue integer, lane smallint) RETURNS minipaas._mark
    LANGUAGE plpgsql
    AS $$
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


--
-- Name: FUNCTION _mark_get(queue integer, lane smallint); Type: COMMENT; Schema: minipaas; Owner: -
--

COMMENT ON FUNCTION minipaas._mark_get(queue integer, lane smallint) IS 'The newest mark of a lane in its epoch; where there is none, one that owes a full pass from the lane''s start.';


--
-- Name: _mark_move(minipaas._mark, bigint, timestamp with time zone, timestamp with time zone, text, interval); Type: FUNCTION; Schema: minipaas; Owner: -
--

CREATE FUNCTION minipaas._mark_move(mark minipaas._mark, hint bigint, due_hint timestamp with time zone, calm_to timestamp with time zone, pass text DEFAULT NULL::text, cost interval DEFAULT NULL::interval) RETURNS void
    LANGUAGE plpgsql
    AS $$
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


--
-- Name: FUNCTION _mark_move(mark minipaas._mark, hint bigint, due_hint timestamp with time zone, calm_to timestamp with time zone, pass text, cost interval); Type: COMMENT; Schema: minipaas; Owner: -
--

COMMENT ON FUNCTION minipaas._mark_move(mark minipaas._mark, hint bigint, due_hint timestamp with time zone, calm_to timestamp with time zone, pass text, cost interval) IS 'Writes the next mark of a lane, with new hints and what a pass found out.';


--
-- Name: _mark_prune(minipaas._mark); Type: FUNCTION; Schema: minipaas; Owner: -
--

CREATE FUNCTION minipaas._mark_prune(mark minipaas._mark) RETURNS minipaas._mark
    LANGUAGE plpgsql
    AS $$
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


--
-- Name: FUNCTION _mark_prune(mark minipaas._mark); Type: COMMENT; Schema: minipaas; Owner: -
--

COMMENT ON FUNCTION minipaas._mark_prune(mark minipaas._mark) IS 'Deletes marks that no pass will read again, and returns the mark with how far that went.';


--
-- Name: _mark_slow(minipaas._mark); Type: FUNCTION; Schema: minipaas; Owner: -
--

CREATE FUNCTION minipaas._mark_slow(mark minipaas._mark) RETURNS boolean
    LANGUAGE sql IMMUTABLE
    AS $$
select mark.full_cost >= '20 ms'
    and (mark.hint > mark.floor + 20000 or mark.due_hint - interval '5 s' > mark.due_floor)
$$;


--
-- Name: FUNCTION _mark_slow(mark minipaas._mark); Type: COMMENT; Schema: minipaas; Owner: -
--

COMMENT ON FUNCTION minipaas._mark_slow(mark minipaas._mark) IS 'Whether a full pass over a lane takes long, because old transactions keep dead rows or tasks that nobody can have.';


--
-- Name: _mark_start(minipaas._mark, text); Type: FUNCTION; Schema: minipaas; Owner: -
--

CREATE FUNCTION minipaas._mark_start(mark minipaas._mark, pass text, OUT hint bigint, OUT due_hint timestamp with time zone) RETURNS record
    LANGUAGE plpgsql
    AS $$
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


--
-- Name: FUNCTION _mark_start(mark minipaas._mark, pass text, OUT hint bigint, OUT due_hint timestamp with time zone); Type: COMMENT; Schema: minipaas; Owner: -
--

COMMENT ON FUNCTION minipaas._mark_start(mark minipaas._mark, pass text, OUT hint bigint, OUT due_hint timestamp with time zone) IS 'Where a look at a lane starts in _ready and in _waiting, by the kind of pass.';


--
-- Name: _mark_wake(integer); Type: FUNCTION; Schema: minipaas; Owner: -
--

CREATE FUNCTION minipaas._mark_wake(queue integer) RETURNS void
    LANGUAGE plpgsql
    AS $$
declare
    v_mark minipaas._mark := minipaas._mark_get(queue, 0::smallint);
begin
    if v_mark.calm_to > '-infinity' then
        v_mark.calm_to := '-infinity';
        perform minipaas._mark_add(v_mark);
    end if;
end
$$;


--
-- Name: FUNCTION _mark_wake(queue integer); Type: COMMENT; Schema: minipaas; Owner: -
--

COMMENT ON FUNCTION minipaas._mark_wake(queue integer) IS 'Has the next dequeue look for due tasks and other lanes, since one of these was just written.';


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
-- Name: _may_retry(integer, integer, integer); Type: FUNCTION; Schema: minipaas; Owner: -
--

CREATE FUNCTION minipaas._may_retry(attempt integer, granted integer, max_attempts integer) RETURNS boolean
    LANGUAGE sql IMMUTABLE
    AS $$
select max_attempts = 0 or attempt < granted + max_attempts
$$;


--
-- Name: FUNCTION _may_retry(attempt integer, granted integer, max_attempts integer); Type: COMMENT; Schema: minipaas; Owner: -
--

COMMENT ON FUNCTION minipaas._may_retry(attempt integer, granted integer, max_attempts integer) IS 'Whether a task that failed its attempt has another one. granted is its attempt when it was last redriven.';


--
-- Name: _queue_get(text, text); Type: FUNCTION; Schema: minipaas; Owner: -
--

CREATE FUNCTION minipaas._queue_get(queue text, action text) RETURNS SETOF minipaas._queue
    LANGUAGE sql STABLE
    AS $$
select q.* from minipaas._queue q where q.name = _queue_get.queue and minipaas._allowed(action)
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
        perform minipaas._deny(action, queue);
    end if;
    raise exception using
        errcode = 'MP001',
        message = format('queue "%s" does not exist', queue),
        hint = format('Create it: select minipaas.queue_create(%L);', queue);
end
$$;


--
-- Name: FUNCTION _queue_refuse(queue text, action text); Type: COMMENT; Schema: minipaas; Owner: -
--

COMMENT ON FUNCTION minipaas._queue_refuse(queue text, action text) IS 'Raises what kept _queue_get from finding a queue: MP005, MP006 or MP001.';


--
-- Name: _take_due(tid[], interval, text); Type: FUNCTION; Schema: minipaas; Owner: -
--

CREATE FUNCTION minipaas._take_due(tids tid[], lease interval, worker text) RETURNS TABLE(id bigint, payload jsonb, attempt integer, headers jsonb, key text, priority integer, enqueued_at timestamp with time zone, lease_until timestamp with time zone)
    LANGUAGE plpgsql
    AS $$
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


--
-- Name: FUNCTION _take_due(tids tid[], lease interval, worker text); Type: COMMENT; Schema: minipaas; Owner: -
--

COMMENT ON FUNCTION minipaas._take_due(tids tid[], lease interval, worker text) IS 'Leases tasks of _waiting that the caller has locked, in the order of their ctids, and returns them as queue_dequeue does.';


--
-- Name: _waiting_check(integer, smallint, timestamp with time zone); Type: FUNCTION; Schema: minipaas; Owner: -
--

CREATE FUNCTION minipaas._waiting_check(queue integer, lane smallint, until timestamp with time zone) RETURNS void
    LANGUAGE plpgsql
    AS $$
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


--
-- Name: FUNCTION _waiting_check(queue integer, lane smallint, until timestamp with time zone); Type: COMMENT; Schema: minipaas; Owner: -
--

COMMENT ON FUNCTION minipaas._waiting_check(queue integer, lane smallint, until timestamp with time zone) IS 'Tells dequeues of a task that was written to _waiting and is due soon, or below what counts as empty: a new epoch.';


--
-- Name: _waiting_state("char", timestamp with time zone, integer, integer, integer, timestamp with time zone); Type: FUNCTION; Schema: minipaas; Owner: -
--

CREATE FUNCTION minipaas._waiting_state(state "char", until timestamp with time zone, attempt integer, granted integer, max_attempts integer, now timestamp with time zone) RETURNS text
    LANGUAGE sql IMMUTABLE
    AS $$
select case
    when until > now then case state when 'l' then 'leased' when 'd' then 'delayed' else 'retrying' end
    when state = 'l' and not minipaas._may_retry(attempt, granted, max_attempts) then 'dead'
    else 'ready'
end
$$;


--
-- Name: FUNCTION _waiting_state(state "char", until timestamp with time zone, attempt integer, granted integer, max_attempts integer, now timestamp with time zone); Type: COMMENT; Schema: minipaas; Owner: -
--

COMMENT ON FUNCTION minipaas._waiting_state(state "char", until timestamp with time zone, attempt integer, granted integer, max_attempts integer, now timestamp with time zone) IS 'The state of a task in _waiting.';


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
            current_setting('transaction_isolation')),
        hint = 'Begin it with: begin isolation level read committed;';
end
$$;


--
-- Name: FUNCTION _wrong_isolation(call text); Type: COMMENT; Schema: minipaas; Owner: -
--

COMMENT ON FUNCTION minipaas._wrong_isolation(call text) IS 'Raises MP007 for a call that needs READ COMMITTED on a primary.';


--
-- Name: access_grant(text, text[], text, text); Type: FUNCTION; Schema: minipaas; Owner: -
--

CREATE FUNCTION minipaas.access_grant(role text, rights text[], queue text DEFAULT NULL::text, stream text DEFAULT NULL::text) RETURNS void
    LANGUAGE plpgsql SECURITY DEFINER
    SET search_path TO 'pg_catalog', 'pg_temp'
    AS $$
begin
    perform minipaas._check_grant(role, rights, queue, stream);
    insert into minipaas._access (role, action)
    select quote_ident(access_grant.role)::regrole, r from unnest(rights) r
    on conflict do nothing;
    perform minipaas._access_set(role, true);
end
$$;


--
-- Name: FUNCTION access_grant(role text, rights text[], queue text, stream text); Type: COMMENT; Schema: minipaas; Owner: -
--

COMMENT ON FUNCTION minipaas.access_grant(role text, rights text[], queue text, stream text) IS 'Gives a role rights on all queues and streams, and everything that it needs to use them.

role: the name of an existing role; its members have the rights too.
rights: some of enqueue, dequeue, publish, consume, manage, observe.
queue, stream: not in this version of the schema.
Returns nothing; granting twice is no error. Rights are gone with access_revoke; before DROP ROLE, revoke them.
For the owner of the schema. Errors: MP005, MP006.';


--
-- Name: access_revoke(text, text[], text, text); Type: FUNCTION; Schema: minipaas; Owner: -
--

CREATE FUNCTION minipaas.access_revoke(role text, rights text[], queue text DEFAULT NULL::text, stream text DEFAULT NULL::text) RETURNS void
    LANGUAGE plpgsql SECURITY DEFINER
    SET search_path TO 'pg_catalog', 'pg_temp'
    AS $$
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


--
-- Name: FUNCTION access_revoke(role text, rights text[], queue text, stream text); Type: COMMENT; Schema: minipaas; Owner: -
--

COMMENT ON FUNCTION minipaas.access_revoke(role text, rights text[], queue text, stream text) IS 'Takes rights on all queues and streams away from a role; with the last one, USAGE and EXECUTE too.

role, rights, queue, stream: as in access_grant.
Returns nothing; revoking what was not granted is no error.
For the owner of the schema. Errors: MP005, MP006.';


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


--
-- Name: FUNCTION queue_ack(id bigint, attempt integer, strict boolean); Type: COMMENT; Schema: minipaas; Owner: -
--

COMMENT ON FUNCTION minipaas.queue_ack(id bigint, attempt integer, strict boolean) IS 'Finishes a task: it is deleted, or kept as done where the queue has keep_done.

id, attempt: as dequeue returned them. Without attempt, whoever holds the task.
strict: raise MP009 where the answer would be false (default false).
Returns true, or false when the task is not held so: the lease is lost, somebody else has the task or it is finished;
roll back what was done for it. Waits for a transaction that is just taking over the task.
Right: dequeue. Errors: MP005, MP009.';


--
-- Name: queue_ack_many(bigint[], integer[], boolean); Type: FUNCTION; Schema: minipaas; Owner: -
--

CREATE FUNCTION minipaas.queue_ack_many(ids bigint[], attempts integer[] DEFAULT NULL::integer[], strict boolean DEFAULT false) RETURNS bigint
    LANGUAGE plpgsql SECURITY DEFINER
    SET search_path TO 'pg_catalog', 'pg_temp'
    SET plan_cache_mode TO 'force_generic_plan'
    SET enable_seqscan TO 'off'
    SET enable_bitmapscan TO 'off'
    AS $$
declare
    v_acked bigint[];
    v_kept minipaas._waiting[];
    v_keeping integer[];
    v_attempt integer := attempts[1];
    v_count bigint;
begin
    if not minipaas._allowed('dequeue') then
        perform minipaas._deny('dequeue');
    end if;
    perform minipaas._check_ids(ids, attempts);
    v_keeping := array(select q.id from minipaas._queue q where q.keep_done > '0');
    -- The usual case: nothing is kept, and all attempts are equal or none is given.
    if v_keeping = '{}' and strict is not true and (attempts is null or v_attempt = all(attempts)) then
        delete from minipaas._waiting w
        where w.id = any(ids) and w.state = 'l' and (v_attempt is null or w.attempt = v_attempt);
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


--
-- Name: FUNCTION queue_ack_many(ids bigint[], attempts integer[], strict boolean); Type: COMMENT; Schema: minipaas; Owner: -
--

COMMENT ON FUNCTION minipaas.queue_ack_many(ids bigint[], attempts integer[], strict boolean) IS 'Finishes many tasks, as queue_ack does one.

ids, attempts: as dequeue returned them, arrays of the same length. Without attempts, whoever holds the tasks.
strict: raise MP009, and finish none, unless all are held so (default false).
Returns how many were finished.
Right: dequeue. Errors: MP005, MP006, MP009.';


--
-- Name: queue_alter(text, interval, integer, interval, interval, interval); Type: FUNCTION; Schema: minipaas; Owner: -
--

CREATE FUNCTION minipaas.queue_alter(queue text, lease interval DEFAULT NULL::interval, max_attempts integer DEFAULT NULL::integer, backoff interval DEFAULT NULL::interval, backoff_max interval DEFAULT NULL::interval, keep_done interval DEFAULT NULL::interval) RETURNS void
    LANGUAGE plpgsql SECURITY DEFINER
    SET search_path TO 'pg_catalog', 'pg_temp'
    AS $$
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


--
-- Name: FUNCTION queue_alter(queue text, lease interval, max_attempts integer, backoff interval, backoff_max interval, keep_done interval); Type: COMMENT; Schema: minipaas; Owner: -
--

COMMENT ON FUNCTION minipaas.queue_alter(queue text, lease interval, max_attempts integer, backoff interval, backoff_max interval, keep_done interval) IS 'Changes settings of a queue; NULL leaves a setting as it is.

The arguments are those of queue_create. Tasks that are leased or waiting keep their times; everything else follows
from the next call on. Returns nothing.
Right: manage. Errors: MP001, MP005, MP006.';


--
-- Name: queue_bury(bigint, integer, text); Type: FUNCTION; Schema: minipaas; Owner: -
--

CREATE FUNCTION minipaas.queue_bury(id bigint, attempt integer DEFAULT NULL::integer, error text DEFAULT NULL::text) RETURNS boolean
    LANGUAGE plpgsql SECURITY DEFINER
    SET search_path TO 'pg_catalog', 'pg_temp'
    AS $$
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


--
-- Name: FUNCTION queue_bury(id bigint, attempt integer, error text); Type: COMMENT; Schema: minipaas; Owner: -
--

COMMENT ON FUNCTION minipaas.queue_bury(id bigint, attempt integer, error text) IS 'Makes a task dead at once, whatever attempts it has left: for failures that no retry can mend.

id, attempt: as dequeue returned them. Without attempt, whoever holds the task.
error: what went wrong, shown as last_error.
Returns true, or false when the task is not held so.
Right: dequeue. Errors: MP005.';


--
-- Name: queue_cancel(bigint); Type: FUNCTION; Schema: minipaas; Owner: -
--

CREATE FUNCTION minipaas.queue_cancel(id bigint) RETURNS boolean
    LANGUAGE plpgsql SECURITY DEFINER
    SET search_path TO 'pg_catalog', 'pg_temp'
    SET enable_seqscan TO 'off'
    AS $$
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


--
-- Name: FUNCTION queue_cancel(id bigint); Type: COMMENT; Schema: minipaas; Owner: -
--

COMMENT ON FUNCTION minipaas.queue_cancel(id bigint) IS 'Deletes a task that nobody holds: ready, delayed, retrying or dead, or with an expired lease.

id: as enqueue returned it.
Returns true, or false when it is held, finished or was never there. Waits for nobody.
Right: dequeue. Errors: MP005.';


--
-- Name: queue_create(text, interval, integer, interval, interval, interval); Type: FUNCTION; Schema: minipaas; Owner: -
--

CREATE FUNCTION minipaas.queue_create(queue text, lease interval DEFAULT '00:01:00'::interval, max_attempts integer DEFAULT 10, backoff interval DEFAULT '00:00:05'::interval, backoff_max interval DEFAULT '01:00:00'::interval, keep_done interval DEFAULT '00:00:00'::interval) RETURNS boolean
    LANGUAGE plpgsql SECURITY DEFINER
    SET search_path TO 'pg_catalog', 'pg_temp'
    AS $$
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


--
-- Name: FUNCTION queue_create(queue text, lease interval, max_attempts integer, backoff interval, backoff_max interval, keep_done interval); Type: COMMENT; Schema: minipaas; Owner: -
--

COMMENT ON FUNCTION minipaas.queue_create(queue text, lease interval, max_attempts integer, backoff interval, backoff_max interval, keep_done interval) IS 'Creates a queue.

queue: any text of 1 to 255 characters.
lease: how long a dequeued task stays with its worker before others get it (default 1 minute).
max_attempts: after how many attempts a task is dead (default 10; 0: no limit).
backoff: the wait after a first failed attempt; it doubles with each attempt (default 5 seconds).
backoff_max: the longest such wait (default 1 hour; 0: no limit).
keep_done: how long acked tasks stay visible in queue_tasks (default 0: they are deleted).
Returns true, or false when the queue exists: it is then left as it is, with a NOTICE where the settings differ.
Right: manage. Errors: MP005, MP006.';


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


--
-- Name: FUNCTION queue_dequeue(queue text, batch_size integer, lease interval, worker text); Type: COMMENT; Schema: minipaas; Owner: -
--

COMMENT ON FUNCTION minipaas.queue_dequeue(queue text, batch_size integer, lease interval, worker text) IS 'Leases tasks to the caller: higher priority first, then what became due, then the order of enqueue.

batch_size: how many tasks at most (default 1).
lease: how long they stay with the caller before others get them (default: the queue''s lease).
worker: a name for the holder, shown in queue_tasks.
Returns the tasks. Give id and attempt back to queue_ack, queue_nack, queue_bury or queue_extend. No rows: there is
nothing to do now, or the queue is paused. key is NULL in this version. Waits for nobody.
Right: dequeue. Errors: MP001, MP005, MP006; MP007 unless the transaction is READ COMMITTED and the server a primary.';


--
-- Name: queue_drop(text, boolean); Type: FUNCTION; Schema: minipaas; Owner: -
--

CREATE FUNCTION minipaas.queue_drop(queue text, force boolean DEFAULT false) RETURNS boolean
    LANGUAGE plpgsql SECURITY DEFINER
    SET search_path TO 'pg_catalog', 'pg_temp'
    AS $$
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


--
-- Name: FUNCTION queue_drop(queue text, force boolean); Type: COMMENT; Schema: minipaas; Owner: -
--

COMMENT ON FUNCTION minipaas.queue_drop(queue text, force boolean) IS 'Drops a queue.

force: also when there are tasks in it, which are deleted, leased ones too (default false).
Returns true, or false when there is no such queue. Stop its producers first: a task whose enqueue commits at the same
moment is gone with the queue. Waits for transactions that hold tasks of the queue.
Right: manage. Errors: MP005, MP006; MP008 when it is not empty and force is false.';


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


--
-- Name: FUNCTION queue_enqueue(queue text, payload jsonb, priority integer, delay interval, run_at timestamp with time zone, key text, dedup_key text, headers jsonb, max_attempts integer, on_duplicate text); Type: COMMENT; Schema: minipaas; Owner: -
--

COMMENT ON FUNCTION minipaas.queue_enqueue(queue text, payload jsonb, priority integer, delay interval, run_at timestamp with time zone, key text, dedup_key text, headers jsonb, max_attempts integer, on_duplicate text) IS 'Adds a task to a queue, in the caller''s transaction.

payload: any JSON.
priority: -10 to 10, higher goes first (default 0).
delay, run_at: how long to wait, or the moment before which the task is not delivered; one of them or neither.
key, dedup_key, on_duplicate: not in this version of the schema.
headers: JSON for the application''s own use, such as trace ids.
max_attempts: in place of the queue''s (0: no limit).
Returns the id of the task. Waits for nobody.
Right: enqueue. Errors: MP001, MP005, MP006.';


--
-- Name: queue_enqueue_many(text, jsonb[], integer, interval, timestamp with time zone, text[], text[], jsonb[], integer, text); Type: FUNCTION; Schema: minipaas; Owner: -
--

CREATE FUNCTION minipaas.queue_enqueue_many(queue text, payloads jsonb[], priority integer DEFAULT 0, delay interval DEFAULT NULL::interval, run_at timestamp with time zone DEFAULT NULL::timestamp with time zone, keys text[] DEFAULT NULL::text[], dedup_keys text[] DEFAULT NULL::text[], headers jsonb[] DEFAULT NULL::jsonb[], max_attempts integer DEFAULT NULL::integer, on_duplicate text DEFAULT 'keep'::text) RETURNS SETOF bigint
    LANGUAGE plpgsql SECURITY DEFINER
    SET search_path TO 'pg_catalog', 'pg_temp'
    SET plan_cache_mode TO 'force_generic_plan'
    AS $$
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


--
-- Name: FUNCTION queue_enqueue_many(queue text, payloads jsonb[], priority integer, delay interval, run_at timestamp with time zone, keys text[], dedup_keys text[], headers jsonb[], max_attempts integer, on_duplicate text); Type: COMMENT; Schema: minipaas; Owner: -
--

COMMENT ON FUNCTION minipaas.queue_enqueue_many(queue text, payloads jsonb[], priority integer, delay interval, run_at timestamp with time zone, keys text[], dedup_keys text[], headers jsonb[], max_attempts integer, on_duplicate text) IS 'Adds a task for each payload, in the caller''s transaction: one call for many tasks.

payloads: an array of JSON; its elements may be the JSON null, not NULL.
headers: an array of the same length, or NULL.
keys, dedup_keys, on_duplicate: not in this version of the schema.
The other arguments are those of queue_enqueue and hold for every task.
Returns the ids of the tasks, in the order of the payloads. Waits for nobody.
Right: enqueue. Errors: MP001, MP005, MP006.';


--
-- Name: queue_extend(bigint, integer, interval); Type: FUNCTION; Schema: minipaas; Owner: -
--

CREATE FUNCTION minipaas.queue_extend(id bigint, attempt integer DEFAULT NULL::integer, lease interval DEFAULT NULL::interval) RETURNS timestamp with time zone
    LANGUAGE plpgsql SECURITY DEFINER
    SET search_path TO 'pg_catalog', 'pg_temp'
    AS $$
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


--
-- Name: FUNCTION queue_extend(id bigint, attempt integer, lease interval); Type: COMMENT; Schema: minipaas; Owner: -
--

COMMENT ON FUNCTION minipaas.queue_extend(id bigint, attempt integer, lease interval) IS 'Extends the lease of a task, counted from now.

id, attempt: as dequeue returned them. Without attempt, whoever holds the task.
lease: how long from now (default: the queue''s lease).
Returns until when the lease is, or NULL when it is lost. A lease that expired can be extended while nobody else has
taken the task.
Right: dequeue. Errors: MP005, MP006.';


--
-- Name: queue_extend_many(bigint[], integer[], interval); Type: FUNCTION; Schema: minipaas; Owner: -
--

CREATE FUNCTION minipaas.queue_extend_many(ids bigint[], attempts integer[] DEFAULT NULL::integer[], lease interval DEFAULT NULL::interval) RETURNS bigint
    LANGUAGE plpgsql SECURITY DEFINER
    SET search_path TO 'pg_catalog', 'pg_temp'
    AS $$
begin
    perform minipaas._check_ids(ids, attempts);
    return count(minipaas.queue_extend(a.id, a.attempt, lease))
    from (select u.id, u.attempt from unnest(ids, attempts) u (id, attempt) order by u.id) a;
end
$$;


--
-- Name: FUNCTION queue_extend_many(ids bigint[], attempts integer[], lease interval); Type: COMMENT; Schema: minipaas; Owner: -
--

COMMENT ON FUNCTION minipaas.queue_extend_many(ids bigint[], attempts integer[], lease interval) IS 'Extends the leases of many tasks, as queue_extend does one.

ids, attempts: as dequeue returned them, arrays of the same length. Without attempts, whoever holds the tasks.
lease: how long from now (default: the queue''s lease).
Returns how many leases were extended; the others are lost.
Right: dequeue. Errors: MP005, MP006.';


--
-- Name: queue_nack(bigint, integer, interval, text); Type: FUNCTION; Schema: minipaas; Owner: -
--

CREATE FUNCTION minipaas.queue_nack(id bigint, attempt integer DEFAULT NULL::integer, delay interval DEFAULT NULL::interval, error text DEFAULT NULL::text) RETURNS text
    LANGUAGE plpgsql SECURITY DEFINER
    SET search_path TO 'pg_catalog', 'pg_temp'
    AS $$
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


--
-- Name: FUNCTION queue_nack(id bigint, attempt integer, delay interval, error text); Type: COMMENT; Schema: minipaas; Owner: -
--

COMMENT ON FUNCTION minipaas.queue_nack(id bigint, attempt integer, delay interval, error text) IS 'Gives a task back after a failure: it waits for its next attempt, or is dead when it has had its last.

id, attempt: as dequeue returned them. Without attempt, whoever holds the task.
delay: how long it waits (default: the queue''s backoff * 2^(attempt-1), up to backoff_max, and up to 20 % more).
error: what went wrong, shown as last_error.
Returns ''waiting'', ''dead'', or NULL when the task is not held so. Waits for a transaction that is just taking over
the task.
Right: dequeue. Errors: MP005, MP006.';


--
-- Name: queue_nack_many(bigint[], integer[], interval, text); Type: FUNCTION; Schema: minipaas; Owner: -
--

CREATE FUNCTION minipaas.queue_nack_many(ids bigint[], attempts integer[] DEFAULT NULL::integer[], delay interval DEFAULT NULL::interval, error text DEFAULT NULL::text) RETURNS bigint
    LANGUAGE plpgsql SECURITY DEFINER
    SET search_path TO 'pg_catalog', 'pg_temp'
    AS $$
begin
    perform minipaas._check_ids(ids, attempts);
    return count(minipaas.queue_nack(a.id, a.attempt, delay, error))
    from (select u.id, u.attempt from unnest(ids, attempts) u (id, attempt) order by u.id) a;
end
$$;


--
-- Name: FUNCTION queue_nack_many(ids bigint[], attempts integer[], delay interval, error text); Type: COMMENT; Schema: minipaas; Owner: -
--

COMMENT ON FUNCTION minipaas.queue_nack_many(ids bigint[], attempts integer[], delay interval, error text) IS 'Gives many tasks back after a failure, as queue_nack does one.

ids, attempts: as dequeue returned them, arrays of the same length. Without attempts, whoever holds the tasks.
delay, error: as in queue_nack, for all of them.
Returns how many were given back or are now dead.
Right: dequeue. Errors: MP005, MP006.';


--
-- Name: queue_pause(text); Type: FUNCTION; Schema: minipaas; Owner: -
--

CREATE FUNCTION minipaas.queue_pause(queue text) RETURNS void
    LANGUAGE plpgsql SECURITY DEFINER
    SET search_path TO 'pg_catalog', 'pg_temp'
    AS $$
begin
    update minipaas._queue q
    set paused = true
    where q.id = (select g.id from minipaas._queue_get(queue, 'manage') g);
    if not found then
        perform minipaas._queue_refuse(queue, 'manage');
    end if;
end
$$;


--
-- Name: FUNCTION queue_pause(queue text); Type: COMMENT; Schema: minipaas; Owner: -
--

COMMENT ON FUNCTION minipaas.queue_pause(queue text) IS 'Stops deliveries from a queue: dequeue and pop return nothing until queue_resume.

Enqueue goes on, and whoever holds a task may finish it. Returns nothing; pausing twice is no error.
Right: manage. Errors: MP001, MP005, MP006.';


--
-- Name: queue_pop(text, integer); Type: FUNCTION; Schema: minipaas; Owner: -
--

CREATE FUNCTION minipaas.queue_pop(queue text, batch_size integer DEFAULT 1) RETURNS TABLE(id bigint, payload jsonb, attempt integer, headers jsonb, key text, priority integer, enqueued_at timestamp with time zone, lease_until timestamp with time zone)
    LANGUAGE plpgsql SECURITY DEFINER
    SET search_path TO 'pg_catalog', 'pg_temp'
    SET enable_seqscan TO 'off'
    AS $$
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


--
-- Name: FUNCTION queue_pop(queue text, batch_size integer); Type: COMMENT; Schema: minipaas; Owner: -
--

COMMENT ON FUNCTION minipaas.queue_pop(queue text, batch_size integer) IS 'Takes tasks and deletes them in one call: at most once, unless all work is done in the same transaction.

queue, batch_size: as in queue_dequeue.
Returns rows as queue_dequeue does, with lease_until NULL: there is nothing to ack.
Right: dequeue. Errors: MP001, MP005, MP006, MP007.';


--
-- Name: queue_purge(text); Type: FUNCTION; Schema: minipaas; Owner: -
--

CREATE FUNCTION minipaas.queue_purge(queue text) RETURNS bigint
    LANGUAGE plpgsql SECURITY DEFINER
    SET search_path TO 'pg_catalog', 'pg_temp'
    AS $$
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


--
-- Name: FUNCTION queue_purge(queue text); Type: COMMENT; Schema: minipaas; Owner: -
--

COMMENT ON FUNCTION minipaas.queue_purge(queue text) IS 'Deletes all tasks of a queue that nobody holds: ready, delayed, retrying and dead ones, and expired leases.

Returns how many. Tasks that another open transaction has taken are left; waits for nobody.
Right: manage. Errors: MP001, MP005, MP006.';


--
-- Name: queue_redrive(text, bigint[], integer); Type: FUNCTION; Schema: minipaas; Owner: -
--

CREATE FUNCTION minipaas.queue_redrive(queue text, ids bigint[] DEFAULT NULL::bigint[], batch_size integer DEFAULT NULL::integer) RETURNS bigint
    LANGUAGE plpgsql SECURITY DEFINER
    SET search_path TO 'pg_catalog', 'pg_temp'
    AS $$
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


--
-- Name: FUNCTION queue_redrive(queue text, ids bigint[], batch_size integer); Type: COMMENT; Schema: minipaas; Owner: -
--

COMMENT ON FUNCTION minipaas.queue_redrive(queue text, ids bigint[], batch_size integer) IS 'Makes dead tasks ready again, at the end of their priority, with max_attempts more.

ids: only these (default: all dead tasks of the queue).
batch_size: at most so many, the oldest ids first (default: no limit).
Returns how many.
Right: manage. Errors: MP001, MP005, MP006.';


--
-- Name: queue_resume(text); Type: FUNCTION; Schema: minipaas; Owner: -
--

CREATE FUNCTION minipaas.queue_resume(queue text) RETURNS void
    LANGUAGE plpgsql SECURITY DEFINER
    SET search_path TO 'pg_catalog', 'pg_temp'
    AS $$
begin
    update minipaas._queue q
    set paused = false
    where q.id = (select g.id from minipaas._queue_get(queue, 'manage') g);
    if not found then
        perform minipaas._queue_refuse(queue, 'manage');
    end if;
end
$$;


--
-- Name: FUNCTION queue_resume(queue text); Type: COMMENT; Schema: minipaas; Owner: -
--

COMMENT ON FUNCTION minipaas.queue_resume(queue text) IS 'Takes up deliveries again after queue_pause.

Returns nothing; resuming a queue that is not paused is no error.
Right: manage. Errors: MP001, MP005, MP006.';


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
-- Name: _clock_high; Type: SEQUENCE; Schema: minipaas; Owner: -
--

CREATE SEQUENCE minipaas._clock_high
    START WITH 0
    INCREMENT BY 1
    MINVALUE 0
    NO MAXVALUE
    CACHE 1;


--
-- Name: SEQUENCE _clock_high; Type: COMMENT; Schema: minipaas; Owner: -
--

COMMENT ON SEQUENCE minipaas._clock_high IS 'The latest due_candidate that any mark has had, in microseconds since 1970 (see _waiting_check).';


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
WITH (autovacuum_vacuum_scale_factor='0.02', autovacuum_vacuum_threshold='5000', autovacuum_vacuum_cost_delay='1', toast_tuple_target='8160');


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
-- Name: queue_stats; Type: VIEW; Schema: minipaas; Owner: -
--

CREATE VIEW minipaas.queue_stats AS
 SELECT q.name AS queue,
    (r.count + w.ready) AS ready,
    w.delayed,
    w.leased,
    w.retrying,
    (0)::bigint AS blocked,
    (d.count + w.dead) AS dead,
    n.count AS done,
    (c.now - LEAST(r.oldest, w.oldest)) AS oldest_ready_age,
    q.paused
   FROM (((((minipaas._queue q
     CROSS JOIN ( SELECT minipaas._clock() AS now) c)
     CROSS JOIN LATERAL ( SELECT count(*) AS count,
            min(r_1.enqueued_at) AS oldest
           FROM minipaas._ready r_1
          WHERE (r_1.queue = q.id)) r)
     CROSS JOIN LATERAL ( SELECT count(*) FILTER (WHERE (s.state = 'ready'::text)) AS ready,
            count(*) FILTER (WHERE (s.state = 'delayed'::text)) AS delayed,
            count(*) FILTER (WHERE (s.state = 'leased'::text)) AS leased,
            count(*) FILTER (WHERE (s.state = 'retrying'::text)) AS retrying,
            count(*) FILTER (WHERE (s.state = 'dead'::text)) AS dead,
            min(s.until) FILTER (WHERE (s.state = 'ready'::text)) AS oldest
           FROM ( SELECT w_1.until,
                    minipaas._waiting_state(w_1.state, w_1.until, w_1.attempt, w_1.granted, COALESCE(w_1.max_attempts, q.max_attempts), c.now) AS state
                   FROM minipaas._waiting w_1
                  WHERE (w_1.queue = q.id)) s) w)
     CROSS JOIN LATERAL ( SELECT count(*) AS count
           FROM minipaas._dead d_1
          WHERE (d_1.queue = q.id)) d)
     CROSS JOIN LATERAL ( SELECT count(*) AS count
           FROM minipaas._done n_1
          WHERE ((n_1.queue = q.id) AND (n_1.finished_at > (c.now - q.keep_done)))) n)
  WHERE ( SELECT minipaas._may('observe'::text) AS _may);


--
-- Name: VIEW queue_stats; Type: COMMENT; Schema: minipaas; Owner: -
--

COMMENT ON VIEW minipaas.queue_stats IS 'How many tasks each queue has in each state; leased is what is in flight. Right: observe; others see no rows.

oldest_ready_age: how long the oldest ready task has waited since its enqueue, or since it became due; NULL: none waits.';


--
-- Name: queue_tasks; Type: VIEW; Schema: minipaas; Owner: -
--

CREATE VIEW minipaas.queue_tasks AS
 SELECT t.id,
    q.name AS queue,
    t.state,
    t.attempt,
    COALESCE((NULLIF(COALESCE(t.max_attempts, q.max_attempts), 0) + t.granted), 0) AS max_attempts,
    NULL::text AS key,
    NULL::text AS dedup_key,
    (- (t.lane)::integer) AS priority,
    t.run_at,
    t.worker,
        CASE
            WHEN ( SELECT minipaas._may('dequeue'::text) AS _may) THEN t.last_error
            ELSE NULL::text
        END AS last_error,
    t.enqueued_at,
    t.finished_at,
        CASE
            WHEN ( SELECT minipaas._may('dequeue'::text) AS _may) THEN t.payload
            ELSE NULL::jsonb
        END AS payload,
        CASE
            WHEN ( SELECT minipaas._may('dequeue'::text) AS _may) THEN t.headers
            ELSE NULL::jsonb
        END AS headers
   FROM ((minipaas._queue q
     CROSS JOIN ( SELECT minipaas._clock() AS now) c)
     CROSS JOIN LATERAL ( SELECT r.id,
            'ready'::text AS state,
            r.attempt,
            r.max_attempts,
            r.granted,
            r.lane,
            NULL::timestamp with time zone AS run_at,
            NULL::text AS worker,
            r.last_error,
            r.enqueued_at,
            NULL::timestamp with time zone AS finished_at,
            r.payload,
            r.headers
           FROM minipaas._ready r
          WHERE (r.queue = q.id)
        UNION ALL
         SELECT w.id,
            minipaas._waiting_state(w.state, w.until, w.attempt, w.granted, COALESCE(w.max_attempts, q.max_attempts), c.now) AS _waiting_state,
            w.attempt,
            w.max_attempts,
            w.granted,
            w.lane,
            w.until,
            w.worker,
            w.last_error,
            w.enqueued_at,
            NULL::timestamp with time zone,
            w.payload,
            w.headers
           FROM minipaas._waiting w
          WHERE (w.queue = q.id)
        UNION ALL
         SELECT d.id,
            'dead'::text,
            d.attempt,
            d.max_attempts,
            d.granted,
            d.lane,
            NULL::timestamp with time zone,
            NULL::text,
            d.last_error,
            d.enqueued_at,
            d.finished_at,
            d.payload,
            d.headers
           FROM minipaas._dead d
          WHERE (d.queue = q.id)
        UNION ALL
         SELECT n.id,
            'done'::text,
            n.attempt,
            n.max_attempts,
            n.granted,
            n.lane,
            NULL::timestamp with time zone,
            NULL::text,
            n.last_error,
            n.enqueued_at,
            n.finished_at,
            n.payload,
            n.headers
           FROM minipaas._done n
          WHERE ((n.queue = q.id) AND (n.finished_at > (c.now - q.keep_done)))) t)
  WHERE ( SELECT (minipaas._may('observe'::text) OR minipaas._may('dequeue'::text)));


--
-- Name: VIEW queue_tasks; Type: COMMENT; Schema: minipaas; Owner: -
--

COMMENT ON VIEW minipaas.queue_tasks IS 'Every task and its state: ready, delayed, leased, retrying, blocked, dead or done.

run_at: when a delayed or retrying task is due, or when a lease ends. max_attempts: 0 means no limit.
Right: observe or dequeue; others see no rows. Without dequeue, payload, headers and last_error are NULL.';


--
-- Name: queues; Type: VIEW; Schema: minipaas; Owner: -
--

CREATE VIEW minipaas.queues AS
 SELECT name AS queue,
    lease,
    max_attempts,
    backoff,
    backoff_max,
    keep_done,
    paused,
    created_at
   FROM minipaas._queue q
  WHERE ( SELECT minipaas._may('observe'::text) AS _may);


--
-- Name: VIEW queues; Type: COMMENT; Schema: minipaas; Owner: -
--

COMMENT ON VIEW minipaas.queues IS 'The queues and their settings, as queue_create and queue_alter take them. Right: observe; others see no rows.';


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
-- Name: _queue_keep_done; Type: INDEX; Schema: minipaas; Owner: -
--

CREATE INDEX _queue_keep_done ON minipaas._queue USING btree (id) WHERE (keep_done > '00:00:00'::interval);


--
-- Name: _ready_id; Type: INDEX; Schema: minipaas; Owner: -
--

CREATE INDEX _ready_id ON minipaas._ready USING btree (id) WHERE ("position" <> id);


--
-- Name: _waiting_until; Type: INDEX; Schema: minipaas; Owner: -
--

CREATE INDEX _waiting_until ON minipaas._waiting USING btree (queue, lane, until);


--
-- Name: FUNCTION _access_set(role text, granted boolean); Type: ACL; Schema: minipaas; Owner: -
--

REVOKE ALL ON FUNCTION minipaas._access_set(role text, granted boolean) FROM PUBLIC;


--
-- Name: FUNCTION _allowed(action text); Type: ACL; Schema: minipaas; Owner: -
--

REVOKE ALL ON FUNCTION minipaas._allowed(action text) FROM PUBLIC;


--
-- Name: FUNCTION _backoff(queue minipaas._queue, attempt integer); Type: ACL; Schema: minipaas; Owner: -
--

REVOKE ALL ON FUNCTION minipaas._backoff(queue minipaas._queue, attempt integer) FROM PUBLIC;


--
-- Name: FUNCTION _bury_expired(queue integer, max_attempts integer); Type: ACL; Schema: minipaas; Owner: -
--

REVOKE ALL ON FUNCTION minipaas._bury_expired(queue integer, max_attempts integer) FROM PUBLIC;


--
-- Name: FUNCTION _caller(); Type: ACL; Schema: minipaas; Owner: -
--

REVOKE ALL ON FUNCTION minipaas._caller() FROM PUBLIC;


--
-- Name: FUNCTION _check_batch(batch_size integer, lease interval); Type: ACL; Schema: minipaas; Owner: -
--

REVOKE ALL ON FUNCTION minipaas._check_batch(batch_size integer, lease interval) FROM PUBLIC;


--
-- Name: FUNCTION _check_duration(argument text, value interval, hint text); Type: ACL; Schema: minipaas; Owner: -
--

REVOKE ALL ON FUNCTION minipaas._check_duration(argument text, value interval, hint text) FROM PUBLIC;


--
-- Name: FUNCTION _check_enqueue(payload jsonb, priority integer, delay interval, run_at timestamp with time zone, keyed text, max_attempts integer, on_duplicate text); Type: ACL; Schema: minipaas; Owner: -
--

REVOKE ALL ON FUNCTION minipaas._check_enqueue(payload jsonb, priority integer, delay interval, run_at timestamp with time zone, keyed text, max_attempts integer, on_duplicate text) FROM PUBLIC;


--
-- Name: FUNCTION _check_grant(role text, rights text[], queue text, stream text); Type: ACL; Schema: minipaas; Owner: -
--

REVOKE ALL ON FUNCTION minipaas._check_grant(role text, rights text[], queue text, stream text) FROM PUBLIC;


--
-- Name: FUNCTION _check_ids(ids bigint[], attempts integer[]); Type: ACL; Schema: minipaas; Owner: -
--

REVOKE ALL ON FUNCTION minipaas._check_ids(ids bigint[], attempts integer[]) FROM PUBLIC;


--
-- Name: FUNCTION _check_name(kind text, name text); Type: ACL; Schema: minipaas; Owner: -
--

REVOKE ALL ON FUNCTION minipaas._check_name(kind text, name text) FROM PUBLIC;


--
-- Name: FUNCTION _check_settings(lease interval, max_attempts integer, backoff interval, backoff_max interval, keep_done interval); Type: ACL; Schema: minipaas; Owner: -
--

REVOKE ALL ON FUNCTION minipaas._check_settings(lease interval, max_attempts integer, backoff interval, backoff_max interval, keep_done interval) FROM PUBLIC;


--
-- Name: FUNCTION _clock(); Type: ACL; Schema: minipaas; Owner: -
--

REVOKE ALL ON FUNCTION minipaas._clock() FROM PUBLIC;


--
-- Name: FUNCTION _clock_moved(); Type: ACL; Schema: minipaas; Owner: -
--

REVOKE ALL ON FUNCTION minipaas._clock_moved() FROM PUBLIC;


--
-- Name: FUNCTION _dead_add(task minipaas._waiting, error text); Type: ACL; Schema: minipaas; Owner: -
--

REVOKE ALL ON FUNCTION minipaas._dead_add(task minipaas._waiting, error text) FROM PUBLIC;


--
-- Name: FUNCTION _deny(action text, queue text); Type: ACL; Schema: minipaas; Owner: -
--

REVOKE ALL ON FUNCTION minipaas._deny(action text, queue text) FROM PUBLIC;


--
-- Name: FUNCTION _find(queue integer, max_attempts integer, batch_size integer, now timestamp with time zone, OUT tids tid[], OUT is_due boolean); Type: ACL; Schema: minipaas; Owner: -
--

REVOKE ALL ON FUNCTION minipaas._find(queue integer, max_attempts integer, batch_size integer, now timestamp with time zone, OUT tids tid[], OUT is_due boolean) FROM PUBLIC;


--
-- Name: FUNCTION _held(id bigint, attempt integer); Type: ACL; Schema: minipaas; Owner: -
--

REVOKE ALL ON FUNCTION minipaas._held(id bigint, attempt integer) FROM PUBLIC;


--
-- Name: FUNCTION _holders(relation regclass); Type: ACL; Schema: minipaas; Owner: -
--

REVOKE ALL ON FUNCTION minipaas._holders(relation regclass) FROM PUBLIC;


--
-- Name: FUNCTION _invalid(argument text, value text, hint text); Type: ACL; Schema: minipaas; Owner: -
--

REVOKE ALL ON FUNCTION minipaas._invalid(argument text, value text, hint text) FROM PUBLIC;


--
-- Name: FUNCTION _keep_done(VARIADIC tasks minipaas._waiting[]); Type: ACL; Schema: minipaas; Owner: -
--

REVOKE ALL ON FUNCTION minipaas._keep_done(VARIADIC tasks minipaas._waiting[]) FROM PUBLIC;


--
-- Name: FUNCTION _lane_add(queue integer, lane smallint); Type: ACL; Schema: minipaas; Owner: -
--

REVOKE ALL ON FUNCTION minipaas._lane_add(queue integer, lane smallint) FROM PUBLIC;


--
-- Name: FUNCTION _lane_begin(queue integer, lane smallint); Type: ACL; Schema: minipaas; Owner: -
--

REVOKE ALL ON FUNCTION minipaas._lane_begin(queue integer, lane smallint) FROM PUBLIC;


--
-- Name: FUNCTION _lanes(queue integer); Type: ACL; Schema: minipaas; Owner: -
--

REVOKE ALL ON FUNCTION minipaas._lanes(queue integer) FROM PUBLIC;


--
-- Name: FUNCTION _lost(ids bigint[]); Type: ACL; Schema: minipaas; Owner: -
--

REVOKE ALL ON FUNCTION minipaas._lost(ids bigint[]) FROM PUBLIC;


--
-- Name: FUNCTION _mark_add(mark minipaas._mark); Type: ACL; Schema: minipaas; Owner: -
--

REVOKE ALL ON FUNCTION minipaas._mark_add(mark minipaas._mark) FROM PUBLIC;


--
-- Name: FUNCTION _mark_confirm(mark minipaas._mark); Type: ACL; Schema: minipaas; Owner: -
--

REVOKE ALL ON FUNCTION minipaas._mark_confirm(mark minipaas._mark) FROM PUBLIC;


--
-- Name: FUNCTION _mark_get(queue integer, lane smallint); Type: ACL; Schema: minipaas; Owner: -
--

REVOKE ALL ON FUNCTION minipaas._mark_get(queue integer, lane smallint) FROM PUBLIC;


--
-- Name: FUNCTION _mark_move(mark minipaas._mark, hint bigint, due_hint timestamp with time zone, calm_to timestamp with time zone, pass text, cost interval); Type: ACL; Schema: minipaas; Owner: -
--

REVOKE ALL ON FUNCTION minipaas._mark_move(mark minipaas._mark, hint bigint, due_hint timestamp with time zone, calm_to timestamp with time zone, pass text, cost interval) FROM PUBLIC;


--
-- Name: FUNCTION _mark_prune(mark minipaas._mark); Type: ACL; Schema: minipaas; Owner: -
--

REVOKE ALL ON FUNCTION minipaas._mark_prune(mark minipaas._mark) FROM PUBLIC;


--
-- Name: FUNCTION _mark_slow(mark minipaas._mark); Type: ACL; Schema: minipaas; Owner: -
--

REVOKE ALL ON FUNCTION minipaas._mark_slow(mark minipaas._mark) FROM PUBLIC;


--
-- Name: FUNCTION _mark_start(mark minipaas._mark, pass text, OUT hint bigint, OUT due_hint timestamp with time zone); Type: ACL; Schema: minipaas; Owner: -
--

REVOKE ALL ON FUNCTION minipaas._mark_start(mark minipaas._mark, pass text, OUT hint bigint, OUT due_hint timestamp with time zone) FROM PUBLIC;


--
-- Name: FUNCTION _mark_wake(queue integer); Type: ACL; Schema: minipaas; Owner: -
--

REVOKE ALL ON FUNCTION minipaas._mark_wake(queue integer) FROM PUBLIC;


--
-- Name: FUNCTION _may(action text); Type: ACL; Schema: minipaas; Owner: -
--

REVOKE ALL ON FUNCTION minipaas._may(action text) FROM PUBLIC;


--
-- Name: FUNCTION _may_retry(attempt integer, granted integer, max_attempts integer); Type: ACL; Schema: minipaas; Owner: -
--

REVOKE ALL ON FUNCTION minipaas._may_retry(attempt integer, granted integer, max_attempts integer) FROM PUBLIC;


--
-- Name: FUNCTION _queue_get(queue text, action text); Type: ACL; Schema: minipaas; Owner: -
--

REVOKE ALL ON FUNCTION minipaas._queue_get(queue text, action text) FROM PUBLIC;


--
-- Name: FUNCTION _queue_refuse(queue text, action text); Type: ACL; Schema: minipaas; Owner: -
--

REVOKE ALL ON FUNCTION minipaas._queue_refuse(queue text, action text) FROM PUBLIC;


--
-- Name: FUNCTION _take_due(tids tid[], lease interval, worker text); Type: ACL; Schema: minipaas; Owner: -
--

REVOKE ALL ON FUNCTION minipaas._take_due(tids tid[], lease interval, worker text) FROM PUBLIC;


--
-- Name: FUNCTION _waiting_check(queue integer, lane smallint, until timestamp with time zone); Type: ACL; Schema: minipaas; Owner: -
--

REVOKE ALL ON FUNCTION minipaas._waiting_check(queue integer, lane smallint, until timestamp with time zone) FROM PUBLIC;


--
-- Name: FUNCTION _waiting_state(state "char", until timestamp with time zone, attempt integer, granted integer, max_attempts integer, now timestamp with time zone); Type: ACL; Schema: minipaas; Owner: -
--

REVOKE ALL ON FUNCTION minipaas._waiting_state(state "char", until timestamp with time zone, attempt integer, granted integer, max_attempts integer, now timestamp with time zone) FROM PUBLIC;


--
-- Name: FUNCTION _wrong_isolation(call text); Type: ACL; Schema: minipaas; Owner: -
--

REVOKE ALL ON FUNCTION minipaas._wrong_isolation(call text) FROM PUBLIC;


--
-- Name: FUNCTION access_grant(role text, rights text[], queue text, stream text); Type: ACL; Schema: minipaas; Owner: -
--

REVOKE ALL ON FUNCTION minipaas.access_grant(role text, rights text[], queue text, stream text) FROM PUBLIC;


--
-- Name: FUNCTION access_revoke(role text, rights text[], queue text, stream text); Type: ACL; Schema: minipaas; Owner: -
--

REVOKE ALL ON FUNCTION minipaas.access_revoke(role text, rights text[], queue text, stream text) FROM PUBLIC;


--
-- Name: FUNCTION queue_ack(id bigint, attempt integer, strict boolean); Type: ACL; Schema: minipaas; Owner: -
--

REVOKE ALL ON FUNCTION minipaas.queue_ack(id bigint, attempt integer, strict boolean) FROM PUBLIC;


--
-- Name: FUNCTION queue_ack_many(ids bigint[], attempts integer[], strict boolean); Type: ACL; Schema: minipaas; Owner: -
--

REVOKE ALL ON FUNCTION minipaas.queue_ack_many(ids bigint[], attempts integer[], strict boolean) FROM PUBLIC;


--
-- Name: FUNCTION queue_alter(queue text, lease interval, max_attempts integer, backoff interval, backoff_max interval, keep_done interval); Type: ACL; Schema: minipaas; Owner: -
--

REVOKE ALL ON FUNCTION minipaas.queue_alter(queue text, lease interval, max_attempts integer, backoff interval, backoff_max interval, keep_done interval) FROM PUBLIC;


--
-- Name: FUNCTION queue_bury(id bigint, attempt integer, error text); Type: ACL; Schema: minipaas; Owner: -
--

REVOKE ALL ON FUNCTION minipaas.queue_bury(id bigint, attempt integer, error text) FROM PUBLIC;


--
-- Name: FUNCTION queue_cancel(id bigint); Type: ACL; Schema: minipaas; Owner: -
--

REVOKE ALL ON FUNCTION minipaas.queue_cancel(id bigint) FROM PUBLIC;


--
-- Name: FUNCTION queue_create(queue text, lease interval, max_attempts integer, backoff interval, backoff_max interval, keep_done interval); Type: ACL; Schema: minipaas; Owner: -
--

REVOKE ALL ON FUNCTION minipaas.queue_create(queue text, lease interval, max_attempts integer, backoff interval, backoff_max interval, keep_done interval) FROM PUBLIC;


--
-- Name: FUNCTION queue_dequeue(queue text, batch_size integer, lease interval, worker text); Type: ACL; Schema: minipaas; Owner: -
--

REVOKE ALL ON FUNCTION minipaas.queue_dequeue(queue text, batch_size integer, lease interval, worker text) FROM PUBLIC;


--
-- Name: FUNCTION queue_drop(queue text, force boolean); Type: ACL; Schema: minipaas; Owner: -
--

REVOKE ALL ON FUNCTION minipaas.queue_drop(queue text, force boolean) FROM PUBLIC;


--
-- Name: FUNCTION queue_enqueue(queue text, payload jsonb, priority integer, delay interval, run_at timestamp with time zone, key text, dedup_key text, headers jsonb, max_attempts integer, on_duplicate text); Type: ACL; Schema: minipaas; Owner: -
--

REVOKE ALL ON FUNCTION minipaas.queue_enqueue(queue text, payload jsonb, priority integer, delay interval, run_at timestamp with time zone, key text, dedup_key text, headers jsonb, max_attempts integer, on_duplicate text) FROM PUBLIC;


--
-- Name: FUNCTION queue_enqueue_many(queue text, payloads jsonb[], priority integer, delay interval, run_at timestamp with time zone, keys text[], dedup_keys text[], headers jsonb[], max_attempts integer, on_duplicate text); Type: ACL; Schema: minipaas; Owner: -
--

REVOKE ALL ON FUNCTION minipaas.queue_enqueue_many(queue text, payloads jsonb[], priority integer, delay interval, run_at timestamp with time zone, keys text[], dedup_keys text[], headers jsonb[], max_attempts integer, on_duplicate text) FROM PUBLIC;


--
-- Name: FUNCTION queue_extend(id bigint, attempt integer, lease interval); Type: ACL; Schema: minipaas; Owner: -
--

REVOKE ALL ON FUNCTION minipaas.queue_extend(id bigint, attempt integer, lease interval) FROM PUBLIC;


--
-- Name: FUNCTION queue_extend_many(ids bigint[], attempts integer[], lease interval); Type: ACL; Schema: minipaas; Owner: -
--

REVOKE ALL ON FUNCTION minipaas.queue_extend_many(ids bigint[], attempts integer[], lease interval) FROM PUBLIC;


--
-- Name: FUNCTION queue_nack(id bigint, attempt integer, delay interval, error text); Type: ACL; Schema: minipaas; Owner: -
--

REVOKE ALL ON FUNCTION minipaas.queue_nack(id bigint, attempt integer, delay interval, error text) FROM PUBLIC;


--
-- Name: FUNCTION queue_nack_many(ids bigint[], attempts integer[], delay interval, error text); Type: ACL; Schema: minipaas; Owner: -
--

REVOKE ALL ON FUNCTION minipaas.queue_nack_many(ids bigint[], attempts integer[], delay interval, error text) FROM PUBLIC;


--
-- Name: FUNCTION queue_pause(queue text); Type: ACL; Schema: minipaas; Owner: -
--

REVOKE ALL ON FUNCTION minipaas.queue_pause(queue text) FROM PUBLIC;


--
-- Name: FUNCTION queue_pop(queue text, batch_size integer); Type: ACL; Schema: minipaas; Owner: -
--

REVOKE ALL ON FUNCTION minipaas.queue_pop(queue text, batch_size integer) FROM PUBLIC;


--
-- Name: FUNCTION queue_purge(queue text); Type: ACL; Schema: minipaas; Owner: -
--

REVOKE ALL ON FUNCTION minipaas.queue_purge(queue text) FROM PUBLIC;


--
-- Name: FUNCTION queue_redrive(queue text, ids bigint[], batch_size integer); Type: ACL; Schema: minipaas; Owner: -
--

REVOKE ALL ON FUNCTION minipaas.queue_redrive(queue text, ids bigint[], batch_size integer) FROM PUBLIC;


--
-- Name: FUNCTION queue_resume(queue text); Type: ACL; Schema: minipaas; Owner: -
--

REVOKE ALL ON FUNCTION minipaas.queue_resume(queue text) FROM PUBLIC;


--
-- Name: FUNCTION schema_version(); Type: ACL; Schema: minipaas; Owner: -
--

REVOKE ALL ON FUNCTION minipaas.schema_version() FROM PUBLIC;


--
-- PostgreSQL database dump complete
--


