-- Leased, delayed and backing-off tasks change places by an update here: their payloads are not written again.
create table minipaas._waiting (
    id bigint primary key,
    until timestamptz not null,
    enqueued_at timestamptz not null,
    queue integer not null,
    attempt integer not null,
    granted integer not null,
    max_attempts integer,
    lane smallint not null,
    state "char" not null,
    payload jsonb not null,
    headers jsonb,
    last_error text,
    worker text,
    key text,
    dedup_key text
) with (
    autovacuum_vacuum_scale_factor = 0.02, autovacuum_vacuum_threshold = 5000, autovacuum_vacuum_cost_delay = 1,
    toast_tuple_target = 8160
);

create index _waiting_until on minipaas._waiting (queue, lane, until);
create index _waiting_key on minipaas._waiting (queue, key, until, id) where key is not null;

revoke all on table minipaas._waiting from public;

comment on table minipaas._waiting is
'Tasks that wait until a time: (l)eased, (d)elayed or (r)etrying. Past it they are due, and dequeue finds them here.';
