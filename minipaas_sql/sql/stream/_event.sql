-- partition is NULL where a stream has one partition only: its events then cost one index entry, not two.
create table minipaas._event (
    event_offset bigint not null,
    published_at timestamptz not null,
    stream integer not null,
    partition integer,
    payload jsonb not null,
    key text,
    headers jsonb,
    dedup_key text,
    primary key (stream, event_offset)
) with (
    autovacuum_vacuum_scale_factor = 0.02, autovacuum_vacuum_insert_scale_factor = 0.02, autovacuum_vacuum_cost_delay = 1
);

create index _event_partition on minipaas._event (stream, partition, event_offset) where partition is not null;
create index _event_key on minipaas._event (stream, key, event_offset) where key is not null;
create unique index _event_dedup_key on minipaas._event (stream, dedup_key) where dedup_key is not null;

revoke all on table minipaas._event from public;

comment on table minipaas._event is 'The events of all streams.';
