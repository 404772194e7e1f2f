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
-- Name: _event_read; Type: TYPE; Schema: minipaas; Owner: -
--

CREATE TYPE minipaas._event_read AS (
	event_offset bigint,
	partition integer,
	key text,
	payload jsonb,
	headers jsonb,
	published_at timestamp with time zone
);


--
-- Name: TYPE _event_read; Type: COMMENT; Schema: minipaas; Owner: -
--

COMMENT ON TYPE minipaas._event_read IS 'What stream_consume returns of an event.';


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
    where p.pronamespace = 'minipaas'::regnamespace and (
        p.proname !~ '^_'
        or p.proname in ('_may', '_clock', '_clock_moved', '_waiting_state', '_may_retry', '_stream_state')
    );
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
-- Name: _check_arrays(integer, text, integer); Type: FUNCTION; Schema: minipaas; Owner: -
--

CREATE FUNCTION minipaas._check_arrays(payloads integer, name text, count integer) RETURNS void
    LANGUAGE plpgsql IMMUTABLE
    AS $$
begin
    if count <> payloads then
        perform minipaas._invalid(
            name, format('%s of them for %s payloads', count, payloads),
            'Give one for each payload (NULL for none), or leave the array out.'
        );
    end if;
end
$$;


--
-- Name: FUNCTION _check_arrays(payloads integer, name text, count integer); Type: COMMENT; Schema: minipaas; Owner: -
--

COMMENT ON FUNCTION minipaas._check_arrays(payloads integer, name text, count integer) IS 'Raises MP006 unless an array is as long as that of the payloads; NULL passes.';


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
-- Name: _stream; Type: TABLE; Schema: minipaas; Owner: -
--

CREATE TABLE minipaas._stream (
    id integer NOT NULL,
    name text NOT NULL,
    partitions integer NOT NULL,
    keep interval NOT NULL,
    keep_events bigint NOT NULL,
    max_lag interval NOT NULL,
    trimmed bigint DEFAULT 0 NOT NULL,
    created_at timestamp with time zone NOT NULL
)
WITH (fillfactor='50');


--
-- Name: TABLE _stream; Type: COMMENT; Schema: minipaas; Owner: -
--

COMMENT ON TABLE minipaas._stream IS 'The settings of each stream. Events at or below trimmed are deleted: no reader looks there.';


--
-- Name: _check_consume(minipaas._stream, text, bigint, integer, integer); Type: FUNCTION; Schema: minipaas; Owner: -
--

CREATE FUNCTION minipaas._check_consume(stream minipaas._stream, argument text, event_offset bigint, batch_size integer, partition integer) RETURNS void
    LANGUAGE plpgsql IMMUTABLE
    AS $$
begin
    perform minipaas._check_batch(batch_size, null);
    if event_offset < 0 then
        perform minipaas._invalid(argument, event_offset::text, 'Offsets are 1 or more; 0 is before the first.');
    elsif partition not between 0 and stream.partitions - 1 then
        perform minipaas._invalid(
            'partition', partition::text, format('Stream "%s" has partitions 0 to %s.', stream.name, stream.partitions - 1)
        );
    end if;
end
$$;


--
-- Name: FUNCTION _check_consume(stream minipaas._stream, argument text, event_offset bigint, batch_size integer, partition integer); Type: COMMENT; Schema: minipaas; Owner: -
--

COMMENT ON FUNCTION minipaas._check_consume(stream minipaas._stream, argument text, event_offset bigint, batch_size integer, partition integer) IS 'Raises MP006 for an offset below 0, a batch size below 1 or a partition that there is not; NULL passes.';


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
-- Name: _check_publish(jsonb, text[]); Type: FUNCTION; Schema: minipaas; Owner: -
--

CREATE FUNCTION minipaas._check_publish(payload jsonb, keys text[]) RETURNS void
    LANGUAGE plpgsql IMMUTABLE
    AS $$
begin
    if payload is null then
        perform minipaas._invalid('payload', null, 'It is any JSON; the JSON null is ''null''::jsonb.');
    elsif exists (select from unnest(keys) k (k) where length(k) > 500) then
        perform minipaas._invalid(
            'key', (select quote_literal(k) from unnest(keys) k (k) where length(k) > 500 limit 1),
            'Keys and dedup_keys have up to 500 characters.'
        );
    end if;
end
$$;


--
-- Name: FUNCTION _check_publish(payload jsonb, keys text[]); Type: COMMENT; Schema: minipaas; Owner: -
--

COMMENT ON FUNCTION minipaas._check_publish(payload jsonb, keys text[]) IS 'Raises MP006 for a missing payload, or for a key that no index can hold.';


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
-- Name: _check_stream(integer, interval, bigint, interval); Type: FUNCTION; Schema: minipaas; Owner: -
--

CREATE FUNCTION minipaas._check_stream(partitions integer, keep interval, keep_events bigint, max_lag interval) RETURNS void
    LANGUAGE plpgsql IMMUTABLE
    AS $$
begin
    if partitions not between 1 and 1024 then
        perform minipaas._invalid('partitions', partitions::text, 'It is from 1 to 1024.');
    elsif keep_events < 0 then
        perform minipaas._invalid('keep_events', keep_events::text, 'It is how many events to keep, or 0 for no limit.');
    end if;
    perform minipaas._check_duration('keep', keep, 'It is how long to keep events, or 0 for no limit.');
    perform minipaas._check_duration('max_lag', max_lag, 'It is how far a consumer may lag without losing events, or 0 for no limit.');
end
$$;


--
-- Name: FUNCTION _check_stream(partitions integer, keep interval, keep_events bigint, max_lag interval); Type: COMMENT; Schema: minipaas; Owner: -
--

COMMENT ON FUNCTION minipaas._check_stream(partitions integer, keep interval, keep_events bigint, max_lag interval) IS 'Raises MP006 for a setting of a stream that is out of its range; NULL passes.';


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
-- Name: _consumer_drop(integer); Type: FUNCTION; Schema: minipaas; Owner: -
--

CREATE FUNCTION minipaas._consumer_drop(consumer integer) RETURNS void
    LANGUAGE plpgsql
    AS $$
#variable_conflict use_variable
begin
    delete from minipaas._consumer k where k.id = consumer;
    delete from minipaas._position p using minipaas._cursor c where c.consumer = consumer and p.cursor = c.id;
    delete from minipaas._cursor c where c.consumer = consumer;
end
$$;


--
-- Name: FUNCTION _consumer_drop(consumer integer); Type: COMMENT; Schema: minipaas; Owner: -
--

COMMENT ON FUNCTION minipaas._consumer_drop(consumer integer) IS 'Deletes a consumer and all that is known of it.';


--
-- Name: _consumer_refuse(text, text); Type: FUNCTION; Schema: minipaas; Owner: -
--

CREATE FUNCTION minipaas._consumer_refuse(stream text, consumer text) RETURNS void
    LANGUAGE plpgsql IMMUTABLE
    AS $$
begin
    raise exception using
        errcode = 'MP003',
        message = format('stream "%s" has no consumer "%s"', stream, consumer),
        hint = format('Create it: select minipaas.stream_subscribe(%L, %L);', stream, consumer);
end
$$;


--
-- Name: FUNCTION _consumer_refuse(stream text, consumer text); Type: COMMENT; Schema: minipaas; Owner: -
--

COMMENT ON FUNCTION minipaas._consumer_refuse(stream text, consumer text) IS 'Raises MP003.';


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
-- Name: _deny(text, text, text); Type: FUNCTION; Schema: minipaas; Owner: -
--

CREATE FUNCTION minipaas._deny(action text, queue text DEFAULT NULL::text, stream text DEFAULT NULL::text) RETURNS void
    LANGUAGE plpgsql STABLE
    AS $$
begin
    raise exception using
        errcode = 'MP005',
        message = format('role "%s" has no right to %s', minipaas._caller(), action)
            || coalesce(format(' on queue "%s"', queue), format(' on stream "%s"', stream), ''),
        hint = format(
            'As the owner of the schema: select minipaas.access_grant(%L, array[%L]);', minipaas._caller(), action
        );
end
$$;


--
-- Name: FUNCTION _deny(action text, queue text, stream text); Type: COMMENT; Schema: minipaas; Owner: -
--

COMMENT ON FUNCTION minipaas._deny(action text, queue text, stream text) IS 'Raises MP005 with the grant to run.';


--
-- Name: _event_count(minipaas._stream, integer, bigint, bigint); Type: FUNCTION; Schema: minipaas; Owner: -
--

CREATE FUNCTION minipaas._event_count(stream minipaas._stream, partition integer, after_offset bigint, upto bigint) RETURNS bigint
    LANGUAGE sql STABLE
    AS $$
select case when stream.partitions = 1 then (
    select count(*)
    from minipaas._event e
    where e.stream = stream.id and e.event_offset > after_offset and e.event_offset <= upto
) else (
    select count(*)
    from minipaas._event e
    where e.stream = stream.id and e.partition = _event_count.partition
        and e.event_offset > after_offset and e.event_offset <= upto
) end
$$;


--
-- Name: FUNCTION _event_count(stream minipaas._stream, partition integer, after_offset bigint, upto bigint); Type: COMMENT; Schema: minipaas; Owner: -
--

COMMENT ON FUNCTION minipaas._event_count(stream minipaas._stream, partition integer, after_offset bigint, upto bigint) IS 'How many events a partition has in a range.';


--
-- Name: _find(minipaas._queue, integer, timestamp with time zone); Type: FUNCTION; Schema: minipaas; Owner: -
--

CREATE FUNCTION minipaas._find(queue minipaas._queue, batch_size integer, now timestamp with time zone, OUT tids tid[], OUT is_due boolean) RETURNS record
    LANGUAGE plpgsql
    AS $$
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
            if minipaas._clock() < greatest(v_mark.due_floor, v_mark.due_candidate) then
                -- The clock, read after the mark, went back: the leases given now might end below the floor (see _mark_confirm).
                insert into minipaas._lane (queue, lane) values (queue.id, v_lane);
                v_mark := minipaas._mark_get(queue.id, v_lane);
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
                perform minipaas._mark_move(v_mark, coalesce(v_first, v_mark.hint), v_due, v_pass, clock_timestamp() - v_at);
            end if;
            if tids is not null then
                return;
            end if;
        end loop;
    end loop;
end
$$;


--
-- Name: FUNCTION _find(queue minipaas._queue, batch_size integer, now timestamp with time zone, OUT tids tid[], OUT is_due boolean); Type: COMMENT; Schema: minipaas; Owner: -
--

COMMENT ON FUNCTION minipaas._find(queue minipaas._queue, batch_size integer, now timestamp with time zone, OUT tids tid[], OUT is_due boolean) IS 'Locks the next tasks of a queue, at most batch_size and of one lane: their ctids in _waiting (is_due) or in _ready.';


--
-- Name: _first_at(minipaas._stream, timestamp with time zone, bigint); Type: FUNCTION; Schema: minipaas; Owner: -
--

CREATE FUNCTION minipaas._first_at(stream minipaas._stream, at timestamp with time zone, head bigint) RETURNS bigint
    LANGUAGE plpgsql
    SET enable_seqscan TO 'off'
    SET enable_bitmapscan TO 'off'
    AS $$
#variable_conflict use_variable
declare
    v_low bigint := stream.trimmed;
    v_high bigint := head + 1;
    v_found bigint := head + 1;
    v_middle bigint;
    v_event record;
begin
    while v_high - v_low > 1 loop
        v_middle := v_low + (v_high - v_low) / 2;
        select e.event_offset, e.published_at into v_event
        from minipaas._event e
        where e.stream = stream.id and e.event_offset >= v_middle and e.event_offset < v_high
        order by e.event_offset
        limit 1;
        if v_event.published_at < at then
            v_low := v_event.event_offset;
        else
            v_high := v_middle;
            v_found := coalesce(v_event.event_offset, v_found);
        end if;
    end loop;
    loop
        v_middle := (
            select min(b.event_offset)
            from (
                select e.event_offset, e.published_at
                from minipaas._event e
                where e.stream = stream.id and e.event_offset > stream.trimmed and e.event_offset < v_found
                order by e.event_offset desc
                limit 100
            ) b
            where b.published_at >= at
        );
        exit when v_middle is null;
        v_found := v_middle;
    end loop;
    return v_found;
end
$$;


--
-- Name: FUNCTION _first_at(stream minipaas._stream, at timestamp with time zone, head bigint); Type: COMMENT; Schema: minipaas; Owner: -
--

COMMENT ON FUNCTION minipaas._first_at(stream minipaas._stream, at timestamp with time zone, head bigint) IS 'The offset of the first event published at a time or later; head + 1 where there is none.';


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
-- Name: _hold_back(integer); Type: FUNCTION; Schema: minipaas; Owner: -
--

CREATE FUNCTION minipaas._hold_back(stream integer) RETURNS boolean
    LANGUAGE plpgsql
    AS $_$
declare
    v_name constant text := 'minipaas.bound_' || stream;
    v_last bigint := coalesce(pg_sequence_last_value('minipaas._event_offset'), 0);
    v_bound bigint := v_last;
    v_set text := current_setting(v_name, true);
begin
    if v_set ~ '^[0-9]{1,18}$' and v_set::bigint between v_last - 1000000000 and v_last then
        v_bound := v_set::bigint;
    else
        perform set_config(v_name, v_last::text, true);
    end if;
    if not pg_try_advisory_xact_lock_shared(1297088512 + stream, v_bound::bit(32)::integer) then
        perform pg_advisory_xact_lock_shared(1297088512 + stream, v_bound::bit(32)::integer);
    end if;
    return true;
end
$_$;


--
-- Name: FUNCTION _hold_back(stream integer); Type: COMMENT; Schema: minipaas; Owner: -
--

COMMENT ON FUNCTION minipaas._hold_back(stream integer) IS 'Keeps readers of a stream below the offsets that this transaction is about to take, until it ends; returns true.';


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
    LANGUAGE sql
    AS $$
