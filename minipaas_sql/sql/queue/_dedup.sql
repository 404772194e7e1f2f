create table minipaas._dedup (
    queue integer not null,
    dedup_key text not null,
    id bigint not null,
    primary key (queue, dedup_key)
) with (autovacuum_vacuum_scale_factor = 0.02, autovacuum_vacuum_threshold = 5000, autovacuum_vacuum_cost_delay = 1);

revoke all on table minipaas._dedup from public;

comment on table minipaas._dedup is 'The dedup_keys of outstanding tasks.';
