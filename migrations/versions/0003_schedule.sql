-- object: schedule/_cron.sql
create type minipaas._cron as (
    minutes bigint,
    hours bigint,
    days bigint,
    months bigint,
    weekdays bigint,
    elapsed boolean,
    either boolean
);

revoke all on type minipaas._cron from public;

comment on type minipaas._cron is
'A parsed cron expression: where a field allows n, bit n is set; Sunday is 0. elapsed: minute or hour begin with *, so that it
follows elapsed time. either: day-of-month and day-of-week are both restricted, so that one of them is enough.';

-- object: schedule/_schedule.sql
create table minipaas._schedule (
    id integer generated always as identity primary key,
    name text not null unique,
    cron text not null,
    queue text not null,
    payload jsonb not null,
    timezone text not null,
    missed text not null,
    paused boolean not null default false,
    next_at timestamptz,
    last_at timestamptz,
    last_error text,
    created_at timestamptz not null
);

-- A tick looks at nothing but what is due.
create index _schedule_next_at on minipaas._schedule (next_at) where not paused;

revoke all on table minipaas._schedule from public;

comment on table minipaas._schedule is
'The schedules. next_at is the first fire time that has made no task yet; NULL: the clock of its time zone never shows one.';

-- object: schedule/_check_missed.sql
create function minipaas._check_missed(missed text) returns void
language plpgsql immutable
as $$
begin
    if missed not in ('skip', 'one', 'all') then
        perform minipaas._invalid(
            'missed', quote_literal(missed), 'It is what becomes of missed fire times: ''skip'', ''one'' or ''all''.'
        );
    end if;
end
$$;

revoke execute on function minipaas._check_missed(text) from public;

comment on function minipaas._check_missed(text) is 'Raises MP006 unless it is a policy for missed fire times; NULL passes.';

-- object: schedule/_check_timezone.sql
-- `at time zone` takes more than names of places: abbreviations, which know no summer time, and formulas such as PST8, so
-- that a mistyped name with a digit would pass. The list of names is slow, and is asked about those alone.
create function minipaas._check_timezone(timezone text) returns void
language plpgsql stable
as $$
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

revoke execute on function minipaas._check_timezone(text) from public;

comment on function minipaas._check_timezone(text) is 'Raises MP006 unless it is the name of a time zone.';

-- object: schedule/_cron_after.sql
-- The calendar repeats itself, leap days on weekdays too, within forty years: what does not come in fifty never does. The day
-- before comes first, since clocks that are set back at midnight show it again.
create function minipaas._cron_after(cron minipaas._cron, after timestamptz, timezone text) returns timestamptz
language plpgsql stable
as $$
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

revoke execute on function minipaas._cron_after(minipaas._cron, timestamptz, text) from public;

comment on function minipaas._cron_after(minipaas._cron, timestamptz, text) is
'The first fire time after a moment; NULL: it never comes.';

-- object: schedule/_cron_day.sql
create function minipaas._cron_day(cron minipaas._cron, first date, last date) returns date
language plpgsql immutable
as $$
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

revoke execute on function minipaas._cron_day(minipaas._cron, date, date) from public;

comment on function minipaas._cron_day(minipaas._cron, date, date) is
'The first day of an interval that a cron expression allows; NULL: none.';

-- object: schedule/_cron_field.sql
-- Like cronsim: a step after a single value counts from there to the end of the field. No backslashes in patterns: what they
-- mean is a setting of the session.
create function minipaas._cron_field(cron text, field text, value text, low integer, high integer, names text[])
returns bigint
language plpgsql immutable
as $$
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
$$;

revoke execute on function minipaas._cron_field(text, text, text, integer, integer, text[]) from public;

comment on function minipaas._cron_field(text, text, text, integer, integer, text[]) is
'The values that a field of a cron expression allows, as bits; raises MP006 with the name of the field.';

-- object: schedule/_cron_number.sql
create function minipaas._cron_number(word text, low integer, names text[]) returns integer
language sql immutable
as $$
select case when word ~ '^[0-9]' then word::integer else low + array_position(names, word) - 1 end
$$;

