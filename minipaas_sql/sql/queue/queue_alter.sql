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
