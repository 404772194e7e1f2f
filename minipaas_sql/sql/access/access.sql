create view minipaas.access with (security_barrier) as
select
    r.rolname::text as role,
    q.name as queue,
    s.name as stream,
    array_agg(g.action order by array_position('{enqueue,dequeue,publish,consume,manage,observe}', g.action)) as rights
from minipaas._grant g
join pg_catalog.pg_roles r on r.oid = g.role
left join minipaas._queue q on q.id = g.queue
left join minipaas._stream s on s.id = g.stream
where pg_has_role(minipaas._caller(), r.oid, 'member') or pg_has_role(minipaas._caller(), (
    select n.nspowner from pg_catalog.pg_namespace n where n.nspname = 'minipaas'
), 'usage')
group by r.rolname, q.name, s.name;

comment on view minipaas.access is
'Who may do what, a row for each role and queue, stream or neither: on all of them. The owner of the schema sees all rows, others
those of roles that they are a member of. The owner and its members may do everything, and superusers, without a row.

rights: some of enqueue, dequeue, publish, consume, manage, observe.';
