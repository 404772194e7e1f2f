-- What was added in a transaction that committed after the queue, the stream or the consumer was dropped. Ids that are not
-- there are known without reading the tables, whose dead rows vacuum may be kept from. Of many ids that were ever given,
-- it takes ten thousand in a row, so that the cost is bounded. The delete looks at both tables in one snapshot: the queue
-- of a row that it sees, it sees.
create function minipaas._orphans_prune(batch_size integer) returns bigint
language plpgsql volatile
set enable_seqscan = off
as $$
declare
    v_of record;
    v_table text;
    v_last bigint;
    v_first bigint;
    v_ids bigint[];
    v_count bigint;
    v_total bigint := 0;
begin
    for v_of in
        select p.* from (values
            ('_queue', 'queue', '{_ready,_waiting,_blocked,_baton,_dedup,_keyed,_dead,_done,_lane,_mark}'::text[]),
            ('_stream', 'stream', '{_event,_consumer}'), ('_consumer', 'consumer', '{_cursor}'), ('_cursor', 'cursor', '{_position}')
        ) p (parent, id, tables)
    loop
        v_last := pg_sequence_last_value(pg_get_serial_sequence('minipaas.' || v_of.parent, 'id'));
        v_first := 1 + 10000 * floor(random() * ceil(v_last / 10000.0))::bigint;
        execute format(
            'select array(
                select g from generate_series($1, least($2, $1 + 9999)) g
                where not exists (select from minipaas.%I p where p.id = g)
                order by random() limit 1000
            )', v_of.parent
        ) into v_ids using v_first, v_last;
        foreach v_table in array v_of.tables loop
            execute format(
                'delete from minipaas.%1$I d where d.ctid = any(array(
                    select t.ctid from minipaas.%1$I t
                    where t.%2$I = any($1) and not exists (select from minipaas.%3$I p where p.id = t.%2$I)
                    limit $2 for update skip locked
                ))', v_table, v_of.id, v_of.parent
            ) using v_ids, batch_size;
            get diagnostics v_count = row_count;
            v_total := v_total + v_count;
        end loop;
    end loop;
    return v_total;
end
$$;

revoke execute on function minipaas._orphans_prune(integer) from public;

comment on function minipaas._orphans_prune(integer) is
'Deletes what belongs to queues, streams and consumers that are not there any more, at most batch_size rows of a table; returns
how many. Of very many ids that are gone, it looks at a thousand.';