insert into minipaas._lane (queue, lane)
select _lane_add.queue, _lane_add.lane
where not exists (select from minipaas._lane l where l.queue = _lane_add.queue and l.lane = _lane_add.lane)
$$;


--
-- Name: FUNCTION _lane_add(queue integer, lane smallint); Type: COMMENT; Schema: minipaas; Owner: -
--

COMMENT ON FUNCTION minipaas._lane_add(queue integer, lane smallint) IS 'Makes a lane known, so that dequeue looks there. Waits for nobody: two rows for one lane do no harm.';


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
    hint bigint NOT NULL,
    floor bigint NOT NULL,
    due_hint timestamp with time zone NOT NULL,
    due_floor timestamp with time zone NOT NULL,
    next_short timestamp with time zone NOT NULL,
    next_full timestamp with time zone NOT NULL,
    full_cost interval NOT NULL,
    candidate bigint,
    holders text[],
    due_candidate timestamp with time zone,
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


--
-- Name: FUNCTION _mark_get(queue integer, lane smallint); Type: COMMENT; Schema: minipaas; Owner: -
--

COMMENT ON FUNCTION minipaas._mark_get(queue integer, lane smallint) IS 'The newest mark of a lane in its epoch; where there is none, one that owes a full pass from the lane''s start.';


--
-- Name: _mark_move(minipaas._mark, bigint, timestamp with time zone, text, interval); Type: FUNCTION; Schema: minipaas; Owner: -
--

CREATE FUNCTION minipaas._mark_move(mark minipaas._mark, hint bigint, due_hint timestamp with time zone, pass text, cost interval) RETURNS void
    LANGUAGE plpgsql
    AS $$
#variable_conflict use_variable
begin
    if pass is null and (hint < mark.hint + 32 or clock_timestamp() < mark.at + interval '2 ms') then
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


--
-- Name: FUNCTION _mark_move(mark minipaas._mark, hint bigint, due_hint timestamp with time zone, pass text, cost interval); Type: COMMENT; Schema: minipaas; Owner: -
--

COMMENT ON FUNCTION minipaas._mark_move(mark minipaas._mark, hint bigint, due_hint timestamp with time zone, pass text, cost interval) IS 'Writes the next mark of a lane, with new hints and what a pass found out.';


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
-- Name: _next_event(minipaas._stream, integer, bigint, bigint); Type: FUNCTION; Schema: minipaas; Owner: -
--

CREATE FUNCTION minipaas._next_event(stream minipaas._stream, partition integer, after_offset bigint, upto bigint) RETURNS bigint
    LANGUAGE sql STABLE
    AS $$
select case when stream.partitions = 1 then (
    select e.event_offset
    from minipaas._event e
    where e.stream = stream.id and e.event_offset > after_offset and e.event_offset <= upto
    order by e.stream, e.event_offset
    limit 1
) else (
    select e.event_offset
    from minipaas._event e
    where e.stream = stream.id and e.partition = _next_event.partition
        and e.event_offset > after_offset and e.event_offset <= upto
    order by e.stream, e.partition, e.event_offset
    limit 1
) end
$$;


--
-- Name: FUNCTION _next_event(stream minipaas._stream, partition integer, after_offset bigint, upto bigint); Type: COMMENT; Schema: minipaas; Owner: -
--

COMMENT ON FUNCTION minipaas._next_event(stream minipaas._stream, partition integer, after_offset bigint, upto bigint) IS 'The offset of a partition''s first event in a range, or NULL.';


--
-- Name: _partition(integer, text); Type: FUNCTION; Schema: minipaas; Owner: -
--

CREATE FUNCTION minipaas._partition(partitions integer, key text) RETURNS integer
    LANGUAGE sql
    AS $$
select case
    when partitions = 1 then null
    when key is null then floor(random() * partitions)
    else (hashtextextended(key collate "C", 0) & 9223372036854775807) % partitions
end::integer
$$;


--
-- Name: FUNCTION _partition(partitions integer, key text); Type: COMMENT; Schema: minipaas; Owner: -
--

COMMENT ON FUNCTION minipaas._partition(partitions integer, key text) IS 'The partition of an event: by its key, or any. NULL where there is only one.';


--
-- Name: _position; Type: TABLE; Schema: minipaas; Owner: -
--

CREATE TABLE minipaas._position (
    cursor integer NOT NULL,
    id bigint NOT NULL,
    committed bigint NOT NULL,
    fetched bigint NOT NULL,
    lease_id bigint,
    lease_until timestamp with time zone,
    worker text,
    lost bigint DEFAULT 0 NOT NULL,
    pruned bigint DEFAULT 0 NOT NULL,
    entries integer DEFAULT 0 NOT NULL
)
WITH (autovacuum_vacuum_scale_factor='0.02', autovacuum_vacuum_threshold='5000', autovacuum_vacuum_cost_delay='1');


--
-- Name: TABLE _position; Type: COMMENT; Schema: minipaas; Owner: -
--

COMMENT ON TABLE minipaas._position IS 'Where a consumer stands in a partition: the newest row of a cursor counts. It is free when lease_id is NULL or the lease is over.';


--
-- Name: _places(minipaas._stream, bigint); Type: FUNCTION; Schema: minipaas; Owner: -
--

CREATE FUNCTION minipaas._places(stream minipaas._stream, upto bigint) RETURNS TABLE(cursor integer, partition integer, place minipaas._position, unread bigint)
    LANGUAGE sql STABLE
    AS $$
select c.id, c.partition, p, u.unread
from minipaas._consumer k
join minipaas._cursor c on c.consumer = k.id
cross join lateral minipaas._position_now(c.id) p
cross join lateral (
    select minipaas._next_event(_places.stream, c.partition, greatest(p.committed, (_places.stream).trimmed), upto) as unread
) u
where k.stream = (_places.stream).id and u.unread is not null
$$;


--
-- Name: FUNCTION _places(stream minipaas._stream, upto bigint); Type: COMMENT; Schema: minipaas; Owner: -
--

COMMENT ON FUNCTION minipaas._places(stream minipaas._stream, upto bigint) IS 'Where the consumers of a stream stand that have something to read up to an offset, and their first unread event.';


--
-- Name: _position_add(minipaas._position); Type: FUNCTION; Schema: minipaas; Owner: -
--

CREATE FUNCTION minipaas._position_add(place minipaas._position) RETURNS void
    LANGUAGE plpgsql
    AS $$
begin
    place.entries := place.entries + 1;
    if place.entries = 64 then
        delete from minipaas._position p
        where p.cursor = place.cursor and p.id > place.pruned and p.id <= place.id;
        place.pruned := place.id;
        place.entries := 0;
    end if;
    insert into minipaas._position (
        cursor, committed, fetched, lease_id, lease_until, worker, lost, pruned, entries
    )
    values (
        place.cursor, place.committed, place.fetched, place.lease_id, place.lease_until, place.worker,
        place.lost, place.pruned, place.entries
    );
end
$$;


--
-- Name: FUNCTION _position_add(place minipaas._position); Type: COMMENT; Schema: minipaas; Owner: -
--

COMMENT ON FUNCTION minipaas._position_add(place minipaas._position) IS 'Writes where a consumer stands in a partition from now on.';


--
-- Name: _position_lock(text, text, integer, text); Type: FUNCTION; Schema: minipaas; Owner: -
--

CREATE FUNCTION minipaas._position_lock(stream text, consumer text, partition integer, call text) RETURNS minipaas._position
    LANGUAGE plpgsql
    AS $$
#variable_conflict use_variable
declare
    v_stream constant minipaas._stream := minipaas._stream_read(stream, call);
    v_cursor integer;
    v_place minipaas._position;
begin
    select c.id into v_cursor
    from minipaas._consumer k
    join minipaas._cursor c on c.consumer = k.id
    where k.stream = v_stream.id and k.name = consumer and c.partition = partition
    for update of c;
    if not found then
        if partition is null then
            perform minipaas._invalid('partition', null, 'It is the one that stream_fetch returned.');
        end if;
        perform minipaas._check_consume(v_stream, null, null, null, partition);
        perform minipaas._consumer_refuse(stream, consumer);
    end if;
    select p.* into v_place from minipaas._position_now(v_cursor) p;
    return v_place;
end
$$;


--
-- Name: FUNCTION _position_lock(stream text, consumer text, partition integer, call text); Type: COMMENT; Schema: minipaas; Owner: -
--

COMMENT ON FUNCTION minipaas._position_lock(stream text, consumer text, partition integer, call text) IS 'Where a consumer stands in a partition, locked until the transaction ends. Raises MP002, MP003, MP005, MP006 or MP007.';


--
-- Name: _position_now(integer); Type: FUNCTION; Schema: minipaas; Owner: -
--

CREATE FUNCTION minipaas._position_now(cursor integer) RETURNS SETOF minipaas._position
    LANGUAGE sql STABLE
    AS $$
select p.* from minipaas._position p where p.cursor = _position_now.cursor order by p.cursor desc, p.id desc limit 1
$$;


--
-- Name: FUNCTION _position_now(cursor integer); Type: COMMENT; Schema: minipaas; Owner: -
--

COMMENT ON FUNCTION minipaas._position_now(cursor integer) IS 'Where a consumer stands in a partition.';


--
-- Name: _publish_many_once(minipaas._stream, jsonb[], text[], jsonb[], text[]); Type: FUNCTION; Schema: minipaas; Owner: -
--

CREATE FUNCTION minipaas._publish_many_once(stream minipaas._stream, payloads jsonb[], keys text[], headers jsonb[], dedup_keys text[]) RETURNS SETOF bigint
    LANGUAGE plpgsql
    AS $$
#variable_conflict use_variable
declare
    v_now timestamptz := minipaas._clock();
    v_offsets bigint[];
    v_first bigint;
    v_event record;
begin
    perform minipaas._hold_back(stream.id);
    v_offsets := array(select nextval('minipaas._event_offset') from generate_series(1, cardinality(payloads)));
    for v_event in
        select * from unnest(payloads, keys, headers, dedup_keys) with ordinality u (payload, key, headers, dedup_key, place)
        order by u.dedup_key collate "C", u.place
    loop
        loop
            v_first := (
                select e.event_offset from minipaas._event e
                where e.stream = stream.id and e.dedup_key = v_event.dedup_key
            );
            exit when v_first is not null;
            insert into minipaas._event (event_offset, published_at, stream, partition, payload, key, headers, dedup_key)
            values (
                v_offsets[v_event.place], v_now, stream.id,
                minipaas._partition(stream.partitions, v_event.key), v_event.payload,
                v_event.key, v_event.headers, v_event.dedup_key
            )
            on conflict do nothing;
            exit when found;
        end loop;
        v_offsets[v_event.place] := coalesce(v_first, v_offsets[v_event.place]);
    end loop;
    return query select unnest(v_offsets);
end
$$;


--
-- Name: FUNCTION _publish_many_once(stream minipaas._stream, payloads jsonb[], keys text[], headers jsonb[], dedup_keys text[]); Type: COMMENT; Schema: minipaas; Owner: -
--

COMMENT ON FUNCTION minipaas._publish_many_once(stream minipaas._stream, payloads jsonb[], keys text[], headers jsonb[], dedup_keys text[]) IS 'Publishes those of many events whose dedup_key is new; returns the offset of each, or of the event that has its key.';


--
-- Name: _publish_once(text, jsonb, text, jsonb, text); Type: FUNCTION; Schema: minipaas; Owner: -
--

CREATE FUNCTION minipaas._publish_once(stream text, payload jsonb, key text, headers jsonb, dedup_key text) RETURNS bigint
    LANGUAGE plpgsql
    AS $$
#variable_conflict use_variable
declare
    v_stream minipaas._stream;
    v_offset bigint;
begin
    select s.* into v_stream from minipaas._stream_get(stream, 'publish') s;
    if not found then
        perform minipaas._stream_refuse(stream, 'publish');
    end if;
    loop
        v_offset := (
            select e.event_offset from minipaas._event e where e.stream = v_stream.id and e.dedup_key = dedup_key
        );
        exit when v_offset is not null;
        perform minipaas._hold_back(v_stream.id);
        v_offset := nextval('minipaas._event_offset');
        insert into minipaas._event (event_offset, published_at, stream, partition, payload, key, headers, dedup_key)
        values (
            v_offset, minipaas._clock(), v_stream.id, minipaas._partition(v_stream.partitions, key), payload, key, headers,
            dedup_key
        )
        on conflict do nothing;
        exit when found;
    end loop;
    return v_offset;
end
$$;


--
-- Name: FUNCTION _publish_once(stream text, payload jsonb, key text, headers jsonb, dedup_key text); Type: COMMENT; Schema: minipaas; Owner: -
--

COMMENT ON FUNCTION minipaas._publish_once(stream text, payload jsonb, key text, headers jsonb, dedup_key text) IS 'Publishes an event unless one with its dedup_key is kept; returns the offset of the one or the other.';


--
-- Name: _publishers(integer, bigint); Type: FUNCTION; Schema: minipaas; Owner: -
--

CREATE FUNCTION minipaas._publishers(stream integer, last bigint) RETURNS TABLE(pid integer, virtualxid text, behind integer)
    LANGUAGE sql STABLE
    AS $$
select p.*
from (
    select l.pid, l.virtualtransaction, ((last & 4294967295) - l.objid::bigint)::bit(32)::integer as behind
    from pg_locks l
    where l.locktype = 'advisory' and l.mode = 'ShareLock' and l.granted and l.objsubid = 2
        and l.classid = (1297088512 + stream)::oid
        and l.database = (select d.oid from pg_database d where d.datname = current_database())
        and l.pid is distinct from pg_backend_pid()
) p
where p.behind >= 0
$$;


--
-- Name: FUNCTION _publishers(stream integer, last bigint); Type: COMMENT; Schema: minipaas; Owner: -
--

