-- All dedup_keys in their order, then all keys in theirs, so that two calls wait for each other in one direction only.
create function minipaas._enqueue_many_keyed(
    queue minipaas._queue, tasks minipaas._ready[], until timestamptz, on_duplicate text
)
returns setof bigint
language plpgsql volatile
as $$
declare
    v_ids bigint[] := array(select t.id from unnest(tasks) t);
    v_there bigint;
    v_first bigint;
    v_task record;
    v_more minipaas._ready[] := '{}';
    v_keys text[] := '{}';
begin
    for v_task in
        select t.id, t.dedup_key, t.payload, t.headers, p.place
        from unnest(tasks) t
        join unnest(v_ids) with ordinality p (id, place) on p.id = t.id
        where t.dedup_key is not null
        order by t.dedup_key collate "C", p.place
    loop
        v_there := minipaas._dedup_take(queue, v_task.dedup_key, v_task.id);
        if v_there is null then
            v_first := v_task.place;
            continue;
        end if;
        v_ids[v_task.place] := v_there;
        if on_duplicate = 'replace' and v_there = tasks[v_first].id then
            tasks[v_first].payload := v_task.payload;
            tasks[v_first].headers := v_task.headers;
        end if;
    end loop;
    if on_duplicate = 'replace' then
        for v_task in
            select r.*
            from (
                select distinct on (i.id) i.id, t.payload, t.headers
                from unnest(tasks, v_ids) with ordinality t (
                    position, task, enqueued_at, queue, attempt, granted, max_attempts, lane, payload, headers, last_error, key,
                    dedup_key, id, place
                )
                cross join lateral (select t.id) i (id)
                where t.id not in (select f.id from unnest(tasks) f)
                order by i.id, t.place desc
            ) o
            cross join lateral minipaas._task_replace(o.id, o.payload, o.headers, until) r
        loop
            if v_task.to_place then
                v_more := v_more || v_task.task;
            elsif v_task.to_release then
                v_keys := v_keys || (v_task.task).key;
            end if;
        end loop;
    end if;
    tasks := v_more || array(
        select t from unnest(tasks) t join (select distinct unnest(v_ids) as id) i on i.id = t.id order by t.id
    );
    if until > minipaas._clock() then
        insert into minipaas._waiting (
            id, until, enqueued_at, queue, attempt, granted, max_attempts, lane, state, payload, headers, key, dedup_key
        )
        select
            t.id, until, t.enqueued_at, t.queue, t.attempt, t.granted, t.max_attempts, t.lane, 'd', t.payload, t.headers, t.key,
            t.dedup_key
        from unnest(tasks) t;
        perform minipaas._waiting_check(t.queue, t.lane, until) from unnest(tasks[1:1]) t;
        perform minipaas._key_release(queue.id, k.key) from (select unnest(v_keys) as key order by 1 collate "C") k;
    else
        perform minipaas._place_many(tasks);
    end if;
    return query select unnest(v_ids);
end
$$;

revoke execute on function minipaas._enqueue_many_keyed(minipaas._queue, minipaas._ready[], timestamptz, text) from public;

comment on function minipaas._enqueue_many_keyed(minipaas._queue, minipaas._ready[], timestamptz, text) is
'Adds tasks with keys or dedup_keys to a queue; returns for each its id, or that of the outstanding task with its dedup_key.';
