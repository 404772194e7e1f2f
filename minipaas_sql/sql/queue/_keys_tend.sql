-- For dequeues that owe a full pass or found nothing, and for maintain(). Of a key, what used up its last attempt by an
-- expired lease is dead; and an idle baton with tasks behind it (see _baton) goes to the first of them.
create function minipaas._keys_tend(queue integer, max_attempts integer, batch_size integer) returns void
language plpgsql volatile
set enable_seqscan = off
set enable_bitmapscan = off
as $$
#variable_conflict use_variable
declare
    v_task minipaas._waiting;
    v_key text;
begin
    for v_task in
        select w.* from minipaas._waiting w
        where w.queue = queue and w.key is not null and w.state = 'l' and w.until <= minipaas._clock()
            and not minipaas._may_retry(w.attempt, w.granted, coalesce(w.max_attempts, max_attempts))
        limit batch_size for update skip locked
    loop
        perform minipaas._dead_add(v_task, format('the lease of attempt %s expired', v_task.attempt));
    end loop;
    for v_key in
        select b.key from minipaas._baton b
        where b.queue = queue and b.idle and (
            exists (select from minipaas._blocked f where f.queue = b.queue and f.key = b.key)
            or exists (
                select from minipaas._waiting w
                where w.queue = b.queue and w.key = b.key and w.state = 'd' and w.until <= minipaas._clock()
            )
        )
        limit batch_size for no key update skip locked
    loop
        perform minipaas._key_join(queue, v_key);
        if minipaas._promote(queue, v_key) then
            update minipaas._baton b set idle = false where b.queue = queue and b.key = v_key;
        end if;
    end loop;
end
$$;

revoke execute on function minipaas._keys_tend(integer, integer, integer) from public;

comment on function minipaas._keys_tend(integer, integer, integer) is
'Lets keys of a queue go on that nobody else would, at most batch_size of each sort.';
