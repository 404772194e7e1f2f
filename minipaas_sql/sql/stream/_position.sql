-- Insert-only and read newest first by id, so that it stays fast while an old snapshot keeps dead rows.
create table minipaas._position (
    cursor integer not null,
    id bigint generated always as identity,
    committed bigint not null,
    fetched bigint not null,
    lease_id bigint,
    lease_until timestamptz,
    worker text,
    lost bigint not null default 0,
    pruned bigint not null default 0,
    entries integer not null default 0,
    primary key (cursor, id)
) with (autovacuum_vacuum_scale_factor = 0.02, autovacuum_vacuum_threshold = 5000, autovacuum_vacuum_cost_delay = 1);

revoke all on table minipaas._position from public;

comment on table minipaas._position is
'Where a consumer stands in a partition: the newest row of a cursor counts. It is free when lease_id is NULL or the lease is over.';
