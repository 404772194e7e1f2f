-- object: core/_service.sql
-- A role writes its own rows only: nobody can pretend that somebody else's service is gone, or up to date.
create table minipaas._service (
    service text not null,
    role text not null,
    package text not null,
    version text not null,
    minimum text not null,
    seen_at timestamptz not null,
    constraint _service_pkey primary key (service, role)
);

revoke all on table minipaas._service from public;

comment on table minipaas._service is
    'The services that use the schema, as they last said by service_seen. Read the view services.';

-- object: core/_check_version.sql
create function minipaas._check_version(argument text, value text) returns void
language plpgsql immutable
as $$
begin
    if value is null or value !~ '^[0-9]{4}$' then
        perform minipaas._invalid(argument, quote_literal(value), 'A version of the schema has four digits, such as 0004.');
    end if;
end
$$;

revoke execute on function minipaas._check_version(text, text) from public;

comment on function minipaas._check_version(text, text) is 'Raises MP006 unless the value is a version of the schema.';

-- object: core/service_seen.sql
create function minipaas.service_seen(service text, package text, version text, minimum text default null)
returns void
language plpgsql volatile security definer
set search_path = pg_catalog, pg_temp
as $$
declare
    v_floor text;
begin
    perform minipaas._check_name('service', service);
    perform minipaas._check_name('package', package);
    perform minipaas._check_version('version', version);
    perform minipaas._check_version('minimum', coalesce(minimum, version));
    select u.floor into v_floor from minipaas._upgrade u order by u.id desc limit 1;
    if version < v_floor then
        raise exception using
            errcode = 'MP006',
            message = format(
                'the package of service "%s" is behind: minipaas-sql %s knows the schema up to %s, and the schema is at %s, which '
                'serves packages that know %s', service, package, version, minipaas.schema_version(), v_floor
            ),
            hint = 'pip install --upgrade minipaas-sql';
    end if;
    insert into minipaas._service as s (service, role, package, version, minimum, seen_at)
    values (service, minipaas._caller(), package, version, coalesce(minimum, version), minipaas._clock())
    on conflict on constraint _service_pkey do update
    set package = excluded.package, version = excluded.version, minimum = excluded.minimum, seen_at = excluded.seen_at;
end
$$;

revoke execute on function minipaas.service_seen(text, text, text, text) from public;

comment on function minipaas.service_seen(text, text, text, text) is
'Records in the view services that a service uses the schema; migrate.require calls it when a service starts.

service: any name of 1 to 255 characters; a role has one row for each. package: the release of its minipaas-sql.
version: the newest version of the schema that the package knows, such as 0004.
minimum: the oldest that the service can use; by default version.
Returns nothing. Right: any. Errors: MP006, also when the schema does not serve that version any more.';

-- object: core/services.sql
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
