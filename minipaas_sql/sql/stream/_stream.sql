create table minipaas._stream (
    id integer generated always as identity primary key,
    name text not null unique,
    partitions integer not null,
    keep interval not null,
    keep_events bigint not null,
    max_lag interval not null,
    trimmed bigint not null default 0,
    created_at timestamptz not null,
    granted jsonb not null default '{}'
) with (fillfactor = 50);

revoke all on table minipaas._stream from public;

comment on table minipaas._stream is
'The settings of each stream. Events at or below trimmed are deleted: no reader looks there. granted: as in _queue.';
