create table minipaas._consumer (
    id integer generated always as identity primary key,
    stream integer not null,
    name text not null,
    created_at timestamptz not null,
    unique (stream, name)
);

revoke all on table minipaas._consumer from public;

comment on table minipaas._consumer is 'The consumers of each stream.';
