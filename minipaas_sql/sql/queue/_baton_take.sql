-- Locks in one order everywhere: dedup_key, task, baton, blocked tasks. The look at the baton waits for whoever is just
-- finishing the last task of the key, and the insert for whoever is just enqueuing the first.
create function minipaas._baton_take(queue integer, key text) returns text
language plpgsql volatile
as $$
#variable_conflict use_variable
declare
    v_now timestamptz := minipaas._clock();
    v_idle boolean;
begin
    loop
        select b.idle into v_idle from minipaas._baton b where b.queue = queue and b.key = key for key share;
        if found then
            exit when not v_idle;
            perform from minipaas._baton b where b.queue = queue and b.key = key and b.idle for no key update skip locked;
            exit when not found;
            update minipaas._baton b set idle = false where b.queue = queue and b.key = key;
            return 'idle';
        end if;
        insert into minipaas._baton (queue, key) values (queue, key) on conflict do nothing;
        if found then
            return case when minipaas._key_waits(queue, key, v_now) then 'idle' else 'taken' end;
        end if;
    end loop;
    return 'busy';
end
$$;

revoke execute on function minipaas._baton_take(integer, text) from public;

comment on function minipaas._baton_take(integer, text) is
'Takes the baton of a key for a new task: taken: the task goes first; busy: it goes to _blocked, where it will be found; idle:
it goes to _blocked, and the caller calls _promote. So does the first task of a key behind a delayed one that is due.';
