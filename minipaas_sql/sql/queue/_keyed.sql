-- Insert-only, without a constraint, as _lane: nobody waits for who enqueues the first such task.
create table minipaas._keyed (
    queue integer not null
);

create index _keyed_queue on minipaas._keyed (queue);

-- Who publishes the schema for logical replication can still delete from it.
alter table minipaas._keyed replica identity full;

revoke all on table minipaas._keyed from public;

comment on table minipaas._keyed is 'The queues that have ever had a task with a key or a dedup_key, one or more times.';