COMMENT ON FUNCTION minipaas._publishers(stream integer, last bigint) IS 'Other open transactions that have published to a stream, and how far below a last value the lower bound of their offsets is.';


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
-- Name: _retain(minipaas._stream, timestamp with time zone); Type: FUNCTION; Schema: minipaas; Owner: -
--

CREATE FUNCTION minipaas._retain(stream minipaas._stream, deadline timestamp with time zone) RETURNS bigint
    LANGUAGE plpgsql
    SET enable_seqscan TO 'off'
    SET enable_bitmapscan TO 'off'
    AS $$
#variable_conflict use_variable
declare
    v_now constant timestamptz := minipaas._clock();
    v_head constant bigint := minipaas._stream_head(stream.id);
    v_before bigint := 0;
    v_spared bigint := 0;
    v_chunk bigint;
    v_count bigint := 0;
begin
    if stream.keep > '0' then
        v_before := minipaas._first_at(stream, v_now - stream.keep, v_head);
    end if;
    if stream.keep_events > 0 then
        v_before := greatest(v_before, (
            select e.event_offset from minipaas._event e
            where e.stream = stream.id and e.event_offset > stream.trimmed and e.event_offset <= v_head
            order by e.event_offset desc
            offset stream.keep_events - 1 limit 1
        ));
    end if;
    if v_before > stream.trimmed + 1 then
        if stream.max_lag > '0' then
            v_spared := minipaas._first_at(stream, v_now - stream.max_lag, v_head);
        end if;
        v_before := least(v_before, (select min(greatest(p.unread, v_spared)) from minipaas._places(stream, v_before - 1) p));
    end if;
    while stream.trimmed < v_before - 1 and clock_timestamp() < deadline loop
        v_chunk := least(v_before, (
            select e.event_offset from minipaas._event e
            where e.stream = stream.id and e.event_offset > stream.trimmed
            order by e.event_offset
            offset 10000 limit 1
        ));
        v_count := v_count + minipaas._trim(stream, v_chunk, false);
        select s.* into stream from minipaas._stream s where s.id = stream.id;
        exit when stream.trimmed < v_chunk - 1;
    end loop;
    return v_count;
end
$$;


--
-- Name: FUNCTION _retain(stream minipaas._stream, deadline timestamp with time zone); Type: COMMENT; Schema: minipaas; Owner: -
--

COMMENT ON FUNCTION minipaas._retain(stream minipaas._stream, deadline timestamp with time zone) IS 'Trims a stream, whose row is locked, to what keep, keep_events and max_lag say; returns how many events are gone.';


--
-- Name: _run_end(minipaas._stream, integer, bigint, bigint, integer); Type: FUNCTION; Schema: minipaas; Owner: -
--

CREATE FUNCTION minipaas._run_end(stream minipaas._stream, partition integer, after_offset bigint, head bigint, batch_size integer) RETURNS bigint
    LANGUAGE plpgsql
    AS $$
#variable_conflict use_variable
begin
    if stream.partitions = 1 then
        return coalesce((
            select e.event_offset
            from minipaas._event e
            where e.stream = stream.id and e.event_offset > after_offset and e.event_offset <= head
            order by e.stream, e.event_offset
            offset batch_size - 1 limit 1
        ), (
            select e.event_offset
            from minipaas._event e
            where e.stream = stream.id and e.event_offset > after_offset and e.event_offset <= head
            order by e.stream desc, e.event_offset desc
            limit 1
        ));
    end if;
    return coalesce((
        select e.event_offset
        from minipaas._event e
        where e.stream = stream.id and e.partition = partition and e.event_offset > after_offset and e.event_offset <= head
        order by e.stream, e.partition, e.event_offset
        offset batch_size - 1 limit 1
    ), (
        select e.event_offset
        from minipaas._event e
        where e.stream = stream.id and e.partition = partition and e.event_offset > after_offset and e.event_offset <= head
        order by e.stream desc, e.partition desc, e.event_offset desc
        limit 1
    ));
end
$$;


--
-- Name: FUNCTION _run_end(stream minipaas._stream, partition integer, after_offset bigint, head bigint, batch_size integer); Type: COMMENT; Schema: minipaas; Owner: -
--

COMMENT ON FUNCTION minipaas._run_end(stream minipaas._stream, partition integer, after_offset bigint, head bigint, batch_size integer) IS 'The offset of the last of the next batch_size events of a partition.';


--
-- Name: _start_at(minipaas._stream, text, bigint, timestamp with time zone); Type: FUNCTION; Schema: minipaas; Owner: -
--

CREATE FUNCTION minipaas._start_at(stream minipaas._stream, argument text, event_offset bigint, at timestamp with time zone) RETURNS bigint
    LANGUAGE plpgsql
    AS $$
declare
    v_head constant bigint := minipaas._stream_head(stream.id);
begin
    perform minipaas._check_consume(stream, argument, event_offset, null, null);
    return least(v_head, case
        when at is not null then minipaas._first_at(stream, at, v_head) - 1
        when event_offset is not null then greatest(event_offset - 1, stream.trimmed)
        else v_head
    end);
end
$$;


--
-- Name: FUNCTION _start_at(stream minipaas._stream, argument text, event_offset bigint, at timestamp with time zone); Type: COMMENT; Schema: minipaas; Owner: -
--

COMMENT ON FUNCTION minipaas._start_at(stream minipaas._stream, argument text, event_offset bigint, at timestamp with time zone) IS 'What a consumer has to have committed to go on with an offset or a time, within what the stream has; with neither, its head.';


--
-- Name: _stream_get(text, text); Type: FUNCTION; Schema: minipaas; Owner: -
--

CREATE FUNCTION minipaas._stream_get(stream text, action text) RETURNS SETOF minipaas._stream
    LANGUAGE sql STABLE
    AS $$
select s.* from minipaas._stream s where s.name = _stream_get.stream and minipaas._allowed(action)
$$;


--
-- Name: FUNCTION _stream_get(stream text, action text); Type: COMMENT; Schema: minipaas; Owner: -
--

COMMENT ON FUNCTION minipaas._stream_get(stream text, action text) IS 'The settings of a stream by name, or no row: then _stream_refuse says why.';


--
-- Name: _stream_head(integer); Type: FUNCTION; Schema: minipaas; Owner: -
--

CREATE FUNCTION minipaas._stream_head(stream integer) RETURNS bigint
    LANGUAGE plpgsql
    AS $$
declare
    v_last constant bigint := coalesce(pg_sequence_last_value('minipaas._event_offset'), 0);
begin
    return v_last - coalesce((select max(p.behind) from minipaas._publishers(stream, v_last) p), 0);
end
$$;


--
-- Name: FUNCTION _stream_head(stream integer); Type: COMMENT; Schema: minipaas; Owner: -
--

COMMENT ON FUNCTION minipaas._stream_head(stream integer) IS 'The highest offset at or below which no event of the stream can still appear. Read the events in a later statement.';


--
-- Name: _stream_read(text, text); Type: FUNCTION; Schema: minipaas; Owner: -
--

CREATE FUNCTION minipaas._stream_read(stream text, call text) RETURNS minipaas._stream
    LANGUAGE plpgsql
    AS $$
declare
    v_stream minipaas._stream;
begin
    select s.* into v_stream from minipaas._stream_get(stream, 'consume') s;
    if not found then
        perform minipaas._stream_refuse(stream, 'consume');
    elsif current_setting('transaction_isolation') <> 'read committed' or pg_is_in_recovery() then
        perform minipaas._wrong_isolation(call);
    end if;
    return v_stream;
end
$$;


--
-- Name: FUNCTION _stream_read(stream text, call text); Type: COMMENT; Schema: minipaas; Owner: -
--

COMMENT ON FUNCTION minipaas._stream_read(stream text, call text) IS 'The settings of a stream for a call that reads: raises MP002, MP005 or MP007.';


--
-- Name: _stream_refuse(text, text); Type: FUNCTION; Schema: minipaas; Owner: -
--

CREATE FUNCTION minipaas._stream_refuse(stream text, action text) RETURNS void
    LANGUAGE plpgsql STABLE
    AS $$
begin
    if not minipaas._may(action) then
        perform minipaas._deny(action, null, stream);
    end if;
    raise exception using
        errcode = 'MP002',
        message = format('stream "%s" does not exist', stream),
        hint = format('Create it: select minipaas.stream_create(%L);', stream);
end
$$;


--
-- Name: FUNCTION _stream_refuse(stream text, action text); Type: COMMENT; Schema: minipaas; Owner: -
--

COMMENT ON FUNCTION minipaas._stream_refuse(stream text, action text) IS 'Raises what kept _stream_get from finding a stream: MP005 or MP002.';


--
-- Name: _stream_state(integer); Type: FUNCTION; Schema: minipaas; Owner: -
--

CREATE FUNCTION minipaas._stream_state(stream integer, OUT head bigint, OUT blocked_by jsonb) RETURNS record
    LANGUAGE plpgsql STABLE SECURITY DEFINER
    SET search_path TO 'pg_catalog', 'pg_temp'
    AS $$
declare
    v_lowest record;
begin
    if pg_is_in_recovery() or not minipaas._may('observe') then
        return;
    end if;
    head := coalesce(pg_sequence_last_value('minipaas._event_offset'), 0);
    select p.* into v_lowest from minipaas._publishers(stream, head) p order by p.behind desc limit 1;
    if not found then
        return;
    end if;
    head := head - v_lowest.behind;
    if v_lowest.pid is null then
        select jsonb_build_object('pid', null, 'prepared', x.gid, 'age', clock_timestamp() - x.prepared) into blocked_by
        from pg_locks l
        join pg_prepared_xacts x on x.transaction = l.transactionid
        where l.locktype = 'transactionid' and l.pid is null and l.virtualtransaction = v_lowest.virtualxid;
    else
        blocked_by := (
            select jsonb_build_object(
                'pid', v_lowest.pid, 'application', max(a.application_name), 'age', clock_timestamp() - max(a.xact_start)
            )
            from pg_stat_activity a
            where a.pid = v_lowest.pid
        );
    end if;
end
$$;


--
-- Name: FUNCTION _stream_state(stream integer, OUT head bigint, OUT blocked_by jsonb); Type: COMMENT; Schema: minipaas; Owner: -
--

COMMENT ON FUNCTION minipaas._stream_state(stream integer, OUT head bigint, OUT blocked_by jsonb) IS 'How far a stream can be read, and which open transaction keeps it there; NULLs on a standby and for who may not observe.';


--
-- Name: _take(minipaas._stream, integer, bigint, integer); Type: FUNCTION; Schema: minipaas; Owner: -
--

CREATE FUNCTION minipaas._take(stream minipaas._stream, consumer integer, head bigint, batch_size integer, OUT partition integer, OUT after_offset bigint, OUT place minipaas._position) RETURNS record
    LANGUAGE plpgsql
    AS $$
#variable_conflict use_variable
declare
    v_now constant timestamptz := minipaas._clock();
    v_free record;
    v_end bigint;
    v_missed boolean;
begin
    for v_look in 1 .. 2 loop
        v_missed := false;
        for v_free in
            select c.id, c.partition, p.id as place, greatest(p.committed, stream.trimmed) as after_offset
            from minipaas._cursor c
            cross join lateral minipaas._position_now(c.id) p
            where c.consumer = consumer and (p.lease_id is null or p.lease_until <= v_now)
            order by p.id
        loop
            v_end := minipaas._run_end(stream, v_free.partition, v_free.after_offset, head, batch_size);
            continue when v_end is null;
            v_missed := true;
            begin
                perform from minipaas._cursor c where c.id = v_free.id for update skip locked;
                continue when not found;
                select p.* into place from minipaas._position_now(v_free.id) p;
                if place.id = v_free.place then
                    partition := v_free.partition;
                    after_offset := v_free.after_offset;
                    place.fetched := v_end;
                    return;
                end if;
                raise exception using errcode = 'MP009', message = 'somebody else has the partition';
            exception when sqlstate 'MP009' then
                place := null;
            end;
        end loop;
        exit when not v_missed;
    end loop;
end
$$;


--
-- Name: FUNCTION _take(stream minipaas._stream, consumer integer, head bigint, batch_size integer, OUT partition integer, OUT after_offset bigint, OUT place minipaas._position); Type: COMMENT; Schema: minipaas; Owner: -
--

COMMENT ON FUNCTION minipaas._take(stream minipaas._stream, consumer integer, head bigint, batch_size integer, OUT partition integer, OUT after_offset bigint, OUT place minipaas._position) IS 'Locks a free partition of a consumer that has events up to the head: its number, where the consumer stands there, and how far
the next batch_size events reach (place.fetched).';


--
-- Name: _trim(minipaas._stream, bigint, boolean); Type: FUNCTION; Schema: minipaas; Owner: -
--

CREATE FUNCTION minipaas._trim(stream minipaas._stream, before bigint, waits boolean) RETURNS bigint
    LANGUAGE plpgsql
    SET enable_seqscan TO 'off'
    SET enable_bitmapscan TO 'off'
    AS $$
#variable_conflict use_variable
declare
    v_locked integer[];
    v_behind record;
    v_place minipaas._position;
    v_count bigint;
begin
    v_locked := array(select p.cursor from minipaas._places(stream, before - 1) p order by p.cursor);
    if waits then
        perform from minipaas._cursor c where c.id = any(v_locked) order by c.id for update;
    else
        v_locked := array(select c.id from minipaas._cursor c where c.id = any(v_locked) order by c.id for update skip locked);
        before := least(
            before, (select min(p.unread) from minipaas._places(stream, before - 1) p where p.cursor <> all(v_locked))
        );
    end if;
    for v_behind in
        select p.partition, p.place from minipaas._places(stream, before - 1) p where p.cursor = any(v_locked)
    loop
        v_place := v_behind.place;
        v_place.lost := v_place.lost
            + minipaas._event_count(stream, v_behind.partition, greatest(v_place.committed, stream.trimmed), before - 1);
        v_place.committed := before - 1;
        perform minipaas._position_add(v_place);
    end loop;
    delete from minipaas._event e
    where e.stream = stream.id and e.event_offset > stream.trimmed and e.event_offset < before;
    get diagnostics v_count = row_count;
    update minipaas._stream s set trimmed = before - 1 where s.id = stream.id and s.trimmed < before - 1;
    return v_count;
