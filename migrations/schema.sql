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
-- Name: _cron; Type: TYPE; Schema: minipaas; Owner: -
--

CREATE TYPE minipaas._cron AS (
	minutes bigint,
	hours bigint,
	days bigint,
	months bigint,
	weekdays bigint,
	elapsed boolean,
	either boolean
);


--
-- Name: TYPE _cron; Type: COMMENT; Schema: minipaas; Owner: -
--

COMMENT ON TYPE minipaas._cron IS 'A parsed cron expression: where a field allows n, bit n is set; Sunday is 0. elapsed: minute or hour begin with *, so that it
follows elapsed time. either: day-of-month and day-of-week are both restricted, so that one of them is enough.';


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
-- Name: _tally; Type: TYPE; Schema: minipaas; Owner: -
--

CREATE TYPE minipaas._tally AS (
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
	expired_since timestamp with time zone,
	oldest timestamp with time zone,
	estimated boolean
);


--
-- Name: TYPE _tally; Type: COMMENT; Schema: minipaas; Owner: -
--

COMMENT ON TYPE minipaas._tally IS 'How many tasks a queue has in each state and place; expired: leases that are over.';


--
-- Name: _access_lock(text, text); Type: FUNCTION; Schema: minipaas; Owner: -
--

CREATE FUNCTION minipaas._access_lock(queue text, stream text, OUT queue_id integer, OUT stream_id integer) RETURNS record
    LANGUAGE plpgsql
    AS $$
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


--
-- Name: FUNCTION _access_lock(queue text, stream text, OUT queue_id integer, OUT stream_id integer); Type: COMMENT; Schema: minipaas; Owner: -
--

COMMENT ON FUNCTION minipaas._access_lock(queue text, stream text, OUT queue_id integer, OUT stream_id integer) IS 'What a grant is about, while nobody else changes any. Errors: MP001, MP002.';


--
-- Name: _access_set(text, boolean); Type: FUNCTION; Schema: minipaas; Owner: -
--

CREATE FUNCTION minipaas._access_set(role text, granted boolean) RETURNS void
    LANGUAGE plpgsql
    AS $$
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


--
-- Name: FUNCTION _access_set(role text, granted boolean); Type: COMMENT; Schema: minipaas; Owner: -
--

COMMENT ON FUNCTION minipaas._access_set(role text, granted boolean) IS 'Grants USAGE, EXECUTE and SELECT on all that is public to a role, or revokes them. Forgets roles that were dropped.';


--
-- Name: _allowed(text, jsonb, integer, integer); Type: FUNCTION; Schema: minipaas; Owner: -
--

CREATE FUNCTION minipaas._allowed(action text, granted jsonb, queue integer, stream integer) RETURNS boolean
    LANGUAGE sql STABLE
    AS $$
select current_setting('role') = 'none' and (
    session_user = current_user
    or coalesce(pg_has_role(session_user, (granted ->> (action || ' ' || session_user))::oid, 'usage'), false)
    or has_column_privilege(session_user, 'minipaas._right'::regclass, action, 'references')
) or minipaas._granted(action, granted, queue, stream)
$$;


--
-- Name: FUNCTION _allowed(action text, granted jsonb, queue integer, stream integer); Type: COMMENT; Schema: minipaas; Owner: -
--

COMMENT ON FUNCTION minipaas._allowed(action text, granted jsonb, queue integer, stream integer) IS 'Whether the caller has a right on a queue or stream; granted is the column of its row. Call it inside SECURITY DEFINER functions only.';


--
-- Name: _asleep(text); Type: FUNCTION; Schema: minipaas; Owner: -
--

CREATE FUNCTION minipaas._asleep(channel text) RETURNS boolean
    LANGUAGE sql
    AS $$
select case
    when pg_try_advisory_lock_shared(hashtextextended(channel, 0))
        then not pg_advisory_unlock_shared(hashtextextended(channel, 0))
    else true
end
$$;


--
-- Name: FUNCTION _asleep(channel text); Type: COMMENT; Schema: minipaas; Owner: -
--

COMMENT ON FUNCTION minipaas._asleep(channel text) IS 'Whether a session sleeps until something comes over a channel. A session that falls asleep at this moment may be missed.';


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
    created_at timestamp with time zone NOT NULL,
    granted jsonb DEFAULT '{}'::jsonb NOT NULL
);


--
-- Name: TABLE _queue; Type: COMMENT; Schema: minipaas; Owner: -
--

COMMENT ON TABLE minipaas._queue IS 'The settings of each queue. granted: what _access says of it, {"dequeue app": oid of app}.';


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
-- Name: _baton_take(integer, text); Type: FUNCTION; Schema: minipaas; Owner: -
--

CREATE FUNCTION minipaas._baton_take(queue integer, key text) RETURNS text
    LANGUAGE plpgsql
    AS $$
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


--
-- Name: FUNCTION _baton_take(queue integer, key text); Type: COMMENT; Schema: minipaas; Owner: -
--

COMMENT ON FUNCTION minipaas._baton_take(queue integer, key text) IS 'Takes the baton of a key for a new task: taken: the task goes first; busy: it goes to _blocked, where it will be found; idle:
it goes to _blocked, and the caller calls _promote. So does the first task of a key behind a delayed one that is due.';


--
-- Name: _baton_try(integer, text); Type: FUNCTION; Schema: minipaas; Owner: -
--

CREATE FUNCTION minipaas._baton_try(queue integer, key text) RETURNS boolean
    LANGUAGE plpgsql
    SET lock_timeout TO '1ms'
    AS $$
begin
    insert into minipaas._baton values (queue, key) on conflict do nothing;
    return found;
exception when lock_not_available then
    return false;
end
$$;


--
-- Name: FUNCTION _baton_try(queue integer, key text); Type: COMMENT; Schema: minipaas; Owner: -
--

COMMENT ON FUNCTION minipaas._baton_try(queue integer, key text) IS 'Takes the baton of a key for a delayed task that is due, unless there is one; returns whether it did.';


--
-- Name: _batons_sweep(integer, integer); Type: FUNCTION; Schema: minipaas; Owner: -
--

CREATE FUNCTION minipaas._batons_sweep(queue integer, batch_size integer) RETURNS bigint
    LANGUAGE plpgsql
    SET enable_seqscan TO 'off'
    SET enable_bitmapscan TO 'off'
    AS $$
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


--
-- Name: FUNCTION _batons_sweep(queue integer, batch_size integer); Type: COMMENT; Schema: minipaas; Owner: -
--

COMMENT ON FUNCTION minipaas._batons_sweep(queue integer, batch_size integer) IS 'Lets the keys of a queue go on whose baton is idle, at most batch_size; returns how many tasks that made ready.';


--
-- Name: _bury_expired(integer, integer, integer, boolean); Type: FUNCTION; Schema: minipaas; Owner: -
--

CREATE FUNCTION minipaas._bury_expired(queue integer, max_attempts integer, batch_size integer DEFAULT NULL::integer, keep_keys boolean DEFAULT false, OUT count bigint, OUT to_release text[]) RETURNS record
    LANGUAGE plpgsql
    SET enable_seqscan TO 'off'
    SET enable_bitmapscan TO 'off'
    AS $$
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


--
-- Name: FUNCTION _bury_expired(queue integer, max_attempts integer, batch_size integer, keep_keys boolean, OUT count bigint, OUT to_release text[]); Type: COMMENT; Schema: minipaas; Owner: -
--

COMMENT ON FUNCTION minipaas._bury_expired(queue integer, max_attempts integer, batch_size integer, keep_keys boolean, OUT count bigint, OUT to_release text[]) IS 'Moves tasks whose last attempt ended with an expired lease, which count as dead already, to _dead; returns how many. With keep_keys
the caller releases their keys (to_release), once it has all others that it waits for.';


--
-- Name: _caller(); Type: FUNCTION; Schema: minipaas; Owner: -
--

CREATE FUNCTION minipaas._caller() RETURNS name
    LANGUAGE sql STABLE
    AS $$
select case
    when pg_catalog.current_setting('role') operator(pg_catalog.=) 'none' then session_user
    else pg_catalog.current_setting('role')::pg_catalog.name
end
$$;


--
-- Name: FUNCTION _caller(); Type: COMMENT; Schema: minipaas; Owner: -
--

COMMENT ON FUNCTION minipaas._caller() IS 'The role that the caller acts as: what SET ROLE chose, else session_user.';


--
-- Name: _check_arrays(jsonb[], text[], jsonb[], text[]); Type: FUNCTION; Schema: minipaas; Owner: -
--

CREATE FUNCTION minipaas._check_arrays(payloads jsonb[], keys text[], headers jsonb[], dedup_keys text[]) RETURNS void
    LANGUAGE plpgsql IMMUTABLE
    AS $$
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


--
-- Name: FUNCTION _check_arrays(payloads jsonb[], keys text[], headers jsonb[], dedup_keys text[]); Type: COMMENT; Schema: minipaas; Owner: -
--

COMMENT ON FUNCTION minipaas._check_arrays(payloads jsonb[], keys text[], headers jsonb[], dedup_keys text[]) IS 'Raises MP006 for payloads that are no list of JSON, or for another array that is not a list of as many; NULL passes for those.';


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
    created_at timestamp with time zone NOT NULL,
    granted jsonb DEFAULT '{}'::jsonb NOT NULL
)
WITH (fillfactor='50');


--
-- Name: TABLE _stream; Type: COMMENT; Schema: minipaas; Owner: -
--

COMMENT ON TABLE minipaas._stream IS 'The settings of each stream. Events at or below trimmed are deleted: no reader looks there. granted: as in _queue.';


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
-- Name: _check_enqueue(jsonb, integer, interval, timestamp with time zone, text[], integer, text); Type: FUNCTION; Schema: minipaas; Owner: -
--

CREATE FUNCTION minipaas._check_enqueue(payload jsonb, priority integer, delay interval, run_at timestamp with time zone, keys text[], max_attempts integer, on_duplicate text) RETURNS void
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


--
-- Name: FUNCTION _check_enqueue(payload jsonb, priority integer, delay interval, run_at timestamp with time zone, keys text[], max_attempts integer, on_duplicate text); Type: COMMENT; Schema: minipaas; Owner: -
--

COMMENT ON FUNCTION minipaas._check_enqueue(payload jsonb, priority integer, delay interval, run_at timestamp with time zone, keys text[], max_attempts integer, on_duplicate text) IS 'Raises MP006 for an argument of enqueue that is out of its range; NULL passes, but for the payload.';


--
-- Name: _check_grant(text, text[], text, text); Type: FUNCTION; Schema: minipaas; Owner: -
--

CREATE FUNCTION minipaas._check_grant(role text, rights text[], queue text, stream text) RETURNS void
    LANGUAGE plpgsql STABLE
    AS $$
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
-- Name: _check_missed(text); Type: FUNCTION; Schema: minipaas; Owner: -
--

CREATE FUNCTION minipaas._check_missed(missed text) RETURNS void
    LANGUAGE plpgsql IMMUTABLE
    AS $$
begin
    if missed not in ('skip', 'one', 'all') then
        perform minipaas._invalid(
            'missed', quote_literal(missed), 'It is what becomes of missed fire times: ''skip'', ''one'' or ''all''.'
        );
    end if;
end
$$;


--
-- Name: FUNCTION _check_missed(missed text); Type: COMMENT; Schema: minipaas; Owner: -
--

COMMENT ON FUNCTION minipaas._check_missed(missed text) IS 'Raises MP006 unless it is a policy for missed fire times; NULL passes.';


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
-- Name: _check_task(bigint, integer); Type: FUNCTION; Schema: minipaas; Owner: -
--

CREATE FUNCTION minipaas._check_task(id bigint, queue integer) RETURNS void
    LANGUAGE plpgsql STABLE
    AS $$
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


--
-- Name: FUNCTION _check_task(id bigint, queue integer); Type: COMMENT; Schema: minipaas; Owner: -
--

COMMENT ON FUNCTION minipaas._check_task(id bigint, queue integer) IS 'Raises MP005 unless the caller may dequeue on the queue of a task, or, where there is no such task, on any. queue NULL: look for it.';


--
-- Name: _check_timezone(text); Type: FUNCTION; Schema: minipaas; Owner: -
--

CREATE FUNCTION minipaas._check_timezone(timezone text) RETURNS void
    LANGUAGE plpgsql STABLE
    AS $$
#variable_conflict use_variable
declare
    v_hint constant text :=
        'It is a name in pg_timezone_names, such as Europe/Berlin or UTC; no abbreviation, since these know no summer time.';
begin
    begin
        perform now() at time zone timezone;
    exception when invalid_parameter_value then
        perform minipaas._invalid('timezone', quote_literal(timezone), v_hint);
    end;
    if (case
        when timezone ~ '[0-9]' then not exists (select from pg_timezone_names n where lower(n.name) = lower(timezone))
        when timezone !~ '/' and upper(timezone) not in ('UTC', 'GMT')
            then exists (select from pg_timezone_abbrevs a where a.abbrev = upper(timezone))
    end) then
        perform minipaas._invalid('timezone', quote_literal(timezone), v_hint);
    end if;
end
$$;


--
-- Name: FUNCTION _check_timezone(timezone text); Type: COMMENT; Schema: minipaas; Owner: -
--

COMMENT ON FUNCTION minipaas._check_timezone(timezone text) IS 'Raises MP006 unless it is the name of a time zone.';


--
-- Name: _check_version(text, text); Type: FUNCTION; Schema: minipaas; Owner: -
--

CREATE FUNCTION minipaas._check_version(argument text, value text) RETURNS void
    LANGUAGE plpgsql IMMUTABLE
    AS $_$
begin
    if value is null or value !~ '^[0-9]{4}$' then
        perform minipaas._invalid(argument, quote_literal(value), 'A version of the schema has four digits, such as 0004.');
    end if;
end
$_$;


--
-- Name: FUNCTION _check_version(argument text, value text); Type: COMMENT; Schema: minipaas; Owner: -
--

COMMENT ON FUNCTION minipaas._check_version(argument text, value text) IS 'Raises MP006 unless the value is a version of the schema.';


--
-- Name: _clock(); Type: FUNCTION; Schema: minipaas; Owner: -
--

CREATE FUNCTION minipaas._clock() RETURNS timestamp with time zone
    LANGUAGE sql
    AS $$
select case
    when coalesce(pg_catalog.current_setting('minipaas.now', true), '') operator(pg_catalog.=) '' then pg_catalog.clock_timestamp()
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
    perform from minipaas._cursor c where c.consumer = consumer order by c.id for update;
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
        hint = format('minipaas.consumer_stats lists what there is. To create it: select minipaas.stream_subscribe(%L, %L);', stream, consumer);
end
$$;


--
-- Name: FUNCTION _consumer_refuse(stream text, consumer text); Type: COMMENT; Schema: minipaas; Owner: -
--

COMMENT ON FUNCTION minipaas._consumer_refuse(stream text, consumer text) IS 'Raises MP003.';


--
-- Name: _cron_after(minipaas._cron, timestamp with time zone, text); Type: FUNCTION; Schema: minipaas; Owner: -
--

CREATE FUNCTION minipaas._cron_after(cron minipaas._cron, after timestamp with time zone, timezone text) RETURNS timestamp with time zone
    LANGUAGE plpgsql STABLE
    AS $$
declare
    v_today constant date := after at time zone timezone;
    v_last constant date := v_today + interval '50 years';
    v_day date := v_today - 2;
    v_end timestamptz;
    v_next timestamptz;
begin
    loop
        v_day := minipaas._cron_day(cron, v_day + 1, v_last);
        if v_day is null then
            return null;
        end if;
        v_end := (v_day + 1)::timestamp at time zone timezone;
        continue when v_end <= after;
        if v_end - (v_day - 1)::timestamp at time zone timezone = interval '48 hours' then
            v_next := minipaas._cron_on_day(cron, v_day, after, timezone);
        else
            v_next := minipaas._cron_on_change(cron, v_day, after, timezone);
        end if;
        if v_next is not null then
            return v_next;
        end if;
    end loop;
end
$$;


--
-- Name: FUNCTION _cron_after(cron minipaas._cron, after timestamp with time zone, timezone text); Type: COMMENT; Schema: minipaas; Owner: -
--

COMMENT ON FUNCTION minipaas._cron_after(cron minipaas._cron, after timestamp with time zone, timezone text) IS 'The first fire time after a moment; NULL: it never comes.';


--
-- Name: _cron_day(minipaas._cron, date, date); Type: FUNCTION; Schema: minipaas; Owner: -
--

CREATE FUNCTION minipaas._cron_day(cron minipaas._cron, first date, last date) RETURNS date
    LANGUAGE plpgsql IMMUTABLE
    AS $$
declare
    v_day date := first;
    v_in_month boolean;
    v_in_week boolean;
begin
    while v_day <= last loop
        if cron.months >> extract(month from v_day)::integer & 1 = 0 then
            v_day := date_trunc('month', v_day::timestamp) + interval '1 month';
            continue;
        end if;
        v_in_month := cron.days >> extract(day from v_day)::integer & 1 = 1;
        v_in_week := cron.weekdays >> extract(dow from v_day)::integer & 1 = 1;
        if v_in_month and v_in_week or cron.either and (v_in_month or v_in_week) then
            return v_day;
        end if;
        v_day := v_day + 1;
    end loop;
    return null;
end
$$;


--
-- Name: FUNCTION _cron_day(cron minipaas._cron, first date, last date); Type: COMMENT; Schema: minipaas; Owner: -
--

COMMENT ON FUNCTION minipaas._cron_day(cron minipaas._cron, first date, last date) IS 'The first day of an interval that a cron expression allows; NULL: none.';


--
-- Name: _cron_field(text, text, text, integer, integer, text[]); Type: FUNCTION; Schema: minipaas; Owner: -
--

CREATE FUNCTION minipaas._cron_field(cron text, field text, value text, low integer, high integer, names text[]) RETURNS bigint
    LANGUAGE plpgsql IMMUTABLE
    AS $_$
declare
    v_term text;
    v_parts text[];
    v_from integer;
    v_to integer;
    v_step integer;
    v_hint text;
    v_allowed bigint := 0;
begin
    foreach v_term in array string_to_array(upper(value), ',') loop
        v_parts := regexp_match(v_term, '^([*]|[0-9]{1,4}|[A-Z]{3})(?:-([0-9]{1,4}|[A-Z]{3}))?(?:/([0-9]{1,4}))?$');
        v_from := case when v_parts[1] = '*' then low else minipaas._cron_number(v_parts[1], low, names) end;
        v_to := case
            when v_parts[2] is not null then minipaas._cron_number(v_parts[2], low, names)
            when v_parts[1] = '*' or v_parts[3] is not null then high
            else v_from
        end;
        v_step := coalesce(v_parts[3], '1');
        v_hint := case
            when v_from is null or v_to is null or v_parts[1] = '*' and v_parts[2] is not null then
                'It is *, a value or a range, with or without a step, or a list of these: 1,10-20,*/5.'
                || coalesce(' Names are ' || array_to_string(names, ', ') || '.', '')
            when v_from < low or greatest(v_from, v_to) > high then format('It is from %s to %s.', low, high)
            when v_to < v_from then format('The range runs backwards: write %s-%s,%s-%s.', v_from, high, low, v_to)
            when v_step = 0 then 'A step is 1 or more.'
        end;
        if v_hint is not null then
            perform minipaas._invalid(format('%s in cron %L', field, cron), v_term, v_hint);
        end if;
        for v_value in v_from .. v_to by v_step loop
            v_allowed := v_allowed | (1::bigint << v_value);
        end loop;
    end loop;
    return v_allowed;
end
$_$;


--
-- Name: FUNCTION _cron_field(cron text, field text, value text, low integer, high integer, names text[]); Type: COMMENT; Schema: minipaas; Owner: -
--

COMMENT ON FUNCTION minipaas._cron_field(cron text, field text, value text, low integer, high integer, names text[]) IS 'The values that a field of a cron expression allows, as bits; raises MP006 with the name of the field.';


--
-- Name: _cron_number(text, integer, text[]); Type: FUNCTION; Schema: minipaas; Owner: -
--

CREATE FUNCTION minipaas._cron_number(word text, low integer, names text[]) RETURNS integer
    LANGUAGE sql IMMUTABLE
    AS $$
select case when word ~ '^[0-9]' then word::integer else low + array_position(names, word) - 1 end
$$;


--
-- Name: FUNCTION _cron_number(word text, low integer, names text[]); Type: COMMENT; Schema: minipaas; Owner: -
--

COMMENT ON FUNCTION minipaas._cron_number(word text, low integer, names text[]) IS 'The number that a word of a cron expression stands for; names count from low. NULL: there is no such name.';


--
-- Name: _cron_on_change(minipaas._cron, date, timestamp with time zone, text); Type: FUNCTION; Schema: minipaas; Owner: -
--

CREATE FUNCTION minipaas._cron_on_change(cron minipaas._cron, day date, after timestamp with time zone, timezone text) RETURNS timestamp with time zone
    LANGUAGE plpgsql STABLE
    AS $$
#variable_conflict use_variable
declare
    v_end constant timestamptz := (day + 1)::timestamp at time zone timezone;
    v_next timestamptz;
    v_shown timestamp;
begin
    if cron.elapsed then
        v_next := greatest(date_trunc('minute', after) + interval '1 minute', minipaas._local_first(day, timezone));
        while v_next < v_end loop
            v_shown := v_next at time zone timezone;
            if cron.hours >> extract(hour from v_shown)::integer & 1 = 1
                and cron.minutes >> extract(minute from v_shown)::integer & 1 = 1 and v_shown::date = day
            then
                return v_next;
            end if;
            v_next := v_next + interval '1 minute';
        end loop;
        return null;
    end if;
    v_shown := after at time zone timezone;
    for v_hour in 0 .. 23 loop
        continue when cron.hours >> v_hour & 1 = 0;
        for v_minute in 0 .. 59 loop
            if cron.minutes >> v_minute & 1 = 1 and day + make_time(v_hour, v_minute, 0) > v_shown then
                v_next := minipaas._local_first(day + make_time(v_hour, v_minute, 0), timezone);
                if v_next > after then
                    return v_next;
                end if;
            end if;
        end loop;
    end loop;
    return null;
end
$$;


--
-- Name: FUNCTION _cron_on_change(cron minipaas._cron, day date, after timestamp with time zone, timezone text); Type: COMMENT; Schema: minipaas; Owner: -
--

COMMENT ON FUNCTION minipaas._cron_on_change(cron minipaas._cron, day date, after timestamp with time zone, timezone text) IS 'The first fire time after a moment on a day on which the clocks of a time zone may change; NULL: none.';


--
-- Name: _cron_on_day(minipaas._cron, date, timestamp with time zone, text); Type: FUNCTION; Schema: minipaas; Owner: -
--

CREATE FUNCTION minipaas._cron_on_day(cron minipaas._cron, day date, after timestamp with time zone, timezone text) RETURNS timestamp with time zone
    LANGUAGE plpgsql STABLE
    AS $$
#variable_conflict use_variable
declare
    v_shown constant integer := floor(extract(epoch from after at time zone timezone - day) / 60);