revoke execute on function minipaas._cron_number(text, integer, text[]) from public;

comment on function minipaas._cron_number(text, integer, text[]) is
'The number that a word of a cron expression stands for; names count from low. NULL: there is no such name.';

-- object: schedule/_cron_on_change.sql
-- A time that comes twice counts twice for what follows elapsed time, and once, the first time, for what is fixed; one that
-- is skipped never comes for the former, and right after the change for the latter.
create function minipaas._cron_on_change(
    cron minipaas._cron, day date, after timestamptz, timezone text
)
returns timestamptz
language plpgsql stable
as $$
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

revoke execute on function minipaas._cron_on_change(minipaas._cron, date, timestamptz, text) from public;

comment on function minipaas._cron_on_change(minipaas._cron, date, timestamptz, text) is
'The first fire time after a moment on a day on which the clocks of a time zone may change; NULL: none.';

-- object: schedule/_cron_on_day.sql
create function minipaas._cron_on_day(
    cron minipaas._cron, day date, after timestamptz, timezone text
)
returns timestamptz
language plpgsql stable
as $$
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

revoke execute on function minipaas._cron_on_day(minipaas._cron, date, timestamptz, text) from public;

comment on function minipaas._cron_on_day(minipaas._cron, date, timestamptz, text) is
'The first fire time after a moment on a day on which the clocks of a time zone do not change; NULL: none.';

-- object: schedule/_cron_parse.sql
create function minipaas._cron_parse(cron text) returns minipaas._cron
language plpgsql immutable
as $$
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

revoke execute on function minipaas._cron_parse(text) from public;

comment on function minipaas._cron_parse(text) is
'Parses a cron expression; raises MP006 with the name of the field that is wrong, or that no month can meet.';

-- object: core/_horizon.sql
-- As the owner, who sees more of other sessions than most readers of the view do.
create function minipaas._horizon() returns table (name text, since interval, transactions integer, advice text)
language sql stable security definer
set search_path = pg_catalog, pg_temp
as $$
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

revoke execute on function minipaas._horizon() from public;

comment on function minipaas._horizon() is
'Who keeps vacuum from removing dead rows of this database, for how long or since how many transactions.';

-- object: core/_level.sql
-- The views call it as the one who reads them, with that one's search_path: everything is qualified.
create function minipaas._level(value double precision, warn double precision, bad double precision) returns text
language sql immutable
as $$
select case when value operator(pg_catalog.>=) bad then 'bad' when value operator(pg_catalog.>=) warn then 'warn' else 'ok' end
$$;

revoke execute on function minipaas._level(double precision, double precision, double precision) from public;

comment on function minipaas._level(double precision, double precision, double precision) is
'How serious a value of the view health is.';

-- object: schedule/_local_first.sql
-- `at time zone` gives the second of two instants, and for a time that is skipped one after the change by as much as the time
-- was after it.
create function minipaas._local_first(moment timestamp, timezone text) returns timestamptz
language plpgsql stable
as $$
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

revoke execute on function minipaas._local_first(timestamp, text) from public;

comment on function minipaas._local_first(timestamp, text) is
'The first instant at which the clocks of a time zone show a time, or, where they skip it, the first one after that.';

-- object: schedule/_schedule_deny.sql
create function minipaas._schedule_deny(schedule text, action text) returns void
language plpgsql stable
as $$
declare
    v_queue constant text := (select s.queue from minipaas._schedule s where s.name = schedule);
begin
    if not minipaas._schedule_may(v_queue, action) and (v_queue is not null or minipaas._queues_of(action) = '{}') then
        perform minipaas._deny(action, (select q.name from minipaas._queue q where q.name = v_queue));
    end if;
end
$$;

revoke execute on function minipaas._schedule_deny(text, text) from public;

comment on function minipaas._schedule_deny(text, text) is
'Raises MP005 where the caller has no right on the queue of a schedule, or has it nowhere and there is no such schedule.';

