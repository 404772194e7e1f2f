create function minipaas._dead_add(task minipaas._waiting, error text) returns void
language sql volatile
as $$
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

revoke execute on function minipaas._dead_add(minipaas._waiting, text) from public;

comment on function minipaas._dead_add(minipaas._waiting, text) is 'Moves a task that the caller has locked from _waiting to _dead.';
