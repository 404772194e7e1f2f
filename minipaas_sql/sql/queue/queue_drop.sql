create function minipaas.queue_drop(queue text, force boolean default false) returns boolean
language plpgsql volatile security definer
set search_path = pg_catalog, pg_temp
as $$
declare
    v_queue minipaas._queue;
begin
    perform minipaas._check_name('queue', queue);
    delete from minipaas._queue q where q.id = (select g.id from minipaas._queue_get(queue, 'manage') g)
    returning q.* into v_queue;
    if not found then
        perform minipaas._queue_deny(queue, 'manage');
        return false;
    end if;
    if not coalesce(force, false) and (
        exists (select from minipaas._ready r where r.queue = v_queue.id)
        or exists (select from minipaas._waiting w where w.queue = v_queue.id)
        or exists (select from minipaas._blocked b where b.queue = v_queue.id)
        or exists (select from minipaas._dead d where d.queue = v_queue.id)
    ) then
        raise exception using
            errcode = 'MP008',
            message = format('queue "%s" is not empty', queue),
            hint = format('See minipaas.queue_stats; to drop its tasks too: select minipaas.queue_drop(%L, force => true);', queue);
    end if;
    delete from minipaas._ready r where r.queue = v_queue.id;
    -- Tasks and batons in the order in which others take them. Of the dedup_keys, those that somebody has locked are not waited
    -- for: an ack takes its own before the baton, a purge after it. Whoever has it deletes it, or else the upkeep does.
    perform from minipaas._waiting w where w.queue = v_queue.id order by w.id for update;
    delete from minipaas._waiting w where w.queue = v_queue.id;
    delete from minipaas._blocked b where b.queue = v_queue.id;
    delete from minipaas._dead d where d.queue = v_queue.id;
    perform from minipaas._baton b where b.queue = v_queue.id order by b.key collate "C" for update;
    delete from minipaas._baton b where b.queue = v_queue.id;
    delete from minipaas._dedup d where d.ctid = any(array(
        select f.ctid from minipaas._dedup f where f.queue = v_queue.id for update skip locked
    ));
    delete from minipaas._done d where d.queue = v_queue.id;
    delete from minipaas._keyed k where k.queue = v_queue.id;
    delete from minipaas._lane l where l.queue = v_queue.id;
    delete from minipaas._mark m where m.queue = v_queue.id;
    delete from minipaas._access a where a.queue = v_queue.id;
    return true;
end
$$;

revoke execute on function minipaas.queue_drop(text, boolean) from public;

comment on function minipaas.queue_drop(text, boolean) is
'Drops a queue.

force: also when there are tasks in it, which are deleted, leased ones too (default false).
Returns true, or false when there is no such queue. Stop its producers first: a task whose enqueue commits at the same
moment is gone with the queue. Waits for transactions that hold tasks of the queue.
Right: manage. Errors: MP005, MP006; MP008 when it is not empty and force is false.';