begin
    for v_hour in greatest(v_shown, 0) / 60 .. 23 loop
        continue when cron.hours >> v_hour & 1 = 0;
        for v_minute in greatest(v_shown - v_hour * 60 + 1, 0) .. 59 loop
            if cron.minutes >> v_minute & 1 = 1 then
                return (day + make_time(v_hour, v_minute, 0)) at time zone timezone;
            end if;
        end loop;
    end loop;
    return null;
end
$$;


--
-- Name: FUNCTION _cron_on_day(cron minipaas._cron, day date, after timestamp with time zone, timezone text); Type: COMMENT; Schema: minipaas; Owner: -
--

COMMENT ON FUNCTION minipaas._cron_on_day(cron minipaas._cron, day date, after timestamp with time zone, timezone text) IS 'The first fire time after a moment on a day on which the clocks of a time zone do not change; NULL: none.';


--
-- Name: _cron_parse(text); Type: FUNCTION; Schema: minipaas; Owner: -
--

CREATE FUNCTION minipaas._cron_parse(cron text) RETURNS minipaas._cron
    LANGUAGE plpgsql IMMUTABLE
    AS $$
declare
    v_words constant jsonb :=
        '{"@yearly": "0 0 1 1 *", "@annually": "0 0 1 1 *", "@monthly": "0 0 1 * *", "@weekly": "0 0 * * 0",
          "@daily": "0 0 * * *", "@midnight": "0 0 * * *", "@hourly": "0 * * * *"}';
    v_months constant text[] := '{JAN,FEB,MAR,APR,MAY,JUN,JUL,AUG,SEP,OCT,NOV,DEC}';
    v_weekdays constant text[] := '{SUN,MON,TUE,WED,THU,FRI,SAT}';
    v_31_days constant bigint := (1 << 1) | (1 << 3) | (1 << 5) | (1 << 7) | (1 << 8) | (1 << 10) | (1 << 12);
    v_text constant text := btrim(coalesce(cron, ''), E' \t\r\n');
    v_fields constant text[] := regexp_split_to_array(coalesce(v_words ->> lower(v_text), v_text), '[[:space:]]+');
    v_cron minipaas._cron;
    v_longest integer;
begin
    if cardinality(v_fields) <> 5 then
        perform minipaas._invalid(
            'cron', quote_literal(cron),
            'It has five fields, minute hour day-of-month month day-of-week, '
            || format('and this has %s; or it is one of @hourly, @daily, @weekly, @monthly, @yearly.',
                cardinality(array_remove(v_fields, '')))
        );
    end if;
    v_cron.minutes := minipaas._cron_field(cron, 'minute', v_fields[1], 0, 59, null);
    v_cron.hours := minipaas._cron_field(cron, 'hour', v_fields[2], 0, 23, null);
    v_cron.days := minipaas._cron_field(cron, 'day-of-month', v_fields[3], 1, 31, null);
    v_cron.months := minipaas._cron_field(cron, 'month', v_fields[4], 1, 12, v_months);
    v_cron.weekdays := minipaas._cron_field(cron, 'day-of-week', v_fields[5], 0, 7, v_weekdays);
    v_cron.weekdays := v_cron.weekdays | (v_cron.weekdays >> 7);
    v_cron.elapsed := v_fields[1] like '*%' or v_fields[2] like '*%';
    v_cron.either := v_fields[3] not like '*%' and v_fields[5] not like '*%';
    v_longest := case
        when v_cron.months & v_31_days <> 0 then 31
        when v_cron.months <> 1 << 2 then 30
        else 29
    end;
    if not v_cron.either and v_cron.days >> (v_longest + 1) << (v_longest + 1) = v_cron.days then
        perform minipaas._invalid(
            format('day-of-month in cron %L', cron), v_fields[3],
            format('No month of %L is that long: it would never run.', v_fields[4])
        );
    end if;
    return v_cron;
end
$$;


--
-- Name: FUNCTION _cron_parse(cron text); Type: COMMENT; Schema: minipaas; Owner: -
--

COMMENT ON FUNCTION minipaas._cron_parse(cron text) IS 'Parses a cron expression; raises MP006 with the name of the field that is wrong, or that no month can meet.';


--
-- Name: _crowded(regclass); Type: FUNCTION; Schema: minipaas; Owner: -
--

CREATE FUNCTION minipaas._crowded(relation regclass) RETURNS boolean
    LANGUAGE sql STABLE
    AS $$
select pg_stat_get_dead_tuples(relation) > 50000
$$;


--
-- Name: FUNCTION _crowded(relation regclass); Type: COMMENT; Schema: minipaas; Owner: -
--

COMMENT ON FUNCTION minipaas._crowded(relation regclass) IS 'Whether a table has so many dead rows that walking over their index entries takes long.';


--
-- Name: _cursor_counts(); Type: FUNCTION; Schema: minipaas; Owner: -
--

CREATE FUNCTION minipaas._cursor_counts() RETURNS TABLE(cursor integer, committed bigint, lag bigint, estimated boolean, since timestamp with time zone, lease_id bigint, worker text, lease_until timestamp with time zone, lost bigint, blocked_by jsonb)
    LANGUAGE plpgsql STABLE SECURITY DEFINER
    SET search_path TO 'pg_catalog', 'pg_temp'
    SET enable_seqscan TO 'off'
    SET enable_bitmapscan TO 'off'
    SET jit TO 'off'
    AS $$
#variable_conflict use_column
declare
    v_streams constant integer[] := minipaas._streams_of('observe');
begin
    if v_streams = '{}' then
        return;
    end if;
    return query
    with cursors as materialized (
        select
            c.id, c.stream, c.partition, c.committed, c.head, c.blocked_by, c.lease_id, c.worker, c.lease_until, c.lost,
            row_number() over () as place,
            (
                select e.published_at from minipaas._event_range(c.stream, c.partition, c.committed, c.head, 1) e
            ) as since
        from (
            select
                c.id, s.id as stream, case when s.partitions > 1 then c.partition end as partition,
                greatest(p.committed, s.trimmed) as committed,
                coalesce(h.head, pg_sequence_last_value('minipaas._event_offset'), 0) as head, h.blocked_by, p.lease_id, p.worker, p.lease_until,
                p.lost
            from minipaas._stream s
            left join minipaas._stream_states() h on h.stream = s.id
            join minipaas._consumer k on k.stream = s.id
            join minipaas._cursor c on c.consumer = k.id
            cross join lateral minipaas._position_now(c.id) p
            where v_streams is null or s.id = any(v_streams)
        ) c
    )
    select
        c.id, c.committed, n.count, n.estimated, c.since, c.lease_id, c.worker, c.lease_until, c.lost, c.blocked_by
    from (
        select
            array_agg(a.stream order by a.place) as streams,
            array_agg(a.partition order by a.place) as partitions,
            array_agg(a.committed order by a.place) as lows,
            array_agg(a.head order by a.place) as highs
        from cursors a
    ) r
    cross join lateral minipaas._event_counts(r.streams, r.partitions, r.lows, r.highs) n
    join cursors c on c.place = n.place;
end
$$;


--
-- Name: FUNCTION _cursor_counts(); Type: COMMENT; Schema: minipaas; Owner: -
--

COMMENT ON FUNCTION minipaas._cursor_counts() IS 'Where each consumer stands in each partition, as far as the caller may observe them; large numbers are estimates.';


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
    worker text,
    key text,
    dedup_key text
)
WITH (autovacuum_vacuum_scale_factor='0.02', autovacuum_vacuum_threshold='5000', autovacuum_vacuum_cost_delay='1', toast_tuple_target='8160');


--
-- Name: TABLE _waiting; Type: COMMENT; Schema: minipaas; Owner: -
--

COMMENT ON TABLE minipaas._waiting IS 'Tasks that wait until a time: (l)eased, (d)elayed or (r)etrying. Past it they are due, and dequeue finds them here.';


--
-- Name: _dead_add(minipaas._waiting, text, boolean); Type: FUNCTION; Schema: minipaas; Owner: -
--

CREATE FUNCTION minipaas._dead_add(task minipaas._waiting, error text, keep_key boolean DEFAULT false) RETURNS void
    LANGUAGE plpgsql
    AS $$
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


--
-- Name: FUNCTION _dead_add(task minipaas._waiting, error text, keep_key boolean); Type: COMMENT; Schema: minipaas; Owner: -
--

COMMENT ON FUNCTION minipaas._dead_add(task minipaas._waiting, error text, keep_key boolean) IS 'Moves a leased task that the caller has locked from _waiting to _dead, and frees its keys. With keep_key the caller releases the key.';


--
-- Name: _dedup_take(minipaas._queue, text, bigint); Type: FUNCTION; Schema: minipaas; Owner: -
--

CREATE FUNCTION minipaas._dedup_take(queue minipaas._queue, dedup_key text, id bigint, OUT there bigint, OUT to_release text) RETURNS record
    LANGUAGE plpgsql
    AS $$
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


--
-- Name: FUNCTION _dedup_take(queue minipaas._queue, dedup_key text, id bigint, OUT there bigint, OUT to_release text); Type: COMMENT; Schema: minipaas; Owner: -
--

COMMENT ON FUNCTION minipaas._dedup_take(queue minipaas._queue, dedup_key text, id bigint, OUT there bigint, OUT to_release text) IS 'Takes a dedup_key for a new task. there: NULL, or the outstanding task that has it; to_release: a key that the caller releases, once
it has placed its tasks.';


--
-- Name: _deny(text, text, text); Type: FUNCTION; Schema: minipaas; Owner: -
--

CREATE FUNCTION minipaas._deny(action text, queue text DEFAULT NULL::text, stream text DEFAULT NULL::text) RETURNS void
    LANGUAGE plpgsql STABLE
    AS $$
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


--
-- Name: FUNCTION _deny(action text, queue text, stream text); Type: COMMENT; Schema: minipaas; Owner: -
--

COMMENT ON FUNCTION minipaas._deny(action text, queue text, stream text) IS 'Raises MP005 with the grant to run; neither queue nor stream: on all.';


--
-- Name: _done_prune(minipaas._queue, integer); Type: FUNCTION; Schema: minipaas; Owner: -
--

CREATE FUNCTION minipaas._done_prune(queue minipaas._queue, batch_size integer) RETURNS bigint
    LANGUAGE plpgsql
    AS $$
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


--
-- Name: FUNCTION _done_prune(queue minipaas._queue, batch_size integer); Type: COMMENT; Schema: minipaas; Owner: -
--

COMMENT ON FUNCTION minipaas._done_prune(queue minipaas._queue, batch_size integer) IS 'Deletes done tasks that were kept for long enough, at most batch_size; returns how many.';


--
-- Name: _due_keys(tid[]); Type: FUNCTION; Schema: minipaas; Owner: -
--

CREATE FUNCTION minipaas._due_keys(tids tid[]) RETURNS tid[]
    LANGUAGE sql
    AS $$
select array_agg(t.tid order by t.place)
from unnest(tids) with ordinality t (tid, place)
join minipaas._waiting w on w.ctid = t.tid
where w.state <> 'd' or w.key is null or minipaas._baton_try(w.queue, w.key)
$$;


--
-- Name: FUNCTION _due_keys(tids tid[]); Type: COMMENT; Schema: minipaas; Owner: -
--

COMMENT ON FUNCTION minipaas._due_keys(tids tid[]) IS 'Of due tasks that the caller has locked, those that can run: a delayed one only when it gets the baton of its key.';


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
    last_error text,
    key text,
    dedup_key text
)
WITH (autovacuum_vacuum_scale_factor='0.02', autovacuum_vacuum_threshold='5000', autovacuum_vacuum_cost_delay='1', toast_tuple_target='8160');


--
-- Name: TABLE _ready; Type: COMMENT; Schema: minipaas; Owner: -
--

COMMENT ON TABLE minipaas._ready IS 'Tasks that can be delivered now. lane is -priority.';


--
-- Name: _enqueue_keyed(minipaas._queue, minipaas._ready, timestamp with time zone, text); Type: FUNCTION; Schema: minipaas; Owner: -
--

CREATE FUNCTION minipaas._enqueue_keyed(queue minipaas._queue, task minipaas._ready, until timestamp with time zone, on_duplicate text) RETURNS bigint
    LANGUAGE plpgsql
    AS $$
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


--
-- Name: FUNCTION _enqueue_keyed(queue minipaas._queue, task minipaas._ready, until timestamp with time zone, on_duplicate text); Type: COMMENT; Schema: minipaas; Owner: -
--

COMMENT ON FUNCTION minipaas._enqueue_keyed(queue minipaas._queue, task minipaas._ready, until timestamp with time zone, on_duplicate text) IS 'Adds a task with a key or a dedup_key; returns its id, or that of the outstanding task with its dedup_key.';


--
-- Name: _enqueue_many_keyed(minipaas._queue, minipaas._ready[], timestamp with time zone, text); Type: FUNCTION; Schema: minipaas; Owner: -
--

CREATE FUNCTION minipaas._enqueue_many_keyed(queue minipaas._queue, tasks minipaas._ready[], until timestamp with time zone, on_duplicate text) RETURNS SETOF bigint
    LANGUAGE plpgsql
    AS $$
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


--
-- Name: FUNCTION _enqueue_many_keyed(queue minipaas._queue, tasks minipaas._ready[], until timestamp with time zone, on_duplicate text); Type: COMMENT; Schema: minipaas; Owner: -
--

COMMENT ON FUNCTION minipaas._enqueue_many_keyed(queue minipaas._queue, tasks minipaas._ready[], until timestamp with time zone, on_duplicate text) IS 'Adds tasks with keys or dedup_keys to a queue; returns for each its id, or that of the outstanding task with its dedup_key.';


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
-- Name: _event_counts(integer[], integer[], bigint[], bigint[]); Type: FUNCTION; Schema: minipaas; Owner: -
--

CREATE FUNCTION minipaas._event_counts(streams integer[], partitions integer[], lows bigint[], highs bigint[]) RETURNS TABLE(place bigint, count bigint, estimated boolean)
    LANGUAGE sql STABLE
    SET enable_seqscan TO 'off'
    SET enable_bitmapscan TO 'off'
    SET jit TO 'off'
    AS $$
with ranges as (
    select r.*, greatest(r.high - r.low, 0) as length, greatest(2, least(8, 200 / cardinality(streams))) as parts
    from unnest(streams, partitions, lows, highs) with ordinality r (stream, partition, low, high, place)
),
guesses as (
    select
        r.place, r.stream, r.partition, r.low, r.high,
        sum(case when n.count < 16 then n.count else n.count * (p.high - p.low) / (n.upto - p.low) end) as guess
    from ranges r
    cross join lateral (
        select r.low + r.length * i / r.parts as low, r.low + r.length * (i + 1) / r.parts as high
        from generate_series(0, r.parts - 1) i
    ) p
    cross join lateral (
        select count(*) as count, max(f.event_offset) as upto
        from minipaas._event_range(r.stream, r.partition, p.low, p.high, 16) f
    ) n
    group by r.place, r.stream, r.partition, r.low, r.high
),
sums as (
    select g.*, g.guess <= 12000 and sum(g.guess) over (order by g.guess, g.place) <= greatest(5000, 60000 / cardinality(streams)) as small from guesses g
)
select
    s.place, case when s.small and n.count <= 10000 then n.count else greatest(s.guess, n.count) end::bigint,
    not s.small or n.count > 10000
from sums s
cross join lateral (
    select count(*) as count
    from minipaas._event_range(s.stream, s.partition, s.low, s.high, case when s.small then 10001 else 0 end) f
) n
$$;


--
-- Name: FUNCTION _event_counts(streams integer[], partitions integer[], lows bigint[], highs bigint[]); Type: COMMENT; Schema: minipaas; Owner: -
--

COMMENT ON FUNCTION minipaas._event_counts(streams integer[], partitions integer[], lows bigint[], highs bigint[]) IS 'How many events there are in ranges, each above its low and up to its high, by their places; large numbers are estimates.';


--
-- Name: _event_range(integer, integer, bigint, bigint, integer); Type: FUNCTION; Schema: minipaas; Owner: -
--

CREATE FUNCTION minipaas._event_range(stream integer, partition integer, low bigint, high bigint, most integer) RETURNS TABLE(event_offset bigint, published_at timestamp with time zone)
    LANGUAGE sql STABLE
    AS $$
(
    select e.event_offset, e.published_at
    from minipaas._event e
    where _event_range.partition is null and e.stream = _event_range.stream
        and e.event_offset > low and e.event_offset <= high
    order by e.event_offset limit most
)
union all
(
    select e.event_offset, e.published_at
    from minipaas._event e
    where e.stream = _event_range.stream and e.partition = _event_range.partition
        and e.event_offset > low and e.event_offset <= high
    order by e.event_offset limit most
)
$$;


--
-- Name: FUNCTION _event_range(stream integer, partition integer, low bigint, high bigint, most integer); Type: COMMENT; Schema: minipaas; Owner: -
--

COMMENT ON FUNCTION minipaas._event_range(stream integer, partition integer, low bigint, high bigint, most integer) IS 'The first events of a stream, or of one of its several partitions, above one offset and up to another.';


--
-- Name: _find(integer, integer, integer, timestamp with time zone); Type: FUNCTION; Schema: minipaas; Owner: -
--

CREATE FUNCTION minipaas._find(queue integer, max_attempts integer, batch_size integer, now timestamp with time zone, OUT tids tid[], OUT is_due boolean) RETURNS record
    LANGUAGE plpgsql
    AS $$
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


--
-- Name: FUNCTION _find(queue integer, max_attempts integer, batch_size integer, now timestamp with time zone, OUT tids tid[], OUT is_due boolean); Type: COMMENT; Schema: minipaas; Owner: -
--

COMMENT ON FUNCTION minipaas._find(queue integer, max_attempts integer, batch_size integer, now timestamp with time zone, OUT tids tid[], OUT is_due boolean) IS 'Locks the next tasks of a queue, at most batch_size and of one lane: their ctids in _waiting (is_due) or in _ready.';


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
-- Name: _free(integer, text, text, bigint); Type: FUNCTION; Schema: minipaas; Owner: -
--

CREATE FUNCTION minipaas._free(queue integer, key text, dedup_key text, id bigint) RETURNS void
    LANGUAGE plpgsql
    AS $$
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


--
-- Name: FUNCTION _free(queue integer, key text, dedup_key text, id bigint); Type: COMMENT; Schema: minipaas; Owner: -
--

COMMENT ON FUNCTION minipaas._free(queue integer, key text, dedup_key text, id bigint) IS 'Frees the dedup_key of a task that is not outstanding any more, and the key where it was the active one (else NULL).';


--
-- Name: _granted(text, jsonb, integer, integer); Type: FUNCTION; Schema: minipaas; Owner: -
--

CREATE FUNCTION minipaas._granted(action text, granted jsonb, queue integer, stream integer) RETURNS boolean
    LANGUAGE plpgsql STABLE
    AS $$
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


--
-- Name: FUNCTION _granted(action text, granted jsonb, queue integer, stream integer); Type: COMMENT; Schema: minipaas; Owner: -
--

COMMENT ON FUNCTION minipaas._granted(action text, granted jsonb, queue integer, stream integer) IS 'What _allowed does not find at once: whether the role that the caller acts as, or one that it is a member of, has the right.';


--
-- Name: _granted_note(integer[], integer[]); Type: FUNCTION; Schema: minipaas; Owner: -
--

CREATE FUNCTION minipaas._granted_note(queues integer[], streams integer[]) RETURNS void
    LANGUAGE sql
    AS $$
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


--
-- Name: FUNCTION _granted_note(queues integer[], streams integer[]); Type: COMMENT; Schema: minipaas; Owner: -
--

COMMENT ON FUNCTION minipaas._granted_note(queues integer[], streams integer[]) IS 'Notes in the rows of queues and streams who has which right on them, as _access says.';


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


--
-- Name: FUNCTION _held(id bigint, attempt integer); Type: COMMENT; Schema: minipaas; Owner: -
--

COMMENT ON FUNCTION minipaas._held(id bigint, attempt integer) IS 'Locks a leased task and returns it, or NULLs where it is not held with that attempt. Errors: MP005.';


--
-- Name: _hold_back(integer); Type: FUNCTION; Schema: minipaas; Owner: -
--

CREATE FUNCTION minipaas._hold_back(stream integer) RETURNS void
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
end
$_$;


--
-- Name: FUNCTION _hold_back(stream integer); Type: COMMENT; Schema: minipaas; Owner: -
--

COMMENT ON FUNCTION minipaas._hold_back(stream integer) IS 'Keeps readers of a stream below the offsets that this transaction is about to take, until it ends.';


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
-- Name: _horizon(); Type: FUNCTION; Schema: minipaas; Owner: -
--

CREATE FUNCTION minipaas._horizon() RETURNS TABLE(name text, since interval, transactions integer, advice text)
    LANGUAGE sql STABLE SECURITY DEFINER
    SET search_path TO 'pg_catalog', 'pg_temp'
    AS $$
with on_standby (advice) as (values (
    'End the oldest query there, on the standby: select pg_terminate_backend(pid) from pg_stat_activity '
    'where backend_type = ''client backend'' and backend_xmin is not null and pid <> pg_backend_pid() '
    'order by age(backend_xmin) desc limit 1;'
))
select
    format('session %s of %s', a.pid, coalesce(nullif(a.application_name, ''), a.usename, '?')),
    clock_timestamp() - a.xact_start,
    age(coalesce(a.backend_xmin, a.backend_xid)),
    format('End its transaction: select pg_terminate_backend(%s);', a.pid)
from pg_stat_activity a
where coalesce(a.backend_xmin, a.backend_xid) is not null and a.pid <> pg_backend_pid()
    and a.backend_type = 'client backend' and a.datname = current_database() and minipaas._may('observe')
union all
select
    format('prepared transaction %s', x.gid), clock_timestamp() - x.prepared, age(x.transaction),
    format('Finish it in its database: rollback prepared %L;', x.gid)
from pg_prepared_xacts x
where x.database = current_database() and minipaas._may('observe')
union all
-- A standby with hot_standby_feedback and no slot: with one, the slot has its xmin.
select format('standby %s', r.application_name), null, age(r.backend_xmin), o.advice
from pg_stat_replication r
cross join on_standby o
where r.backend_xmin is not null and minipaas._may('observe')
union all
select
    format('replication slot %s', s.slot_name), null, age(s.xmin),
    case
        when s.active then o.advice
        else format('Have its standby come back, or drop it: select pg_drop_replication_slot(%L);', s.slot_name)
    end
from pg_replication_slots s
cross join on_standby o
where s.xmin is not null and minipaas._may('observe')
$$;


--
-- Name: FUNCTION _horizon(); Type: COMMENT; Schema: minipaas; Owner: -
--

COMMENT ON FUNCTION minipaas._horizon() IS 'Who keeps vacuum from removing dead rows of this database, for how long or since how many transactions.';


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
-- Name: _is_owner(); Type: FUNCTION; Schema: minipaas; Owner: -
--

CREATE FUNCTION minipaas._is_owner() RETURNS boolean
    LANGUAGE sql STABLE
    AS $$
select session_user = current_user and current_setting('role') = 'none'
$$;


--
-- Name: FUNCTION _is_owner(); Type: COMMENT; Schema: minipaas; Owner: -
--

COMMENT ON FUNCTION minipaas._is_owner() IS 'Whether the session is the owner''s own, who may do everything. Call it inside SECURITY DEFINER functions only.';


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


