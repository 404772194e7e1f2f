-- No joins: the tables may be empty when a session plans. An index scan for an array goes in the order of its values,
-- so two calls for the same tasks lock them in one order; a sub-select under OR becomes a hash table.
create function minipaas.queue_ack_many(ids bigint[], attempts integer[] default null, strict boolean default false)
returns bigint
language plpgsql volatile security definer
set search_path = pg_catalog, pg_temp
set plan_cache_mode = force_generic_plan
set enable_seqscan = off
set enable_bitmapscan = off
as $$
declare
    v_acked bigint[];
    v_kept minipaas._waiting[];
    v_keyed minipaas._waiting[];
    v_keeping integer[];
    v_usual boolean;
    v_attempt integer := attempts[1];
    v_queues integer[];
    v_count bigint := 0;
begin
    perform minipaas._check_ids(ids, attempts);
    if not minipaas._is_owner() then
        v_queues := minipaas._queues_of('dequeue');
        if v_queues = '{}' then
            perform minipaas._deny('dequeue');
        end if;
    end if;
    -- The usual case: no keys, nothing is kept, and all attempts are equal or none is given. It is all tasks or none: the rest
    -- would be locked after the others, out of order.
    select
        k.keeping,
        strict is not true and (attempts is null or v_attempt = all(attempts)) and (
            k.keeping = '{}' and not exists (select from minipaas._keyed)
            or not exists (
                select from minipaas._waiting w
                where w.id = any(ids) and (w.key is not null or w.dedup_key is not null or w.queue = any(k.keeping))
            )
        )
    into v_keeping, v_usual
    from (select array(select q.id from minipaas._queue q where q.keep_done > '0') as keeping) k;
    if v_usual then
        delete from minipaas._waiting w
        where w.id = any(ids) and w.state = 'l' and w.key is null and w.dedup_key is null and w.queue <> all(v_keeping)
            and (v_attempt is null or w.attempt = v_attempt) and (v_queues is null or w.queue = any(v_queues));
        get diagnostics v_count = row_count;
        if v_count = cardinality(ids) or v_queues is null then
            return v_count;
        end if;
    end if;
    with acked as (
        delete from minipaas._waiting w
        where w.id = any(ids) and w.state = 'l' and (v_queues is null or w.queue = any(v_queues)) and (
            attempts is null
            or (w.id, w.attempt) in (select u.id, u.attempt from unnest(ids, attempts) u (id, attempt))
            or w.id in (select u.id from unnest(ids, attempts) u (id, attempt) where u.attempt is null)
        )
        returning
            w.id,
            case when w.queue = any(v_keeping) then w end as kept,
            case when w.key is not null or w.dedup_key is not null then w end as keyed
    )
    select
        array_agg(a.id),
        array_agg(a.kept) filter (where (a.kept).id is not null),
        array_agg(a.keyed order by (a.keyed).queue, (a.keyed).key collate "C") filter (where (a.keyed).id is not null)
    into v_acked, v_kept, v_keyed
    from acked a;
    if v_queues is not null then
        perform minipaas._check_task(i, null) from (select unnest(ids) except select unnest(v_acked)) u (i);
    end if;
    -- A task that is given twice is one; with two attempts it is not held so.
    if strict and coalesce(cardinality(v_acked), 0) <> cardinality(ids) and coalesce(cardinality(v_acked), 0) <> (
        select count(*) from (select distinct u.id, u.attempt from unnest(ids, attempts) u (id, attempt)) d
    ) then
        perform minipaas._lost(coalesce(nullif(array(select unnest(ids) except select unnest(v_acked)), '{}'), ids));
    end if;
    if v_kept is not null then
        perform minipaas._keep_done(variadic v_kept);
    end if;
    if v_keyed is not null then
        perform minipaas._free(k.queue, k.key, k.dedup_key, k.id) from unnest(v_keyed) k;
    end if;
    return v_count + coalesce(cardinality(v_acked), 0);
end
$$;

revoke execute on function minipaas.queue_ack_many(bigint[], integer[], boolean) from public;

comment on function minipaas.queue_ack_many(bigint[], integer[], boolean) is
'Finishes many tasks, as queue_ack does one.

ids, attempts: as dequeue returned them, arrays of the same length. Without attempts, whoever holds the tasks.
strict: raise MP009, and finish none, unless all are held so (default false).
Returns how many were finished.
Right: dequeue. Errors: MP005, MP006, MP009.';
