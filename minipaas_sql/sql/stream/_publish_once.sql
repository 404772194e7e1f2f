-- Who meets an uncommitted event with the same dedup_key waits in the insert, and then looks again.
create function minipaas._publish_once(
    stream minipaas._stream, payload jsonb, key text, headers jsonb, dedup_key text
)
returns bigint
language plpgsql volatile
as $$
#variable_conflict use_variable
declare
    v_offset bigint;
begin
    loop
        v_offset := (
            select e.event_offset from minipaas._event e where e.stream = stream.id and e.dedup_key = dedup_key
        );
        exit when v_offset is not null;
        perform minipaas._hold_back(stream.id);
        v_offset := nextval('minipaas._event_offset');
        insert into minipaas._event (event_offset, published_at, stream, partition, payload, key, headers, dedup_key)
        values (
            v_offset, minipaas._clock(), stream.id, minipaas._partition(stream.partitions, key, v_offset), payload, key,
            headers, dedup_key
        )
        on conflict do nothing;
        exit when found;
    end loop;
    return v_offset;
end
$$;

revoke execute on function minipaas._publish_once(minipaas._stream, jsonb, text, jsonb, text) from public;

comment on function minipaas._publish_once(minipaas._stream, jsonb, text, jsonb, text) is
'Publishes an event unless one with its dedup_key is kept; returns the offset of the one or the other.';