--
-- Name: FUNCTION _keep_done(VARIADIC tasks minipaas._waiting[]); Type: COMMENT; Schema: minipaas; Owner: -
--

COMMENT ON FUNCTION minipaas._keep_done(VARIADIC tasks minipaas._waiting[]) IS 'Keeps acked tasks as done.';


--
-- Name: _key_release(integer, text); Type: FUNCTION; Schema: minipaas; Owner: -
--

CREATE FUNCTION minipaas._key_release(queue integer, key text) RETURNS void
    LANGUAGE plpgsql
    AS $$
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


--
-- Name: FUNCTION _key_release(queue integer, key text); Type: COMMENT; Schema: minipaas; Owner: -
--

COMMENT ON FUNCTION minipaas._key_release(queue integer, key text) IS 'Hands the baton of a key on to its next task, or puts it away.';


--
-- Name: _key_waits(integer, text, timestamp with time zone); Type: FUNCTION; Schema: minipaas; Owner: -
--

CREATE FUNCTION minipaas._key_waits(queue integer, key text, now timestamp with time zone) RETURNS boolean
    LANGUAGE sql STABLE
    AS $$
select
    exists (select from minipaas._blocked b where b.queue = _key_waits.queue and b.key = _key_waits.key)
    or exists (
        select from minipaas._waiting w
        where w.queue = _key_waits.queue and w.key = _key_waits.key and w.state = 'd' and w.until <= _key_waits.now
    )
$$;


--
-- Name: FUNCTION _key_waits(queue integer, key text, now timestamp with time zone); Type: COMMENT; Schema: minipaas; Owner: -
--

COMMENT ON FUNCTION minipaas._key_waits(queue integer, key text, now timestamp with time zone) IS 'Whether tasks wait for the baton of a key: blocked ones, or delayed ones that are due.';


--
-- Name: _keyed_add(integer); Type: FUNCTION; Schema: minipaas; Owner: -
--

CREATE FUNCTION minipaas._keyed_add(queue integer) RETURNS void
    LANGUAGE sql
    AS $$
insert into minipaas._keyed (queue)
select _keyed_add.queue
where not exists (select from minipaas._keyed k where k.queue = _keyed_add.queue)
$$;


--
-- Name: FUNCTION _keyed_add(queue integer); Type: COMMENT; Schema: minipaas; Owner: -
--

COMMENT ON FUNCTION minipaas._keyed_add(queue integer) IS 'Records that a queue has a task with a key or a dedup_key.';


--
-- Name: _keys_tend(integer, smallint[], integer, integer); Type: FUNCTION; Schema: minipaas; Owner: -
--

CREATE FUNCTION minipaas._keys_tend(queue integer, lanes smallint[], max_attempts integer, batch_size integer) RETURNS boolean
    LANGUAGE plpgsql
    SET enable_seqscan TO 'off'
    SET enable_bitmapscan TO 'off'
    AS $$
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


--
-- Name: FUNCTION _keys_tend(queue integer, lanes smallint[], max_attempts integer, batch_size integer); Type: COMMENT; Schema: minipaas; Owner: -
--

COMMENT ON FUNCTION minipaas._keys_tend(queue integer, lanes smallint[], max_attempts integer, batch_size integer) IS 'Lets keys of a queue go on that nobody else would, at most batch_size; returns whether there were any.';


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
-- Name: _level(double precision, double precision, double precision); Type: FUNCTION; Schema: minipaas; Owner: -
--

CREATE FUNCTION minipaas._level(value double precision, warn double precision, bad double precision) RETURNS text
    LANGUAGE sql IMMUTABLE
    AS $$
select case when value operator(pg_catalog.>=) bad then 'bad' when value operator(pg_catalog.>=) warn then 'warn' else 'ok' end
$$;


--
-- Name: FUNCTION _level(value double precision, warn double precision, bad double precision); Type: COMMENT; Schema: minipaas; Owner: -
--

COMMENT ON FUNCTION minipaas._level(value double precision, warn double precision, bad double precision) IS 'How serious a value of the view health is.';


--
-- Name: _local_first(timestamp without time zone, text); Type: FUNCTION; Schema: minipaas; Owner: -
--

CREATE FUNCTION minipaas._local_first(moment timestamp without time zone, timezone text) RETURNS timestamp with time zone
    LANGUAGE plpgsql STABLE
    AS $$
declare
    v_found constant timestamptz := moment at time zone timezone;
    v_skipped constant interval := v_found at time zone timezone - moment;
    v_back constant interval :=
        (v_found - interval '24 hours') at time zone timezone - (moment - interval '24 hours');
begin
    if v_skipped > '0' then
        return (
            select min(t)
            from generate_series(v_found - make_interval(secs => extract(epoch from v_skipped)::float8), v_found, '1 minute') t
            where t at time zone timezone >= moment
        );
    elsif v_back > '0' and (v_found - v_back) at time zone timezone = moment then
        return v_found - v_back;
    end if;
    return v_found;
end
$$;


--
-- Name: FUNCTION _local_first(moment timestamp without time zone, timezone text); Type: COMMENT; Schema: minipaas; Owner: -
--

COMMENT ON FUNCTION minipaas._local_first(moment timestamp without time zone, timezone text) IS 'The first instant at which the clocks of a time zone show a time, or, where they skip it, the first one after that.';


--
-- Name: _lost(bigint[]); Type: FUNCTION; Schema: minipaas; Owner: -
--

CREATE FUNCTION minipaas._lost(ids bigint[]) RETURNS void
    LANGUAGE plpgsql IMMUTABLE
    AS $$
begin
    raise exception using
        errcode = 'MP009',
        message = format('lease lost on task %s', array_to_string(ids[:20], ', ', 'NULL')),
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
    LANGUAGE sql STABLE
    AS $$
select pg_catalog.has_column_privilege(minipaas._caller(), 'minipaas._right'::pg_catalog.regclass, action, 'references')
$$;


--
-- Name: FUNCTION _may(action text); Type: COMMENT; Schema: minipaas; Owner: -
--

COMMENT ON FUNCTION minipaas._may(action text) IS 'Whether the caller has a right on all queues and streams.';


--
-- Name: _may_retry(integer, integer, integer); Type: FUNCTION; Schema: minipaas; Owner: -
--

CREATE FUNCTION minipaas._may_retry(attempt integer, granted integer, max_attempts integer) RETURNS boolean
    LANGUAGE sql IMMUTABLE
    AS $$
select max_attempts operator(pg_catalog.=) 0 or (attempt operator(pg_catalog.-) granted) operator(pg_catalog.<) max_attempts
$$;


--
-- Name: FUNCTION _may_retry(attempt integer, granted integer, max_attempts integer); Type: COMMENT; Schema: minipaas; Owner: -
--

COMMENT ON FUNCTION minipaas._may_retry(attempt integer, granted integer, max_attempts integer) IS 'Whether a task that failed its attempt has another one. granted is its attempt when it was last redriven.';


--
-- Name: _orphans_prune(integer); Type: FUNCTION; Schema: minipaas; Owner: -
--

CREATE FUNCTION minipaas._orphans_prune(batch_size integer) RETURNS bigint
    LANGUAGE plpgsql
    SET enable_seqscan TO 'off'
    AS $_$
declare
    v_of record;
    v_table text;
    v_last bigint;
    v_first bigint;
    v_ids bigint[];
    v_count bigint;
    v_total bigint := 0;
begin
    for v_of in
        select p.* from (values
            ('_queue', 'queue', '{_ready,_waiting,_blocked,_baton,_dedup,_keyed,_dead,_done,_lane,_mark}'::text[]),
            ('_stream', 'stream', '{_event,_consumer}'), ('_consumer', 'consumer', '{_cursor}'), ('_cursor', 'cursor', '{_position}')
        ) p (parent, id, tables)
    loop
        v_last := pg_sequence_last_value(pg_get_serial_sequence('minipaas.' || v_of.parent, 'id'));
        v_first := 1 + 10000 * floor(random() * ceil(v_last / 10000.0))::bigint;
        execute format(
            'select array(
                select g from generate_series($1, least($2, $1 + 9999)) g
                where not exists (select from minipaas.%I p where p.id = g)
                order by random() limit 1000
            )', v_of.parent
        ) into v_ids using v_first, v_last;
        foreach v_table in array v_of.tables loop
            execute format(
                'delete from minipaas.%1$I d where d.ctid = any(array(
                    select t.ctid from minipaas.%1$I t
                    where t.%2$I = any($1) and not exists (select from minipaas.%3$I p where p.id = t.%2$I)
                    limit $2 for update skip locked
                ))', v_table, v_of.id, v_of.parent
            ) using v_ids, batch_size;
            get diagnostics v_count = row_count;
            v_total := v_total + v_count;
        end loop;
    end loop;
    return v_total;
end
$_$;


--
-- Name: FUNCTION _orphans_prune(batch_size integer); Type: COMMENT; Schema: minipaas; Owner: -
--

COMMENT ON FUNCTION minipaas._orphans_prune(batch_size integer) IS 'Deletes what belongs to queues, streams and consumers that are not there any more, at most batch_size rows of a table; returns
how many. Of very many ids that are gone, it looks at a thousand.';


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
-- Name: _place(minipaas._ready, timestamp with time zone); Type: FUNCTION; Schema: minipaas; Owner: -
--

CREATE FUNCTION minipaas._place(task minipaas._ready, until timestamp with time zone) RETURNS void
    LANGUAGE plpgsql
    AS $$
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


--
-- Name: FUNCTION _place(task minipaas._ready, until timestamp with time zone); Type: COMMENT; Schema: minipaas; Owner: -
--

COMMENT ON FUNCTION minipaas._place(task minipaas._ready, until timestamp with time zone) IS 'Puts a task where it belongs: _waiting until a time in the future, _blocked while its key is busy, else _ready.';


--
-- Name: _place_many(minipaas._ready[]); Type: FUNCTION; Schema: minipaas; Owner: -
--

CREATE FUNCTION minipaas._place_many(tasks minipaas._ready[]) RETURNS void
    LANGUAGE plpgsql
    AS $$
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


--
-- Name: FUNCTION _place_many(tasks minipaas._ready[]); Type: COMMENT; Schema: minipaas; Owner: -
--

COMMENT ON FUNCTION minipaas._place_many(tasks minipaas._ready[]) IS 'Puts due tasks of one queue, of which some have keys, into _ready and _blocked.';


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
    (
        select e.event_offset as unread
        from minipaas._event e
        where (_places.stream).partitions = 1 and e.stream = (_places.stream).id
            and e.event_offset > greatest(p.committed, (_places.stream).trimmed) and e.event_offset <= upto
        order by e.stream, e.event_offset
        limit 1
    )
    union all
    (
        select e.event_offset
        from minipaas._event e
        where (_places.stream).partitions > 1 and e.stream = (_places.stream).id and e.partition = c.partition
            and e.event_offset > greatest(p.committed, (_places.stream).trimmed) and e.event_offset <= upto
        order by e.stream, e.partition, e.event_offset
        limit 1
    )
) u
where k.stream = (_places.stream).id
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
-- Name: _promote(integer, text); Type: FUNCTION; Schema: minipaas; Owner: -
--

CREATE FUNCTION minipaas._promote(queue integer, key text) RETURNS boolean
    LANGUAGE plpgsql
    SET enable_seqscan TO 'off'
    SET enable_bitmapscan TO 'off'
    AS $$
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


--
-- Name: FUNCTION _promote(queue integer, key text); Type: COMMENT; Schema: minipaas; Owner: -
--

COMMENT ON FUNCTION minipaas._promote(queue integer, key text) IS 'Makes the next task of a key ready, for whoever has its baton; returns whether there was one.';


--
-- Name: _publish_many_once(minipaas._stream, jsonb[], text[], jsonb[], text[]); Type: FUNCTION; Schema: minipaas; Owner: -
--

CREATE FUNCTION minipaas._publish_many_once(stream minipaas._stream, payloads jsonb[], keys text[], headers jsonb[], dedup_keys text[]) RETURNS SETOF bigint
    LANGUAGE plpgsql
    SET enable_seqscan TO 'off'
    SET enable_bitmapscan TO 'off'
    AS $$
#variable_conflict use_column
declare
    v_offsets bigint[];
    v_times timestamptz[];
    v_first bigint;
    v_event record;
begin
    perform minipaas._hold_back(_publish_many_once.stream.id);
    select array_agg(nextval('minipaas._event_offset')), array_agg(minipaas._clock()) into v_offsets, v_times
    from generate_series(1, cardinality(payloads));
    for v_event in
        select * from unnest(payloads, keys, _publish_many_once.headers, dedup_keys) with ordinality u (payload, key, headers, dedup_key, place)
        order by u.dedup_key collate "C", u.place
    loop
        loop
            v_first := (
                select e.event_offset from minipaas._event e
                where e.stream = _publish_many_once.stream.id and e.dedup_key = v_event.dedup_key
            );
            exit when v_first is not null;
            insert into minipaas._event (event_offset, published_at, stream, partition, payload, key, headers, dedup_key)
            values (
                v_offsets[v_event.place], v_times[v_event.place], _publish_many_once.stream.id,
                minipaas._partition(_publish_many_once.stream.partitions, v_event.key), v_event.payload,
                v_event.key, v_event.headers, v_event.dedup_key
            )
            on conflict (stream, dedup_key) where dedup_key is not null do nothing;
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
    SET enable_seqscan TO 'off'
    SET enable_bitmapscan TO 'off'
    AS $$
#variable_conflict use_column
declare
    v_stream minipaas._stream;
    v_offset bigint;
begin
    select s.* into v_stream from minipaas._stream_get(_publish_once.stream, 'publish') s;
    if not found then
        perform minipaas._stream_refuse(stream, 'publish');
    end if;
    loop
        v_offset := (
            select e.event_offset from minipaas._event e where e.stream = v_stream.id and e.dedup_key = _publish_once.dedup_key
        );
        exit when v_offset is not null;
        perform minipaas._hold_back(v_stream.id);
        v_offset := nextval('minipaas._event_offset');
        insert into minipaas._event (event_offset, published_at, stream, partition, payload, key, headers, dedup_key)
        values (
            v_offset, minipaas._clock(), v_stream.id, minipaas._partition(v_stream.partitions, _publish_once.key),
            _publish_once.payload, _publish_once.key, _publish_once.headers, _publish_once.dedup_key
        )
        on conflict (stream, dedup_key) where dedup_key is not null do nothing;
        if found then
            if minipaas._asleep('minipaas_stream_' || v_stream.id) then
                perform minipaas._wake('minipaas_stream_' || v_stream.id);
            end if;
            exit;
        end if;
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

CREATE FUNCTION minipaas._publishers(stream integer, last bigint) RETURNS TABLE(pid integer, virtualxid text, behind bigint)
    LANGUAGE sql STABLE
    AS $$
select p.*
from (
    select l.pid, l.virtualtransaction, (last - l.objid::bigint) & 4294967295 as behind
    from pg_locks l
    where l.locktype = 'advisory' and l.mode = 'ShareLock' and l.granted and l.objsubid = 2
        and l.classid = (1297088512 + stream)::oid
        and l.database = (select d.oid from pg_database d where d.datname = current_database())
        and l.pid is distinct from pg_backend_pid()
) p
where p.behind < 3294967296
$$;


--
-- Name: FUNCTION _publishers(stream integer, last bigint); Type: COMMENT; Schema: minipaas; Owner: -
--

COMMENT ON FUNCTION minipaas._publishers(stream integer, last bigint) IS 'Other open transactions that have published to a stream, and how far below a last value the lower bound of their offsets is.';


--
-- Name: _queue_counts(); Type: FUNCTION; Schema: minipaas; Owner: -
--

CREATE FUNCTION minipaas._queue_counts() RETURNS SETOF minipaas._tally
    LANGUAGE plpgsql STABLE SECURITY DEFINER
    SET search_path TO 'pg_catalog', 'pg_temp'
    SET jit TO 'off'
    AS $$
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


--
-- Name: FUNCTION _queue_counts(); Type: COMMENT; Schema: minipaas; Owner: -
--

COMMENT ON FUNCTION minipaas._queue_counts() IS 'How many tasks the queues have in each state, as far as the caller may observe them; large numbers are estimates.';


--
-- Name: _queue_deny(text, text); Type: FUNCTION; Schema: minipaas; Owner: -
--

CREATE FUNCTION minipaas._queue_deny(queue text, action text) RETURNS void
    LANGUAGE plpgsql STABLE
    AS $$
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


--
-- Name: FUNCTION _queue_deny(queue text, action text); Type: COMMENT; Schema: minipaas; Owner: -
--

COMMENT ON FUNCTION minipaas._queue_deny(queue text, action text) IS 'Raises MP005 where the caller has no right on a queue, or has it nowhere and there is no such queue.';


--
-- Name: _queue_get(text, text); Type: FUNCTION; Schema: minipaas; Owner: -
--

CREATE FUNCTION minipaas._queue_get(queue text, action text) RETURNS SETOF minipaas._queue
    LANGUAGE sql STABLE
    AS $$
select q.*
from minipaas._queue q
where q.name = _queue_get.queue and minipaas._allowed(action, q.granted, q.id, null)
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
    perform minipaas._queue_deny(queue, action);
    raise exception using
        errcode = 'MP001',
        message = format('queue "%s" does not exist', queue),
        hint = format('minipaas.queues lists what there is. To create it: select minipaas.queue_create(%L);', queue);
end
$$;


--
-- Name: FUNCTION _queue_refuse(queue text, action text); Type: COMMENT; Schema: minipaas; Owner: -
--

COMMENT ON FUNCTION minipaas._queue_refuse(queue text, action text) IS 'Raises what kept _queue_get from finding a queue: MP005 or MP001.';


--
-- Name: _queues_of(text[]); Type: FUNCTION; Schema: minipaas; Owner: -
--

CREATE FUNCTION minipaas._queues_of(VARIADIC actions text[]) RETURNS integer[]
    LANGUAGE sql STABLE SECURITY DEFINER
    SET search_path TO 'pg_catalog', 'pg_temp'
    AS $$
select case when not exists (select from unnest(actions) u (action) where minipaas._may(u.action)) then array(
    select distinct a.queue
    from minipaas._access a
    where a.queue is not null and a.action = any(actions) and pg_has_role(minipaas._caller(), a.role::oid, 'usage')
) end
$$;


--
-- Name: FUNCTION _queues_of(VARIADIC actions text[]); Type: COMMENT; Schema: minipaas; Owner: -
--

COMMENT ON FUNCTION minipaas._queues_of(VARIADIC actions text[]) IS 'The queues on which the caller has one of some rights; NULL: all of them, and those to come.';


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
        v_before := minipaas._first_at(stream, v_now - least(stream.keep, '1000 years'), v_head);
    end if;
    if stream.keep_events > 0 and v_head - stream.trimmed > stream.keep_events then
        v_before := greatest(v_before, (
            select e.event_offset from minipaas._event e
            where e.stream = stream.id and e.event_offset > stream.trimmed and e.event_offset <= v_head
            order by e.event_offset desc
            offset stream.keep_events - 1 limit 1
        ));
    end if;
    if v_before > stream.trimmed + 1 then
        if stream.max_lag > '0' then
            v_spared := minipaas._first_at(stream, v_now - least(stream.max_lag, '1000 years'), v_head);
        end if;
        v_before := least(v_before, (select min(greatest(p.unread, v_spared)) from minipaas._places(stream, v_before - 1) p));
    end if;
    while stream.trimmed < v_before - 1 loop
        v_chunk := least(v_before, (
            select e.event_offset from minipaas._event e
            where e.stream = stream.id and e.event_offset > stream.trimmed
            order by e.event_offset
            offset 10000 limit 1
        ));
        v_count := v_count + minipaas._trim(stream, v_chunk, false);
        select s.* into stream from minipaas._stream s where s.id = stream.id;
        exit when stream.trimmed < v_chunk - 1 or clock_timestamp() > deadline;
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
-- Name: _sample_share(regclass); Type: FUNCTION; Schema: minipaas; Owner: -
--

CREATE FUNCTION minipaas._sample_share(relation regclass) RETURNS real
    LANGUAGE sql STABLE
    AS $$
select least(100, 100.0 * 100 * current_setting('block_size')::bigint / greatest(pg_relation_size(relation), 1))::real
$$;


--
-- Name: FUNCTION _sample_share(relation regclass); Type: COMMENT; Schema: minipaas; Owner: -
--

COMMENT ON FUNCTION minipaas._sample_share(relation regclass) IS 'How many percent of a table''s pages to read in order to estimate what is in it: 100 pages; 100 percent: all of them.';


--
-- Name: _sample_tail(regclass); Type: FUNCTION; Schema: minipaas; Owner: -
--

CREATE FUNCTION minipaas._sample_tail(relation regclass) RETURNS tid
    LANGUAGE sql STABLE
    AS $$
select format('(%s,0)', greatest(pg_relation_size(relation) / current_setting('block_size')::bigint - 50, 0))::tid
$$;


--
-- Name: FUNCTION _sample_tail(relation regclass); Type: COMMENT; Schema: minipaas; Owner: -
--

COMMENT ON FUNCTION minipaas._sample_tail(relation regclass) IS 'Where the last 50 pages of a table begin.';


--
-- Name: _schedule_deny(text, text); Type: FUNCTION; Schema: minipaas; Owner: -
--

CREATE FUNCTION minipaas._schedule_deny(schedule text, action text) RETURNS void
    LANGUAGE plpgsql STABLE
    AS $$
declare
    v_queue constant text := (select s.queue from minipaas._schedule s where s.name = schedule);
begin
    if not minipaas._schedule_may(v_queue, action) and (v_queue is not null or minipaas._queues_of(action) = '{}') then
        perform minipaas._deny(action, (select q.name from minipaas._queue q where q.name = v_queue));
    end if;
end
$$;


--
-- Name: FUNCTION _schedule_deny(schedule text, action text); Type: COMMENT; Schema: minipaas; Owner: -
--

COMMENT ON FUNCTION minipaas._schedule_deny(schedule text, action text) IS 'Raises MP005 where the caller has no right on the queue of a schedule, or has it nowhere and there is no such schedule.';


--
-- Name: _schedule; Type: TABLE; Schema: minipaas; Owner: -
--

CREATE TABLE minipaas._schedule (
    id integer NOT NULL,
    name text NOT NULL,
    cron text NOT NULL,
    queue text NOT NULL,
    payload jsonb NOT NULL,
    timezone text NOT NULL,
    missed text NOT NULL,
    paused boolean DEFAULT false NOT NULL,
    next_at timestamp with time zone,
    last_at timestamp with time zone,
    last_error text,
    created_at timestamp with time zone NOT NULL
);


--
-- Name: TABLE _schedule; Type: COMMENT; Schema: minipaas; Owner: -
--

COMMENT ON TABLE minipaas._schedule IS 'The schedules. next_at is the first fire time that has made no task yet; NULL: the clock of its time zone never shows one.';


--
-- Name: _schedule_due(minipaas._schedule, timestamp with time zone); Type: FUNCTION; Schema: minipaas; Owner: -
--

CREATE FUNCTION minipaas._schedule_due(schedule minipaas._schedule, moment timestamp with time zone, OUT due timestamp with time zone[], OUT next_at timestamp with time zone) RETURNS record
    LANGUAGE plpgsql STABLE
    AS $$
