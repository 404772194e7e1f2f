create function minipaas.stream_head(stream text) returns bigint
language plpgsql volatile security definer
set search_path = pg_catalog, pg_temp
as $$
begin
    return minipaas._stream_head((minipaas._stream_read(stream, 'stream_head')).id);
end
$$;

revoke execute on function minipaas.stream_head(text) from public;

comment on function minipaas.stream_head(text) is
'How far a stream can be read: nothing at or below this offset can still appear.

Returns an offset, which may be above the last event of the stream, and 0 before the first one. An open transaction that
has published to the stream keeps it below what it publishes (consumer_stats.blocked_by); other transactions don''t.
Right: consume. Errors: MP002, MP005; MP007 unless the transaction is READ COMMITTED and the server a primary.';