-- object: schedule/_schedule_due.sql
-- At most a hundred at once: the rest of a long time missed goes with the next ticks, and nobody else waits for it.
create function minipaas._schedule_due(
    schedule minipaas._schedule, moment timestamptz, out due timestamptz[], out next_at timestamptz
)
language plpgsql stable
as $$
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

revoke execute on function minipaas._schedule_due(minipaas._schedule, timestamptz) from public;

comment on function minipaas._schedule_due(minipaas._schedule, timestamptz) is
'The fire times of a due schedule to make tasks for, by its policy for missed ones, and the next one after those.';

-- object: schedule/_schedule_enqueue.sql
-- As queue_enqueue does it, but for the right to enqueue: that of whoever ticks is not asked.
create function minipaas._schedule_enqueue(queue integer, schedule text, payload jsonb, due timestamptz[]) returns void
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

-- object: schedule/_schedule_fire.sql
-- Nothing is written inside the block: a subtransaction that writes nothing costs nothing.
create function minipaas._schedule_fire(schedule minipaas._schedule, moment timestamptz) returns bigint
language plpgsql volatile
as $$
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

revoke execute on function minipaas._schedule_fire(minipaas._schedule, timestamptz) from public;

comment on function minipaas._schedule_fire(minipaas._schedule, timestamptz) is
'Makes the tasks of a due schedule, whose row is locked, or notes why it cannot; returns how many.';

-- object: schedule/_schedule_latest.sql
-- By halves: a schedule of every minute has half a million fire times a year.
create function minipaas._schedule_latest(
    cron minipaas._cron, timezone text, due timestamptz, moment timestamptz
)
returns timestamptz
language plpgsql stable
as $$
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

revoke execute on function minipaas._schedule_latest(minipaas._cron, text, timestamptz, timestamptz) from public;

comment on function minipaas._schedule_latest(minipaas._cron, text, timestamptz, timestamptz) is
'The last fire time up to a moment, given one that is not after it.';

-- object: schedule/_schedule_may.sql
-- Asked in the statement that locks or changes the schedule, about the row that it gets: another session may just have given it
-- another queue.
create function minipaas._schedule_may(queue text, action text) returns boolean
language sql stable
as $$
select minipaas._may(action) or exists (select from minipaas._queue_get(queue, action))
$$;

revoke execute on function minipaas._schedule_may(text, text) from public;

comment on function minipaas._schedule_may(text, text) is
'Whether the caller has a right on the schedules of a queue: that on the queue, or, where it is gone, on all.';

-- object: schedule/_schedule_refuse.sql
create function minipaas._schedule_refuse(schedule text, action text) returns void
language plpgsql stable
as $$
begin
    perform minipaas._schedule_deny(schedule, action);
    raise exception using
        errcode = 'MP004',
        message = format('schedule "%s" does not exist', schedule),
        hint = format('minipaas.schedules lists what there is. To create it: select minipaas.schedule_create(%L, cron, queue);', schedule);
end
$$;

revoke execute on function minipaas._schedule_refuse(text, text) from public;

comment on function minipaas._schedule_refuse(text, text) is
'Raises MP005 or, where there is no such schedule, MP004.';

-- object: schedule/cron_next.sql
create function minipaas.cron_next(cron text, after timestamptz, timezone text default 'UTC') returns timestamptz
language plpgsql stable security definer
set search_path = pg_catalog, pg_temp
as $$
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

revoke execute on function minipaas.cron_next(text, timestamptz, text) from public;

comment on function minipaas.cron_next(text, timestamptz, text) is
'The first time after a moment that a cron expression stands for.