declare
    v_cron constant minipaas._cron := minipaas._cron_parse(schedule.cron);
    v_latest timestamptz;
begin
    due := '{}';
    if schedule.missed = 'all' then
        next_at := schedule.next_at;
        while next_at <= moment and cardinality(due) < 100 loop
            due := due || next_at;
            next_at := minipaas._cron_after(v_cron, next_at, schedule.timezone);
        end loop;
    else
        v_latest := minipaas._schedule_latest(v_cron, schedule.timezone, schedule.next_at, moment);
        if schedule.missed = 'one' or v_latest > moment - interval '1 minute' then
            due := array[v_latest];
        end if;
        next_at := minipaas._cron_after(v_cron, moment, schedule.timezone);
    end if;
end
$$;


--
-- Name: FUNCTION _schedule_due(schedule minipaas._schedule, moment timestamp with time zone, OUT due timestamp with time zone[], OUT next_at timestamp with time zone); Type: COMMENT; Schema: minipaas; Owner: -
--

COMMENT ON FUNCTION minipaas._schedule_due(schedule minipaas._schedule, moment timestamp with time zone, OUT due timestamp with time zone[], OUT next_at timestamp with time zone) IS 'The fire times of a due schedule to make tasks for, by its policy for missed ones, and the next one after those.';


--
-- Name: _schedule_enqueue(integer, text, jsonb, timestamp with time zone[]); Type: FUNCTION; Schema: minipaas; Owner: -
--

CREATE FUNCTION minipaas._schedule_enqueue(queue integer, schedule text, payload jsonb, due timestamp with time zone[]) RETURNS void
    LANGUAGE sql
    AS $$
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


--
-- Name: FUNCTION _schedule_enqueue(queue integer, schedule text, payload jsonb, due timestamp with time zone[]); Type: COMMENT; Schema: minipaas; Owner: -
--

COMMENT ON FUNCTION minipaas._schedule_enqueue(queue integer, schedule text, payload jsonb, due timestamp with time zone[]) IS 'Adds a task to a queue for each fire time of a schedule.';


--
-- Name: _schedule_fire(minipaas._schedule, timestamp with time zone); Type: FUNCTION; Schema: minipaas; Owner: -
--

CREATE FUNCTION minipaas._schedule_fire(schedule minipaas._schedule, moment timestamp with time zone) RETURNS bigint
    LANGUAGE plpgsql
    AS $$
declare
    v_queue constant integer := (select q.id from minipaas._queue q where q.name = schedule.queue);
    v_due timestamptz[];
    v_next timestamptz;
    v_error text;
begin
    if v_queue is null then
        v_error := format('queue "%s" does not exist', schedule.queue);
    else
        begin
            select d.due, d.next_at into v_due, v_next from minipaas._schedule_due(schedule, moment) d;
        exception when invalid_parameter_value then
            v_error := sqlerrm;
        end;
    end if;
    if v_error is not null then
        update minipaas._schedule s
        set last_error = v_error
        where s.id = schedule.id and s.last_error is distinct from v_error;
        return 0;
    end if;
    update minipaas._schedule s
    set next_at = v_next, last_at = coalesce(v_due[cardinality(v_due)], s.last_at), last_error = null
    where s.id = schedule.id;
    perform minipaas._schedule_enqueue(v_queue, schedule.name, schedule.payload, v_due);
    return cardinality(v_due);
end
$$;


--
-- Name: FUNCTION _schedule_fire(schedule minipaas._schedule, moment timestamp with time zone); Type: COMMENT; Schema: minipaas; Owner: -
--

COMMENT ON FUNCTION minipaas._schedule_fire(schedule minipaas._schedule, moment timestamp with time zone) IS 'Makes the tasks of a due schedule, whose row is locked, or notes why it cannot; returns how many.';


--
-- Name: _schedule_latest(minipaas._cron, text, timestamp with time zone, timestamp with time zone); Type: FUNCTION; Schema: minipaas; Owner: -
--

CREATE FUNCTION minipaas._schedule_latest(cron minipaas._cron, timezone text, due timestamp with time zone, moment timestamp with time zone) RETURNS timestamp with time zone
    LANGUAGE plpgsql STABLE
    AS $$
declare
    v_latest timestamptz := due;
    v_none_after timestamptz := moment;
    v_middle timestamptz;
    v_next timestamptz;
begin
    while v_none_after - v_latest >= interval '1 minute' loop
        v_middle := v_latest + make_interval(secs => extract(epoch from v_none_after - v_latest)::float8 / 2);
        v_next := minipaas._cron_after(cron, v_middle, timezone);
        if v_next <= moment then
            v_latest := v_next;
        else
            v_none_after := v_middle;
        end if;
    end loop;
    return v_latest;
end
$$;


--
-- Name: FUNCTION _schedule_latest(cron minipaas._cron, timezone text, due timestamp with time zone, moment timestamp with time zone); Type: COMMENT; Schema: minipaas; Owner: -
--

COMMENT ON FUNCTION minipaas._schedule_latest(cron minipaas._cron, timezone text, due timestamp with time zone, moment timestamp with time zone) IS 'The last fire time up to a moment, given one that is not after it.';


--
-- Name: _schedule_may(text, text); Type: FUNCTION; Schema: minipaas; Owner: -
--

CREATE FUNCTION minipaas._schedule_may(queue text, action text) RETURNS boolean
    LANGUAGE sql STABLE
    AS $$
select minipaas._may(action) or exists (select from minipaas._queue_get(queue, action))
$$;


--
-- Name: FUNCTION _schedule_may(queue text, action text); Type: COMMENT; Schema: minipaas; Owner: -
--

COMMENT ON FUNCTION minipaas._schedule_may(queue text, action text) IS 'Whether the caller has a right on the schedules of a queue: that on the queue, or, where it is gone, on all.';


--
-- Name: _schedule_refuse(text, text); Type: FUNCTION; Schema: minipaas; Owner: -
--

CREATE FUNCTION minipaas._schedule_refuse(schedule text, action text) RETURNS void
    LANGUAGE plpgsql STABLE
    AS $$
begin
    perform minipaas._schedule_deny(schedule, action);
    raise exception using
        errcode = 'MP004',
        message = format('schedule "%s" does not exist', schedule),
        hint = format('minipaas.schedules lists what there is. To create it: select minipaas.schedule_create(%L, cron, queue);', schedule);
end
$$;


--
-- Name: FUNCTION _schedule_refuse(schedule text, action text); Type: COMMENT; Schema: minipaas; Owner: -
--

COMMENT ON FUNCTION minipaas._schedule_refuse(schedule text, action text) IS 'Raises MP005 or, where there is no such schedule, MP004.';


--
-- Name: _sees_now(); Type: FUNCTION; Schema: minipaas; Owner: -
--

CREATE FUNCTION minipaas._sees_now() RETURNS boolean
    LANGUAGE sql STABLE
    AS $$
select current_setting('transaction_isolation') = 'read committed' and not pg_is_in_recovery()
$$;


--
-- Name: FUNCTION _sees_now(); Type: COMMENT; Schema: minipaas; Owner: -
--

COMMENT ON FUNCTION minipaas._sees_now() IS 'Whether each statement sees what has been committed before it: READ COMMITTED on a primary. If not, _wrong_isolation says so.';


--
-- Name: _sequences_repair(); Type: FUNCTION; Schema: minipaas; Owner: -
--

CREATE FUNCTION minipaas._sequences_repair() RETURNS bigint
    LANGUAGE plpgsql
    AS $$
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


--
-- Name: FUNCTION _sequences_repair(); Type: COMMENT; Schema: minipaas; Owner: -
--

COMMENT ON FUNCTION minipaas._sequences_repair() IS 'Sets sequences that are behind the rows that they number; returns how many.';


--
-- Name: _start_at(minipaas._stream, text, bigint, timestamp with time zone); Type: FUNCTION; Schema: minipaas; Owner: -
--

CREATE FUNCTION minipaas._start_at(stream minipaas._stream, argument text, event_offset bigint, at timestamp with time zone) RETURNS bigint
    LANGUAGE plpgsql
    AS $$
declare
    v_last constant bigint := coalesce(pg_sequence_last_value('minipaas._event_offset'), 0);
    v_head constant bigint := minipaas._stream_head(stream.id);
begin
    perform minipaas._check_consume(stream, argument, event_offset, null, null);
    return case
        when at is not null then minipaas._first_at(stream, at, v_head) - 1
        when event_offset <= v_last then greatest(event_offset - 1, stream.trimmed)
        else v_head
    end;
end
$$;


--
-- Name: FUNCTION _start_at(stream minipaas._stream, argument text, event_offset bigint, at timestamp with time zone); Type: COMMENT; Schema: minipaas; Owner: -
--

COMMENT ON FUNCTION minipaas._start_at(stream minipaas._stream, argument text, event_offset bigint, at timestamp with time zone) IS 'What a consumer has to have committed to go on with an offset or a time, within what the stream has; with neither, its head.';


--
-- Name: _stream_counts(); Type: FUNCTION; Schema: minipaas; Owner: -
--

CREATE FUNCTION minipaas._stream_counts() RETURNS TABLE(stream integer, head bigint, blocked_by jsonb, events bigint, estimated boolean, bytes bigint, oldest timestamp with time zone, oldest_offset bigint)
    LANGUAGE plpgsql STABLE SECURITY DEFINER
    SET search_path TO 'pg_catalog', 'pg_temp'
    SET enable_seqscan TO 'off'
    SET enable_bitmapscan TO 'off'
    SET jit TO 'off'
    AS $$
#variable_conflict use_column
declare
    v_streams constant integer[] := minipaas._streams_of('observe');
begin
    if v_streams = '{}' then
        return;
    end if;
    return query
    with streams as materialized (
        select
            s.id, s.trimmed, h.head, h.blocked_by, z.bytes, o.published_at, o.event_offset,
            coalesce(h.head, pg_sequence_last_value('minipaas._event_offset'), 0) as upto,
            row_number() over () as place
        from minipaas._stream s
        left join minipaas._stream_states() h on h.stream = s.id
        left join lateral (
            select avg(l.bytes) as bytes
            from (
                select 60 + pg_column_size(e.payload) + coalesce(pg_column_size(e.headers), 0)
                    + coalesce(octet_length(e.key), 0) + coalesce(octet_length(e.dedup_key), 0) as bytes
                from minipaas._event e
                where e.stream = s.id and e.event_offset > s.trimmed
                order by e.event_offset desc
                limit 20
            ) l
        ) z on true
        left join lateral (
            select e.event_offset, e.published_at
            from minipaas._event e
            where e.stream = s.id and e.event_offset > s.trimmed
            order by e.event_offset
            limit 1
        ) o on true
        where v_streams is null or s.id = any(v_streams)
    )
    select
        s.id, s.head, s.blocked_by, n.count, n.estimated, coalesce(s.bytes * n.count, 0)::bigint, s.published_at, s.event_offset
    from (
        select
            array_agg(a.id order by a.place) as ids,
            array_agg(null::integer) as partitions,
            array_agg(a.trimmed order by a.place) as lows,
            array_agg(a.upto order by a.place) as highs
        from streams a
    ) r
    cross join lateral minipaas._event_counts(r.ids, r.partitions, r.lows, r.highs) n
    join streams s on s.place = n.place;
end
$$;


--
-- Name: FUNCTION _stream_counts(); Type: COMMENT; Schema: minipaas; Owner: -
--

COMMENT ON FUNCTION minipaas._stream_counts() IS 'How much each stream holds and what holds back its readers, as far as the caller may observe them; large numbers are estimates.';


--
-- Name: _stream_deny(text, text); Type: FUNCTION; Schema: minipaas; Owner: -
--

CREATE FUNCTION minipaas._stream_deny(stream text, action text) RETURNS void
    LANGUAGE plpgsql STABLE
    AS $$
declare
    v_id constant integer := (select s.id from minipaas._stream s where s.name = stream);
    v_allowed constant integer[] := minipaas._streams_of(action);
begin
    if v_id <> all(v_allowed) then
        perform minipaas._deny(action, null, stream);
    elsif v_id is null and v_allowed = '{}' then
        perform minipaas._deny(action);
    end if;
end
$$;


--
-- Name: FUNCTION _stream_deny(stream text, action text); Type: COMMENT; Schema: minipaas; Owner: -
--

COMMENT ON FUNCTION minipaas._stream_deny(stream text, action text) IS 'Raises MP005 where the caller has no right on a stream, or has it nowhere and there is no such stream.';


--
-- Name: _stream_get(text, text); Type: FUNCTION; Schema: minipaas; Owner: -
--

CREATE FUNCTION minipaas._stream_get(stream text, action text) RETURNS SETOF minipaas._stream
    LANGUAGE sql STABLE
    AS $$
select s.*
from minipaas._stream s
where s.name = _stream_get.stream and minipaas._allowed(action, s.granted, null, s.id)
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
    elsif not minipaas._sees_now() then
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
    perform minipaas._stream_deny(stream, action);
    raise exception using
        errcode = 'MP002',
        message = format('stream "%s" does not exist', stream),
        hint = format('minipaas.streams lists what there is. To create it: select minipaas.stream_create(%L);', stream);
end
$$;


--
-- Name: FUNCTION _stream_refuse(stream text, action text); Type: COMMENT; Schema: minipaas; Owner: -
--

COMMENT ON FUNCTION minipaas._stream_refuse(stream text, action text) IS 'Raises what kept _stream_get from finding a stream: MP005 or MP002.';


--
-- Name: _stream_states(); Type: FUNCTION; Schema: minipaas; Owner: -
--

CREATE FUNCTION minipaas._stream_states() RETURNS TABLE(stream integer, head bigint, blocked_by jsonb)
    LANGUAGE plpgsql
    AS $$
#variable_conflict use_column
declare
    v_last constant bigint := coalesce(pg_sequence_last_value('minipaas._event_offset'), 0);
begin
    return query
    with publishers as (
        select distinct on (1) l.classid::bigint - 1297088512 as stream, b.behind, l.pid, l.virtualtransaction
        from pg_locks l
        cross join lateral (select ((v_last & 4294967295) - l.objid::bigint)::bit(32)::integer as behind) b
        where l.locktype = 'advisory' and l.mode = 'ShareLock' and l.granted and l.objsubid = 2 and b.behind >= 0
            and l.database = (select d.oid from pg_database d where d.datname = current_database())
            and l.pid is distinct from pg_backend_pid()
        order by 1, b.behind desc
    )
    select
        s.id,
        case when not pg_is_in_recovery() then v_last - coalesce(p.behind, 0) end,
        case
            when p.pid is not null then (
                select jsonb_build_object(
                    'pid', p.pid, 'application', a.application_name, 'age', coalesce(clock_timestamp() - a.xact_start, (
                        select greatest(minipaas._clock() - e.published_at, '0')
                        from minipaas._event e
                        where e.stream = s.id and e.event_offset > v_last - p.behind
                        order by e.stream, e.event_offset
                        limit 1
                    ))
                )
                from pg_stat_get_activity(p.pid) a
            )
            when p.virtualtransaction is not null then (
                select jsonb_build_object('pid', null, 'prepared', x.gid, 'age', clock_timestamp() - x.prepared)
                from pg_locks l
                join pg_prepared_xacts x on x.transaction = l.transactionid
                where l.locktype = 'transactionid' and l.pid is null and l.virtualtransaction = p.virtualtransaction
            )
        end
    from minipaas._stream s
    left join publishers p on p.stream = s.id;
end
$$;


--
-- Name: FUNCTION _stream_states(); Type: COMMENT; Schema: minipaas; Owner: -
--

COMMENT ON FUNCTION minipaas._stream_states() IS 'How far each stream can be read (NULL on a standby), and which open transaction keeps it there.';


--
-- Name: _streams_of(text[]); Type: FUNCTION; Schema: minipaas; Owner: -
--

CREATE FUNCTION minipaas._streams_of(VARIADIC actions text[]) RETURNS integer[]
    LANGUAGE sql STABLE SECURITY DEFINER
    SET search_path TO 'pg_catalog', 'pg_temp'
    AS $$
select case when not exists (select from unnest(actions) u (action) where minipaas._may(u.action)) then array(
    select distinct a.stream
    from minipaas._access a
    where a.stream is not null and a.action = any(actions) and pg_has_role(minipaas._caller(), a.role::oid, 'usage')
) end
$$;


--
-- Name: FUNCTION _streams_of(VARIADIC actions text[]); Type: COMMENT; Schema: minipaas; Owner: -
--

COMMENT ON FUNCTION minipaas._streams_of(VARIADIC actions text[]) IS 'The streams on which the caller has one of some rights; NULL: all of them, and those to come.';


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
    select t.id, t.payload, t.attempt, t.headers, t.key, -t.lane::integer, t.enqueued_at, t.until
    from taken t
    order by t.place;
end
$$;


--
-- Name: FUNCTION _take_due(tids tid[], lease interval, worker text); Type: COMMENT; Schema: minipaas; Owner: -
--

COMMENT ON FUNCTION minipaas._take_due(tids tid[], lease interval, worker text) IS 'Leases tasks of _waiting that the caller has locked, in the order of their ctids, and returns them as queue_dequeue does.';


--
-- Name: _tally_lanes(); Type: FUNCTION; Schema: minipaas; Owner: -
--

CREATE FUNCTION minipaas._tally_lanes() RETURNS TABLE(queue integer, lane smallint, start bigint, due_start timestamp with time zone, partly boolean)
    LANGUAGE plpgsql STABLE
    SET enable_seqscan TO 'off'
    SET enable_bitmapscan TO 'off'
    AS $$
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


--
-- Name: FUNCTION _tally_lanes(); Type: COMMENT; Schema: minipaas; Owner: -
--

COMMENT ON FUNCTION minipaas._tally_lanes() IS 'The lanes of all queues, and where in _ready and _waiting their tasks begin.';


--
-- Name: _tally_others(text, integer[], integer[], timestamp with time zone); Type: FUNCTION; Schema: minipaas; Owner: -
--

CREATE FUNCTION minipaas._tally_others(place text, queues integer[], mosts integer[], now timestamp with time zone) RETURNS TABLE(queue integer, count bigint, complete boolean)
    LANGUAGE sql STABLE
    SET enable_seqscan TO 'off'
    SET enable_bitmapscan TO 'off'
    SET jit TO 'off'
    AS $$
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


--
-- Name: FUNCTION _tally_others(place text, queues integer[], mosts integer[], now timestamp with time zone); Type: COMMENT; Schema: minipaas; Owner: -
--

COMMENT ON FUNCTION minipaas._tally_others(place text, queues integer[], mosts integer[], now timestamp with time zone) IS 'How many tasks queues have that are blocked, dead or done, counted up to a most for each.';


--
-- Name: _tally_ready(integer[], integer[]); Type: FUNCTION; Schema: minipaas; Owner: -
--

CREATE FUNCTION minipaas._tally_ready(queues integer[], mosts integer[]) RETURNS TABLE(queue integer, count bigint, oldest timestamp with time zone, complete boolean, partly boolean)
    LANGUAGE sql STABLE
    SET enable_seqscan TO 'off'
    SET enable_bitmapscan TO 'off'
    SET jit TO 'off'
    AS $$
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


--
-- Name: FUNCTION _tally_ready(queues integer[], mosts integer[]); Type: COMMENT; Schema: minipaas; Owner: -
--

COMMENT ON FUNCTION minipaas._tally_ready(queues integer[], mosts integer[]) IS 'How many tasks queues have in _ready, counted up to a most for each lane, and since when the oldest waits.';


--
-- Name: _tally_sample(timestamp with time zone); Type: FUNCTION; Schema: minipaas; Owner: -
--

CREATE FUNCTION minipaas._tally_sample(now timestamp with time zone) RETURNS SETOF minipaas._tally
    LANGUAGE sql STABLE
    SET jit TO 'off'
    SET enable_nestloop TO 'off'
    AS $$
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


--
-- Name: FUNCTION _tally_sample(now timestamp with time zone); Type: COMMENT; Schema: minipaas; Owner: -
--

COMMENT ON FUNCTION minipaas._tally_sample(now timestamp with time zone) IS 'What is in each queue, by a sample of the tables'' pages: exact for tables of up to 100 pages.';


--
-- Name: _tally_waiting(integer[], integer[], timestamp with time zone); Type: FUNCTION; Schema: minipaas; Owner: -
--

CREATE FUNCTION minipaas._tally_waiting(queues integer[], mosts integer[], now timestamp with time zone) RETURNS TABLE(queue integer, due bigint, delayed bigint, leased bigint, retrying bigint, lost bigint, behind bigint, expired bigint, expired_since timestamp with time zone, oldest timestamp with time zone, past_complete boolean, future_complete boolean)
    LANGUAGE sql STABLE
    SET enable_seqscan TO 'off'
    SET enable_bitmapscan TO 'off'
    SET jit TO 'off'
    AS $$
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


--
-- Name: FUNCTION _tally_waiting(queues integer[], mosts integer[], now timestamp with time zone); Type: COMMENT; Schema: minipaas; Owner: -
--

COMMENT ON FUNCTION minipaas._tally_waiting(queues integer[], mosts integer[], now timestamp with time zone) IS 'How many tasks queues have in _waiting by state, counted up to a most for each lane, apart for past and future.';


--
-- Name: _task_queue(bigint); Type: FUNCTION; Schema: minipaas; Owner: -
--

CREATE FUNCTION minipaas._task_queue(id bigint) RETURNS integer
    LANGUAGE sql STABLE
    SET enable_seqscan TO 'off'
    AS $$
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


--
-- Name: FUNCTION _task_queue(id bigint); Type: COMMENT; Schema: minipaas; Owner: -
--

COMMENT ON FUNCTION minipaas._task_queue(id bigint) IS 'The queue of a task, whatever its state; NULL: there is no such task.';


--
-- Name: _task_replace(bigint, jsonb, jsonb, timestamp with time zone); Type: FUNCTION; Schema: minipaas; Owner: -
--

CREATE FUNCTION minipaas._task_replace(id bigint, payload jsonb, headers jsonb, until timestamp with time zone, OUT task minipaas._ready, OUT to_place boolean, OUT to_release boolean) RETURNS record
    LANGUAGE plpgsql
    AS $$
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


--
-- Name: FUNCTION _task_replace(id bigint, payload jsonb, headers jsonb, until timestamp with time zone, OUT task minipaas._ready, OUT to_place boolean, OUT to_release boolean); Type: COMMENT; Schema: minipaas; Owner: -
--

COMMENT ON FUNCTION minipaas._task_replace(id bigint, payload jsonb, headers jsonb, until timestamp with time zone, OUT task minipaas._ready, OUT to_place boolean, OUT to_release boolean) IS 'Gives a task that nobody holds another payload, headers and time (NULL: now); leaves one that somebody holds as it is. The caller
then places it, or releases its key, where that is said.';


--
-- Name: _task_take(bigint); Type: FUNCTION; Schema: minipaas; Owner: -
--

CREATE FUNCTION minipaas._task_take(id bigint, OUT state text, OUT task minipaas._ready) RETURNS record
    LANGUAGE plpgsql
    SET enable_seqscan TO 'off'
    AS $$
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


--
-- Name: FUNCTION _task_take(id bigint, OUT state text, OUT task minipaas._ready); Type: COMMENT; Schema: minipaas; Owner: -
--

