-- Inlined into its callers, the views too. True for the owner and its members, as for every privilege.
create function minipaas._may(action text) returns boolean
language sql stable
as $$
select has_column_privilege(minipaas._caller(), 'minipaas._right'::regclass, action, 'references')
$$;

revoke execute on function minipaas._may(text) from public;

comment on function minipaas._may(text) is 'Whether the caller has a right on all queues and streams.';