cron: minute (0-59), hour (0-23), day-of-month (1-31), month (1-12 or JAN-DEC), day-of-week (0-7 or SUN-SAT; 0 and 7 are Sunday),
each a *, a value, a range 1-5, or one of these with a step as in */15, or a list of them; or @hourly, @daily, @midnight,
@weekly, @monthly, @yearly, @annually. Where neither day-of-month nor day-of-week begins with a *, one of them is enough.
after: the moment.
timezone: whose clocks it goes by (default UTC). When they change: with a minute or an hour that begins with *, it runs
whenever the clocks show such a time, by elapsed time; else once at the first of two such times, and right after the
change where the clocks skip it.
Returns the time. Right: any. Errors: MP006.';

-- object: schedule/schedule_alter.sql
create function minipaas.schedule_alter(
    schedule text,
    cron text default null,
    queue text default null,
    payload jsonb default null,
    timezone text default null,
    missed text default null
)
returns void
language plpgsql volatile security definer
set search_path = pg_catalog, pg_temp
as $$
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

revoke execute on function minipaas.schedule_alter(text, text, text, jsonb, text, text) from public;

comment on function minipaas.schedule_alter(text, text, text, jsonb, text, text) is
'Changes a schedule; NULL leaves a setting as it is.

The arguments are those of schedule_create. Another cron or timezone counts from now on: what was due before, and has made no
task yet, is dropped. Returns nothing. Waits for a transaction that has ticked the schedule.
Right: manage on its queue, and on the new one. Errors: MP001, MP004, MP005, MP006.';

-- object: schedule/schedule_create.sql
create function minipaas.schedule_create(
    schedule text,
    cron text,
    queue text,
    payload jsonb default '{}',
    timezone text default 'UTC',
    missed text default 'one'
)
returns boolean
language plpgsql volatile security definer
set search_path = pg_catalog, pg_temp
as $$
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

revoke execute on function minipaas.schedule_create(text, text, text, jsonb, text, text) from public;

comment on function minipaas.schedule_create(text, text, text, jsonb, text, text) is
'Creates a schedule: from now on, schedule_tick makes a task at each of its fire times.

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

-- object: schedule/schedule_drop.sql
create function minipaas.schedule_drop(schedule text) returns boolean
language plpgsql volatile security definer
set search_path = pg_catalog, pg_temp
as $$
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

revoke execute on function minipaas.schedule_drop(text) from public;

comment on function minipaas.schedule_drop(text) is
'Drops a schedule; the tasks that it has made stay.

Returns true, or false when there is no such schedule. Waits for a transaction that has ticked the schedule.
Right: manage on its queue. Errors: MP005, MP006.';

-- object: schedule/schedule_pause.sql
create function minipaas.schedule_pause(schedule text) returns void
language plpgsql volatile security definer
set search_path = pg_catalog, pg_temp
as $$
begin
    update minipaas._schedule s
    set paused = true
    where s.name = schedule_pause.schedule and minipaas._schedule_may(s.queue, 'manage');
    if not found then
        perform minipaas._schedule_refuse(schedule, 'manage');
    end if;
end
$$;

revoke execute on function minipaas.schedule_pause(text) from public;

comment on function minipaas.schedule_pause(text) is
'Lets a schedule make no tasks until schedule_resume.

Returns nothing; pausing twice is no error. Waits for a transaction that has ticked the schedule.
Right: manage on its queue. Errors: MP004, MP005.';

-- object: schedule/schedule_resume.sql
create function minipaas.schedule_resume(schedule text) returns void
language plpgsql volatile security definer
set search_path = pg_catalog, pg_temp
as $$
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

revoke execute on function minipaas.schedule_resume(text) from public;

comment on function minipaas.schedule_resume(text) is
'Ends a pause: the next fire time is the first one from now on, whatever passed meanwhile.

Returns nothing, and changes nothing where the schedule is not paused. Waits for a transaction that has ticked the schedule.
Right: manage on its queue. Errors: MP004, MP005; MP006 when its time zone is gone.';

-- object: schedule/schedule_tick.sql
-- In no order, so that those with much to catch up don't keep the others waiting, and locked one by one, so that a
-- caller whose transaction goes on keeps nothing but what it has made.
create function minipaas.schedule_tick() returns bigint
language plpgsql volatile security definer
set search_path = pg_catalog, pg_temp
as $$
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

