-- The rights on single queues and streams; those on all are column privileges of _right. The index finds the roles that may do
-- something with one of them.
create table minipaas._access (
    role regrole not null,
    action text not null,
    queue integer,
    stream integer,
    unique nulls not distinct (queue, stream, action, role),
    check (num_nonnulls(queue, stream) = 1)
);

-- Who publishes the schema for logical replication can still delete from it.
alter table minipaas._access replica identity full;

revoke all on table minipaas._access from public;

comment on table minipaas._access is 'Rights on single queues and streams, by role. A role may have been dropped meanwhile.';
