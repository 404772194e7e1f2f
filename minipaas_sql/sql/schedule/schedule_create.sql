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