revoke execute on function minipaas.schedule_tick() from public;

comment on function minipaas.schedule_tick() is
'Makes the tasks that are due by the schedules: call it every few seconds, from anywhere, any number of times at once.

Returns how many. Each fire time makes one task, whoever ticks. Waits for nobody: what another open transaction has ticked is left
to it, and comes again if that is rolled back. Works for about a second at most, and makes at most a hundred tasks of one
schedule; the rest goes with the next call. Give it a transaction of its own.
A schedule that can make no tasks, since its queue is gone, keeps nobody else''s: see last_error in the view schedules.
Right: any. Errors: MP007 unless the transaction is READ COMMITTED and the server a primary.';

-- object: core/health.sql
-- Ages are in seconds. A statement in an advice is ready to be run.
create view minipaas.health with (security_barrier) as
select
    h.subject,
    h.name,
    h.level,
    h.value,
    case when h.level = 'ok' then 'Nothing to do.' else h.advice end as advice
from (
    select
        c.subject, q.name, c.value, c.advice,
        minipaas._level(c.amount, c.warn, c.bad) as level
    from minipaas._queue q
    join minipaas._queue_counts() t on t.queue = q.id
    cross join (select minipaas._clock() as now) n
    cross join lateral (values
        (
            'oldest ready task', extract(epoch from n.now - t.oldest), 300, 3600,
            coalesce(date_trunc('second', n.now - t.oldest)::text, 'none'),
            case
                when q.paused then format('It is paused; to go on: select minipaas.queue_resume(%L);', q.name)
                else format('Start workers, or more of them, and see: select * from minipaas.queue_stats where queue = %L;', q.name)
            end
        ),
        (
            'expired leases', extract(epoch from n.now - t.expired_since), 60, 3600, t.expired::text,
            format(
                'Workers died, or took too long and nobody has asked since: start workers, or give them more time: '
                'select minipaas.queue_alter(%L, lease => %L);', q.name, 2 * q.lease
            )
        ),
        (
            'dead tasks', t.dead + t.lost, 1, 1000, (t.dead + t.lost)::text,
            format(
                'See last_error in minipaas.queue_tasks where state is ''dead'', then try them again: '
                'select minipaas.queue_redrive(%L);', q.name
            )
        )
    ) c (subject, amount, warn, bad, value, advice)
    union all
    select
        'blocked stream', s.name,
        coalesce(date_trunc('second', (c.blocked_by ->> 'age')::interval)::text, 'no'),
        case
            when c.blocked_by ->> 'prepared' is not null
                then format('A prepared transaction holds back readers; finish it: rollback prepared %L;', c.blocked_by ->> 'prepared')
            else format(
                'An open transaction of %s has published and holds back readers; end it: select pg_terminate_backend(%s);',
                coalesce(nullif(c.blocked_by ->> 'application', ''), 'a session'), c.blocked_by ->> 'pid'
            )
        end,
        minipaas._level(extract(epoch from (c.blocked_by ->> 'age')::interval), 10, 300)
    from minipaas._stream s
    join minipaas._stream_counts() c on c.stream = s.id
    union all
    select
        'lagging consumer', format('%s of %s', k.name, s.name),
        coalesce(date_trunc('second', n.now - min(c.since))::text, 'none'),
        format(
            'Start workers, or more of them, and see: select * from minipaas.consumer_stats where stream = %L and consumer = %L;',
            s.name, k.name
        ),
        minipaas._level(extract(epoch from n.now - min(c.since)), 300, 3600)
    from minipaas._stream s
    join minipaas._consumer k on k.stream = s.id
    join minipaas._cursor r on r.consumer = k.id
    join minipaas._cursor_counts() c on c.cursor = r.id
    cross join (select minipaas._clock() as now) n
    group by s.name, k.name, n.now
    union all
    select
        'overdue upkeep', s.name,
        coalesce(date_trunc('second', c.now - t.oldest - s.keep)::text, 'no'),
        'Events stay longer than the stream keeps them; call this every minute: select * from minipaas.maintain();',
        minipaas._level(extract(epoch from c.now - t.oldest - s.keep), 900, 86400)
    from minipaas._stream s
    join minipaas._stream_counts() t on t.stream = s.id
    cross join (select minipaas._clock() as now) c
    where s.keep > '0' and not exists (
        select from minipaas._cursor_counts() p
        join minipaas._cursor r on r.id = p.cursor
        join minipaas._consumer k on k.id = r.consumer
        where k.stream = s.id and p.committed < t.oldest_offset
    )
    union all
    select
        'dead rows', d.relname, d.n_dead_tup::text,
        format('Vacuum does not keep up, or is held back: vacuum minipaas.%I;', d.relname),
        case when d.n_dead_tup > d.n_live_tup then minipaas._level(d.n_dead_tup, 200000, 2000000) else 'ok' end
    from pg_stat_user_tables d
    where d.schemaname = 'minipaas' and d.relname in ('_ready', '_waiting', '_blocked', '_dead', '_done', '_event', '_mark', '_position')
        and (select minipaas._may('observe'))
    union all
    select
        'vacuum held back', z.name,
        coalesce(date_trunc('second', z.since)::text, format('%s transactions', z.transactions)), z.advice,
        case when z.since is null then minipaas._level(z.transactions, 1000000, 50000000)
            else minipaas._level(extract(epoch from z.since), 300, 3600) end
    from minipaas._horizon() z
    union all
    select
        'stalled schedule', s.name,
        coalesce(s.last_error, date_trunc('second', greatest(n.now - s.next_at, '0'))::text, 'no time to come'),
        case
            when s.last_error is not null then format(
                'It can make no tasks; create its queue: select minipaas.queue_create(%L); or stop it: '
                'select minipaas.schedule_pause(%L);', s.queue, s.name
            )
            else 'Nobody ticks; run a worker, or minipaas-sql tick --every 10s, or now: select minipaas.schedule_tick();'
        end,
        case
            when s.last_error is not null then 'bad'
            else minipaas._level(extract(epoch from n.now - s.next_at), 120, 3600)
        end
    from minipaas._schedule s
    left join minipaas._queue q on q.name = s.queue
    cross join (select minipaas._clock() as now) n
    cross join (select minipaas._queues_of('observe') as seeing) r
    where not s.paused and coalesce(q.id = any(r.seeing), r.seeing is null)
) h (subject, name, value, advice, level);