end
$$;


--
-- Name: FUNCTION _trim(stream minipaas._stream, before bigint, waits boolean); Type: COMMENT; Schema: minipaas; Owner: -
--

COMMENT ON FUNCTION minipaas._trim(stream minipaas._stream, before bigint, waits boolean) IS 'Deletes the events below an offset, of a stream whose row is locked; returns how many.';


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
        insert into minipaas._lane (queue, lane) values (_waiting_check.queue, _waiting_check.lane);
    end if;
end
$$;


--
-- Name: FUNCTION _waiting_check(queue integer, lane smallint, until timestamp with time zone); Type: COMMENT; Schema: minipaas; Owner: -
--

COMMENT ON FUNCTION minipaas._waiting_check(queue integer, lane smallint, until timestamp with time zone) IS 'Begins a new epoch of the lane when a task was written to _waiting below what counts as empty.';


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
-- Name: maintain(); Type: FUNCTION; Schema: minipaas; Owner: -
--

CREATE FUNCTION minipaas.maintain() RETURNS TABLE(what text, count bigint)
    LANGUAGE plpgsql SECURITY DEFINER
    SET search_path TO 'pg_catalog', 'pg_temp'
    AS $$
#variable_conflict use_column
declare
    v_deadline constant timestamptz := clock_timestamp() + interval '2 s';
    v_stream minipaas._stream;
begin
    if current_setting('transaction_isolation') <> 'read committed' or pg_is_in_recovery() then
        perform minipaas._wrong_isolation('maintain');
    end if;
    what := 'events trimmed';
    count := 0;
    for v_stream in
        select s.* from minipaas._stream s where s.keep > '0' or s.keep_events > 0 order by random()
        for no key update skip locked
    loop
        count := count + minipaas._retain(v_stream, v_deadline);
    end loop;
    return next;
end
$$;


--
-- Name: FUNCTION maintain(); Type: COMMENT; Schema: minipaas; Owner: -
--

COMMENT ON FUNCTION minipaas.maintain() IS 'Does the upkeep that no other call does, for about two seconds at most: call it every now and then, from anywhere.

