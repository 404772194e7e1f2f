-- What was added in a transaction that committed after the queue or stream was dropped. The distinct ids are read by
-- skipping from one to the next.
create function minipaas._orphans_prune(batch_size integer) returns bigint
language plpgsql volatile
as $$
declare
    v_table record;
    v_count bigint;
    v_total bigint := 0;
begin
    for v_table in
        select * from (values
            ('_ready', 'queue', '_queue'), ('_waiting', 'queue', '_queue'), ('_blocked', 'queue', '_queue'),
            ('_dead', 'queue', '_queue'), ('_done', 'queue', '_queue'), ('_baton', 'queue', '_queue'),
            ('_dedup', 'queue', '_queue'), ('_keyed', 'queue', '_queue'), ('_lane', 'queue', '_queue'),
            ('_event', 'stream', '_stream'), ('_position', 'cursor', '_cursor')
        ) t (name, parent, parents)
    loop
        execute format(
            'with recursive ids as (
                (select t.%2$I as id from minipaas.%1$I t order by t.%2$I limit 1)
                union all
                select (select t.%2$I from minipaas.%1$I t where t.%2$I > i.id order by t.%2$I limit 1)
                from ids i where i.id is not null
            )
            delete from minipaas.%1$I d where d.ctid = any(array(
                select t.ctid from minipaas.%1$I t
                where t.%2$I in (
                    select i.id from ids i where i.id is not null and not exists (select from minipaas.%3$I p where p.id = i.id)
                )
                limit %4$s for update skip locked
            ))',
            v_table.name, v_table.parent, v_table.parents, batch_size
        );
        get diagnostics v_count = row_count;
        v_total := v_total + v_count;
    end loop;
    return v_total;
end
$$;

revoke execute on function minipaas._orphans_prune(integer) from public;

comment on function minipaas._orphans_prune(integer) is
'Deletes what belongs to queues, streams and consumers that are not there any more, at most batch_size rows of a table; returns
how many.';