comment on view minipaas.health is
'What an operator should look at, one row for each thing that is watched. Right: observe; dead rows and held back vacuum show only
with the right on all queues and streams.

subject: oldest ready task, expired leases and dead tasks of each queue; blocked streams; lagging consumers; overdue upkeep;
stalled schedules; dead rows of our tables; who holds back vacuum. name: which one. level: ok, warn or bad. value: how long, or how many.
advice: what to do, with the statement to run.';

-- object: schedule/schedules.sql
create view minipaas.schedules with (security_barrier) as
with r as materialized (
    select minipaas._queues_of('observe', 'manage') as seeing, minipaas._queues_of('dequeue', 'manage') as reading
)
select
    s.name as schedule,
    s.cron,
    s.queue,
    case when coalesce(q.id = any(r.reading), r.reading is null) then s.payload end as payload,
    s.timezone,
    s.missed,
    s.paused,
    case when not s.paused then s.next_at end as next_at,
    s.last_at,
    s.last_error,
    s.created_at
from minipaas._schedule s
left join minipaas._queue q on q.name = s.queue
cross join r
where coalesce(q.id = any(r.seeing), r.seeing is null);

comment on view minipaas.schedules is
'The schedules and their settings, as schedule_create and schedule_alter take them.

next_at: the first fire time that has made no task yet; NULL: paused. last_at: the last one that has. last_error: why the last
tick could make none; it tries again with each.
Right: observe or manage, on its queue; others see no row. payload shows only to those who may dequeue or manage there.';
