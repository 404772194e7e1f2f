-- Only by whoever removed the active task of the key. A snapshot that is older than the baton's last lock does not see who
-- was added since: at higher isolation levels the baton stays, idle.
create function minipaas._key_release(queue integer, key text) returns void
language plpgsql volatile
as $$
#variable_conflict use_variable
declare
    v_alone boolean;
begin
    if minipaas._promote(queue, key) then
        return;
    end if;
    perform from minipaas._baton b where b.queue = queue and b.key = key for update skip locked;
    v_alone := found and current_setting('transaction_isolation') = 'read committed';
    if v_alone then
        if not minipaas._promote(queue, key) then
            delete from minipaas._baton b where b.queue = queue and b.key = key;
        end if;
    else
        update minipaas._baton b set idle = true where b.queue = queue and b.key = key;
        if minipaas._promote(queue, key) then
            update minipaas._baton b set idle = false where b.queue = queue and b.key = key;
        end if;
    end if;
end
$$;

revoke execute on function minipaas._key_release(integer, text) from public;

comment on function minipaas._key_release(integer, text) is
'Hands the baton of a key on to its next task, or puts it away.';
