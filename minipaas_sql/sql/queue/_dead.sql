create table minipaas._dead (
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

create index _dead_queue on minipaas._dead (queue, id);

revoke all on table minipaas._dead from public;

comment on table minipaas._dead is 'Tasks that used up their attempts or were buried, until redriven or purged.';
