-- A baton is there while a task of its key is ready, leased or retrying, or while somebody may just be adding one to
-- _blocked. Whoever adds one holds FOR KEY SHARE on it, so that nobody deletes it meanwhile. Whoever finishes the active task
-- hands the baton on, or deletes it; where somebody may be adding, which it can't see yet, it leaves the baton idle. Idle ones
-- are rare: the next enqueue of the key, a dequeue that finds nothing else and maintain() look after them.
create table minipaas._baton (
    queue integer not null,
    key text not null,
    idle boolean not null default false,
    primary key (queue, key)
) with (
    fillfactor = 70, autovacuum_vacuum_scale_factor = 0.02, autovacuum_vacuum_threshold = 5000, autovacuum_vacuum_cost_delay = 1
);

create index _baton_idle on minipaas._baton (queue) where idle;

revoke all on table minipaas._baton from public;

comment on table minipaas._baton is 'The keys that have a task which is ready, leased or retrying.';