Returns what was done, and how often: ''events trimmed'' by the keep and keep_events of their streams. Waits for nobody; what
others are at is left for the next call. Give it a transaction of its own.
Right: any. Errors: MP007 unless the transaction is READ COMMITTED and the server a primary.';


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
begin
    if not minipaas._allowed('dequeue') then
        perform minipaas._deny('dequeue');
    end if;
    perform minipaas._check_ids(ids, attempts);
    with acked as (
        delete from minipaas._waiting w
        where w.id = any(ids) and w.state = 'l' and (
            attempts is null
            or (w.id, w.attempt) in (select u.id, u.attempt from unnest(ids, attempts) u (id, attempt))
            or w.id in (select u.id from unnest(ids, attempts) u (id, attempt) where u.attempt is null)
        )
        returning
            w.id,
            case when (select q.keep_done > '0' from minipaas._queue q where q.id = w.queue) then w end as kept
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
-- Name: stream_alter(text, interval, bigint, interval); Type: FUNCTION; Schema: minipaas; Owner: -
--

CREATE FUNCTION minipaas.stream_alter(stream text, keep interval DEFAULT NULL::interval, keep_events bigint DEFAULT NULL::bigint, max_lag interval DEFAULT NULL::interval) RETURNS void
    LANGUAGE plpgsql SECURITY DEFINER
    SET search_path TO 'pg_catalog', 'pg_temp'
    AS $$
begin
    perform minipaas._check_stream(null, keep, keep_events, max_lag);
    update minipaas._stream s
    set keep = coalesce(stream_alter.keep, s.keep),
        keep_events = coalesce(stream_alter.keep_events, s.keep_events),
        max_lag = coalesce(stream_alter.max_lag, s.max_lag)
    where s.id = (select g.id from minipaas._stream_get(stream, 'manage') g);
    if not found then
        perform minipaas._stream_refuse(stream, 'manage');
    end if;
end
$$;


--
-- Name: FUNCTION stream_alter(stream text, keep interval, keep_events bigint, max_lag interval); Type: COMMENT; Schema: minipaas; Owner: -
--

COMMENT ON FUNCTION minipaas.stream_alter(stream text, keep interval, keep_events bigint, max_lag interval) IS 'Changes how much of a stream is kept; NULL leaves a setting as it is.

The arguments are those of stream_create. What is too much now goes with the next maintain(). Returns nothing.
Right: manage. Errors: MP002, MP005, MP006.';


--
-- Name: stream_commit(text, text, integer, bigint, bigint, boolean); Type: FUNCTION; Schema: minipaas; Owner: -
--

CREATE FUNCTION minipaas.stream_commit(stream text, consumer text, partition integer, event_offset bigint, lease_id bigint DEFAULT NULL::bigint, strict boolean DEFAULT false) RETURNS boolean
    LANGUAGE plpgsql SECURITY DEFINER
    SET search_path TO 'pg_catalog', 'pg_temp'
    SET plan_cache_mode TO 'force_generic_plan'
    SET enable_seqscan TO 'off'
    SET enable_bitmapscan TO 'off'
    AS $$
declare
    v_place minipaas._position := minipaas._position_lock(stream, consumer, partition, 'stream_commit');
begin
    if event_offset is null or event_offset < 0 or event_offset > coalesce(pg_sequence_last_value('minipaas._event_offset'), 0) then
        perform minipaas._invalid('event_offset', event_offset::text, 'It is the offset of an event that stream_fetch returned.');
    elsif v_place.lease_id is null or v_place.lease_id <> stream_commit.lease_id then
        if strict then
            raise exception using
                errcode = 'MP009',
                message = format('lease lost on partition %s of stream "%s", consumer "%s"', partition, stream, consumer),
                hint = 'Roll back what was done for it: its lease expired and somebody else has it, or it is committed or released.';
        end if;
        return false;
    elsif event_offset > v_place.fetched then
        perform minipaas._invalid(
            'event_offset', event_offset::text, format('This lease has fetched the events up to %s.', v_place.fetched)
        );
    elsif event_offset > v_place.committed or event_offset = v_place.fetched then
        v_place.committed := greatest(v_place.committed, event_offset);
        if event_offset = v_place.fetched then
            v_place.lease_id := null;
        end if;
        perform minipaas._position_add(v_place);
    end if;
    return true;
end
$$;


--
-- Name: FUNCTION stream_commit(stream text, consumer text, partition integer, event_offset bigint, lease_id bigint, strict boolean); Type: COMMENT; Schema: minipaas; Owner: -
--

COMMENT ON FUNCTION minipaas.stream_commit(stream text, consumer text, partition integer, event_offset bigint, lease_id bigint, strict boolean) IS 'Records that a consumer is done with the events of a partition up to an offset, the last one included.

partition, event_offset, lease_id: as stream_fetch returned them; the last offset that was fetched gives the partition back,
a lower one keeps the lease. Without lease_id, whoever holds the partition.
strict: raise MP009 where the answer would be false (default false).
Returns true, or false when the lease is not the partition''s any more: roll back what was done with the events. It never
goes back: an offset at or below the committed one changes nothing. Waits for a transaction that is just fetching,
committing, seeking or trimming there.
Right: consume. Errors: MP002, MP003, MP005; MP006 also for an offset beyond what was fetched; MP007 unless the transaction is
READ COMMITTED and the server a primary; MP009.';


--
-- Name: stream_consume(text, bigint, integer, integer, text); Type: FUNCTION; Schema: minipaas; Owner: -
--

CREATE FUNCTION minipaas.stream_consume(stream text, after_offset bigint DEFAULT 0, batch_size integer DEFAULT 100, partition integer DEFAULT NULL::integer, key text DEFAULT NULL::text) RETURNS SETOF minipaas._event_read
    LANGUAGE plpgsql SECURITY DEFINER
    SET search_path TO 'pg_catalog', 'pg_temp'
    SET plan_cache_mode TO 'force_generic_plan'
    SET enable_seqscan TO 'off'
    SET enable_bitmapscan TO 'off'
    AS $$
declare
    v_stream constant minipaas._stream := minipaas._stream_read(stream, 'stream_consume');
    v_after constant bigint := greatest(after_offset, v_stream.trimmed);
    v_limit constant integer := coalesce(batch_size, 100);
    v_head constant bigint := minipaas._stream_head(v_stream.id);
begin
    if after_offset < 0 or v_limit < 1 or partition not between 0 and v_stream.partitions - 1 then
        perform minipaas._check_consume(v_stream, 'after_offset', after_offset, batch_size, partition);
    elsif key is not null then
        return query
        select e.event_offset, coalesce(e.partition, 0), e.key, e.payload, e.headers, e.published_at
        from minipaas._event e
        where e.stream = v_stream.id and e.key = stream_consume.key and e.event_offset > v_after and e.event_offset <= v_head
            and (stream_consume.partition is null or coalesce(e.partition, 0) = stream_consume.partition)
        order by e.stream, e.key, e.event_offset
        limit v_limit;
    elsif partition is not null and v_stream.partitions > 1 then
        return query
        select e.event_offset, e.partition, e.key, e.payload, e.headers, e.published_at
        from minipaas._event e
        where e.stream = v_stream.id and e.partition = stream_consume.partition
            and e.event_offset > v_after and e.event_offset <= v_head
        order by e.stream, e.partition, e.event_offset
        limit v_limit;
    else
        return query
        select e.event_offset, coalesce(e.partition, 0), e.key, e.payload, e.headers, e.published_at
        from minipaas._event e
        where e.stream = v_stream.id and e.event_offset > v_after and e.event_offset <= v_head
        order by e.stream, e.event_offset
        limit v_limit;
    end if;
end
$$;


--
-- Name: FUNCTION stream_consume(stream text, after_offset bigint, batch_size integer, partition integer, key text); Type: COMMENT; Schema: minipaas; Owner: -
--

COMMENT ON FUNCTION minipaas.stream_consume(stream text, after_offset bigint, batch_size integer, partition integer, key text) IS 'Reads a stream from an offset on; the caller keeps the offset, for example beside what it made of the events.

after_offset: the offset of the last event that the caller has seen (default 0: from the oldest on).
batch_size: how many events at most (default 100).
partition: only that one. key: only events with that key: the history of one thing, by an index.
Returns the events in order of their offsets, none above stream_head: no event is ever skipped. No rows: there is nothing
new now. Waits for nobody.
Right: consume. Errors: MP002, MP005, MP006; MP007 unless the transaction is READ COMMITTED and the server a primary.';


--
-- Name: stream_create(text, integer, interval, bigint, interval); Type: FUNCTION; Schema: minipaas; Owner: -
--

CREATE FUNCTION minipaas.stream_create(stream text, partitions integer DEFAULT 1, keep interval DEFAULT '00:00:00'::interval, keep_events bigint DEFAULT 0, max_lag interval DEFAULT '00:00:00'::interval) RETURNS boolean
    LANGUAGE plpgsql SECURITY DEFINER
    SET search_path TO 'pg_catalog', 'pg_temp'
    AS $$
#variable_conflict use_column
declare
    v_asked minipaas._stream;
    v_there minipaas._stream;
begin
    if not minipaas._allowed('manage') then
        perform minipaas._deny('manage', null, stream);
    end if;
    perform minipaas._check_name('stream', stream);
    perform minipaas._check_stream(partitions, keep, keep_events, max_lag);
    v_asked.partitions := coalesce(partitions, 1);
    v_asked.keep := coalesce(keep, '0');
    v_asked.keep_events := coalesce(keep_events, 0);
    v_asked.max_lag := coalesce(max_lag, '0');
    insert into minipaas._stream (name, partitions, keep, keep_events, max_lag, created_at)
    values (
        stream, v_asked.partitions, v_asked.keep, v_asked.keep_events, v_asked.max_lag, minipaas._clock()
    )
    on conflict (name) do nothing;
    if found then
        return true;
    end if;
    select s.* into v_there from minipaas._stream s where s.name = stream_create.stream;
    if (v_there.partitions, v_there.keep, v_there.keep_events, v_there.max_lag)
        <> (v_asked.partitions, v_asked.keep, v_asked.keep_events, v_asked.max_lag)
    then
        raise notice using
            message = format('stream "%s" exists with other settings, and was left as it is', stream),
            hint = case
                when v_there.partitions <> v_asked.partitions
                    then format('It has %s partitions for good; the rest: ', v_there.partitions) else 'Change them with: '
            end || format('select minipaas.stream_alter(%L, ...);', stream);
    end if;
    return false;
end
$$;


--
-- Name: FUNCTION stream_create(stream text, partitions integer, keep interval, keep_events bigint, max_lag interval); Type: COMMENT; Schema: minipaas; Owner: -
--

COMMENT ON FUNCTION minipaas.stream_create(stream text, partitions integer, keep interval, keep_events bigint, max_lag interval) IS 'Creates a stream.

stream: any text of 1 to 255 characters.
partitions: in how many parts the workers of a consumer can share it, 1 to 1024 (default 1); it can''t be changed later.
keep: how long events are kept (default 0: no limit).
keep_events: how many events are kept (default 0: no limit). maintain() trims what is beyond either limit.
max_lag: trimming stops before what a consumer has not read yet, unless that is older than this (default 0: always stops).
Returns true, or false when the stream exists: it is then left as it is, with a NOTICE where the settings differ.
Right: manage. Errors: MP005, MP006.';


--
-- Name: stream_drop(text, boolean); Type: FUNCTION; Schema: minipaas; Owner: -
--

CREATE FUNCTION minipaas.stream_drop(stream text, force boolean DEFAULT false) RETURNS boolean
    LANGUAGE plpgsql SECURITY DEFINER
    SET search_path TO 'pg_catalog', 'pg_temp'
    AS $$
#variable_conflict use_column
declare
    v_id integer;
begin
    if not minipaas._allowed('manage') then
        perform minipaas._deny('manage', null, stream);
    end if;
    perform minipaas._check_name('stream', stream);
    delete from minipaas._stream s where s.name = stream_drop.stream returning s.id into v_id;
    if not found then
        return false;
    elsif not coalesce(force, false) and exists (select from minipaas._event e where e.stream = v_id) then
        raise exception using
            errcode = 'MP008',
            message = format('stream "%s" is not empty', stream_drop.stream),
            hint = format(
                'See minipaas.stream_stats; to drop its events too: select minipaas.stream_drop(%L, force => true);',
                stream_drop.stream
            );
    end if;
    delete from minipaas._event e where e.stream = v_id;
    perform minipaas._consumer_drop(k.id) from minipaas._consumer k where k.stream = v_id;
    return true;
end
$$;


--
-- Name: FUNCTION stream_drop(stream text, force boolean); Type: COMMENT; Schema: minipaas; Owner: -
--

COMMENT ON FUNCTION minipaas.stream_drop(stream text, force boolean) IS 'Drops a stream with its consumers.

force: also when there are events in it, which are deleted (default false).
Returns true, or false when there is no such stream. Stop its publishers first: an event that commits at the same moment is
gone with the stream. Waits for transactions that hold partitions of it.
Right: manage. Errors: MP005, MP006; MP008 when it is not empty and force is false.';


--
-- Name: stream_extend(text, text, integer, bigint, interval); Type: FUNCTION; Schema: minipaas; Owner: -
--

CREATE FUNCTION minipaas.stream_extend(stream text, consumer text, partition integer, lease_id bigint, lease interval DEFAULT '00:01:00'::interval) RETURNS timestamp with time zone
    LANGUAGE plpgsql SECURITY DEFINER
    SET search_path TO 'pg_catalog', 'pg_temp'
    AS $$
declare
    v_place minipaas._position := minipaas._position_lock(stream, consumer, partition, 'stream_extend');
begin
    perform minipaas._check_batch(null, lease);
    if v_place.lease_id is null or v_place.lease_id is distinct from stream_extend.lease_id then
        return null;
    end if;
    v_place.lease_until := minipaas._clock() + coalesce(lease, '1 minute');
    perform minipaas._position_add(v_place);
    return v_place.lease_until;
end
$$;


--
-- Name: FUNCTION stream_extend(stream text, consumer text, partition integer, lease_id bigint, lease interval); Type: COMMENT; Schema: minipaas; Owner: -
--

COMMENT ON FUNCTION minipaas.stream_extend(stream text, consumer text, partition integer, lease_id bigint, lease interval) IS 'Gives the holder of a partition more time, counted from now.

partition, lease_id: as stream_fetch returned them.
lease: how long the partition stays with the caller from now on (default 1 minute).
Returns the new end of the lease, or NULL: the lease is not the partition''s any more. Waits as stream_commit does.
Right: consume. Errors: MP002, MP003, MP005, MP006; MP007 unless the transaction is READ COMMITTED and the server a primary.';


--
-- Name: stream_fetch(text, text, integer, interval, text); Type: FUNCTION; Schema: minipaas; Owner: -
--

CREATE FUNCTION minipaas.stream_fetch(stream text, consumer text, batch_size integer DEFAULT 100, lease interval DEFAULT '00:01:00'::interval, worker text DEFAULT NULL::text) RETURNS TABLE(event_offset bigint, partition integer, key text, payload jsonb, headers jsonb, published_at timestamp with time zone, lease_id bigint)
    LANGUAGE plpgsql SECURITY DEFINER
    SET search_path TO 'pg_catalog', 'pg_temp'
    SET plan_cache_mode TO 'force_generic_plan'
    SET enable_seqscan TO 'off'
    SET enable_bitmapscan TO 'off'
    AS $$
#variable_conflict use_column
declare
    v_stream constant minipaas._stream := minipaas._stream_read(stream, 'stream_fetch');
    v_head constant bigint := minipaas._stream_head(v_stream.id);
    v_consumer integer;
    v_taken record;
    v_partition integer;
    v_place minipaas._position;
    v_after bigint;
begin
    perform minipaas._check_batch(batch_size, lease);
    select k.id into v_consumer
    from minipaas._consumer k
    where k.stream = v_stream.id and k.name = stream_fetch.consumer;
    if not found then
        perform minipaas._consumer_refuse(stream, consumer);
    end if;
    select * into v_taken from minipaas._take(v_stream, v_consumer, v_head, coalesce(batch_size, 100)) t;
    if v_taken.partition is null then
        return;
    end if;
    v_partition := v_taken.partition;
    v_after := v_taken.after_offset;
    v_place := v_taken.place;
    v_place.lease_id := nextval('minipaas._position_id_seq');
    v_place.lease_until := minipaas._clock() + coalesce(lease, '1 minute');
    v_place.worker := stream_fetch.worker;
    perform minipaas._position_add(v_place);
    if v_stream.partitions = 1 then
        return query
        select e.event_offset, 0, e.key, e.payload, e.headers, e.published_at, v_place.lease_id
        from minipaas._event e
        where e.stream = v_stream.id and e.event_offset > v_after and e.event_offset <= v_place.fetched
        order by e.stream, e.event_offset;
    else
        return query
        select e.event_offset, e.partition, e.key, e.payload, e.headers, e.published_at, v_place.lease_id
        from minipaas._event e
        where e.stream = v_stream.id and e.partition = v_partition
            and e.event_offset > v_after and e.event_offset <= v_place.fetched
        order by e.stream, e.partition, e.event_offset;
    end if;
end
$$;


--
-- Name: FUNCTION stream_fetch(stream text, consumer text, batch_size integer, lease interval, worker text); Type: COMMENT; Schema: minipaas; Owner: -
--

COMMENT ON FUNCTION minipaas.stream_fetch(stream text, consumer text, batch_size integer, lease interval, worker text) IS 'Leases the next events of one free partition to the caller, for a consumer whose workers share a stream.

batch_size: how many events at most (default 100).
lease: how long the partition stays with the caller before others get it (default 1 minute).
worker: a name for the holder, shown in consumer_stats.
Returns the events that follow what is committed, in order, all of one partition and with the same lease_id. Give partition,
offset and lease_id back to stream_commit, best in the transaction of what was done with the events: exactly once. No rows:
nothing is there, or others are at it. Of several partitions, the one that was left alone longest. Waits for nobody.
Right: consume. Errors: MP002, MP003, MP005, MP006; MP007 unless the transaction is READ COMMITTED and the server a primary.';


--
-- Name: stream_head(text); Type: FUNCTION; Schema: minipaas; Owner: -
--

CREATE FUNCTION minipaas.stream_head(stream text) RETURNS bigint
    LANGUAGE plpgsql SECURITY DEFINER
    SET search_path TO 'pg_catalog', 'pg_temp'
    AS $$
begin
    return minipaas._stream_head((minipaas._stream_read(stream, 'stream_head')).id);
end
$$;


--
-- Name: FUNCTION stream_head(stream text); Type: COMMENT; Schema: minipaas; Owner: -
--

COMMENT ON FUNCTION minipaas.stream_head(stream text) IS 'How far a stream can be read: nothing at or below this offset can still appear.

Returns an offset, which may be above the last event of the stream, and 0 before the first one. An open transaction that
has published to the stream keeps it below what it publishes (consumer_stats.blocked_by); other transactions don''t.
Right: consume. Errors: MP002, MP005; MP007 unless the transaction is READ COMMITTED and the server a primary.';


--
-- Name: stream_publish(text, jsonb, text, jsonb, text); Type: FUNCTION; Schema: minipaas; Owner: -
--

CREATE FUNCTION minipaas.stream_publish(stream text, payload jsonb, key text DEFAULT NULL::text, headers jsonb DEFAULT NULL::jsonb, dedup_key text DEFAULT NULL::text) RETURNS bigint
    LANGUAGE plpgsql SECURITY DEFINER
    SET search_path TO 'pg_catalog', 'pg_temp'
    SET plan_cache_mode TO 'force_generic_plan'
    AS $$
declare
    v_id integer;
    v_partitions integer;
    v_offset bigint;
begin
    if payload is null or length(key) > 500 or dedup_key is not null then
        perform minipaas._check_publish(payload, array[key, dedup_key]);
        return minipaas._publish_once(stream, payload, key, headers, dedup_key);
    end if;
    select s.id, nullif(s.partitions, 1) into v_id, v_partitions from minipaas._stream_get(stream, 'publish') s;
    if not found then
        perform minipaas._stream_refuse(stream, 'publish');
    end if;
    if coalesce(current_setting('minipaas.bound_' || v_id, true), '') <> ''
        or not pg_try_advisory_xact_lock_shared(1297088512 + v_id, set_config(
            'minipaas.bound_' || v_id, coalesce(pg_sequence_last_value('minipaas._event_offset'), 0)::text, true
        )::bigint::bit(32)::integer)
    then
        perform minipaas._hold_back(v_id);
    end if;
    if v_partitions is not null then
        v_partitions := minipaas._partition(v_partitions, key);
    end if;
    insert into minipaas._event (event_offset, published_at, stream, partition, payload, key, headers)
    values (
        nextval('minipaas._event_offset'), minipaas._clock(), v_id, v_partitions, stream_publish.payload,
        stream_publish.key, stream_publish.headers
    )
    returning event_offset into v_offset;
    return v_offset;
end
$$;


--
-- Name: FUNCTION stream_publish(stream text, payload jsonb, key text, headers jsonb, dedup_key text); Type: COMMENT; Schema: minipaas; Owner: -
--

COMMENT ON FUNCTION minipaas.stream_publish(stream text, payload jsonb, key text, headers jsonb, dedup_key text) IS 'Appends an event to a stream, in the caller''s transaction.

payload: any JSON.
key: up to 500 characters; events with the same key are in one partition, so in order for whoever processes them.
headers: JSON for the application''s own use, such as trace ids.
dedup_key: up to 500 characters; while an event with it is kept, its offset is returned and nothing is added.
Returns the offset of the event. Waits for nobody, but for an open transaction that publishes the same dedup_key. Until
this transaction ends, readers stop before its events: keep it short.
Right: publish. Errors: MP002, MP005, MP006.';


--
-- Name: stream_publish_many(text, jsonb[], text[], jsonb[], text[]); Type: FUNCTION; Schema: minipaas; Owner: -
--

CREATE FUNCTION minipaas.stream_publish_many(stream text, payloads jsonb[], keys text[] DEFAULT NULL::text[], headers jsonb[] DEFAULT NULL::jsonb[], dedup_keys text[] DEFAULT NULL::text[]) RETURNS SETOF bigint
    LANGUAGE plpgsql SECURITY DEFINER
    SET search_path TO 'pg_catalog', 'pg_temp'
    AS $$
#variable_conflict use_column
declare
    v_stream minipaas._stream;
    v_now timestamptz := minipaas._clock();
begin
    select s.* into v_stream from minipaas._stream_get(stream, 'publish') s;
    if not found then
        perform minipaas._stream_refuse(stream, 'publish');
    elsif payloads is null or array_ndims(payloads) > 1 or array_position(payloads, null) is not null then
        perform minipaas._invalid('payloads', payloads::text, 'It is a one-dimensional array of JSON without NULL; the JSON null is ''null''::jsonb.');
    end if;
    perform minipaas._check_arrays(cardinality(payloads), 'keys', cardinality(keys));
    perform minipaas._check_arrays(cardinality(payloads), 'headers', cardinality(stream_publish_many.headers));
    perform minipaas._check_arrays(cardinality(payloads), 'dedup_keys', cardinality(dedup_keys));
    perform minipaas._check_publish('null', keys || dedup_keys);
    if dedup_keys is not null then
        return query
        select * from minipaas._publish_many_once(v_stream, payloads, keys, stream_publish_many.headers, dedup_keys);
        return;
    end if;
    perform minipaas._hold_back(v_stream.id);
    if keys is null and stream_publish_many.headers is null then
        return query
        insert into minipaas._event as e (event_offset, published_at, stream, partition, payload)
        select nextval('minipaas._event_offset'), v_now, v_stream.id, minipaas._partition(v_stream.partitions, null), u.payload
        from unnest(payloads) u (payload)
        returning e.event_offset;
    else
        return query
        insert into minipaas._event as e (event_offset, published_at, stream, partition, payload, key, headers)
        select
            nextval('minipaas._event_offset'), v_now, v_stream.id, minipaas._partition(v_stream.partitions, u.key), u.payload,
            u.key, u.headers
        from unnest(payloads, keys, stream_publish_many.headers) u (payload, key, headers)
        returning e.event_offset;
    end if;
end
$$;


--
-- Name: FUNCTION stream_publish_many(stream text, payloads jsonb[], keys text[], headers jsonb[], dedup_keys text[]); Type: COMMENT; Schema: minipaas; Owner: -
--

COMMENT ON FUNCTION minipaas.stream_publish_many(stream text, payloads jsonb[], keys text[], headers jsonb[], dedup_keys text[]) IS 'Appends an event for each payload, in the caller''s transaction and in the order of the array: one call for many events.

payloads: an array of JSON; its elements may be the JSON null, not NULL.
keys, headers, dedup_keys: arrays of the same length (NULL for none), or NULL.
The rest is as in stream_publish.
Returns the offsets of the events, in the order of the payloads.
Right: publish. Errors: MP002, MP005, MP006.';


--
-- Name: stream_release(text, text, integer, bigint); Type: FUNCTION; Schema: minipaas; Owner: -
--

CREATE FUNCTION minipaas.stream_release(stream text, consumer text, partition integer, lease_id bigint) RETURNS boolean
    LANGUAGE plpgsql SECURITY DEFINER
    SET search_path TO 'pg_catalog', 'pg_temp'
    AS $$
declare
    v_place minipaas._position := minipaas._position_lock(stream, consumer, partition, 'stream_release');
begin
    if v_place.lease_id is null or v_place.lease_id is distinct from stream_release.lease_id then
        return false;
    end if;
    v_place.lease_id := null;
    perform minipaas._position_add(v_place);
    return true;
end
$$;


--
-- Name: FUNCTION stream_release(stream text, consumer text, partition integer, lease_id bigint); Type: COMMENT; Schema: minipaas; Owner: -
--

COMMENT ON FUNCTION minipaas.stream_release(stream text, consumer text, partition integer, lease_id bigint) IS 'Gives a partition back: others get what was fetched and not committed.

partition, lease_id: as stream_fetch returned them.
Returns true, or false when the lease is not the partition''s any more. Waits as stream_commit does.
Right: consume. Errors: MP002, MP003, MP005, MP006; MP007 unless the transaction is READ COMMITTED and the server a primary.';


--
-- Name: stream_seek(text, text, bigint, timestamp with time zone); Type: FUNCTION; Schema: minipaas; Owner: -
--

CREATE FUNCTION minipaas.stream_seek(stream text, consumer text, to_offset bigint DEFAULT NULL::bigint, to_time timestamp with time zone DEFAULT NULL::timestamp with time zone) RETURNS void
    LANGUAGE plpgsql SECURITY DEFINER
    SET search_path TO 'pg_catalog', 'pg_temp'
    AS $$
#variable_conflict use_column
declare
    v_stream constant minipaas._stream := minipaas._stream_read(stream, 'stream_seek');
    v_consumer integer;
    v_committed bigint;
    v_place minipaas._position;
begin
    if num_nonnulls(to_offset, to_time) <> 1 then
        perform minipaas._invalid(
            'position', format('to_offset %s, to_time %s', coalesce(to_offset::text, 'NULL'), coalesce(to_time::text, 'NULL')),
            'Give either to_offset or to_time.'
        );
    end if;
    select k.id into v_consumer
    from minipaas._consumer k
    where k.stream = v_stream.id and k.name = stream_seek.consumer;
    if not found then
        perform minipaas._consumer_refuse(stream, consumer);
    end if;
    perform from minipaas._cursor c where c.consumer = v_consumer order by c.id for update;
    v_committed := minipaas._start_at(v_stream, 'to_offset', to_offset, to_time);
    for v_place in
        select p.*
        from minipaas._cursor c
        cross join lateral minipaas._position_now(c.id) p
        where c.consumer = v_consumer
    loop
        v_place.committed := v_committed;
        v_place.lease_id := null;
        perform minipaas._position_add(v_place);
    end loop;
end
$$;


--
-- Name: FUNCTION stream_seek(stream text, consumer text, to_offset bigint, to_time timestamp with time zone); Type: COMMENT; Schema: minipaas; Owner: -
--

COMMENT ON FUNCTION minipaas.stream_seek(stream text, consumer text, to_offset bigint, to_time timestamp with time zone) IS 'Moves a consumer, back or forth, in all partitions, and ends its leases: who holds one can''t commit it any more.

to_offset: the next offset to read, or the first event above it.
to_time: go on with the first event published at this time or later. One of the two; what is beyond either end means that end.
Returns nothing. Waits for transactions that hold a partition of the consumer.
Right: consume. Errors: MP002, MP003, MP005, MP006; MP007 unless the transaction is READ COMMITTED and the server a primary.';


--
-- Name: stream_subscribe(text, text, bigint, timestamp with time zone, boolean); Type: FUNCTION; Schema: minipaas; Owner: -
--

CREATE FUNCTION minipaas.stream_subscribe(stream text, consumer text, from_offset bigint DEFAULT 0, from_time timestamp with time zone DEFAULT NULL::timestamp with time zone, from_latest boolean DEFAULT false) RETURNS void
    LANGUAGE plpgsql SECURITY DEFINER
    SET search_path TO 'pg_catalog', 'pg_temp'
    AS $$
#variable_conflict use_column
declare
    v_stream minipaas._stream;
    v_consumer integer;
    v_committed bigint;
begin
    select s.* into v_stream from minipaas._stream_get(stream_subscribe.stream, 'consume') s;
    if not found then
        perform minipaas._stream_refuse(stream, 'consume');
    elsif from_time is not null or pg_is_in_recovery() then
        v_stream := minipaas._stream_read(stream, 'stream_subscribe with from_time');
    end if;
    perform minipaas._check_name('consumer', consumer);
    from_offset := case when from_time is null and from_latest is not true then coalesce(from_offset, 0) else nullif(from_offset, 0) end;
    if num_nonnulls(from_offset, from_time, nullif(from_latest, false)) > 1 then
        perform minipaas._invalid(
            'start', format('from_offset %s, from_time %s, from_latest %s', from_offset, from_time, from_latest),
            'Give one of from_offset, from_time and from_latest.'
        );
    end if;
    v_committed := minipaas._start_at(v_stream, 'from_offset', from_offset, from_time);
    insert into minipaas._consumer (stream, name, created_at)
    values (v_stream.id, stream_subscribe.consumer, minipaas._clock())
    on conflict (stream, name) do nothing
    returning id into v_consumer;
    if found then
        insert into minipaas._cursor (consumer, partition)
        select v_consumer, n from generate_series(0, v_stream.partitions - 1) n;
        insert into minipaas._position (cursor, committed, fetched)
        select c.id, v_committed, v_committed from minipaas._cursor c where c.consumer = v_consumer;
    end if;
end
$$;


--
-- Name: FUNCTION stream_subscribe(stream text, consumer text, from_offset bigint, from_time timestamp with time zone, from_latest boolean); Type: COMMENT; Schema: minipaas; Owner: -
--

COMMENT ON FUNCTION minipaas.stream_subscribe(stream text, consumer text, from_offset bigint, from_time timestamp with time zone, from_latest boolean) IS 'Creates a consumer of a stream, or leaves the one of this name where it is.

consumer: any text of 1 to 255 characters.
from_offset: the first offset to read (default 0: the oldest event).
from_time: begin with the first event published at this time or later.
from_latest: begin after the present head (default false). One of the three; what is beyond either end means that end.
Returns nothing. Each consumer reads all events; workers that fetch for the same consumer share them.
Right: consume. Errors: MP002, MP005, MP006; MP007 with from_time unless the transaction is READ COMMITTED.';


--
-- Name: stream_trim(text, bigint); Type: FUNCTION; Schema: minipaas; Owner: -
--

CREATE FUNCTION minipaas.stream_trim(stream text, before_offset bigint) RETURNS bigint
    LANGUAGE plpgsql SECURITY DEFINER
    SET search_path TO 'pg_catalog', 'pg_temp'
    AS $$
declare
    v_stream minipaas._stream;
    v_before bigint;
begin
    if current_setting('transaction_isolation') <> 'read committed' or pg_is_in_recovery() then
        perform minipaas._wrong_isolation('stream_trim');
    end if;
    select s.* into v_stream from minipaas._stream_get(stream, 'manage') s;
    if not found then
        perform minipaas._stream_refuse(stream, 'manage');
    elsif before_offset is null or before_offset < 0 then
        perform minipaas._invalid('before_offset', before_offset::text, 'It is the offset of the first event to keep.');
    end if;
    select s.* into v_stream from minipaas._stream s where s.id = v_stream.id for no key update;
    v_before := least(before_offset, minipaas._stream_head(v_stream.id) + 1);
    if v_before - 1 <= v_stream.trimmed then
        return 0;
    end if;
    return minipaas._trim(v_stream, v_before, true);
end
$$;


--
-- Name: FUNCTION stream_trim(stream text, before_offset bigint); Type: COMMENT; Schema: minipaas; Owner: -
--

COMMENT ON FUNCTION minipaas.stream_trim(stream text, before_offset bigint) IS 'Deletes the events of a stream below an offset, whether its consumers have read them or not.

before_offset: the first offset to keep; beyond stream_head, that is where it ends.
Returns how many events. What a consumer had not read is counted in consumer_stats.events_lost. Waits for transactions of
consumers that have not read so far, and for another trim of the stream.
Right: manage. Errors: MP002, MP005, MP006; MP007 unless the transaction is READ COMMITTED and the server a primary.';


--
-- Name: stream_unsubscribe(text, text); Type: FUNCTION; Schema: minipaas; Owner: -
--

CREATE FUNCTION minipaas.stream_unsubscribe(stream text, consumer text) RETURNS boolean
    LANGUAGE plpgsql SECURITY DEFINER
    SET search_path TO 'pg_catalog', 'pg_temp'
    AS $$
declare
    v_stream minipaas._stream;
    v_consumer integer;
begin
    select s.* into v_stream from minipaas._stream_get(stream, 'consume') s;
    if not found then
        perform minipaas._stream_refuse(stream, 'consume');
    end if;
    perform minipaas._check_name('consumer', consumer);
    select k.id into v_consumer
    from minipaas._consumer k
    where k.stream = v_stream.id and k.name = stream_unsubscribe.consumer
    for update;
    if not found then
        return false;
    end if;
    perform minipaas._consumer_drop(v_consumer);
    return true;
end
$$;


--
-- Name: FUNCTION stream_unsubscribe(stream text, consumer text); Type: COMMENT; Schema: minipaas; Owner: -
--

COMMENT ON FUNCTION minipaas.stream_unsubscribe(stream text, consumer text) IS 'Deletes a consumer of a stream, and its leases; trimming does not spare events for it any more.

Returns true, or false when there is no such consumer. Waits for transactions that hold a partition of it.
Right: consume. Errors: MP002, MP005, MP006.';


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
-- Name: _consumer; Type: TABLE; Schema: minipaas; Owner: -
--

CREATE TABLE minipaas._consumer (
    id integer NOT NULL,
    stream integer NOT NULL,
    name text NOT NULL,
    created_at timestamp with time zone NOT NULL
);


--
-- Name: TABLE _consumer; Type: COMMENT; Schema: minipaas; Owner: -
--

COMMENT ON TABLE minipaas._consumer IS 'The consumers of each stream.';


--
-- Name: _consumer_id_seq; Type: SEQUENCE; Schema: minipaas; Owner: -
--

ALTER TABLE minipaas._consumer ALTER COLUMN id ADD GENERATED ALWAYS AS IDENTITY (
    SEQUENCE NAME minipaas._consumer_id_seq
    START WITH 1
    INCREMENT BY 1
    NO MINVALUE
    NO MAXVALUE
    CACHE 1
);


--
-- Name: _cursor; Type: TABLE; Schema: minipaas; Owner: -
--

CREATE TABLE minipaas._cursor (
    id integer NOT NULL,
    consumer integer NOT NULL,
    partition integer NOT NULL
);


--
-- Name: TABLE _cursor; Type: COMMENT; Schema: minipaas; Owner: -
--

COMMENT ON TABLE minipaas._cursor IS 'The partitions of each consumer.';


--
-- Name: _cursor_id_seq; Type: SEQUENCE; Schema: minipaas; Owner: -
--

ALTER TABLE minipaas._cursor ALTER COLUMN id ADD GENERATED ALWAYS AS IDENTITY (
    SEQUENCE NAME minipaas._cursor_id_seq
    START WITH 1
    INCREMENT BY 1
    NO MINVALUE
    NO MAXVALUE
    CACHE 1
);


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
-- Name: _event; Type: TABLE; Schema: minipaas; Owner: -
--

CREATE TABLE minipaas._event (
    event_offset bigint NOT NULL,
    published_at timestamp with time zone NOT NULL,
    stream integer NOT NULL,
    partition integer,
    payload jsonb NOT NULL,
    key text,
    headers jsonb,
    dedup_key text
)
WITH (autovacuum_vacuum_scale_factor='0.02', autovacuum_vacuum_insert_scale_factor='0.02', autovacuum_vacuum_cost_delay='1');


--
-- Name: TABLE _event; Type: COMMENT; Schema: minipaas; Owner: -
--

COMMENT ON TABLE minipaas._event IS 'The events of all streams.';


--
-- Name: _event_offset; Type: SEQUENCE; Schema: minipaas; Owner: -
--

CREATE SEQUENCE minipaas._event_offset
    START WITH 1
    INCREMENT BY 1
    NO MINVALUE
    NO MAXVALUE
    CACHE 1;


--
-- Name: SEQUENCE _event_offset; Type: COMMENT; Schema: minipaas; Owner: -
--

COMMENT ON SEQUENCE minipaas._event_offset IS 'The offsets of events.';


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
-- Name: _position_id_seq; Type: SEQUENCE; Schema: minipaas; Owner: -
--

ALTER TABLE minipaas._position ALTER COLUMN id ADD GENERATED ALWAYS AS IDENTITY (
    SEQUENCE NAME minipaas._position_id_seq
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
-- Name: _stream_id_seq; Type: SEQUENCE; Schema: minipaas; Owner: -
--

ALTER TABLE minipaas._stream ALTER COLUMN id ADD GENERATED ALWAYS AS IDENTITY (
    SEQUENCE NAME minipaas._stream_id_seq
    START WITH 1
    INCREMENT BY 1
    NO MINVALUE
    NO MAXVALUE
    CACHE 1
);


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
-- Name: consumer_stats; Type: VIEW; Schema: minipaas; Owner: -
--

CREATE VIEW minipaas.consumer_stats AS
 SELECT s.name AS stream,
    k.name AS consumer,
    c.partition,
    GREATEST(p.committed, s.trimmed) AS committed_offset,
        CASE
            WHEN (n.count <= 10000) THEN n.count
            ELSE ((n.count * (COALESCE(h.head, n.upto) - GREATEST(p.committed, s.trimmed))) / (n.upto - GREATEST(p.committed, s.trimmed)))
        END AS lag_events,
    (n.count > 10000) AS lag_estimated,
        CASE
            WHEN (n.count > 0) THEN GREATEST((t.now - n.since), '00:00:00'::interval)
            ELSE NULL::interval
        END AS lag_time,
    p.lease_id,
        CASE
            WHEN (p.lease_id IS NOT NULL) THEN p.worker
            ELSE NULL::text
        END AS worker,
        CASE
            WHEN (p.lease_id IS NOT NULL) THEN p.lease_until
            ELSE NULL::timestamp with time zone
        END AS lease_until,
    p.lost AS events_lost,
    h.blocked_by
   FROM ((((((minipaas._stream s
     JOIN minipaas._consumer k ON ((k.stream = s.id)))
     JOIN minipaas._cursor c ON ((c.consumer = k.id)))
     CROSS JOIN ( SELECT minipaas._clock() AS now) t)
     CROSS JOIN LATERAL minipaas._stream_state(s.id) h(head, blocked_by))
     CROSS JOIN LATERAL ( SELECT p_1.cursor,
            p_1.id,
            p_1.committed,
            p_1.fetched,
            p_1.lease_id,
            p_1.lease_until,
            p_1.worker,
            p_1.lost,
            p_1.pruned,
            p_1.entries
           FROM minipaas._position p_1
          WHERE (p_1.cursor = c.id)
          ORDER BY p_1.cursor DESC, p_1.id DESC
         LIMIT 1) p)
     CROSS JOIN LATERAL ( SELECT count(*) AS count,
            max(l.event_offset) AS upto,
            (array_agg(l.published_at ORDER BY l.event_offset))[1] AS since
           FROM (( SELECT e.event_offset,
                    e.published_at
                   FROM minipaas._event e
                  WHERE ((s.partitions = 1) AND (e.stream = s.id) AND (e.event_offset > GREATEST(p.committed, s.trimmed)) AND (e.event_offset <= COALESCE(h.head, '9223372036854775807'::bigint)))
                  ORDER BY e.event_offset
                 LIMIT 10001)
                UNION ALL
                ( SELECT e.event_offset,
                    e.published_at
                   FROM minipaas._event e
                  WHERE ((s.partitions > 1) AND (e.stream = s.id) AND (e.partition = c.partition) AND (e.event_offset > GREATEST(p.committed, s.trimmed)) AND (e.event_offset <= COALESCE(h.head, '9223372036854775807'::bigint)))
                  ORDER BY e.event_offset
                 LIMIT 10001)) l) n)
  WHERE ( SELECT minipaas._may('observe'::text) AS _may);


--
-- Name: VIEW consumer_stats; Type: COMMENT; Schema: minipaas; Owner: -
--

COMMENT ON VIEW minipaas.consumer_stats IS 'Where each consumer stands in each partition. Right: observe; others see no rows.

committed_offset: it is done with the events up to here, or they were trimmed.
lag_events: how many it can read now and has not committed; above 10,000 an estimate, and lag_estimated says so.
lag_time: how long the first of them has waited since it was published; NULL: none waits.
lease_id, worker, lease_until: who holds the partition; past lease_until anybody gets it.
events_lost: how many were trimmed before it had committed them.
blocked_by: the open transaction that has published to the stream and keeps readers from what came later: its pid,
application and age, or the gid of a prepared one; NULL: nobody does.';


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
-- Name: stream_stats; Type: VIEW; Schema: minipaas; Owner: -
--

CREATE VIEW minipaas.stream_stats AS
 SELECT s.name AS stream,
    h.head,
        CASE
            WHEN (n.count <= 10000) THEN n.count
            ELSE ((n.count * (COALESCE(h.head, z.newest) - s.trimmed)) / (n.upto - s.trimmed))
        END AS events,
    (n.count > 10000) AS events_estimated,
    (COALESCE((z.bytes * (
        CASE
            WHEN (n.count <= 10000) THEN n.count
            ELSE ((n.count * (COALESCE(h.head, z.newest) - s.trimmed)) / (n.upto - s.trimmed))
        END)::numeric), (0)::numeric))::bigint AS bytes,
    o.published_at AS oldest,
    o.event_offset AS oldest_offset
   FROM ((((minipaas._stream s
     CROSS JOIN LATERAL minipaas._stream_state(s.id) h(head, blocked_by))
     CROSS JOIN LATERAL ( SELECT count(*) AS count,
            max(l.event_offset) AS upto
           FROM ( SELECT e.event_offset
                   FROM minipaas._event e
                  WHERE ((e.stream = s.id) AND (e.event_offset > s.trimmed))
                  ORDER BY e.event_offset
                 LIMIT 10001) l) n)
     CROSS JOIN LATERAL ( SELECT avg(l.bytes) AS bytes,
            max(l.event_offset) AS newest
           FROM ( SELECT e.event_offset,
                    ((((60 + pg_column_size(e.payload)) + COALESCE(pg_column_size(e.headers), 0)) + COALESCE(octet_length(e.key), 0)) + COALESCE(octet_length(e.dedup_key), 0)) AS bytes
                   FROM minipaas._event e
                  WHERE ((e.stream = s.id) AND (e.event_offset > s.trimmed))
                  ORDER BY e.event_offset DESC
                 LIMIT 100) l) z)
     LEFT JOIN LATERAL ( SELECT e.event_offset,
            e.published_at
           FROM minipaas._event e
          WHERE ((e.stream = s.id) AND (e.event_offset > s.trimmed))
          ORDER BY e.event_offset
         LIMIT 1) o ON (true))
  WHERE ( SELECT minipaas._may('observe'::text) AS _may);


--
-- Name: VIEW stream_stats; Type: COMMENT; Schema: minipaas; Owner: -
--

COMMENT ON VIEW minipaas.stream_stats IS 'How much each stream holds. Right: observe; others see no rows.

head: how far it can be read, as stream_head says (NULL on a standby). events: how many there are; above 10,000 an estimate, and
events_estimated says so. bytes: their size, estimated. oldest, oldest_offset: when the oldest one was published, and its offset.';


--
-- Name: streams; Type: VIEW; Schema: minipaas; Owner: -
--

CREATE VIEW minipaas.streams AS
 SELECT name AS stream,
    partitions,
    keep,
    keep_events,
    max_lag,
    created_at
   FROM minipaas._stream s
  WHERE ( SELECT minipaas._may('observe'::text) AS _may);


--
-- Name: VIEW streams; Type: COMMENT; Schema: minipaas; Owner: -
--

COMMENT ON VIEW minipaas.streams IS 'The streams and their settings, as stream_create and stream_alter take them. Right: observe; others see no rows.';


--
-- Name: _access _access_pkey; Type: CONSTRAINT; Schema: minipaas; Owner: -
--

ALTER TABLE ONLY minipaas._access
    ADD CONSTRAINT _access_pkey PRIMARY KEY (role, action);


--
-- Name: _consumer _consumer_pkey; Type: CONSTRAINT; Schema: minipaas; Owner: -
--

ALTER TABLE ONLY minipaas._consumer
    ADD CONSTRAINT _consumer_pkey PRIMARY KEY (id);


--
-- Name: _consumer _consumer_stream_name_key; Type: CONSTRAINT; Schema: minipaas; Owner: -
--

ALTER TABLE ONLY minipaas._consumer
    ADD CONSTRAINT _consumer_stream_name_key UNIQUE (stream, name);


--
-- Name: _cursor _cursor_consumer_partition_key; Type: CONSTRAINT; Schema: minipaas; Owner: -
--

ALTER TABLE ONLY minipaas._cursor
    ADD CONSTRAINT _cursor_consumer_partition_key UNIQUE (consumer, partition);


--
-- Name: _cursor _cursor_pkey; Type: CONSTRAINT; Schema: minipaas; Owner: -
--

ALTER TABLE ONLY minipaas._cursor
    ADD CONSTRAINT _cursor_pkey PRIMARY KEY (id);


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
-- Name: _event _event_pkey; Type: CONSTRAINT; Schema: minipaas; Owner: -
--

ALTER TABLE ONLY minipaas._event
    ADD CONSTRAINT _event_pkey PRIMARY KEY (stream, event_offset);


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
-- Name: _position _position_pkey; Type: CONSTRAINT; Schema: minipaas; Owner: -
--

ALTER TABLE ONLY minipaas._position
    ADD CONSTRAINT _position_pkey PRIMARY KEY (cursor, id);


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
-- Name: _stream _stream_name_key; Type: CONSTRAINT; Schema: minipaas; Owner: -
--

ALTER TABLE ONLY minipaas._stream
    ADD CONSTRAINT _stream_name_key UNIQUE (name);


--
-- Name: _stream _stream_pkey; Type: CONSTRAINT; Schema: minipaas; Owner: -
--

ALTER TABLE ONLY minipaas._stream
    ADD CONSTRAINT _stream_pkey PRIMARY KEY (id);


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
-- Name: _event_dedup_key; Type: INDEX; Schema: minipaas; Owner: -
--

CREATE UNIQUE INDEX _event_dedup_key ON minipaas._event USING btree (stream, dedup_key) WHERE (dedup_key IS NOT NULL);


--
-- Name: _event_key; Type: INDEX; Schema: minipaas; Owner: -
--

CREATE INDEX _event_key ON minipaas._event USING btree (stream, key, event_offset) WHERE (key IS NOT NULL);


--
-- Name: _event_partition; Type: INDEX; Schema: minipaas; Owner: -
--

CREATE INDEX _event_partition ON minipaas._event USING btree (stream, partition, event_offset) WHERE (partition IS NOT NULL);


--
-- Name: _ready_id; Type: INDEX; Schema: minipaas; Owner: -
--

CREATE INDEX _ready_id ON minipaas._ready USING btree (id) WHERE ("position" <> id);


--
-- Name: _waiting_until; Type: INDEX; Schema: minipaas; Owner: -
--

CREATE INDEX _waiting_until ON minipaas._waiting USING btree (queue, lane, until);


--
-- Name: TYPE _event_read; Type: ACL; Schema: minipaas; Owner: -
--

REVOKE ALL ON TYPE minipaas._event_read FROM PUBLIC;


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
-- Name: FUNCTION _check_arrays(payloads integer, name text, count integer); Type: ACL; Schema: minipaas; Owner: -
--

REVOKE ALL ON FUNCTION minipaas._check_arrays(payloads integer, name text, count integer) FROM PUBLIC;


--
-- Name: FUNCTION _check_batch(batch_size integer, lease interval); Type: ACL; Schema: minipaas; Owner: -
--

REVOKE ALL ON FUNCTION minipaas._check_batch(batch_size integer, lease interval) FROM PUBLIC;


--
-- Name: FUNCTION _check_consume(stream minipaas._stream, argument text, event_offset bigint, batch_size integer, partition integer); Type: ACL; Schema: minipaas; Owner: -
--

REVOKE ALL ON FUNCTION minipaas._check_consume(stream minipaas._stream, argument text, event_offset bigint, batch_size integer, partition integer) FROM PUBLIC;


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
-- Name: FUNCTION _check_publish(payload jsonb, keys text[]); Type: ACL; Schema: minipaas; Owner: -
--

REVOKE ALL ON FUNCTION minipaas._check_publish(payload jsonb, keys text[]) FROM PUBLIC;


--
-- Name: FUNCTION _check_settings(lease interval, max_attempts integer, backoff interval, backoff_max interval, keep_done interval); Type: ACL; Schema: minipaas; Owner: -
--

REVOKE ALL ON FUNCTION minipaas._check_settings(lease interval, max_attempts integer, backoff interval, backoff_max interval, keep_done interval) FROM PUBLIC;


--
-- Name: FUNCTION _check_stream(partitions integer, keep interval, keep_events bigint, max_lag interval); Type: ACL; Schema: minipaas; Owner: -
--

REVOKE ALL ON FUNCTION minipaas._check_stream(partitions integer, keep interval, keep_events bigint, max_lag interval) FROM PUBLIC;


--
-- Name: FUNCTION _clock(); Type: ACL; Schema: minipaas; Owner: -
--

REVOKE ALL ON FUNCTION minipaas._clock() FROM PUBLIC;


--
-- Name: FUNCTION _clock_moved(); Type: ACL; Schema: minipaas; Owner: -
--

REVOKE ALL ON FUNCTION minipaas._clock_moved() FROM PUBLIC;


--
-- Name: FUNCTION _consumer_drop(consumer integer); Type: ACL; Schema: minipaas; Owner: -
--

REVOKE ALL ON FUNCTION minipaas._consumer_drop(consumer integer) FROM PUBLIC;


--
-- Name: FUNCTION _consumer_refuse(stream text, consumer text); Type: ACL; Schema: minipaas; Owner: -
--

REVOKE ALL ON FUNCTION minipaas._consumer_refuse(stream text, consumer text) FROM PUBLIC;


--
-- Name: FUNCTION _dead_add(task minipaas._waiting, error text); Type: ACL; Schema: minipaas; Owner: -
--

REVOKE ALL ON FUNCTION minipaas._dead_add(task minipaas._waiting, error text) FROM PUBLIC;


--
-- Name: FUNCTION _deny(action text, queue text, stream text); Type: ACL; Schema: minipaas; Owner: -
--

REVOKE ALL ON FUNCTION minipaas._deny(action text, queue text, stream text) FROM PUBLIC;


--
-- Name: FUNCTION _event_count(stream minipaas._stream, partition integer, after_offset bigint, upto bigint); Type: ACL; Schema: minipaas; Owner: -
--

REVOKE ALL ON FUNCTION minipaas._event_count(stream minipaas._stream, partition integer, after_offset bigint, upto bigint) FROM PUBLIC;


--
-- Name: FUNCTION _find(queue minipaas._queue, batch_size integer, now timestamp with time zone, OUT tids tid[], OUT is_due boolean); Type: ACL; Schema: minipaas; Owner: -
--

REVOKE ALL ON FUNCTION minipaas._find(queue minipaas._queue, batch_size integer, now timestamp with time zone, OUT tids tid[], OUT is_due boolean) FROM PUBLIC;


--
-- Name: FUNCTION _first_at(stream minipaas._stream, at timestamp with time zone, head bigint); Type: ACL; Schema: minipaas; Owner: -
--

REVOKE ALL ON FUNCTION minipaas._first_at(stream minipaas._stream, at timestamp with time zone, head bigint) FROM PUBLIC;


--
-- Name: FUNCTION _held(id bigint, attempt integer); Type: ACL; Schema: minipaas; Owner: -
--

REVOKE ALL ON FUNCTION minipaas._held(id bigint, attempt integer) FROM PUBLIC;


--
-- Name: FUNCTION _hold_back(stream integer); Type: ACL; Schema: minipaas; Owner: -
--

REVOKE ALL ON FUNCTION minipaas._hold_back(stream integer) FROM PUBLIC;


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
-- Name: FUNCTION _lanes(queue integer); Type: ACL; Schema: minipaas; Owner: -
--

REVOKE ALL ON FUNCTION minipaas._lanes(queue integer) FROM PUBLIC;


--
-- Name: FUNCTION _lost(ids bigint[]); Type: ACL; Schema: minipaas; Owner: -
--

REVOKE ALL ON FUNCTION minipaas._lost(ids bigint[]) FROM PUBLIC;


--
-- Name: FUNCTION _mark_confirm(mark minipaas._mark); Type: ACL; Schema: minipaas; Owner: -
--

REVOKE ALL ON FUNCTION minipaas._mark_confirm(mark minipaas._mark) FROM PUBLIC;


--
-- Name: FUNCTION _mark_get(queue integer, lane smallint); Type: ACL; Schema: minipaas; Owner: -
--

REVOKE ALL ON FUNCTION minipaas._mark_get(queue integer, lane smallint) FROM PUBLIC;


--
-- Name: FUNCTION _mark_move(mark minipaas._mark, hint bigint, due_hint timestamp with time zone, pass text, cost interval); Type: ACL; Schema: minipaas; Owner: -
--

REVOKE ALL ON FUNCTION minipaas._mark_move(mark minipaas._mark, hint bigint, due_hint timestamp with time zone, pass text, cost interval) FROM PUBLIC;


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
-- Name: FUNCTION _may(action text); Type: ACL; Schema: minipaas; Owner: -
--

REVOKE ALL ON FUNCTION minipaas._may(action text) FROM PUBLIC;


--
-- Name: FUNCTION _may_retry(attempt integer, granted integer, max_attempts integer); Type: ACL; Schema: minipaas; Owner: -
--

REVOKE ALL ON FUNCTION minipaas._may_retry(attempt integer, granted integer, max_attempts integer) FROM PUBLIC;


--
-- Name: FUNCTION _next_event(stream minipaas._stream, partition integer, after_offset bigint, upto bigint); Type: ACL; Schema: minipaas; Owner: -
--

REVOKE ALL ON FUNCTION minipaas._next_event(stream minipaas._stream, partition integer, after_offset bigint, upto bigint) FROM PUBLIC;


--
-- Name: FUNCTION _partition(partitions integer, key text); Type: ACL; Schema: minipaas; Owner: -
--

REVOKE ALL ON FUNCTION minipaas._partition(partitions integer, key text) FROM PUBLIC;


--
-- Name: FUNCTION _places(stream minipaas._stream, upto bigint); Type: ACL; Schema: minipaas; Owner: -
--

REVOKE ALL ON FUNCTION minipaas._places(stream minipaas._stream, upto bigint) FROM PUBLIC;


--
-- Name: FUNCTION _position_add(place minipaas._position); Type: ACL; Schema: minipaas; Owner: -
--

REVOKE ALL ON FUNCTION minipaas._position_add(place minipaas._position) FROM PUBLIC;


--
-- Name: FUNCTION _position_lock(stream text, consumer text, partition integer, call text); Type: ACL; Schema: minipaas; Owner: -
--

REVOKE ALL ON FUNCTION minipaas._position_lock(stream text, consumer text, partition integer, call text) FROM PUBLIC;


--
-- Name: FUNCTION _position_now(cursor integer); Type: ACL; Schema: minipaas; Owner: -
--

REVOKE ALL ON FUNCTION minipaas._position_now(cursor integer) FROM PUBLIC;


--
-- Name: FUNCTION _publish_many_once(stream minipaas._stream, payloads jsonb[], keys text[], headers jsonb[], dedup_keys text[]); Type: ACL; Schema: minipaas; Owner: -
--

REVOKE ALL ON FUNCTION minipaas._publish_many_once(stream minipaas._stream, payloads jsonb[], keys text[], headers jsonb[], dedup_keys text[]) FROM PUBLIC;


--
-- Name: FUNCTION _publish_once(stream text, payload jsonb, key text, headers jsonb, dedup_key text); Type: ACL; Schema: minipaas; Owner: -
--

REVOKE ALL ON FUNCTION minipaas._publish_once(stream text, payload jsonb, key text, headers jsonb, dedup_key text) FROM PUBLIC;


--
-- Name: FUNCTION _publishers(stream integer, last bigint); Type: ACL; Schema: minipaas; Owner: -
--

REVOKE ALL ON FUNCTION minipaas._publishers(stream integer, last bigint) FROM PUBLIC;


--
-- Name: FUNCTION _queue_get(queue text, action text); Type: ACL; Schema: minipaas; Owner: -
--

REVOKE ALL ON FUNCTION minipaas._queue_get(queue text, action text) FROM PUBLIC;


--
-- Name: FUNCTION _queue_refuse(queue text, action text); Type: ACL; Schema: minipaas; Owner: -
--

REVOKE ALL ON FUNCTION minipaas._queue_refuse(queue text, action text) FROM PUBLIC;


--
-- Name: FUNCTION _retain(stream minipaas._stream, deadline timestamp with time zone); Type: ACL; Schema: minipaas; Owner: -
--

REVOKE ALL ON FUNCTION minipaas._retain(stream minipaas._stream, deadline timestamp with time zone) FROM PUBLIC;


--
-- Name: FUNCTION _run_end(stream minipaas._stream, partition integer, after_offset bigint, head bigint, batch_size integer); Type: ACL; Schema: minipaas; Owner: -
--

REVOKE ALL ON FUNCTION minipaas._run_end(stream minipaas._stream, partition integer, after_offset bigint, head bigint, batch_size integer) FROM PUBLIC;


--
-- Name: FUNCTION _start_at(stream minipaas._stream, argument text, event_offset bigint, at timestamp with time zone); Type: ACL; Schema: minipaas; Owner: -
--

REVOKE ALL ON FUNCTION minipaas._start_at(stream minipaas._stream, argument text, event_offset bigint, at timestamp with time zone) FROM PUBLIC;


--
-- Name: FUNCTION _stream_get(stream text, action text); Type: ACL; Schema: minipaas; Owner: -
--

REVOKE ALL ON FUNCTION minipaas._stream_get(stream text, action text) FROM PUBLIC;


--
-- Name: FUNCTION _stream_head(stream integer); Type: ACL; Schema: minipaas; Owner: -
--

REVOKE ALL ON FUNCTION minipaas._stream_head(stream integer) FROM PUBLIC;


--
-- Name: FUNCTION _stream_read(stream text, call text); Type: ACL; Schema: minipaas; Owner: -
--

REVOKE ALL ON FUNCTION minipaas._stream_read(stream text, call text) FROM PUBLIC;


--
-- Name: FUNCTION _stream_refuse(stream text, action text); Type: ACL; Schema: minipaas; Owner: -
--

REVOKE ALL ON FUNCTION minipaas._stream_refuse(stream text, action text) FROM PUBLIC;


--
-- Name: FUNCTION _stream_state(stream integer, OUT head bigint, OUT blocked_by jsonb); Type: ACL; Schema: minipaas; Owner: -
--

REVOKE ALL ON FUNCTION minipaas._stream_state(stream integer, OUT head bigint, OUT blocked_by jsonb) FROM PUBLIC;


--
-- Name: FUNCTION _take(stream minipaas._stream, consumer integer, head bigint, batch_size integer, OUT partition integer, OUT after_offset bigint, OUT place minipaas._position); Type: ACL; Schema: minipaas; Owner: -
--

REVOKE ALL ON FUNCTION minipaas._take(stream minipaas._stream, consumer integer, head bigint, batch_size integer, OUT partition integer, OUT after_offset bigint, OUT place minipaas._position) FROM PUBLIC;


--
-- Name: FUNCTION _trim(stream minipaas._stream, before bigint, waits boolean); Type: ACL; Schema: minipaas; Owner: -
--

REVOKE ALL ON FUNCTION minipaas._trim(stream minipaas._stream, before bigint, waits boolean) FROM PUBLIC;


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
-- Name: FUNCTION maintain(); Type: ACL; Schema: minipaas; Owner: -
--

REVOKE ALL ON FUNCTION minipaas.maintain() FROM PUBLIC;


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
-- Name: FUNCTION stream_alter(stream text, keep interval, keep_events bigint, max_lag interval); Type: ACL; Schema: minipaas; Owner: -
--

REVOKE ALL ON FUNCTION minipaas.stream_alter(stream text, keep interval, keep_events bigint, max_lag interval) FROM PUBLIC;


--
-- Name: FUNCTION stream_commit(stream text, consumer text, partition integer, event_offset bigint, lease_id bigint, strict boolean); Type: ACL; Schema: minipaas; Owner: -
--

REVOKE ALL ON FUNCTION minipaas.stream_commit(stream text, consumer text, partition integer, event_offset bigint, lease_id bigint, strict boolean) FROM PUBLIC;


--
-- Name: FUNCTION stream_consume(stream text, after_offset bigint, batch_size integer, partition integer, key text); Type: ACL; Schema: minipaas; Owner: -
--

REVOKE ALL ON FUNCTION minipaas.stream_consume(stream text, after_offset bigint, batch_size integer, partition integer, key text) FROM PUBLIC;


--
-- Name: FUNCTION stream_create(stream text, partitions integer, keep interval, keep_events bigint, max_lag interval); Type: ACL; Schema: minipaas; Owner: -
--

REVOKE ALL ON FUNCTION minipaas.stream_create(stream text, partitions integer, keep interval, keep_events bigint, max_lag interval) FROM PUBLIC;


--
-- Name: FUNCTION stream_drop(stream text, force boolean); Type: ACL; Schema: minipaas; Owner: -
--

REVOKE ALL ON FUNCTION minipaas.stream_drop(stream text, force boolean) FROM PUBLIC;


--
-- Name: FUNCTION stream_extend(stream text, consumer text, partition integer, lease_id bigint, lease interval); Type: ACL; Schema: minipaas; Owner: -
--

REVOKE ALL ON FUNCTION minipaas.stream_extend(stream text, consumer text, partition integer, lease_id bigint, lease interval) FROM PUBLIC;


--
-- Name: FUNCTION stream_fetch(stream text, consumer text, batch_size integer, lease interval, worker text); Type: ACL; Schema: minipaas; Owner: -
--

REVOKE ALL ON FUNCTION minipaas.stream_fetch(stream text, consumer text, batch_size integer, lease interval, worker text) FROM PUBLIC;


--
-- Name: FUNCTION stream_head(stream text); Type: ACL; Schema: minipaas; Owner: -
--

REVOKE ALL ON FUNCTION minipaas.stream_head(stream text) FROM PUBLIC;


--
-- Name: FUNCTION stream_publish(stream text, payload jsonb, key text, headers jsonb, dedup_key text); Type: ACL; Schema: minipaas; Owner: -
--

REVOKE ALL ON FUNCTION minipaas.stream_publish(stream text, payload jsonb, key text, headers jsonb, dedup_key text) FROM PUBLIC;


--
-- Name: FUNCTION stream_publish_many(stream text, payloads jsonb[], keys text[], headers jsonb[], dedup_keys text[]); Type: ACL; Schema: minipaas; Owner: -
--

REVOKE ALL ON FUNCTION minipaas.stream_publish_many(stream text, payloads jsonb[], keys text[], headers jsonb[], dedup_keys text[]) FROM PUBLIC;


--
-- Name: FUNCTION stream_release(stream text, consumer text, partition integer, lease_id bigint); Type: ACL; Schema: minipaas; Owner: -
--

REVOKE ALL ON FUNCTION minipaas.stream_release(stream text, consumer text, partition integer, lease_id bigint) FROM PUBLIC;


--
-- Name: FUNCTION stream_seek(stream text, consumer text, to_offset bigint, to_time timestamp with time zone); Type: ACL; Schema: minipaas; Owner: -
--

REVOKE ALL ON FUNCTION minipaas.stream_seek(stream text, consumer text, to_offset bigint, to_time timestamp with time zone) FROM PUBLIC;


--
-- Name: FUNCTION stream_subscribe(stream text, consumer text, from_offset bigint, from_time timestamp with time zone, from_latest boolean); Type: ACL; Schema: minipaas; Owner: -
--

REVOKE ALL ON FUNCTION minipaas.stream_subscribe(stream text, consumer text, from_offset bigint, from_time timestamp with time zone, from_latest boolean) FROM PUBLIC;


--
-- Name: FUNCTION stream_trim(stream text, before_offset bigint); Type: ACL; Schema: minipaas; Owner: -
--

REVOKE ALL ON FUNCTION minipaas.stream_trim(stream text, before_offset bigint) FROM PUBLIC;


--
-- Name: FUNCTION stream_unsubscribe(stream text, consumer text); Type: ACL; Schema: minipaas; Owner: -
--

REVOKE ALL ON FUNCTION minipaas.stream_unsubscribe(stream text, consumer text) FROM PUBLIC;


--
-- PostgreSQL database dump complete
--


