create function minipaas.stream_release(stream text, consumer text, partition integer, lease_id bigint) returns boolean
language plpgsql volatile security definer
set search_path = pg_catalog, pg_temp
as $$
declare
    v_place minipaas._position := minipaas._position_lock(stream, consumer, partition, 'stream_release');
begin
    if (v_place.lease_id = stream_release.lease_id) is not true then
        return false;
    end if;
    v_place.lease_id := null;
    perform minipaas._position_add(v_place);
    return true;
end
$$;

revoke execute on function minipaas.stream_release(text, text, integer, bigint) from public;

comment on function minipaas.stream_release(text, text, integer, bigint) is
'Gives a partition back: others get what was fetched and not committed.

partition, lease_id: as stream_fetch returned them.
Returns true, or false when the lease is not the partition''s any more. Waits as stream_commit does.
Right: consume. Errors: MP002, MP003, MP005, MP006; MP007 unless the transaction is READ COMMITTED and the server a primary.';
