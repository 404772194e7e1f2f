create view minipaas._grant as
select x.grantee as role, a.attname::text as action, null::integer as queue, null::integer as stream
from pg_catalog.pg_attribute a
cross join lateral pg_catalog.aclexplode(a.attacl) x
where a.attrelid = 'minipaas._right'::pg_catalog.regclass and a.attnum > 0 and x.privilege_type = 'REFERENCES'
union all
select a.role::pg_catalog.oid, a.action, a.queue, a.stream
from minipaas._access a;

comment on view minipaas._grant is 'Every right that was granted; neither queue nor stream: on all of them.';
