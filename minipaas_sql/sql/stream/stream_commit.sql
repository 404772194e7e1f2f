create function minipaas.stream_commit(
    stream text,
    consumer text,
    partition integer,
    event_offset bigint,
    lease_id bigint default null,
    strict boolean default false
)
returns boolean
language plpgsql volatile security definer
set search_path = pg_catalog, pg_temp
set plan_cache_mode = force_generic_plan
set enable_seqscan = off
set enable_bitmapscan = off
as $$
declare
    v_place minipaas._position := minipaas._position_lock(stream, consumer, partition, 'stream_commit');
begin
    if event_offset is null or event_offset < 0 or event_offset > coalesce(pg_sequence_last_value('minipaas._event_offset'), 0) then
        perform minipaas._invalid('event_offset', event_offset::text, 'It is the offset of an event that stream_fetch returned.');
    elsif v_place.lease_id is null or v_place.lease_id <> stream_commit.lease_id then
        if strict then
            raise exception using
                errcode = 'MP009',
                message = format('lease lost on partition %s of stream "%s", consumer "%s"', partition, stream, consumer),
                hint = 'Roll back what was done for it: its lease expired and somebody else has it, or it is committed or released.';
        end if;
        return false;
    elsif event_offset > v_place.fetched then
        perform minipaas._invalid(
            'event_offset', event_offset::text, format('This lease has fetched the events up to %s.', v_place.fetched)
        );
    elsif event_offset > v_place.committed or event_offset = v_place.fetched then
        v_place.committed := greatest(v_place.committed, event_offset);
        if event_offset = v_place.fetched then
            v_place.lease_id := null;
        end if;
        perform minipaas._position_add(v_place);
    end if;
    return true;
end
$$;

revoke execute on function minipaas.stream_commit(text, text, integer, bigint, bigint, boolean) from public;

comment on function minipaas.stream_commit(text, text, integer, bigint, bigint, boolean) is
'Records that a consumer is done with the events of a partition up to an offset, the last one included.

partition, event_offset, lease_id: as stream_fetch returned them; the last offset that was fetched gives the partition back,
a lower one keeps the lease. Without lease_id, whoever holds the partition.
strict: raise MP009 where the answer would be false (default false).
Returns true, or false when the lease is not the partition''s any more: roll back what was done with the events. It never
goes back: an offset at or below the committed one changes nothing. Waits for a transaction that is just fetching,
committing, seeking or trimming there.
Right: consume. Errors: MP002, MP003, MP005; MP006 also for an offset beyond what was fetched; MP007 unless the transaction is
READ COMMITTED and the server a primary; MP009.';
