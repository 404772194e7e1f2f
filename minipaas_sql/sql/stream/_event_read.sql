-- A type, since PL/pgSQL does not take a column of RETURNS TABLE that is called like a parameter.
create type minipaas._event_read as (
    event_offset bigint, partition integer, key text, payload jsonb, headers jsonb, published_at timestamptz
);

revoke all on type minipaas._event_read from public;

comment on type minipaas._event_read is 'What stream_consume returns of an event.';
