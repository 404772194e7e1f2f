create function minipaas._granted_note(queues integer[], streams integer[]) returns void
language sql volatile
as $$
update minipaas._queue q
set granted = coalesce((
    select jsonb_object_agg(a.action || ' ' || r.rolname, r.oid::bigint)
    from minipaas._access a join pg_roles r on r.oid = a.role
    where a.queue = q.id
), '{}')
where q.id = any(queues);
update minipaas._stream s
set granted = coalesce((
    select jsonb_object_agg(a.action || ' ' || r.rolname, r.oid::bigint)
    from minipaas._access a join pg_roles r on r.oid = a.role
    where a.stream = s.id
), '{}')
where s.id = any(streams)
$$;

revoke execute on function minipaas._granted_note(integer[], integer[]) from public;

comment on function minipaas._granted_note(integer[], integer[]) is
'Notes in the rows of queues and streams who has which right on them, as _access says.';