COMMENT ON FUNCTION minipaas._task_take(id bigint, OUT state text, OUT task minipaas._ready) IS 'Removes a task that nobody holds from where it is: its state (NULL: there is none) and the task. The caller frees its keys.';


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
    when until operator(pg_catalog.>) now then case
        when state operator(pg_catalog.=) 'l' then 'leased'
        when state operator(pg_catalog.=) 'd' then 'delayed'
        else 'retrying'
    end
    when state operator(pg_catalog.=) 'l' and not minipaas._may_retry(attempt, granted, max_attempts) then 'dead'
    else 'ready'
end
$$;


--
-- Name: FUNCTION _waiting_state(state "char", until timestamp with time zone, attempt integer, granted integer, max_attempts integer, now timestamp with time zone); Type: COMMENT; Schema: minipaas; Owner: -
--

COMMENT ON FUNCTION minipaas._waiting_state(state "char", until timestamp with time zone, attempt integer, granted integer, max_attempts integer, now timestamp with time zone) IS 'The state of a task in _waiting.';


--
-- Name: _wake(text); Type: FUNCTION; Schema: minipaas; Owner: -
--

CREATE FUNCTION minipaas._wake(channel text) RETURNS void
    LANGUAGE plpgsql
    AS $$
begin
    if coalesce(current_setting('minipaas.wake', true), '') <> 'off' and minipaas._asleep(channel) then
        perform pg_notify(channel, '');
    end if;
end
$$;


--
-- Name: FUNCTION _wake(channel text); Type: COMMENT; Schema: minipaas; Owner: -
--

COMMENT ON FUNCTION minipaas._wake(channel text) IS 'Wakes who sleeps until something comes over a channel, when the transaction commits, unless the setting minipaas.wake is off.';


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


--
-- Name: FUNCTION access_grant(role text, rights text[], queue text, stream text); Type: COMMENT; Schema: minipaas; Owner: -
--

COMMENT ON FUNCTION minipaas.access_grant(role text, rights text[], queue text, stream text) IS 'Gives a role rights on a queue, on a stream or on all of them, and the USAGE and EXECUTE that it needs to use them.

role: the name of an existing role; its members have the rights too.
rights: on a queue some of enqueue, dequeue, manage, observe; on a stream some of publish, consume, manage, observe; else any.
queue, stream: only this one (default: all queues and streams, those to come as well). Its rights go when it is dropped.
Returns nothing; granting twice is no error. The rights count at once, and end with access_revoke. Before DROP ROLE, revoke
them, or DROP OWNED BY the role in this database. Waits for other transactions that grant or revoke.
For the owner of the schema. Errors: MP001, MP002, MP005, MP006.';


--
-- Name: access_revoke(text, text[], text, text); Type: FUNCTION; Schema: minipaas; Owner: -
--

CREATE FUNCTION minipaas.access_revoke(role text, rights text[], queue text DEFAULT NULL::text, stream text DEFAULT NULL::text) RETURNS void
    LANGUAGE plpgsql SECURITY DEFINER
    SET search_path TO 'pg_catalog', 'pg_temp'
    AS $$
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


--
-- Name: FUNCTION access_revoke(role text, rights text[], queue text, stream text); Type: COMMENT; Schema: minipaas; Owner: -
--

COMMENT ON FUNCTION minipaas.access_revoke(role text, rights text[], queue text, stream text) IS 'Takes rights away from a role; with the last one, USAGE and EXECUTE too.

role, rights: as in access_grant.
queue, stream: only on this one (default: wherever the role has them, on all queues and streams and on single ones).
Returns nothing; revoking what was not granted is no error. It counts at once, but for what the role has as a member of others.
Waits for other transactions that grant or revoke.
For the owner of the schema. Errors: MP001, MP002, MP005; MP006 also when the role has the right on all and only one is named.';


--
-- Name: cron_next(text, timestamp with time zone, text); Type: FUNCTION; Schema: minipaas; Owner: -
--

CREATE FUNCTION minipaas.cron_next(cron text, after timestamp with time zone, timezone text DEFAULT 'UTC'::text) RETURNS timestamp with time zone
    LANGUAGE plpgsql STABLE SECURITY DEFINER
    SET search_path TO 'pg_catalog', 'pg_temp'
    AS $$
declare
    v_next timestamptz;
begin
    timezone := coalesce(timezone, 'UTC');
    perform minipaas._check_timezone(timezone);
    if after is null or after not between '0001-01-01 UTC' and '9999-12-31 UTC' then
        perform minipaas._invalid('after', after::text, 'It is a moment in the years 1 to 9999.');
    end if;
    v_next := minipaas._cron_after(minipaas._cron_parse(cron), after, timezone);
    if v_next is null then
        perform minipaas._invalid(
            'cron', quote_literal(cron),
            format('It never runs: the clocks of %s skip this time whenever it would come.', timezone)
        );
    end if;
    return v_next;
end
$$;


--
-- Name: FUNCTION cron_next(cron text, after timestamp with time zone, timezone text); Type: COMMENT; Schema: minipaas; Owner: -
--

COMMENT ON FUNCTION minipaas.cron_next(cron text, after timestamp with time zone, timezone text) IS 'The first time after a moment that a cron expression stands for.

cron: minute (0-59), hour (0-23), day-of-month (1-31), month (1-12 or JAN-DEC), day-of-week (0-7 or SUN-SAT; 0 and 7 are Sunday),
each a *, a value, a range 1-5, or one of these with a step as in */15, or a list of them; or @hourly, @daily, @midnight,
@weekly, @monthly, @yearly, @annually. Where neither day-of-month nor day-of-week begins with a *, one of them is enough.
after: the moment.
timezone: whose clocks it goes by (default UTC). When they change: with a minute or an hour that begins with *, it runs
whenever the clocks show such a time, by elapsed time; else once at the first of two such times, and right after the
change where the clocks skip it.
Returns the time. Right: any. Errors: MP006.';


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
    v_queue minipaas._queue;
    v_stream minipaas._stream;
    v_buried bigint := 0;
    v_readied bigint := 0;
    v_done bigint := 0;
    v_trimmed bigint := 0;
begin
    if not minipaas._sees_now() then
        perform minipaas._wrong_isolation('maintain');
    end if;
    for v_queue in select q.* from minipaas._queue q order by random() loop
        exit when clock_timestamp() > v_deadline;
        v_buried := v_buried + (minipaas._bury_expired(v_queue.id, v_queue.max_attempts, 1000)).count;
        v_readied := v_readied + minipaas._batons_sweep(v_queue.id, 1000);
        v_done := v_done + minipaas._done_prune(v_queue, 10000);
    end loop;
    for v_stream in
        select s.* from minipaas._stream s where s.keep > '0' or s.keep_events > 0 order by random()
        for no key update skip locked
    loop
        exit when clock_timestamp() > v_deadline;
        v_trimmed := v_trimmed + minipaas._retain(v_stream, v_deadline);
    end loop;
    return query values
        ('tasks buried', v_buried),
        ('tasks made ready', v_readied),
        ('done tasks deleted', v_done),
        ('events trimmed', v_trimmed),
        ('orphans deleted', minipaas._orphans_prune(10000)),
        ('sequences repaired', minipaas._sequences_repair());
end
$$;


--
-- Name: FUNCTION maintain(); Type: COMMENT; Schema: minipaas; Owner: -
--

COMMENT ON FUNCTION minipaas.maintain() IS 'Does the upkeep that no other call needs to do, for about two seconds at most: call it every ten seconds or so, from anywhere.

what: ''tasks buried'' (their last lease expired, so they are dead), ''tasks made ready'' (their key had been left idle),
''done tasks deleted'' (kept for keep_done), ''events trimmed'' (beyond keep or keep_events), ''orphans deleted'' (rows of what was
dropped while they were added), ''sequences repaired'' (they were behind their rows, with a WARNING).
count: how many.
Returns a row for each of these. Waits for nobody; what others are at is left for the next call. Give it a transaction of its own.
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


--
-- Name: FUNCTION queue_cancel(id bigint); Type: COMMENT; Schema: minipaas; Owner: -
--

COMMENT ON FUNCTION minipaas.queue_cancel(id bigint) IS 'Deletes a task that nobody holds: ready, delayed, retrying, blocked or dead, or with an expired lease.

id: as enqueue returned it.
Returns true, or false when it is held, finished or was never there. Its keys are free then. Waits for nobody, but where the task is
blocked for an open transaction that finishes one of its key.
Right: dequeue. Errors: MP005.';


--
-- Name: queue_channel(text); Type: FUNCTION; Schema: minipaas; Owner: -
--

CREATE FUNCTION minipaas.queue_channel(queue text) RETURNS text
    LANGUAGE plpgsql STABLE SECURITY DEFINER
    SET search_path TO 'pg_catalog', 'pg_temp'
    AS $$
declare
    v_id constant integer := (select q.id from minipaas._queue_get(queue, 'dequeue') q);
begin
    if v_id is null then
        perform minipaas._queue_refuse(queue, 'dequeue');
    end if;
    return 'minipaas_queue_' || v_id;
end
$$;


--
-- Name: FUNCTION queue_channel(queue text); Type: COMMENT; Schema: minipaas; Owner: -
--

COMMENT ON FUNCTION minipaas.queue_channel(queue text) IS 'The channel to LISTEN to for new tasks of a queue. Notifications come only while somebody sleeps there.

To sleep: LISTEN; then select pg_try_advisory_lock(hashtextextended(channel, 0)), which tells enqueue that somebody sleeps
(false: somebody does already, which is as good); then dequeue once more, and wait for a notification, but a second
at most: an enqueue that was just under way, a delayed task and a retry send none. On waking, pg_advisory_unlock
with the same key. The lock belongs to the session: not through a pooler that shares sessions.
Returns a name that needs no quotes. A queue that is dropped and made again has another.
Right: dequeue. Errors: MP001, MP005.';


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
Right: manage, on all queues and streams. Errors: MP005, MP006.';


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


--
-- Name: FUNCTION queue_dequeue(queue text, batch_size integer, lease interval, worker text); Type: COMMENT; Schema: minipaas; Owner: -
--

COMMENT ON FUNCTION minipaas.queue_dequeue(queue text, batch_size integer, lease interval, worker text) IS 'Leases tasks to the caller: higher priority first, then what became due, then the order of enqueue.

batch_size: how many tasks at most (default 1).
lease: how long they stay with the caller before others get them (default: the queue''s lease).
worker: a name for the holder, shown in queue_tasks.
Returns the tasks. Give id and attempt back to queue_ack, queue_nack, queue_bury or queue_extend. No rows: there is
nothing to do now, or the queue is paused. key is the task''s. Waits for nobody.
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


--
-- Name: FUNCTION queue_enqueue(queue text, payload jsonb, priority integer, delay interval, run_at timestamp with time zone, key text, dedup_key text, headers jsonb, max_attempts integer, on_duplicate text); Type: COMMENT; Schema: minipaas; Owner: -
--

COMMENT ON FUNCTION minipaas.queue_enqueue(queue text, payload jsonb, priority integer, delay interval, run_at timestamp with time zone, key text, dedup_key text, headers jsonb, max_attempts integer, on_duplicate text) IS 'Adds a task to a queue, in the caller''s transaction.

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


--
-- Name: FUNCTION queue_enqueue_many(queue text, payloads jsonb[], priority integer, delay interval, run_at timestamp with time zone, keys text[], dedup_keys text[], headers jsonb[], max_attempts integer, on_duplicate text); Type: COMMENT; Schema: minipaas; Owner: -
--

COMMENT ON FUNCTION minipaas.queue_enqueue_many(queue text, payloads jsonb[], priority integer, delay interval, run_at timestamp with time zone, keys text[], dedup_keys text[], headers jsonb[], max_attempts integer, on_duplicate text) IS 'Adds a task for each payload, in the caller''s transaction: one call for many tasks.

payloads: an array of JSON; its elements may be the JSON null, not NULL.
headers: an array of the same length, or NULL.
keys, dedup_keys: arrays of the same length (NULL for none), or NULL.
The other arguments are those of queue_enqueue and hold for every task.
on_duplicate: with replace and a dedup_key that is given more than once, the last payload stands.
Returns the ids of the tasks, in the order of the payloads. Waits as queue_enqueue does.
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
    perform minipaas._held(a.id, a.attempt)
    from (select u.id, u.attempt from unnest(ids, attempts) u (id, attempt) order by u.id) a;
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


--
-- Name: FUNCTION queue_purge(queue text); Type: COMMENT; Schema: minipaas; Owner: -
--

COMMENT ON FUNCTION minipaas.queue_purge(queue text) IS 'Deletes all tasks of a queue that nobody holds: ready, delayed, retrying, blocked and dead ones, and expired leases.

Returns how many. Tasks that another open transaction has taken are left. Waits for nobody, but for open transactions that finish
tasks of the keys that are purged.
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


--
-- Name: FUNCTION queue_redrive(queue text, ids bigint[], batch_size integer); Type: COMMENT; Schema: minipaas; Owner: -
--

COMMENT ON FUNCTION minipaas.queue_redrive(queue text, ids bigint[], batch_size integer) IS 'Makes dead tasks ready again, at the end of their priority, with max_attempts more.

ids: only these (default: all dead tasks of the queue).
batch_size: at most so many, the oldest ids first (default: no limit).
Returns how many. A task whose dedup_key is taken again stays dead.
Right: manage. Errors: MP001, MP005, MP006.';


--
-- Name: queue_resume(text); Type: FUNCTION; Schema: minipaas; Owner: -
--

CREATE FUNCTION minipaas.queue_resume(queue text) RETURNS void
    LANGUAGE plpgsql SECURITY DEFINER
    SET search_path TO 'pg_catalog', 'pg_temp'
    AS $$
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


--
-- Name: FUNCTION queue_resume(queue text); Type: COMMENT; Schema: minipaas; Owner: -
--

COMMENT ON FUNCTION minipaas.queue_resume(queue text) IS 'Takes up deliveries again after queue_pause.

Returns nothing; resuming a queue that is not paused is no error.
Right: manage. Errors: MP001, MP005, MP006.';


--
-- Name: schedule_alter(text, text, text, jsonb, text, text); Type: FUNCTION; Schema: minipaas; Owner: -
--

CREATE FUNCTION minipaas.schedule_alter(schedule text, cron text DEFAULT NULL::text, queue text DEFAULT NULL::text, payload jsonb DEFAULT NULL::jsonb, timezone text DEFAULT NULL::text, missed text DEFAULT NULL::text) RETURNS void
    LANGUAGE plpgsql SECURITY DEFINER
    SET search_path TO 'pg_catalog', 'pg_temp'
    AS $$
#variable_conflict use_variable
declare
    v_schedule minipaas._schedule;
begin
    select s.* into v_schedule
    from minipaas._schedule s
    where s.name = schedule_alter.schedule and minipaas._schedule_may(s.queue, 'manage') for no key update;
    if not found then
        perform minipaas._schedule_refuse(schedule, 'manage');
    elsif queue is not null and not exists (select from minipaas._queue_get(queue, 'manage')) then
        perform minipaas._queue_refuse(queue, 'manage');
    end if;
    perform minipaas._check_missed(missed);
    cron := coalesce(cron, v_schedule.cron);
    timezone := coalesce(timezone, v_schedule.timezone);
    -- What is due and not made yet stays so, unless it is the times that change.
    if (cron, timezone) <> (v_schedule.cron, v_schedule.timezone) then
        v_schedule.next_at := minipaas.cron_next(cron, minipaas._clock(), timezone);
        v_schedule.last_error := null;
    end if;
    update minipaas._schedule s
    set cron = cron,
        queue = coalesce(queue, s.queue),
        payload = coalesce(payload, s.payload),
        timezone = timezone,
        missed = coalesce(missed, s.missed),
        next_at = v_schedule.next_at,
        last_error = v_schedule.last_error
    where s.id = v_schedule.id;
end
$$;


--
-- Name: FUNCTION schedule_alter(schedule text, cron text, queue text, payload jsonb, timezone text, missed text); Type: COMMENT; Schema: minipaas; Owner: -
--

COMMENT ON FUNCTION minipaas.schedule_alter(schedule text, cron text, queue text, payload jsonb, timezone text, missed text) IS 'Changes a schedule; NULL leaves a setting as it is.

The arguments are those of schedule_create. Another cron or timezone counts from now on: what was due before, and has made no
task yet, is dropped. Returns nothing. Waits for a transaction that has ticked the schedule.
Right: manage on its queue, and on the new one. Errors: MP001, MP004, MP005, MP006.';


--
-- Name: schedule_create(text, text, text, jsonb, text, text); Type: FUNCTION; Schema: minipaas; Owner: -
--

CREATE FUNCTION minipaas.schedule_create(schedule text, cron text, queue text, payload jsonb DEFAULT '{}'::jsonb, timezone text DEFAULT 'UTC'::text, missed text DEFAULT 'one'::text) RETURNS boolean
    LANGUAGE plpgsql SECURITY DEFINER
    SET search_path TO 'pg_catalog', 'pg_temp'
    AS $$
#variable_conflict use_variable
declare
    v_now constant timestamptz := minipaas._clock();
    v_there minipaas._schedule;
begin
    if not exists (select from minipaas._queue_get(queue, 'manage')) then
        perform minipaas._queue_refuse(queue, 'manage');
    end if;
    perform minipaas._check_name('schedule', schedule);
    perform minipaas._check_missed(missed);
    payload := coalesce(payload, '{}');
    timezone := coalesce(timezone, 'UTC');
    missed := coalesce(missed, 'one');
    insert into minipaas._schedule (name, cron, queue, payload, timezone, missed, next_at, created_at)
    values (schedule, cron, queue, payload, timezone, missed, minipaas.cron_next(cron, v_now, timezone), v_now)
    on conflict (name) do nothing;
    if found then
        return true;
    end if;
    select s.* into v_there from minipaas._schedule s where s.name = schedule;
    if (v_there.cron, v_there.queue, v_there.payload, v_there.timezone, v_there.missed)
        <> (cron, queue, payload, timezone, missed)
    then
        raise notice using
            message = format('schedule "%s" exists with other settings, and was left as it is', schedule),
            hint = format('Change them with: select minipaas.schedule_alter(%L, ...);', schedule);
    end if;
    return false;
end
$$;


--
-- Name: FUNCTION schedule_create(schedule text, cron text, queue text, payload jsonb, timezone text, missed text); Type: COMMENT; Schema: minipaas; Owner: -
--

COMMENT ON FUNCTION minipaas.schedule_create(schedule text, cron text, queue text, payload jsonb, timezone text, missed text) IS 'Creates a schedule: from now on, schedule_tick makes a task at each of its fire times.

schedule: any text of 1 to 255 characters.
cron: five fields, minute hour day-of-month month day-of-week, or a word such as @hourly; see cron_next.
queue: where the tasks go. It exists.
payload: any JSON, the same for each task (default {}). The task''s headers are
{"schedule": name, "scheduled_at": fire time in ISO 8601, UTC}.
timezone: whose clocks cron goes by (default UTC).
missed: what becomes of fire times that passed a minute ago or more while nobody ticked. skip: nothing; one: together they make
one task, for the latest of them (the default); all: a task for each.
Returns true, or false when the schedule exists: it is then left as it is, with a NOTICE where the settings differ.
Right: manage on the queue. Errors: MP001, MP005, MP006.';


--
-- Name: schedule_drop(text); Type: FUNCTION; Schema: minipaas; Owner: -
--

CREATE FUNCTION minipaas.schedule_drop(schedule text) RETURNS boolean
    LANGUAGE plpgsql SECURITY DEFINER
    SET search_path TO 'pg_catalog', 'pg_temp'
    AS $$
begin
    perform minipaas._check_name('schedule', schedule);
    delete from minipaas._schedule s where s.name = schedule_drop.schedule and minipaas._schedule_may(s.queue, 'manage');
    if not found then
        perform minipaas._schedule_deny(schedule, 'manage');
        return false;
    end if;
    return true;
end
$$;


--
-- Name: FUNCTION schedule_drop(schedule text); Type: COMMENT; Schema: minipaas; Owner: -
--

COMMENT ON FUNCTION minipaas.schedule_drop(schedule text) IS 'Drops a schedule; the tasks that it has made stay.

Returns true, or false when there is no such schedule. Waits for a transaction that has ticked the schedule.
Right: manage on its queue. Errors: MP005, MP006.';


--
-- Name: schedule_pause(text); Type: FUNCTION; Schema: minipaas; Owner: -
--

CREATE FUNCTION minipaas.schedule_pause(schedule text) RETURNS void
    LANGUAGE plpgsql SECURITY DEFINER
    SET search_path TO 'pg_catalog', 'pg_temp'
    AS $$
begin
    update minipaas._schedule s
    set paused = true
    where s.name = schedule_pause.schedule and minipaas._schedule_may(s.queue, 'manage');
    if not found then
        perform minipaas._schedule_refuse(schedule, 'manage');
    end if;
end
$$;


--
-- Name: FUNCTION schedule_pause(schedule text); Type: COMMENT; Schema: minipaas; Owner: -
--

COMMENT ON FUNCTION minipaas.schedule_pause(schedule text) IS 'Lets a schedule make no tasks until schedule_resume.

Returns nothing; pausing twice is no error. Waits for a transaction that has ticked the schedule.
Right: manage on its queue. Errors: MP004, MP005.';


--
-- Name: schedule_resume(text); Type: FUNCTION; Schema: minipaas; Owner: -
--

CREATE FUNCTION minipaas.schedule_resume(schedule text) RETURNS void
    LANGUAGE plpgsql SECURITY DEFINER
    SET search_path TO 'pg_catalog', 'pg_temp'
    AS $$
declare
    v_schedule minipaas._schedule;
begin
    select s.* into v_schedule
    from minipaas._schedule s
    where s.name = schedule_resume.schedule and minipaas._schedule_may(s.queue, 'manage') for no key update;
    if not found then
        perform minipaas._schedule_refuse(schedule, 'manage');
    elsif v_schedule.paused then
        update minipaas._schedule s
        set paused = false, next_at = minipaas.cron_next(s.cron, minipaas._clock(), s.timezone)
        where s.id = v_schedule.id;
    end if;
end
$$;


--
-- Name: FUNCTION schedule_resume(schedule text); Type: COMMENT; Schema: minipaas; Owner: -
--

COMMENT ON FUNCTION minipaas.schedule_resume(schedule text) IS 'Ends a pause: the next fire time is the first one from now on, whatever passed meanwhile.

Returns nothing, and changes nothing where the schedule is not paused. Waits for a transaction that has ticked the schedule.
Right: manage on its queue. Errors: MP004, MP005; MP006 when its time zone is gone.';


--
-- Name: schedule_tick(); Type: FUNCTION; Schema: minipaas; Owner: -
--

CREATE FUNCTION minipaas.schedule_tick() RETURNS bigint
    LANGUAGE plpgsql SECURITY DEFINER
    SET search_path TO 'pg_catalog', 'pg_temp'
    AS $$
declare
    v_now constant timestamptz := minipaas._clock();
    v_deadline constant timestamptz := clock_timestamp() + interval '1 s';
    v_id integer;
    v_schedule minipaas._schedule;
    v_count bigint := 0;
