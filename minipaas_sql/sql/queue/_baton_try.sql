-- For dequeue, which waits for nobody: an enqueue of the same key that is not committed yet counts as busy.
create function minipaas._baton_try(queue integer, key text) returns boolean
language plpgsql volatile
set lock_timeout = '1ms'
as $$
begin
    insert into minipaas._baton values (queue, key) on conflict do nothing;
    return found;
exception when lock_not_available then
    return false;
end
$$;

revoke execute on function minipaas._baton_try(integer, text) from public;

comment on function minipaas._baton_try(integer, text) is
'Takes the baton of a key for a delayed task that is due, unless there is one; returns whether it did.';
