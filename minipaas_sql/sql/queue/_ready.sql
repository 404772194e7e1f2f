-- A task's position is taken from minipaas._task_id each time that it enters, so that the table grows at its
-- high end only and is eaten from its low end. A fresh task's position is its id.
-- toast_tuple_target: a payload that fits on a page stays in the row. Moving it there is cheaper than writing its pieces,
-- and deleting them, once in each of _ready and _waiting.
create table minipaas._ready (
    position bigint not null,
    id bigint not null,
    enqueued_at timestamptz not null,
    queue integer not null,
    attempt integer not null,
    granted integer not null,
    max_attempts integer,
    lane smallint not null,
    payload jsonb not null,
    headers jsonb,
    last_error text,
    key text,
    dedup_key text,
    primary key (queue, lane, position)
) with (
    autovacuum_vacuum_scale_factor = 0.02, autovacuum_vacuum_threshold = 5000, autovacuum_vacuum_cost_delay = 1,
    toast_tuple_target = 8160
);

-- Few tasks come back: finding a fresh one by id takes one probe per lane and no second index.
create index _ready_id on minipaas._ready (id) where position <> id;

revoke all on table minipaas._ready from public;

comment on table minipaas._ready is 'Tasks that can be delivered now. lane is -priority.';
