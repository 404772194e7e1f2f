-- All dedup_keys in their order, then all keys in theirs, so that two calls wait for each other in one direction only.
create function minipaas._enqueue_many_keyed(
    queue minipaas._queue, tasks minipaas._ready[], until timestamptz, on_duplicate text
)
returns setof bigint
language plpgsql volatile
as $$
declare
    v_ids bigint[] := array(select t.id from unnest(tasks) t);
    v_old bigint[] := '{}';
    v_by integer[] := '{}';
    v_keys text[] := '{}';
    v_there bigint;
    v_first integer;
    v_last integer;
    v_task record;
    v_nr integer;
    -- Looked at before the tasks that are replaced: what is put off is put off with them.
    v_later constant boolean := coalesce(until > minipaas._clock(), false);
begin
    for v_task in
        select t.id, t.dedup_key, p.place
        from unnest(tasks) t
        join unnest(v_ids) with ordinality p (id, place) on p.id = t.id
        where t.dedup_key is not null
        order by t.dedup_key collate "C", p.place
    loop
        select d.there, v_keys || d.to_release into v_there, v_keys
        from minipaas._dedup_take(queue, v_task.dedup_key, v_task.id) d;
        if v_there is null then
            v_first := v_task.place;
            continue;
        end if;
        v_ids[v_task.place] := v_there;
        if on_duplicate = 'replace' and v_there = tasks[v_first].id then
            tasks[v_first].payload := tasks[v_task.place].payload;
            tasks[v_first].headers := tasks[v_task.place].headers;
        elsif on_duplicate = 'replace' then
            v_last := cardinality(v_old) + case when v_there = v_old[cardinality(v_old)] then 0 else 1 end;
            v_old[v_last] := v_there;
            v_by[v_last] := v_task.place;
        end if;
    end loop;
    for v_nr in 1..cardinality(v_old) loop
        select * into v_task from minipaas._task_replace(v_old[v_nr], tasks[v_by[v_nr]].payload, tasks[v_by[v_nr]].headers, until);
        if v_task.to_place then
            tasks := tasks || v_task.task;
        elsif v_task.to_release then
            v_keys := v_keys || (v_task.task).key;
        end if;
    end loop;
    tasks := array(select t from unnest(tasks) t join (select distinct unnest(v_ids) as id) i on i.id = t.id order by t.position);
    if v_later then
        insert into minipaas._waiting (
            id, until, enqueued_at, queue, attempt, granted, max_attempts, lane, state, payload, headers, key, dedup_key
        )
        select
            t.id, until, t.enqueued_at, t.queue, t.attempt, t.granted, t.max_attempts, t.lane, 'd', t.payload, t.headers, t.key,
            t.dedup_key
        from unnest(tasks) t;
        perform minipaas._waiting_check(t.queue, t.lane, until) from unnest(tasks[1:1]) t;
    else
        perform minipaas._place_many(tasks);
    end if;
    perform minipaas._key_release(queue.id, k.key)
    from (select k from unnest(v_keys) k where k is not null order by k collate "C") k (key);
    return query select unnest(v_ids);
end
$$;

revoke execute on function minipaas._enqueue_many_keyed(minipaas._queue, minipaas._ready[], timestamptz, text) from public;

comment on function minipaas._enqueue_many_keyed(minipaas._queue, minipaas._ready[], timestamptz, text) is
'Adds tasks with keys or dedup_keys to a queue; returns for each its id, or that of the outstanding task with its dedup_key.';
