-- Without a unique constraint: two first enqueues of a priority would wait for each other and could deadlock.
-- A lane's newest id is its epoch. A new row makes dequeue forget what it knew of the lane (_mark) and look from
-- its start again. Lane 0 needs no row: most queues have none here, and a dequeue finds that out with one probe.
create table minipaas._lane (
    queue integer not null,
    lane smallint not null,
    id bigint generated always as identity,
    primary key (queue, lane, id)
);

revoke all on table minipaas._lane from public;

comment on table minipaas._lane is 'The lanes (lane is -priority) that a queue has used besides lane 0, and their epochs.';
