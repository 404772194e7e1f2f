-- For dequeues that owe a full pass or found nothing: of a key, what used up its last attempt by an expired lease is dead, and an
-- idle baton with tasks behind it (see _baton) goes to the first of them.
create function minipaas._keys_tend(queue integer, max_attempts integer, batch_size integer) returns void
language plpgsql volatile
set enable_seqscan = off
set enable_bitmapscan = off
as $$
#variable_conflict use_variable
declare
    v_key text;
begin
    perform minipaas._bury_expired(queue, max_attempts, batch_size);
    for v_key in
        select b.key from minipaas._baton b
        where b.queue = queue and b.idle and (
            exists (select from minipaas._blocked f where f.queue = b.queue and f.key = b.key)
            or exists (
                select from minipaas._waiting w
                where w.queue = b.queue and w.key = b.key and w.state = 'd' and w.until <= minipaas._clock()
            )
        )
        limit batch_size for no key update of b skip locked
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
