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
