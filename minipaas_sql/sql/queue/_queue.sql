create table minipaas._queue (
    id integer generated always as identity primary key,
    name text not null unique,
    lease interval not null,
    max_attempts integer not null,
    backoff interval not null,
    backoff_max interval not null,
    keep_done interval not null,
    paused boolean not null default false,
    created_at timestamptz not null,
    granted jsonb not null default '{}'
);

-- An ack asks which queues keep what is done: usually none.
create index _queue_keep_done on minipaas._queue (id) where keep_done > '0';

revoke all on table minipaas._queue from public;

comment on table minipaas._queue is 'The settings of each queue. granted: what _access says of it, {"dequeue app": oid of app}.';
