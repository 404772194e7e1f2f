-- Whoever could move the clock could expire leases of others: so only the owner's own people may.
create function minipaas._clock_moved() returns timestamptz
language sql volatile security definer
set search_path = pg_catalog, pg_temp
as $$
select case
    when pg_has_role(session_user, current_user, 'member')
        then current_setting('minipaas.now')::timestamptz
    else clock_timestamp()
end
$$;

revoke execute on function minipaas._clock_moved() from public;

comment on function minipaas._clock_moved() is
'The time in the setting minipaas.now, where the session''s user is a member of the schema''s owner; else the real time.';
