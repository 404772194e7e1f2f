-- Inlined into its callers. True for the owner and its members, as for every privilege.
-- The views call it as the one who reads them, with that one's search_path: everything is qualified.
create function minipaas._may(action text) returns boolean
language sql stable
as $$
select pg_catalog.has_column_privilege(minipaas._caller(), 'minipaas._right'::pg_catalog.regclass, action, 'references')
$$;

revoke execute on function minipaas._may(text) from public;

comment on function minipaas._may(text) is 'Whether the caller has a right on all queues and streams.';
