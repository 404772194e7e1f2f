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