begin
    if not minipaas._sees_now() then
        perform minipaas._wrong_isolation('schedule_tick');
    end if;
    for v_id in
        select s.id from minipaas._schedule s where not s.paused and s.next_at <= v_now order by random()
    loop
        select s.* into v_schedule
        from minipaas._schedule s
        where s.id = v_id and not s.paused and s.next_at <= v_now for no key update skip locked;
        if found then
            v_count := v_count + minipaas._schedule_fire(v_schedule, v_now);
        end if;
        exit when clock_timestamp() > v_deadline;
    end loop;
    return v_count;
end
$$;


--
-- Name: FUNCTION schedule_tick(); Type: COMMENT; Schema: minipaas; Owner: -
--

COMMENT ON FUNCTION minipaas.schedule_tick() IS 'Makes the tasks that are due by the schedules: call it every few seconds, from anywhere, any number of times at once.

Returns how many. Each fire time makes one task, whoever ticks. Waits for nobody: what another open transaction has ticked is left
to it, and comes again if that is rolled back. Works for about a second at most, and makes at most a hundred tasks of one
schedule; the rest goes with the next call. Give it a transaction of its own.
A schedule that can make no tasks, since its queue is gone, keeps nobody else''s: see last_error in the view schedules.
Right: any. Errors: MP007 unless the transaction is READ COMMITTED and the server a primary.';


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
-- Name: service_seen(text, text, text, text); Type: FUNCTION; Schema: minipaas; Owner: -
--

CREATE FUNCTION minipaas.service_seen(service text, package text, version text, minimum text DEFAULT NULL::text) RETURNS void
    LANGUAGE plpgsql SECURITY DEFINER
    SET search_path TO 'pg_catalog', 'pg_temp'
    AS $$
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


--
-- Name: FUNCTION service_seen(service text, package text, version text, minimum text); Type: COMMENT; Schema: minipaas; Owner: -
--

COMMENT ON FUNCTION minipaas.service_seen(service text, package text, version text, minimum text) IS 'Records in the view services that a service uses the schema; migrate.require calls it when a service starts.

service: any name of 1 to 255 characters; a role has one row for each. package: the release of its minipaas-sql.
version: the newest version of the schema that the package knows, such as 0004.
minimum: the oldest that the service can use; by default version.
Returns nothing. Right: any. Errors: MP006, also when the schema does not serve that version any more.';


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
-- Name: stream_channel(text); Type: FUNCTION; Schema: minipaas; Owner: -
--

CREATE FUNCTION minipaas.stream_channel(stream text) RETURNS text
    LANGUAGE plpgsql STABLE SECURITY DEFINER
    SET search_path TO 'pg_catalog', 'pg_temp'
    AS $$
declare
    v_id constant integer := (select s.id from minipaas._stream_get(stream, 'consume') s);
begin
    if v_id is null then
        perform minipaas._stream_refuse(stream, 'consume');
    end if;
    return 'minipaas_stream_' || v_id;
end
$$;


--
-- Name: FUNCTION stream_channel(stream text); Type: COMMENT; Schema: minipaas; Owner: -
--

COMMENT ON FUNCTION minipaas.stream_channel(stream text) IS 'The channel to LISTEN to for new events of a stream. Notifications come only while somebody sleeps there.

It is used as queue_channel tells. An event that was published by a transaction that ends later than others, or
that waits for one, is there at the latest a second later.
Returns a name that needs no quotes. A stream that is dropped and made again has another.
Right: consume. Errors: MP002, MP005.';


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
    if not minipaas._may('manage') then
        perform minipaas._deny('manage');
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
Right: manage, on all queues and streams. Errors: MP005, MP006.';


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
    perform minipaas._check_name('stream', stream);
    delete from minipaas._stream s where s.id = (select g.id from minipaas._stream_get(stream, 'manage') g)
    returning s.id into v_id;
    if not found then
        perform minipaas._stream_deny(stream, 'manage');
        return false;
    elsif not coalesce(force, false) and (
        exists (select from minipaas._event e where e.stream = v_id)
        or exists (select from minipaas._publishers(v_id, pg_sequence_last_value('minipaas._event_offset')))
    ) then
        raise exception using
            errcode = 'MP008',
            message = format('stream "%s" is not empty', stream_drop.stream),
            hint = format(
                'See minipaas.stream_stats; to drop its events too: select minipaas.stream_drop(%L, force => true);',
                stream_drop.stream
            );
    end if;
    delete from minipaas._event e where e.stream = v_id;
    delete from minipaas._access a where a.stream = v_id;
    perform minipaas._consumer_drop(k.id) from minipaas._consumer k where k.stream = v_id;
    return true;
end
$$;


--
-- Name: FUNCTION stream_drop(stream text, force boolean); Type: COMMENT; Schema: minipaas; Owner: -
--

COMMENT ON FUNCTION minipaas.stream_drop(stream text, force boolean) IS 'Drops a stream with its consumers.

force: also when there are events in it, which are deleted, or publishers that have not committed yet (default false).
Returns true, or false when there is no such stream. Stop its publishers first: an event that commits after the stream is gone,
is gone with it. Waits for transactions that hold partitions of it.
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
    if (v_place.lease_id = stream_extend.lease_id) is not true then
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
    v_place minipaas._position;
begin
    perform minipaas._check_batch(batch_size, lease);
    select k.id into v_consumer
    from minipaas._consumer k
    where k.stream = v_stream.id and k.name = stream_fetch.consumer;
    if not found then
        perform minipaas._consumer_refuse(stream, consumer);
    end if;
    select * into v_taken from minipaas._take(v_stream, v_consumer, v_head, coalesce(batch_size, 100));
    if v_taken.partition is null then
        return;
    end if;
    v_place := v_taken.place;
    v_place.lease_id := nextval('minipaas._position_id_seq');
    v_place.lease_until := minipaas._clock() + coalesce(lease, '1 minute');
    v_place.worker := stream_fetch.worker;
    perform minipaas._position_add(v_place);
    if v_stream.partitions = 1 then
        return query
        select e.event_offset, 0, e.key, e.payload, e.headers, e.published_at, v_place.lease_id
        from minipaas._event e
        where e.stream = v_stream.id and e.event_offset > v_taken.after_offset and e.event_offset <= v_place.fetched
        order by e.stream, e.event_offset;
    else
        return query
        select e.event_offset, e.partition, e.key, e.payload, e.headers, e.published_at, v_place.lease_id
        from minipaas._event e
        where e.stream = v_stream.id and e.partition = v_taken.partition
            and e.event_offset > v_taken.after_offset and e.event_offset <= v_place.fetched
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
    -- The owner's own session need not ask, and so does not pay for the longer question.
    if minipaas._is_owner() then
        select s.id, nullif(s.partitions, 1) into v_id, v_partitions from minipaas._stream s where s.name = stream_publish.stream;
    else
        select s.id, nullif(s.partitions, 1) into v_id, v_partitions from minipaas._stream_get(stream, 'publish') s;
    end if;
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
    if minipaas._asleep('minipaas_stream_' || v_id) then
        perform minipaas._wake('minipaas_stream_' || v_id);
    end if;
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
Right: publish. Errors: MP002, MP005, MP006; at REPEATABLE READ, 40001 for a dedup_key that somebody has just taken.';


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
    v_moved timestamptz := case when current_setting('minipaas.now', true) <> '' then minipaas._clock_moved() end;
begin
    select s.* into v_stream from minipaas._stream_get(stream, 'publish') s;
    if not found then
        perform minipaas._stream_refuse(stream, 'publish');
    end if;
    perform minipaas._check_arrays(payloads, keys, stream_publish_many.headers, dedup_keys);
    perform minipaas._check_publish('null', keys);
    perform minipaas._check_publish('null', dedup_keys);
    if cardinality(payloads) > 0 and minipaas._asleep('minipaas_stream_' || v_stream.id) then
        perform minipaas._wake('minipaas_stream_' || v_stream.id);
    end if;
    if dedup_keys is not null then
        return query
        select * from minipaas._publish_many_once(v_stream, payloads, keys, stream_publish_many.headers, dedup_keys);
        return;
    end if;
    perform minipaas._hold_back(v_stream.id);
    -- Most calls have neither keys nor headers, and unnesting one array is cheaper than three.
    if keys is null and stream_publish_many.headers is null then
        return query
        insert into minipaas._event as e (event_offset, published_at, stream, partition, payload)
        select
            nextval('minipaas._event_offset'), coalesce(v_moved, clock_timestamp()), v_stream.id,
            minipaas._partition(v_stream.partitions, null), u.payload
        from unnest(payloads) u (payload)
        returning e.event_offset;
    else
        return query
        insert into minipaas._event as e (event_offset, published_at, stream, partition, payload, key, headers)
        select
            nextval('minipaas._event_offset'), coalesce(v_moved, clock_timestamp()), v_stream.id,
            minipaas._partition(v_stream.partitions, u.key), u.payload, u.key, u.headers
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
    if (v_place.lease_id = stream_release.lease_id) is not true then
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
    -- Whoever trims has this lock, and would not see that the consumer has gone back to what it deletes.
    perform from minipaas._stream s where s.id = v_stream.id for share;
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
Returns nothing. Waits for transactions that hold a partition of the consumer, or that trim, alter or drop the stream; while its
own goes on, nothing is trimmed.
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
        -- Whoever trims has this lock, and would not see the consumer whose events it deletes.
        perform from minipaas._stream s where s.id = v_stream.id for share;
        if not found then
            perform minipaas._stream_refuse(stream, 'consume');
        end if;
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
Returns nothing. Each consumer reads all events; workers that fetch for the same consumer share them. A new one waits for a
transaction that trims, alters or drops the stream, and while its own goes on, nothing is trimmed.
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
    if not minipaas._sees_now() then
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
consumers that have not read so far, are new or seek, and for another trim of the stream.
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
    action text NOT NULL,
    queue integer,
    stream integer,
    CONSTRAINT _access_check CHECK ((num_nonnulls(queue, stream) = 1))
);

ALTER TABLE ONLY minipaas._access REPLICA IDENTITY FULL;


--
-- Name: TABLE _access; Type: COMMENT; Schema: minipaas; Owner: -
--

COMMENT ON TABLE minipaas._access IS 'Rights on single queues and streams, by role. A role may have been dropped meanwhile.';


--
-- Name: _baton; Type: TABLE; Schema: minipaas; Owner: -
--

CREATE TABLE minipaas._baton (
    queue integer NOT NULL,
    key text NOT NULL,
    idle boolean DEFAULT false NOT NULL
)
WITH (fillfactor='70', autovacuum_vacuum_scale_factor='0.02', autovacuum_vacuum_threshold='5000', autovacuum_vacuum_cost_delay='1');


--
-- Name: TABLE _baton; Type: COMMENT; Schema: minipaas; Owner: -
--

COMMENT ON TABLE minipaas._baton IS 'The keys that have a task which is ready, leased or retrying.';


--
-- Name: _blocked; Type: TABLE; Schema: minipaas; Owner: -
--

CREATE TABLE minipaas._blocked (
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
    last_error text,
    key text NOT NULL,
    dedup_key text
)
WITH (autovacuum_vacuum_scale_factor='0.02', autovacuum_vacuum_threshold='5000', autovacuum_vacuum_cost_delay='1', toast_tuple_target='8160');


--
-- Name: TABLE _blocked; Type: COMMENT; Schema: minipaas; Owner: -
--

COMMENT ON TABLE minipaas._blocked IS 'Tasks that wait for another one of their key, in the order in which they get their turn.';


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
    last_error text,
    key text,
    dedup_key text
);


--
-- Name: TABLE _dead; Type: COMMENT; Schema: minipaas; Owner: -
--

COMMENT ON TABLE minipaas._dead IS 'Tasks that used up their attempts or were buried, until redriven or purged.';


--
-- Name: _dedup; Type: TABLE; Schema: minipaas; Owner: -
--

CREATE TABLE minipaas._dedup (
    queue integer NOT NULL,
    dedup_key text NOT NULL,
    id bigint NOT NULL
)
WITH (autovacuum_vacuum_scale_factor='0.02', autovacuum_vacuum_threshold='5000', autovacuum_vacuum_cost_delay='1');


--
-- Name: TABLE _dedup; Type: COMMENT; Schema: minipaas; Owner: -
--

COMMENT ON TABLE minipaas._dedup IS 'The dedup_keys of outstanding tasks.';


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
    last_error text,
    key text,
    dedup_key text
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
-- Name: _right; Type: TABLE; Schema: minipaas; Owner: -
--

CREATE TABLE minipaas._right (
    enqueue boolean,
    dequeue boolean,
    publish boolean,
    consume boolean,
    manage boolean,
    observe boolean
);

ALTER TABLE ONLY minipaas._right REPLICA IDENTITY FULL;


--
-- Name: TABLE _right; Type: COMMENT; Schema: minipaas; Owner: -
--

COMMENT ON TABLE minipaas._right IS 'A column for each right, and never a row: a role with REFERENCES on a column has that right on all queues and streams.';


--
-- Name: _grant; Type: VIEW; Schema: minipaas; Owner: -
--

CREATE VIEW minipaas._grant AS
 SELECT x.grantee AS role,
    (a.attname)::text AS action,
    NULL::integer AS queue,
    NULL::integer AS stream
   FROM (pg_attribute a
     CROSS JOIN LATERAL aclexplode(a.attacl) x(grantor, grantee, privilege_type, is_grantable))
  WHERE ((a.attrelid = ('minipaas._right'::regclass)::oid) AND (a.attnum > 0) AND (x.privilege_type = 'REFERENCES'::text))
UNION ALL
 SELECT (a.role)::oid AS role,
    a.action,
    a.queue,
    a.stream
   FROM minipaas._access a;


--
-- Name: VIEW _grant; Type: COMMENT; Schema: minipaas; Owner: -
--

COMMENT ON VIEW minipaas._grant IS 'Every right that was granted; neither queue nor stream: on all of them.';


--
-- Name: _keyed; Type: TABLE; Schema: minipaas; Owner: -
--

CREATE TABLE minipaas._keyed (
    queue integer NOT NULL
);

ALTER TABLE ONLY minipaas._keyed REPLICA IDENTITY FULL;


--
-- Name: TABLE _keyed; Type: COMMENT; Schema: minipaas; Owner: -
--

COMMENT ON TABLE minipaas._keyed IS 'The queues that have ever had a task with a key or a dedup_key, one or more times.';


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
-- Name: _schedule_id_seq; Type: SEQUENCE; Schema: minipaas; Owner: -
--

ALTER TABLE minipaas._schedule ALTER COLUMN id ADD GENERATED ALWAYS AS IDENTITY (
    SEQUENCE NAME minipaas._schedule_id_seq
    START WITH 1
    INCREMENT BY 1
    NO MINVALUE
    NO MAXVALUE
    CACHE 1
);


--
-- Name: _service; Type: TABLE; Schema: minipaas; Owner: -
--

CREATE TABLE minipaas._service (
    service text NOT NULL,
    role text NOT NULL,
    package text NOT NULL,
    version text NOT NULL,
    minimum text NOT NULL,
    seen_at timestamp with time zone NOT NULL
);


--
-- Name: TABLE _service; Type: COMMENT; Schema: minipaas; Owner: -
--

COMMENT ON TABLE minipaas._service IS 'The services that use the schema, as they last said by service_seen. Read the view services.';


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
-- Name: access; Type: VIEW; Schema: minipaas; Owner: -
--

CREATE VIEW minipaas.access WITH (security_barrier='true') AS
 SELECT (r.rolname)::text AS role,
    q.name AS queue,
    s.name AS stream,
    array_agg(g.action ORDER BY (array_position('{enqueue,dequeue,publish,consume,manage,observe}'::text[], g.action))) AS rights
   FROM (((minipaas._grant g
     JOIN pg_roles r ON ((r.oid = g.role)))
     LEFT JOIN minipaas._queue q ON ((q.id = g.queue)))
     LEFT JOIN minipaas._stream s ON ((s.id = g.stream)))
  WHERE (pg_has_role(minipaas._caller(), r.oid, 'member'::text) OR pg_has_role(minipaas._caller(), ( SELECT n.nspowner
           FROM pg_namespace n
          WHERE (n.nspname = 'minipaas'::name)), 'usage'::text))
  GROUP BY r.rolname, q.name, s.name;


--
-- Name: VIEW access; Type: COMMENT; Schema: minipaas; Owner: -
--

COMMENT ON VIEW minipaas.access IS 'Who may do what, a row for each role and queue, stream or neither: on all of them. The owner of the schema sees all rows, others
those of roles that they are a member of. The owner and its members may do everything, and superusers, without a row.

rights: some of enqueue, dequeue, publish, consume, manage, observe.';


--
-- Name: consumer_stats; Type: VIEW; Schema: minipaas; Owner: -
--

CREATE VIEW minipaas.consumer_stats WITH (security_barrier='true') AS
 SELECT s.name AS stream,
    k.name AS consumer,
    c.partition,
    n.committed AS committed_offset,
    n.lag AS lag_events,
    n.estimated AS lag_estimated,
        CASE
            WHEN (n.lag > 0) THEN GREATEST((minipaas._clock() - n.since), '00:00:00'::interval)
            ELSE NULL::interval
        END AS lag_time,
    n.lease_id,
        CASE
            WHEN (n.lease_id IS NOT NULL) THEN n.worker
            ELSE NULL::text
        END AS worker,
        CASE
            WHEN (n.lease_id IS NOT NULL) THEN n.lease_until
            ELSE NULL::timestamp with time zone
        END AS lease_until,
    n.lost AS events_lost,
    n.blocked_by
   FROM (((minipaas._stream s
     JOIN minipaas._consumer k ON ((k.stream = s.id)))
     JOIN minipaas._cursor c ON ((c.consumer = k.id)))
     JOIN minipaas._cursor_counts() n(cursor, committed, lag, estimated, since, lease_id, worker, lease_until, lost, blocked_by) ON ((n.cursor = c.id)));


--
-- Name: VIEW consumer_stats; Type: COMMENT; Schema: minipaas; Owner: -
--

COMMENT ON VIEW minipaas.consumer_stats IS 'Where each consumer stands in each partition. Right: observe; others see no row.

committed_offset: it is done with the events up to here, or they were trimmed.
lag_events: how many it can read now and has not committed; above 10,000, or where many consumers lag, an estimate, and
lag_estimated says so.
lag_time: how long the first of them has waited since it was published; NULL: none waits.
lease_id, worker, lease_until: who holds the partition; past lease_until anybody gets it.
events_lost: how many were trimmed before it had committed them.
blocked_by: the open transaction that has published to the stream and keeps readers from what came later: its pid,
application and age, or the gid of a prepared one; NULL: nobody does. Unless the owner of the schema is a member of
pg_read_all_stats, the age of another role''s transaction is how long the first event has waited for it; NULL: none waits.';


--
-- Name: health; Type: VIEW; Schema: minipaas; Owner: -
--

CREATE VIEW minipaas.health WITH (security_barrier='true') AS
 SELECT subject,
    name,
    level,
    value,
        CASE
            WHEN (level = 'ok'::text) THEN 'Nothing to do.'::text
            ELSE advice
        END AS advice
   FROM ( SELECT c.subject,
            q.name,
            c.value,
            c.advice,
            minipaas._level((c.amount)::double precision, (c.warn)::double precision, (c.bad)::double precision) AS level
           FROM (((minipaas._queue q
             JOIN minipaas._queue_counts() t(queue, ready, due, delayed, leased, retrying, lost, behind, blocked, dead, done, expired, expired_since, oldest, estimated) ON ((t.queue = q.id)))
             CROSS JOIN ( SELECT minipaas._clock() AS now) n)
             CROSS JOIN LATERAL ( VALUES ('oldest ready task'::text,EXTRACT(epoch FROM (n.now - t.oldest)),300,3600,COALESCE((date_trunc('second'::text, (n.now - t.oldest)))::text, 'none'::text),
                        CASE
                            WHEN q.paused THEN format('It is paused; to go on: select minipaas.queue_resume(%L);'::text, q.name)
                            ELSE format('Start workers, or more of them, and see: select * from minipaas.queue_stats where queue = %L;'::text, q.name)
                        END), ('expired leases'::text,EXTRACT(epoch FROM (n.now - t.expired_since)),60,3600,(t.expired)::text,format('Workers died, or took too long and nobody has asked since: start workers, or give them more time: select minipaas.queue_alter(%L, lease => %L);'::text, q.name, ((2)::double precision * q.lease))), ('dead tasks'::text,(t.dead + t.lost),1,1000,((t.dead + t.lost))::text,format('See last_error in minipaas.queue_tasks where state is ''dead'', then try them again: select minipaas.queue_redrive(%L);'::text, q.name))) c(subject, amount, warn, bad, value, advice))
        UNION ALL
         SELECT 'blocked stream'::text,
            s.name,
            COALESCE((date_trunc('second'::text, ((c.blocked_by ->> 'age'::text))::interval))::text, 'no'::text) AS "coalesce",
                CASE
                    WHEN ((c.blocked_by ->> 'prepared'::text) IS NOT NULL) THEN format('A prepared transaction holds back readers; finish it: rollback prepared %L;'::text, (c.blocked_by ->> 'prepared'::text))
                    ELSE format('An open transaction of %s has published and holds back readers; end it: select pg_terminate_backend(%s);'::text, COALESCE(NULLIF((c.blocked_by ->> 'application'::text), ''::text), 'a session'::text), (c.blocked_by ->> 'pid'::text))
                END AS format,
            minipaas._level((EXTRACT(epoch FROM ((c.blocked_by ->> 'age'::text))::interval))::double precision, (10)::double precision, (300)::double precision) AS _level
           FROM (minipaas._stream s
             JOIN minipaas._stream_counts() c(stream, head, blocked_by, events, estimated, bytes, oldest, oldest_offset) ON ((c.stream = s.id)))
        UNION ALL
         SELECT 'lagging consumer'::text,
            format('%s of %s'::text, k.name, s.name) AS format,
            COALESCE((date_trunc('second'::text, (n.now - min(c.since))))::text, 'none'::text) AS "coalesce",
            format('Start workers, or more of them, and see: select * from minipaas.consumer_stats where stream = %L and consumer = %L;'::text, s.name, k.name) AS format,
            minipaas._level((EXTRACT(epoch FROM (n.now - min(c.since))))::double precision, (300)::double precision, (3600)::double precision) AS _level
           FROM ((((minipaas._stream s
             JOIN minipaas._consumer k ON ((k.stream = s.id)))
             JOIN minipaas._cursor r ON ((r.consumer = k.id)))
             JOIN minipaas._cursor_counts() c(cursor, committed, lag, estimated, since, lease_id, worker, lease_until, lost, blocked_by) ON ((c.cursor = r.id)))
             CROSS JOIN ( SELECT minipaas._clock() AS now) n)
          GROUP BY s.name, k.name, n.now
        UNION ALL
         SELECT 'overdue upkeep'::text,
            s.name,
            COALESCE((date_trunc('second'::text, ((c.now - t.oldest) - s.keep)))::text, 'no'::text) AS "coalesce",
            'Events stay longer than the stream keeps them; call this every minute: select * from minipaas.maintain();'::text,
            minipaas._level((EXTRACT(epoch FROM ((c.now - t.oldest) - s.keep)))::double precision, (900)::double precision, (86400)::double precision) AS _level
           FROM ((minipaas._stream s
             JOIN minipaas._stream_counts() t(stream, head, blocked_by, events, estimated, bytes, oldest, oldest_offset) ON ((t.stream = s.id)))
             CROSS JOIN ( SELECT minipaas._clock() AS now) c)
          WHERE ((s.keep > '00:00:00'::interval) AND (NOT (EXISTS ( SELECT
                   FROM ((minipaas._cursor_counts() p(cursor, committed, lag, estimated, since, lease_id, worker, lease_until, lost, blocked_by)
                     JOIN minipaas._cursor r ON ((r.id = p.cursor)))
                     JOIN minipaas._consumer k ON ((k.id = r.consumer)))
                  WHERE ((k.stream = s.id) AND (p.committed < t.oldest_offset))))))
        UNION ALL
         SELECT 'dead rows'::text,
            d.relname,
            (d.n_dead_tup)::text AS n_dead_tup,
            format('Vacuum does not keep up, or is held back: vacuum minipaas.%I;'::text, d.relname) AS format,
                CASE
                    WHEN (d.n_dead_tup > d.n_live_tup) THEN minipaas._level((d.n_dead_tup)::double precision, (200000)::double precision, (2000000)::double precision)
                    ELSE 'ok'::text
                END AS "case"
           FROM pg_stat_user_tables d
          WHERE ((d.schemaname = 'minipaas'::name) AND (d.relname = ANY (ARRAY['_ready'::name, '_waiting'::name, '_blocked'::name, '_dead'::name, '_done'::name, '_event'::name, '_mark'::name, '_position'::name])) AND ( SELECT minipaas._may('observe'::text) AS _may))
        UNION ALL
         SELECT 'vacuum held back'::text,
            z.name,
            COALESCE((date_trunc('second'::text, z.since))::text, format('%s transactions'::text, z.transactions)) AS "coalesce",
            z.advice,
                CASE
                    WHEN (z.since IS NULL) THEN minipaas._level((z.transactions)::double precision, (1000000)::double precision, (50000000)::double precision)
                    ELSE minipaas._level((EXTRACT(epoch FROM z.since))::double precision, (300)::double precision, (3600)::double precision)
                END AS _level
           FROM minipaas._horizon() z(name, since, transactions, advice)
        UNION ALL
         SELECT 'stalled schedule'::text,
            s.name,
            COALESCE(s.last_error, (date_trunc('second'::text, GREATEST((n.now - s.next_at), '00:00:00'::interval)))::text, 'no time to come'::text) AS "coalesce",
                CASE
                    WHEN (s.last_error IS NOT NULL) THEN format('It can make no tasks; create its queue: select minipaas.queue_create(%L); or stop it: select minipaas.schedule_pause(%L);'::text, s.queue, s.name)
                    ELSE 'Nobody ticks; run a worker, or minipaas-sql tick --every 10s, or now: select minipaas.schedule_tick();'::text
                END AS "case",
                CASE
                    WHEN (s.last_error IS NOT NULL) THEN 'bad'::text
                    ELSE minipaas._level((EXTRACT(epoch FROM (n.now - s.next_at)))::double precision, (120)::double precision, (3600)::double precision)
                END AS _level
           FROM (((minipaas._schedule s
             LEFT JOIN minipaas._queue q ON ((q.name = s.queue)))
             CROSS JOIN ( SELECT minipaas._clock() AS now) n)
             CROSS JOIN ( SELECT minipaas._queues_of(VARIADIC ARRAY['observe'::text]) AS seeing) r)
          WHERE ((NOT s.paused) AND COALESCE((q.id = ANY (r.seeing)), (r.seeing IS NULL)))) h(subject, name, value, advice, level);


