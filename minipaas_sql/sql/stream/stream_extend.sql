create function minipaas.stream_extend(
    stream text, consumer text, partition integer, lease_id bigint, lease interval default '1 minute'
)
returns timestamptz
language plpgsql volatile security definer
set search_path = pg_catalog, pg_temp
as $$
declare
    v_place minipaas._position := minipaas._position_lock(stream, consumer, partition, 'stream_extend');
begin
    perform minipaas._check_batch(null, lease);
    if (v_place.lease_id = stream_extend.lease_id) is not true then
        return null;
    end if;
    v_place.lease_until := minipaas._clock() + coalesce(lease, '1 minute');
    perform minipaas._position_add(v_place);
    return v_place.lease_until;
end
$$;

revoke execute on function minipaas.stream_extend(text, text, integer, bigint, interval) from public;

comment on function minipaas.stream_extend(text, text, integer, bigint, interval) is
'Gives the holder of a partition more time, counted from now.

partition, lease_id: as stream_fetch returned them.
lease: how long the partition stays with the caller from now on (default 1 minute).
Returns the new end of the lease, or NULL: the lease is not the partition''s any more. Waits as stream_commit does.
Right: consume. Errors: MP002, MP003, MP005, MP006; MP007 unless the transaction is READ COMMITTED and the server a primary.';
