create function minipaas._granted_member(action text, queue integer, stream integer) returns boolean
language plpgsql stable
set enable_seqscan = off
as $$
#variable_conflict use_variable
begin
    return exists (
        select from minipaas._access a
        where (a.queue = queue and a.stream is null or a.queue is null and a.stream = stream) and a.action = action
            and pg_has_role(minipaas._caller(), a.role::oid, 'usage')
    );
end
$$;

revoke execute on function minipaas._granted_member(text, integer, integer) from public;

comment on function minipaas._granted_member(text, integer, integer) is
'Whether the caller, or a role that it is a member of, has a right on a queue or stream.';
