-- A transaction with a NOTIFY can't be prepared: the setting is for applications with two-phase commit.
create function minipaas._wake(channel text) returns void
language plpgsql volatile
as $$
begin
    if coalesce(current_setting('minipaas.wake', true), '') <> 'off' and minipaas._asleep(channel) then
        perform pg_notify(channel, '');
    end if;
end
$$;

revoke execute on function minipaas._wake(text) from public;

comment on function minipaas._wake(text) is
'Wakes who sleeps until something comes over a channel, when the transaction commits, unless the setting minipaas.wake is off.';
