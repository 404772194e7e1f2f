-- Inlined into its callers. What is granted to the caller's own role stands in the row of the queue or stream, which is there
-- already. The name alone could be that of another role by now, and the oid alone that of another one in a restored dump. Then
-- rights on all; and last, since it is a statement more, what the caller has here as a member, or since its role was renamed.
create function minipaas._granted(action text, granted jsonb, queue integer, stream integer) returns boolean
language sql stable
as $$
select coalesce(granted ->> (action || ' ' || minipaas._caller()) = to_regrole(quote_ident(minipaas._caller()))::oid::text, false)
    or minipaas._may(action)
    or minipaas._granted_member(action, queue, stream)
$$;

revoke execute on function minipaas._granted(text, jsonb, integer, integer) from public;

comment on function minipaas._granted(text, jsonb, integer, integer) is
'Whether the caller has a right on a queue or stream; granted is the column of its row.';
