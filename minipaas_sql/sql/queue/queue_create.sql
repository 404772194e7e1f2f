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
Right: manage, on all queues and streams. Errors: MP005, MP006.';
