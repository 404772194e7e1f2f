-- At higher levels a call goes on seeing what was there when its transaction began: it would skip tasks that
-- others have enqueued since, and fail on those that others have taken.
create function minipaas._wrong_isolation(call text) returns void
language plpgsql stable
as $$
begin
    if pg_is_in_recovery() then
        raise exception using
            errcode = 'MP007',
            message = format('%s works on the primary, and this server is a standby', call),
            hint = 'Connect to the primary, for example with target_session_attrs=read-write.';
    end if;
    raise exception using
        errcode = 'MP007',
        message = format('%s needs READ COMMITTED, and this transaction is %s', call,
            current_setting('transaction_isolation')),
        hint = 'Begin it with: begin isolation level read committed;';
end
$$;

revoke execute on function minipaas._wrong_isolation(text) from public;

comment on function minipaas._wrong_isolation(text) is
'Raises MP007 for a call that needs READ COMMITTED on a primary.';
