create function minipaas._may(action text) returns boolean
language sql stable security definer
set search_path = pg_catalog, pg_temp
as $$
select pg_has_role(minipaas._caller(), current_user, 'usage') or exists (
    select
    from minipaas._access a
    where a.action = _may.action and pg_has_role(minipaas._caller(), a.role::oid, 'usage')
)
$$;

revoke execute on function minipaas._may(text) from public;

comment on function minipaas._may(text) is
'Whether the caller has a right on all queues and streams, as a member of the owner or by access_grant.';
