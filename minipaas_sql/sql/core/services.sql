create view minipaas.services with (security_barrier) as
select
    s.service,
    s.role,
    s.package,
    s.version,
    s.minimum,
    s.seen_at
from minipaas._service s
where (select minipaas._may('observe'));

comment on view minipaas.services is
'The services that use the schema, as they last said at their start. Right: observe on
all queues and streams; others see no rows.

package: the release of the service''s minipaas-sql. version: the newest version of the schema that it knows. minimum: the oldest
that the service can use. A downgrade below the minimum of a service that was seen in the last 30 days names it and is refused, as is
an upgrade that no longer serves its version.';
