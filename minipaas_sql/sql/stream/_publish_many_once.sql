-- In the order of the dedup_keys, so that two such calls wait for each other in one direction only; the offsets follow the
-- order of the payloads all the same.
create function minipaas._publish_many_once(
    stream minipaas._stream, payloads jsonb[], keys text[], headers jsonb[], dedup_keys text[]
)
returns setof bigint
language plpgsql volatile
set enable_seqscan = off
set enable_bitmapscan = off
as $$
#variable_conflict use_column
declare
    v_now timestamptz := minipaas._clock();
    v_offsets bigint[];
    v_first bigint;
    v_event record;
begin
    perform minipaas._hold_back(_publish_many_once.stream.id);
    v_offsets := array(select nextval('minipaas._event_offset') from generate_series(1, cardinality(payloads)));
    for v_event in
        select * from unnest(payloads, keys, _publish_many_once.headers, dedup_keys) with ordinality u (payload, key, headers, dedup_key, place)
        order by u.dedup_key collate "C", u.place
    loop
        loop
            v_first := (
                select e.event_offset from minipaas._event e
                where e.stream = _publish_many_once.stream.id and e.dedup_key = v_event.dedup_key
            );
            exit when v_first is not null;
            insert into minipaas._event (event_offset, published_at, stream, partition, payload, key, headers, dedup_key)
            values (
                v_offsets[v_event.place], v_now, _publish_many_once.stream.id,
                minipaas._partition(_publish_many_once.stream.partitions, v_event.key), v_event.payload,
                v_event.key, v_event.headers, v_event.dedup_key
            )
            on conflict (stream, dedup_key) where dedup_key is not null do nothing;
            exit when found;
        end loop;
        v_offsets[v_event.place] := coalesce(v_first, v_offsets[v_event.place]);
    end loop;
    return query select unnest(v_offsets);
end
$$;

revoke execute on function minipaas._publish_many_once(minipaas._stream, jsonb[], text[], jsonb[], text[]) from public;

comment on function minipaas._publish_many_once(minipaas._stream, jsonb[], text[], jsonb[], text[]) is
'Publishes those of many events whose dedup_key is new; returns the offset of each, or of the event that has its key.';