--
-- Name: VIEW health; Type: COMMENT; Schema: minipaas; Owner: -
--

COMMENT ON VIEW minipaas.health IS 'What an operator should look at, one row for each thing that is watched. Right: observe; dead rows and held back vacuum show only
with the right on all queues and streams.

subject: oldest ready task, expired leases and dead tasks of each queue; blocked streams; lagging consumers; overdue upkeep;
stalled schedules; dead rows of our tables; who holds back vacuum. name: which one. level: ok, warn or bad. value: how long, or how many.
advice: what to do, with the statement to run.';


--
-- Name: queue_stats; Type: VIEW; Schema: minipaas; Owner: -
--

CREATE VIEW minipaas.queue_stats WITH (security_barrier='true') AS
 SELECT q.name AS queue,
    (t.ready + t.due) AS ready,
    t.delayed,
    t.leased,
    t.retrying,
    (t.blocked + t.behind) AS blocked,
    (t.dead + t.lost) AS dead,
    t.done,
    (minipaas._clock() - t.oldest) AS oldest_ready_age,
    q.paused,
    t.estimated
   FROM (minipaas._queue q
     JOIN minipaas._queue_counts() t(queue, ready, due, delayed, leased, retrying, lost, behind, blocked, dead, done, expired, expired_since, oldest, estimated) ON ((t.queue = q.id)));


--
-- Name: VIEW queue_stats; Type: COMMENT; Schema: minipaas; Owner: -
--

COMMENT ON VIEW minipaas.queue_stats IS 'How many tasks each queue has in each state; leased is what is in flight. Right: observe; others see no row.

oldest_ready_age: how long the oldest ready task has waited since its enqueue, or since it became due; NULL: none waits.
estimated: some of the numbers are estimates, since they are above 10,000, or since many queues are large. The others are exact.';


--
-- Name: queue_tasks; Type: VIEW; Schema: minipaas; Owner: -
--

CREATE VIEW minipaas.queue_tasks WITH (security_barrier='true') AS
 SELECT t.id,
    q.name AS queue,
    t.state,
    t.attempt,
        CASE COALESCE(t.max_attempts, q.max_attempts)
            WHEN 0 THEN 0
            ELSE (LEAST(((COALESCE(t.max_attempts, q.max_attempts))::bigint + t.granted), (2147483647)::bigint))::integer
        END AS max_attempts,
        CASE
            WHEN m.reads THEN t.key
            ELSE NULL::text
        END AS key,
        CASE
            WHEN m.reads THEN t.dedup_key
            ELSE NULL::text
        END AS dedup_key,
    (- (t.lane)::integer) AS priority,
    t.run_at,
    t.worker,
        CASE
            WHEN m.reads THEN t.last_error
            ELSE NULL::text
        END AS last_error,
    t.enqueued_at,
    t.finished_at,
        CASE
            WHEN m.reads THEN t.payload
            ELSE NULL::jsonb
        END AS payload,
        CASE
            WHEN m.reads THEN t.headers
            ELSE NULL::jsonb
        END AS headers
   FROM (((minipaas._queue q
     CROSS JOIN ( SELECT minipaas._clock() AS now) c)
     CROSS JOIN LATERAL ( SELECT COALESCE((q.id = ANY (( SELECT minipaas._queues_of(VARIADIC ARRAY['dequeue'::text, 'manage'::text]) AS _queues_of)::integer[])), true) AS reads) m)
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
            r.headers,
            r.key,
            r.dedup_key
           FROM minipaas._ready r
          WHERE (r.queue = q.id)
        UNION ALL
         SELECT w.id,
                CASE
                    WHEN ((w.state = 'd'::"char") AND (w.key IS NOT NULL) AND (w.until <= c.now) AND ((EXISTS ( SELECT
                       FROM minipaas._baton b
                      WHERE ((b.queue = w.queue) AND (b.key = w.key)))) OR (EXISTS ( SELECT
                       FROM minipaas._waiting e
                      WHERE ((e.queue = w.queue) AND (e.key = w.key) AND (ROW(e.until, e.id) < ROW(w.until, w.id))))))) THEN 'blocked'::text
                    ELSE minipaas._waiting_state(w.state, w.until, w.attempt, w.granted, COALESCE(w.max_attempts, q.max_attempts), c.now)
                END AS _waiting_state,
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
            w.headers,
            w.key,
            w.dedup_key
           FROM minipaas._waiting w
          WHERE (w.queue = q.id)
        UNION ALL
         SELECT b.id,
            'blocked'::text,
            b.attempt,
            b.max_attempts,
            b.granted,
            b.lane,
            NULL::timestamp with time zone,
            NULL::text,
            b.last_error,
            b.enqueued_at,
            NULL::timestamp with time zone,
            b.payload,
            b.headers,
            b.key,
            b.dedup_key
           FROM minipaas._blocked b
          WHERE (b.queue = q.id)
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
            d.headers,
            d.key,
            d.dedup_key
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
            n.headers,
            n.key,
            n.dedup_key
           FROM minipaas._done n
          WHERE ((n.queue = q.id) AND (n.finished_at > (c.now - LEAST(q.keep_done, '1000 years'::interval))))) t)
  WHERE COALESCE((q.id = ANY (( SELECT minipaas._queues_of(VARIADIC ARRAY['observe'::text, 'dequeue'::text, 'manage'::text]) AS _queues_of)::integer[])), true);


--
-- Name: VIEW queue_tasks; Type: COMMENT; Schema: minipaas; Owner: -
--

COMMENT ON VIEW minipaas.queue_tasks IS 'Every task and its state: ready, delayed, leased, retrying, blocked, dead or done.

run_at: when a delayed or retrying task is due, or when a lease ends. max_attempts: 0 means no limit.
Right: observe, dequeue or manage, on the queue; others see no row. payload, headers, key, dedup_key and last_error show only to
those who may dequeue or manage there.';


--
-- Name: queues; Type: VIEW; Schema: minipaas; Owner: -
--

CREATE VIEW minipaas.queues WITH (security_barrier='true') AS
 SELECT name AS queue,
    lease,
    max_attempts,
    backoff,
    backoff_max,
    keep_done,
    paused,
    created_at
   FROM minipaas._queue q
  WHERE COALESCE((id = ANY (( SELECT minipaas._queues_of(VARIADIC ARRAY['observe'::text]) AS _queues_of)::integer[])), true);


--
-- Name: VIEW queues; Type: COMMENT; Schema: minipaas; Owner: -
--

COMMENT ON VIEW minipaas.queues IS 'The queues and their settings, as queue_create and queue_alter take them. Right: observe; others see no row.';


--
-- Name: schedules; Type: VIEW; Schema: minipaas; Owner: -
--

CREATE VIEW minipaas.schedules WITH (security_barrier='true') AS
 WITH r AS MATERIALIZED (
         SELECT minipaas._queues_of(VARIADIC ARRAY['observe'::text, 'manage'::text]) AS seeing,
            minipaas._queues_of(VARIADIC ARRAY['dequeue'::text, 'manage'::text]) AS reading
        )
 SELECT s.name AS schedule,
    s.cron,
    s.queue,
        CASE
            WHEN COALESCE((q.id = ANY (r.reading)), (r.reading IS NULL)) THEN s.payload
            ELSE NULL::jsonb
        END AS payload,
    s.timezone,
    s.missed,
    s.paused,
        CASE
            WHEN (NOT s.paused) THEN s.next_at
            ELSE NULL::timestamp with time zone
        END AS next_at,
    s.last_at,
    s.last_error,
    s.created_at
   FROM ((minipaas._schedule s
     LEFT JOIN minipaas._queue q ON ((q.name = s.queue)))
     CROSS JOIN r)
  WHERE COALESCE((q.id = ANY (r.seeing)), (r.seeing IS NULL));


--
-- Name: VIEW schedules; Type: COMMENT; Schema: minipaas; Owner: -
--

COMMENT ON VIEW minipaas.schedules IS 'The schedules and their settings, as schedule_create and schedule_alter take them.

next_at: the first fire time that has made no task yet; NULL: paused. last_at: the last one that has. last_error: why the last
tick could make none; it tries again with each.
Right: observe or manage, on its queue; others see no row. payload shows only to those who may dequeue or manage there.';


--
-- Name: services; Type: VIEW; Schema: minipaas; Owner: -
--

CREATE VIEW minipaas.services WITH (security_barrier='true') AS
 SELECT service,
    role,
    package,
    version,
    minimum,
    seen_at
   FROM minipaas._service s
  WHERE ( SELECT minipaas._may('observe'::text) AS _may);


--
-- Name: VIEW services; Type: COMMENT; Schema: minipaas; Owner: -
--

COMMENT ON VIEW minipaas.services IS 'The services that use the schema, as they last said at their start. Right: observe on
all queues and streams; others see no rows.

package: the release of the service''s minipaas-sql. version: the newest version of the schema that it knows. minimum: the oldest
that the service can use. A downgrade below the minimum of a service that was seen in the last 30 days names it and is refused, as is
an upgrade that no longer serves its version.';


--
-- Name: stream_stats; Type: VIEW; Schema: minipaas; Owner: -
--

CREATE VIEW minipaas.stream_stats WITH (security_barrier='true') AS
 SELECT s.name AS stream,
    c.head,
    c.events,
    c.estimated AS events_estimated,
    c.bytes,
    c.oldest,
    c.oldest_offset
   FROM (minipaas._stream s
     JOIN minipaas._stream_counts() c(stream, head, blocked_by, events, estimated, bytes, oldest, oldest_offset) ON ((c.stream = s.id)));


--
-- Name: VIEW stream_stats; Type: COMMENT; Schema: minipaas; Owner: -
--

COMMENT ON VIEW minipaas.stream_stats IS 'How much each stream holds. Right: observe; others see no row.

head: how far it can be read, as stream_head says (NULL on a standby). events: how many there are; above 10,000, or where many
streams are large, an estimate, and events_estimated says so. bytes: their size, estimated. oldest, oldest_offset: when the
oldest one was published, and its offset.';


--
-- Name: streams; Type: VIEW; Schema: minipaas; Owner: -
--

CREATE VIEW minipaas.streams WITH (security_barrier='true') AS
 SELECT name AS stream,
    partitions,
    keep,
    keep_events,
    max_lag,
    created_at
   FROM minipaas._stream s
  WHERE COALESCE((id = ANY (( SELECT minipaas._streams_of(VARIADIC ARRAY['observe'::text]) AS _streams_of)::integer[])), true);


--
-- Name: VIEW streams; Type: COMMENT; Schema: minipaas; Owner: -
--

COMMENT ON VIEW minipaas.streams IS 'The streams and their settings, as stream_create and stream_alter take them. Right: observe; others see no row.';


--
-- Name: _access _access_queue_stream_action_role_key; Type: CONSTRAINT; Schema: minipaas; Owner: -
--

ALTER TABLE ONLY minipaas._access
    ADD CONSTRAINT _access_queue_stream_action_role_key UNIQUE NULLS NOT DISTINCT (queue, stream, action, role);


--
-- Name: _baton _baton_pkey; Type: CONSTRAINT; Schema: minipaas; Owner: -
--

ALTER TABLE ONLY minipaas._baton
    ADD CONSTRAINT _baton_pkey PRIMARY KEY (queue, key);


--
-- Name: _blocked _blocked_id_key; Type: CONSTRAINT; Schema: minipaas; Owner: -
--

ALTER TABLE ONLY minipaas._blocked
    ADD CONSTRAINT _blocked_id_key UNIQUE (id);


--
-- Name: _blocked _blocked_pkey; Type: CONSTRAINT; Schema: minipaas; Owner: -
--

ALTER TABLE ONLY minipaas._blocked
    ADD CONSTRAINT _blocked_pkey PRIMARY KEY (queue, key, "position");


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
-- Name: _dedup _dedup_pkey; Type: CONSTRAINT; Schema: minipaas; Owner: -
--

ALTER TABLE ONLY minipaas._dedup
    ADD CONSTRAINT _dedup_pkey PRIMARY KEY (queue, dedup_key);


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
-- Name: _schedule _schedule_name_key; Type: CONSTRAINT; Schema: minipaas; Owner: -
--

ALTER TABLE ONLY minipaas._schedule
    ADD CONSTRAINT _schedule_name_key UNIQUE (name);


--
-- Name: _schedule _schedule_pkey; Type: CONSTRAINT; Schema: minipaas; Owner: -
--

ALTER TABLE ONLY minipaas._schedule
    ADD CONSTRAINT _schedule_pkey PRIMARY KEY (id);


--
-- Name: _service _service_pkey; Type: CONSTRAINT; Schema: minipaas; Owner: -
--

ALTER TABLE ONLY minipaas._service
    ADD CONSTRAINT _service_pkey PRIMARY KEY (service, role);


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
-- Name: _baton_idle; Type: INDEX; Schema: minipaas; Owner: -
--

CREATE INDEX _baton_idle ON minipaas._baton USING btree (queue) WHERE idle;


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
-- Name: _keyed_queue; Type: INDEX; Schema: minipaas; Owner: -
--

CREATE INDEX _keyed_queue ON minipaas._keyed USING btree (queue);


--
-- Name: _queue_keep_done; Type: INDEX; Schema: minipaas; Owner: -
--

CREATE INDEX _queue_keep_done ON minipaas._queue USING btree (id) WHERE (keep_done > '00:00:00'::interval);


--
-- Name: _ready_id; Type: INDEX; Schema: minipaas; Owner: -
--

CREATE INDEX _ready_id ON minipaas._ready USING btree (id) WHERE ("position" <> id);


--
-- Name: _schedule_next_at; Type: INDEX; Schema: minipaas; Owner: -
--

CREATE INDEX _schedule_next_at ON minipaas._schedule USING btree (next_at) WHERE (NOT paused);


--
-- Name: _waiting_key; Type: INDEX; Schema: minipaas; Owner: -
--

CREATE INDEX _waiting_key ON minipaas._waiting USING btree (queue, key, until, id) WHERE (key IS NOT NULL);


--
-- Name: _waiting_until; Type: INDEX; Schema: minipaas; Owner: -
--

CREATE INDEX _waiting_until ON minipaas._waiting USING btree (queue, lane, until);


--
-- Name: TYPE _cron; Type: ACL; Schema: minipaas; Owner: -
--

REVOKE ALL ON TYPE minipaas._cron FROM PUBLIC;


--
-- Name: TYPE _event_read; Type: ACL; Schema: minipaas; Owner: -
--

REVOKE ALL ON TYPE minipaas._event_read FROM PUBLIC;


--
-- Name: TYPE _tally; Type: ACL; Schema: minipaas; Owner: -
--

REVOKE ALL ON TYPE minipaas._tally FROM PUBLIC;


--
-- Name: FUNCTION _access_lock(queue text, stream text, OUT queue_id integer, OUT stream_id integer); Type: ACL; Schema: minipaas; Owner: -
--

REVOKE ALL ON FUNCTION minipaas._access_lock(queue text, stream text, OUT queue_id integer, OUT stream_id integer) FROM PUBLIC;


--
-- Name: FUNCTION _access_set(role text, granted boolean); Type: ACL; Schema: minipaas; Owner: -
--

REVOKE ALL ON FUNCTION minipaas._access_set(role text, granted boolean) FROM PUBLIC;


--
-- Name: FUNCTION _allowed(action text, granted jsonb, queue integer, stream integer); Type: ACL; Schema: minipaas; Owner: -
--

REVOKE ALL ON FUNCTION minipaas._allowed(action text, granted jsonb, queue integer, stream integer) FROM PUBLIC;


--
-- Name: FUNCTION _asleep(channel text); Type: ACL; Schema: minipaas; Owner: -
--

REVOKE ALL ON FUNCTION minipaas._asleep(channel text) FROM PUBLIC;


--
-- Name: FUNCTION _backoff(queue minipaas._queue, attempt integer); Type: ACL; Schema: minipaas; Owner: -
--

REVOKE ALL ON FUNCTION minipaas._backoff(queue minipaas._queue, attempt integer) FROM PUBLIC;


--
-- Name: FUNCTION _baton_take(queue integer, key text); Type: ACL; Schema: minipaas; Owner: -
--

REVOKE ALL ON FUNCTION minipaas._baton_take(queue integer, key text) FROM PUBLIC;


--
-- Name: FUNCTION _baton_try(queue integer, key text); Type: ACL; Schema: minipaas; Owner: -
--

REVOKE ALL ON FUNCTION minipaas._baton_try(queue integer, key text) FROM PUBLIC;


--
-- Name: FUNCTION _batons_sweep(queue integer, batch_size integer); Type: ACL; Schema: minipaas; Owner: -
--

REVOKE ALL ON FUNCTION minipaas._batons_sweep(queue integer, batch_size integer) FROM PUBLIC;


--
-- Name: FUNCTION _bury_expired(queue integer, max_attempts integer, batch_size integer, keep_keys boolean, OUT count bigint, OUT to_release text[]); Type: ACL; Schema: minipaas; Owner: -
--

REVOKE ALL ON FUNCTION minipaas._bury_expired(queue integer, max_attempts integer, batch_size integer, keep_keys boolean, OUT count bigint, OUT to_release text[]) FROM PUBLIC;


--
-- Name: FUNCTION _caller(); Type: ACL; Schema: minipaas; Owner: -
--

REVOKE ALL ON FUNCTION minipaas._caller() FROM PUBLIC;


--
-- Name: FUNCTION _check_arrays(payloads jsonb[], keys text[], headers jsonb[], dedup_keys text[]); Type: ACL; Schema: minipaas; Owner: -
--

REVOKE ALL ON FUNCTION minipaas._check_arrays(payloads jsonb[], keys text[], headers jsonb[], dedup_keys text[]) FROM PUBLIC;


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
-- Name: FUNCTION _check_enqueue(payload jsonb, priority integer, delay interval, run_at timestamp with time zone, keys text[], max_attempts integer, on_duplicate text); Type: ACL; Schema: minipaas; Owner: -
--

REVOKE ALL ON FUNCTION minipaas._check_enqueue(payload jsonb, priority integer, delay interval, run_at timestamp with time zone, keys text[], max_attempts integer, on_duplicate text) FROM PUBLIC;


--
-- Name: FUNCTION _check_grant(role text, rights text[], queue text, stream text); Type: ACL; Schema: minipaas; Owner: -
--

REVOKE ALL ON FUNCTION minipaas._check_grant(role text, rights text[], queue text, stream text) FROM PUBLIC;


--
-- Name: FUNCTION _check_ids(ids bigint[], attempts integer[]); Type: ACL; Schema: minipaas; Owner: -
--

REVOKE ALL ON FUNCTION minipaas._check_ids(ids bigint[], attempts integer[]) FROM PUBLIC;


--
-- Name: FUNCTION _check_missed(missed text); Type: ACL; Schema: minipaas; Owner: -
--

REVOKE ALL ON FUNCTION minipaas._check_missed(missed text) FROM PUBLIC;


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
-- Name: FUNCTION _check_task(id bigint, queue integer); Type: ACL; Schema: minipaas; Owner: -
--

REVOKE ALL ON FUNCTION minipaas._check_task(id bigint, queue integer) FROM PUBLIC;


--
-- Name: FUNCTION _check_timezone(timezone text); Type: ACL; Schema: minipaas; Owner: -
--

REVOKE ALL ON FUNCTION minipaas._check_timezone(timezone text) FROM PUBLIC;


--
-- Name: FUNCTION _check_version(argument text, value text); Type: ACL; Schema: minipaas; Owner: -
--

REVOKE ALL ON FUNCTION minipaas._check_version(argument text, value text) FROM PUBLIC;


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
-- Name: FUNCTION _cron_after(cron minipaas._cron, after timestamp with time zone, timezone text); Type: ACL; Schema: minipaas; Owner: -
--

