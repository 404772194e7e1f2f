-- Ordered by position, so that looking for the first of a key follows the primary key, however many others there are.
create table minipaas._blocked (
    position bigint not null,
    id bigint not null unique,
    enqueued_at timestamptz not null,
    queue integer not null,
    attempt integer not null,
    granted integer not null,
    max_attempts integer,
    lane smallint not null,
    payload jsonb not null,
    headers jsonb,
    last_error text,
    key text not null,
    dedup_key text,
    primary key (queue, key, position)
) with (
    autovacuum_vacuum_scale_factor = 0.02, autovacuum_vacuum_threshold = 5000, autovacuum_vacuum_cost_delay = 1,
    toast_tuple_target = 8160
);

revoke all on table minipaas._blocked from public;

comment on table minipaas._blocked is 'Tasks that wait for another one of their key, in the order in which they get their turn.';
