create table minipaas._done (
    id bigint primary key,
    enqueued_at timestamptz not null,
    finished_at timestamptz not null,
    queue integer not null,
    attempt integer not null,
    granted integer not null,
    max_attempts integer,
    lane smallint not null,
    payload jsonb not null,
    headers jsonb,
    last_error text,
    key text,
    dedup_key text
);

create index _done_queue on minipaas._done (queue, finished_at);

revoke all on table minipaas._done from public;

comment on table minipaas._done is 'Acked tasks of queues with keep_done.';