REVOKE ALL ON FUNCTION minipaas._cron_after(cron minipaas._cron, after timestamp with time zone, timezone text) FROM PUBLIC;


--
-- Name: FUNCTION _cron_day(cron minipaas._cron, first date, last date); Type: ACL; Schema: minipaas; Owner: -
--

REVOKE ALL ON FUNCTION minipaas._cron_day(cron minipaas._cron, first date, last date) FROM PUBLIC;


--
-- Name: FUNCTION _cron_field(cron text, field text, value text, low integer, high integer, names text[]); Type: ACL; Schema: minipaas; Owner: -
--

REVOKE ALL ON FUNCTION minipaas._cron_field(cron text, field text, value text, low integer, high integer, names text[]) FROM PUBLIC;


--
-- Name: FUNCTION _cron_number(word text, low integer, names text[]); Type: ACL; Schema: minipaas; Owner: -
--

REVOKE ALL ON FUNCTION minipaas._cron_number(word text, low integer, names text[]) FROM PUBLIC;


--
-- Name: FUNCTION _cron_on_change(cron minipaas._cron, day date, after timestamp with time zone, timezone text); Type: ACL; Schema: minipaas; Owner: -
--

REVOKE ALL ON FUNCTION minipaas._cron_on_change(cron minipaas._cron, day date, after timestamp with time zone, timezone text) FROM PUBLIC;


--
-- Name: FUNCTION _cron_on_day(cron minipaas._cron, day date, after timestamp with time zone, timezone text); Type: ACL; Schema: minipaas; Owner: -
--

REVOKE ALL ON FUNCTION minipaas._cron_on_day(cron minipaas._cron, day date, after timestamp with time zone, timezone text) FROM PUBLIC;


--
-- Name: FUNCTION _cron_parse(cron text); Type: ACL; Schema: minipaas; Owner: -
--

REVOKE ALL ON FUNCTION minipaas._cron_parse(cron text) FROM PUBLIC;


--
-- Name: FUNCTION _crowded(relation regclass); Type: ACL; Schema: minipaas; Owner: -
--

REVOKE ALL ON FUNCTION minipaas._crowded(relation regclass) FROM PUBLIC;


--
-- Name: FUNCTION _cursor_counts(); Type: ACL; Schema: minipaas; Owner: -
--

REVOKE ALL ON FUNCTION minipaas._cursor_counts() FROM PUBLIC;


--
-- Name: FUNCTION _dead_add(task minipaas._waiting, error text, keep_key boolean); Type: ACL; Schema: minipaas; Owner: -
--

REVOKE ALL ON FUNCTION minipaas._dead_add(task minipaas._waiting, error text, keep_key boolean) FROM PUBLIC;


--
-- Name: FUNCTION _dedup_take(queue minipaas._queue, dedup_key text, id bigint, OUT there bigint, OUT to_release text); Type: ACL; Schema: minipaas; Owner: -
--

REVOKE ALL ON FUNCTION minipaas._dedup_take(queue minipaas._queue, dedup_key text, id bigint, OUT there bigint, OUT to_release text) FROM PUBLIC;


--
-- Name: FUNCTION _deny(action text, queue text, stream text); Type: ACL; Schema: minipaas; Owner: -
--

REVOKE ALL ON FUNCTION minipaas._deny(action text, queue text, stream text) FROM PUBLIC;


--
-- Name: FUNCTION _done_prune(queue minipaas._queue, batch_size integer); Type: ACL; Schema: minipaas; Owner: -
--

REVOKE ALL ON FUNCTION minipaas._done_prune(queue minipaas._queue, batch_size integer) FROM PUBLIC;


--
-- Name: FUNCTION _due_keys(tids tid[]); Type: ACL; Schema: minipaas; Owner: -
--

REVOKE ALL ON FUNCTION minipaas._due_keys(tids tid[]) FROM PUBLIC;


--
-- Name: FUNCTION _enqueue_keyed(queue minipaas._queue, task minipaas._ready, until timestamp with time zone, on_duplicate text); Type: ACL; Schema: minipaas; Owner: -
--

REVOKE ALL ON FUNCTION minipaas._enqueue_keyed(queue minipaas._queue, task minipaas._ready, until timestamp with time zone, on_duplicate text) FROM PUBLIC;


--
-- Name: FUNCTION _enqueue_many_keyed(queue minipaas._queue, tasks minipaas._ready[], until timestamp with time zone, on_duplicate text); Type: ACL; Schema: minipaas; Owner: -
--

REVOKE ALL ON FUNCTION minipaas._enqueue_many_keyed(queue minipaas._queue, tasks minipaas._ready[], until timestamp with time zone, on_duplicate text) FROM PUBLIC;


--
-- Name: FUNCTION _event_count(stream minipaas._stream, partition integer, after_offset bigint, upto bigint); Type: ACL; Schema: minipaas; Owner: -
--

REVOKE ALL ON FUNCTION minipaas._event_count(stream minipaas._stream, partition integer, after_offset bigint, upto bigint) FROM PUBLIC;


--
-- Name: FUNCTION _event_counts(streams integer[], partitions integer[], lows bigint[], highs bigint[]); Type: ACL; Schema: minipaas; Owner: -
--

REVOKE ALL ON FUNCTION minipaas._event_counts(streams integer[], partitions integer[], lows bigint[], highs bigint[]) FROM PUBLIC;


--
-- Name: FUNCTION _event_range(stream integer, partition integer, low bigint, high bigint, most integer); Type: ACL; Schema: minipaas; Owner: -
--

REVOKE ALL ON FUNCTION minipaas._event_range(stream integer, partition integer, low bigint, high bigint, most integer) FROM PUBLIC;


--
-- Name: FUNCTION _find(queue integer, max_attempts integer, batch_size integer, now timestamp with time zone, OUT tids tid[], OUT is_due boolean); Type: ACL; Schema: minipaas; Owner: -
--

REVOKE ALL ON FUNCTION minipaas._find(queue integer, max_attempts integer, batch_size integer, now timestamp with time zone, OUT tids tid[], OUT is_due boolean) FROM PUBLIC;


--
-- Name: FUNCTION _first_at(stream minipaas._stream, at timestamp with time zone, head bigint); Type: ACL; Schema: minipaas; Owner: -
--

REVOKE ALL ON FUNCTION minipaas._first_at(stream minipaas._stream, at timestamp with time zone, head bigint) FROM PUBLIC;


--
-- Name: FUNCTION _free(queue integer, key text, dedup_key text, id bigint); Type: ACL; Schema: minipaas; Owner: -
--

REVOKE ALL ON FUNCTION minipaas._free(queue integer, key text, dedup_key text, id bigint) FROM PUBLIC;


--
-- Name: FUNCTION _granted(action text, granted jsonb, queue integer, stream integer); Type: ACL; Schema: minipaas; Owner: -
--

REVOKE ALL ON FUNCTION minipaas._granted(action text, granted jsonb, queue integer, stream integer) FROM PUBLIC;


--
-- Name: FUNCTION _granted_note(queues integer[], streams integer[]); Type: ACL; Schema: minipaas; Owner: -
--

REVOKE ALL ON FUNCTION minipaas._granted_note(queues integer[], streams integer[]) FROM PUBLIC;


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
-- Name: FUNCTION _horizon(); Type: ACL; Schema: minipaas; Owner: -
--

REVOKE ALL ON FUNCTION minipaas._horizon() FROM PUBLIC;


--
-- Name: FUNCTION _invalid(argument text, value text, hint text); Type: ACL; Schema: minipaas; Owner: -
--

REVOKE ALL ON FUNCTION minipaas._invalid(argument text, value text, hint text) FROM PUBLIC;


--
-- Name: FUNCTION _is_owner(); Type: ACL; Schema: minipaas; Owner: -
--

REVOKE ALL ON FUNCTION minipaas._is_owner() FROM PUBLIC;


--
-- Name: FUNCTION _keep_done(VARIADIC tasks minipaas._waiting[]); Type: ACL; Schema: minipaas; Owner: -
--

REVOKE ALL ON FUNCTION minipaas._keep_done(VARIADIC tasks minipaas._waiting[]) FROM PUBLIC;


--
-- Name: FUNCTION _key_release(queue integer, key text); Type: ACL; Schema: minipaas; Owner: -
--

REVOKE ALL ON FUNCTION minipaas._key_release(queue integer, key text) FROM PUBLIC;


--
-- Name: FUNCTION _key_waits(queue integer, key text, now timestamp with time zone); Type: ACL; Schema: minipaas; Owner: -
--

REVOKE ALL ON FUNCTION minipaas._key_waits(queue integer, key text, now timestamp with time zone) FROM PUBLIC;


--
-- Name: FUNCTION _keyed_add(queue integer); Type: ACL; Schema: minipaas; Owner: -
--

REVOKE ALL ON FUNCTION minipaas._keyed_add(queue integer) FROM PUBLIC;


--
-- Name: FUNCTION _keys_tend(queue integer, lanes smallint[], max_attempts integer, batch_size integer); Type: ACL; Schema: minipaas; Owner: -
--

REVOKE ALL ON FUNCTION minipaas._keys_tend(queue integer, lanes smallint[], max_attempts integer, batch_size integer) FROM PUBLIC;


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
-- Name: FUNCTION _level(value double precision, warn double precision, bad double precision); Type: ACL; Schema: minipaas; Owner: -
--

REVOKE ALL ON FUNCTION minipaas._level(value double precision, warn double precision, bad double precision) FROM PUBLIC;


--
-- Name: FUNCTION _local_first(moment timestamp without time zone, timezone text); Type: ACL; Schema: minipaas; Owner: -
--

REVOKE ALL ON FUNCTION minipaas._local_first(moment timestamp without time zone, timezone text) FROM PUBLIC;


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
-- Name: FUNCTION _orphans_prune(batch_size integer); Type: ACL; Schema: minipaas; Owner: -
--

REVOKE ALL ON FUNCTION minipaas._orphans_prune(batch_size integer) FROM PUBLIC;


--
-- Name: FUNCTION _partition(partitions integer, key text); Type: ACL; Schema: minipaas; Owner: -
--

REVOKE ALL ON FUNCTION minipaas._partition(partitions integer, key text) FROM PUBLIC;


--
-- Name: FUNCTION _place(task minipaas._ready, until timestamp with time zone); Type: ACL; Schema: minipaas; Owner: -
--

REVOKE ALL ON FUNCTION minipaas._place(task minipaas._ready, until timestamp with time zone) FROM PUBLIC;


--
-- Name: FUNCTION _place_many(tasks minipaas._ready[]); Type: ACL; Schema: minipaas; Owner: -
--

REVOKE ALL ON FUNCTION minipaas._place_many(tasks minipaas._ready[]) FROM PUBLIC;


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
-- Name: FUNCTION _promote(queue integer, key text); Type: ACL; Schema: minipaas; Owner: -
--

REVOKE ALL ON FUNCTION minipaas._promote(queue integer, key text) FROM PUBLIC;


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
-- Name: FUNCTION _queue_counts(); Type: ACL; Schema: minipaas; Owner: -
--

REVOKE ALL ON FUNCTION minipaas._queue_counts() FROM PUBLIC;


--
-- Name: FUNCTION _queue_deny(queue text, action text); Type: ACL; Schema: minipaas; Owner: -
--

REVOKE ALL ON FUNCTION minipaas._queue_deny(queue text, action text) FROM PUBLIC;


--
-- Name: FUNCTION _queue_get(queue text, action text); Type: ACL; Schema: minipaas; Owner: -
--

REVOKE ALL ON FUNCTION minipaas._queue_get(queue text, action text) FROM PUBLIC;


--
-- Name: FUNCTION _queue_refuse(queue text, action text); Type: ACL; Schema: minipaas; Owner: -
--

REVOKE ALL ON FUNCTION minipaas._queue_refuse(queue text, action text) FROM PUBLIC;


--
-- Name: FUNCTION _queues_of(VARIADIC actions text[]); Type: ACL; Schema: minipaas; Owner: -
--

REVOKE ALL ON FUNCTION minipaas._queues_of(VARIADIC actions text[]) FROM PUBLIC;


--
-- Name: FUNCTION _retain(stream minipaas._stream, deadline timestamp with time zone); Type: ACL; Schema: minipaas; Owner: -
--

REVOKE ALL ON FUNCTION minipaas._retain(stream minipaas._stream, deadline timestamp with time zone) FROM PUBLIC;


--
-- Name: FUNCTION _run_end(stream minipaas._stream, partition integer, after_offset bigint, head bigint, batch_size integer); Type: ACL; Schema: minipaas; Owner: -
--

REVOKE ALL ON FUNCTION minipaas._run_end(stream minipaas._stream, partition integer, after_offset bigint, head bigint, batch_size integer) FROM PUBLIC;


--
-- Name: FUNCTION _sample_share(relation regclass); Type: ACL; Schema: minipaas; Owner: -
--

REVOKE ALL ON FUNCTION minipaas._sample_share(relation regclass) FROM PUBLIC;


--
-- Name: FUNCTION _sample_tail(relation regclass); Type: ACL; Schema: minipaas; Owner: -
--

REVOKE ALL ON FUNCTION minipaas._sample_tail(relation regclass) FROM PUBLIC;


--
-- Name: FUNCTION _schedule_deny(schedule text, action text); Type: ACL; Schema: minipaas; Owner: -
--

REVOKE ALL ON FUNCTION minipaas._schedule_deny(schedule text, action text) FROM PUBLIC;


--
-- Name: FUNCTION _schedule_due(schedule minipaas._schedule, moment timestamp with time zone, OUT due timestamp with time zone[], OUT next_at timestamp with time zone); Type: ACL; Schema: minipaas; Owner: -
--

REVOKE ALL ON FUNCTION minipaas._schedule_due(schedule minipaas._schedule, moment timestamp with time zone, OUT due timestamp with time zone[], OUT next_at timestamp with time zone) FROM PUBLIC;


--
-- Name: FUNCTION _schedule_enqueue(queue integer, schedule text, payload jsonb, due timestamp with time zone[]); Type: ACL; Schema: minipaas; Owner: -
--

REVOKE ALL ON FUNCTION minipaas._schedule_enqueue(queue integer, schedule text, payload jsonb, due timestamp with time zone[]) FROM PUBLIC;


--
-- Name: FUNCTION _schedule_fire(schedule minipaas._schedule, moment timestamp with time zone); Type: ACL; Schema: minipaas; Owner: -
--

REVOKE ALL ON FUNCTION minipaas._schedule_fire(schedule minipaas._schedule, moment timestamp with time zone) FROM PUBLIC;


--
-- Name: FUNCTION _schedule_latest(cron minipaas._cron, timezone text, due timestamp with time zone, moment timestamp with time zone); Type: ACL; Schema: minipaas; Owner: -
--

REVOKE ALL ON FUNCTION minipaas._schedule_latest(cron minipaas._cron, timezone text, due timestamp with time zone, moment timestamp with time zone) FROM PUBLIC;


--
-- Name: FUNCTION _schedule_may(queue text, action text); Type: ACL; Schema: minipaas; Owner: -
--

REVOKE ALL ON FUNCTION minipaas._schedule_may(queue text, action text) FROM PUBLIC;


--
-- Name: FUNCTION _schedule_refuse(schedule text, action text); Type: ACL; Schema: minipaas; Owner: -
--

REVOKE ALL ON FUNCTION minipaas._schedule_refuse(schedule text, action text) FROM PUBLIC;


--
-- Name: FUNCTION _sees_now(); Type: ACL; Schema: minipaas; Owner: -
--

REVOKE ALL ON FUNCTION minipaas._sees_now() FROM PUBLIC;


--
-- Name: FUNCTION _sequences_repair(); Type: ACL; Schema: minipaas; Owner: -
--

REVOKE ALL ON FUNCTION minipaas._sequences_repair() FROM PUBLIC;


--
-- Name: FUNCTION _start_at(stream minipaas._stream, argument text, event_offset bigint, at timestamp with time zone); Type: ACL; Schema: minipaas; Owner: -
--

REVOKE ALL ON FUNCTION minipaas._start_at(stream minipaas._stream, argument text, event_offset bigint, at timestamp with time zone) FROM PUBLIC;


--
-- Name: FUNCTION _stream_counts(); Type: ACL; Schema: minipaas; Owner: -
--

REVOKE ALL ON FUNCTION minipaas._stream_counts() FROM PUBLIC;


--
-- Name: FUNCTION _stream_deny(stream text, action text); Type: ACL; Schema: minipaas; Owner: -
--

REVOKE ALL ON FUNCTION minipaas._stream_deny(stream text, action text) FROM PUBLIC;


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
-- Name: FUNCTION _stream_states(); Type: ACL; Schema: minipaas; Owner: -
--

REVOKE ALL ON FUNCTION minipaas._stream_states() FROM PUBLIC;


--
-- Name: FUNCTION _streams_of(VARIADIC actions text[]); Type: ACL; Schema: minipaas; Owner: -
--

REVOKE ALL ON FUNCTION minipaas._streams_of(VARIADIC actions text[]) FROM PUBLIC;


--
-- Name: FUNCTION _take(stream minipaas._stream, consumer integer, head bigint, batch_size integer, OUT partition integer, OUT after_offset bigint, OUT place minipaas._position); Type: ACL; Schema: minipaas; Owner: -
--

REVOKE ALL ON FUNCTION minipaas._take(stream minipaas._stream, consumer integer, head bigint, batch_size integer, OUT partition integer, OUT after_offset bigint, OUT place minipaas._position) FROM PUBLIC;


--
-- Name: FUNCTION _take_due(tids tid[], lease interval, worker text); Type: ACL; Schema: minipaas; Owner: -
--

REVOKE ALL ON FUNCTION minipaas._take_due(tids tid[], lease interval, worker text) FROM PUBLIC;


--
-- Name: FUNCTION _tally_lanes(); Type: ACL; Schema: minipaas; Owner: -
--

REVOKE ALL ON FUNCTION minipaas._tally_lanes() FROM PUBLIC;


--
-- Name: FUNCTION _tally_others(place text, queues integer[], mosts integer[], now timestamp with time zone); Type: ACL; Schema: minipaas; Owner: -
--

REVOKE ALL ON FUNCTION minipaas._tally_others(place text, queues integer[], mosts integer[], now timestamp with time zone) FROM PUBLIC;


--
-- Name: FUNCTION _tally_ready(queues integer[], mosts integer[]); Type: ACL; Schema: minipaas; Owner: -
--

REVOKE ALL ON FUNCTION minipaas._tally_ready(queues integer[], mosts integer[]) FROM PUBLIC;


--
-- Name: FUNCTION _tally_sample(now timestamp with time zone); Type: ACL; Schema: minipaas; Owner: -
--

REVOKE ALL ON FUNCTION minipaas._tally_sample(now timestamp with time zone) FROM PUBLIC;


--
-- Name: FUNCTION _tally_waiting(queues integer[], mosts integer[], now timestamp with time zone); Type: ACL; Schema: minipaas; Owner: -
--

REVOKE ALL ON FUNCTION minipaas._tally_waiting(queues integer[], mosts integer[], now timestamp with time zone) FROM PUBLIC;


--
-- Name: FUNCTION _task_queue(id bigint); Type: ACL; Schema: minipaas; Owner: -
--

REVOKE ALL ON FUNCTION minipaas._task_queue(id bigint) FROM PUBLIC;


--
-- Name: FUNCTION _task_replace(id bigint, payload jsonb, headers jsonb, until timestamp with time zone, OUT task minipaas._ready, OUT to_place boolean, OUT to_release boolean); Type: ACL; Schema: minipaas; Owner: -
--

REVOKE ALL ON FUNCTION minipaas._task_replace(id bigint, payload jsonb, headers jsonb, until timestamp with time zone, OUT task minipaas._ready, OUT to_place boolean, OUT to_release boolean) FROM PUBLIC;


--
-- Name: FUNCTION _task_take(id bigint, OUT state text, OUT task minipaas._ready); Type: ACL; Schema: minipaas; Owner: -
--

REVOKE ALL ON FUNCTION minipaas._task_take(id bigint, OUT state text, OUT task minipaas._ready) FROM PUBLIC;


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
-- Name: FUNCTION _wake(channel text); Type: ACL; Schema: minipaas; Owner: -
--

REVOKE ALL ON FUNCTION minipaas._wake(channel text) FROM PUBLIC;


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
-- Name: FUNCTION cron_next(cron text, after timestamp with time zone, timezone text); Type: ACL; Schema: minipaas; Owner: -
--

REVOKE ALL ON FUNCTION minipaas.cron_next(cron text, after timestamp with time zone, timezone text) FROM PUBLIC;


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
-- Name: FUNCTION queue_channel(queue text); Type: ACL; Schema: minipaas; Owner: -
--

REVOKE ALL ON FUNCTION minipaas.queue_channel(queue text) FROM PUBLIC;


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
-- Name: FUNCTION schedule_alter(schedule text, cron text, queue text, payload jsonb, timezone text, missed text); Type: ACL; Schema: minipaas; Owner: -
--

REVOKE ALL ON FUNCTION minipaas.schedule_alter(schedule text, cron text, queue text, payload jsonb, timezone text, missed text) FROM PUBLIC;


--
-- Name: FUNCTION schedule_create(schedule text, cron text, queue text, payload jsonb, timezone text, missed text); Type: ACL; Schema: minipaas; Owner: -
--

REVOKE ALL ON FUNCTION minipaas.schedule_create(schedule text, cron text, queue text, payload jsonb, timezone text, missed text) FROM PUBLIC;


--
-- Name: FUNCTION schedule_drop(schedule text); Type: ACL; Schema: minipaas; Owner: -
--

REVOKE ALL ON FUNCTION minipaas.schedule_drop(schedule text) FROM PUBLIC;


--
-- Name: FUNCTION schedule_pause(schedule text); Type: ACL; Schema: minipaas; Owner: -
--

REVOKE ALL ON FUNCTION minipaas.schedule_pause(schedule text) FROM PUBLIC;


--
-- Name: FUNCTION schedule_resume(schedule text); Type: ACL; Schema: minipaas; Owner: -
--

REVOKE ALL ON FUNCTION minipaas.schedule_resume(schedule text) FROM PUBLIC;


--
-- Name: FUNCTION schedule_tick(); Type: ACL; Schema: minipaas; Owner: -
--

REVOKE ALL ON FUNCTION minipaas.schedule_tick() FROM PUBLIC;


--
-- Name: FUNCTION schema_version(); Type: ACL; Schema: minipaas; Owner: -
--

REVOKE ALL ON FUNCTION minipaas.schema_version() FROM PUBLIC;


--
-- Name: FUNCTION service_seen(service text, package text, version text, minimum text); Type: ACL; Schema: minipaas; Owner: -
--

REVOKE ALL ON FUNCTION minipaas.service_seen(service text, package text, version text, minimum text) FROM PUBLIC;


--
-- Name: FUNCTION stream_alter(stream text, keep interval, keep_events bigint, max_lag interval); Type: ACL; Schema: minipaas; Owner: -
--

REVOKE ALL ON FUNCTION minipaas.stream_alter(stream text, keep interval, keep_events bigint, max_lag interval) FROM PUBLIC;


--
-- Name: FUNCTION stream_channel(stream text); Type: ACL; Schema: minipaas; Owner: -
--

REVOKE ALL ON FUNCTION minipaas.stream_channel(stream text) FROM PUBLIC;


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


