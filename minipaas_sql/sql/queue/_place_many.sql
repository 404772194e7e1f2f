-- The first task of a key whose baton was there for the taking goes to _ready, all others to _blocked. A sub-select becomes a hash
-- table, an array would be searched for each task.
create function minipaas._place_many(tasks minipaas._ready[]) returns void
language plpgsql volatile
as $$
declare
    v_key record;
    v_first bigint[];
    v_idle text[];
begin
    for v_key in
        select t.queue, t.key, min(t.id) as id from unnest(tasks) t where t.key is not null
        group by t.queue, t.key order by t.key collate "C"
    loop
        case minipaas._baton_take(v_key.queue, v_key.key)
            when 'taken' then v_first := v_first || v_key.id;
            when 'idle' then v_idle := v_idle || v_key.key;
            else null;
        end case;
    end loop;
    insert into minipaas._ready
    select t.* from unnest(tasks) t where t.key is null or t.id in (select unnest(v_first));
    if found then
        perform minipaas._wake('minipaas_queue_' || tasks[1].queue);
    end if;
    insert into minipaas._blocked
    select t.* from unnest(tasks) t where t.key is not null and t.id not in (select unnest(v_first));
    perform minipaas._promote(tasks[1].queue, k) from unnest(v_idle) k;
end
$$;

revoke execute on function minipaas._place_many(minipaas._ready[]) from public;

comment on function minipaas._place_many(minipaas._ready[]) is
'Puts due tasks of one queue, of which some have keys, into _ready and _blocked.';
