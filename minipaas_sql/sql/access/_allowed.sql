-- Inlined into its callers, and made of few calls, since each costs a tenth of a microsecond to set up. Most sessions have set no
-- role: the owner's own is done after two comparisons. What is granted to the session's user stands in the row of the queue or
-- stream, which is there already. Its name alone could be that of another role by now, and the oid alone that of another one in a
-- restored dump, so it takes both. Then rights on all. What is left is slower: SET ROLE, members, roles that were renamed.
create function minipaas._allowed(action text, granted jsonb, queue integer, stream integer) returns boolean
language sql stable
as $$
select current_setting('role') = 'none' and (
    session_user = current_user
    or coalesce(pg_has_role(session_user, (granted ->> (action || ' ' || session_user))::oid, 'usage'), false)
    or has_column_privilege(session_user, 'minipaas._right'::regclass, action, 'references')
) or minipaas._granted(action, granted, queue, stream)
$$;

revoke execute on function minipaas._allowed(text, jsonb, integer, integer) from public;

comment on function minipaas._allowed(text, jsonb, integer, integer) is
'Whether the caller has a right on a queue or stream; granted is the column of its row. Call it inside SECURITY DEFINER functions only.';
