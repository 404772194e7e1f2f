create function minipaas.schema_version()
returns text
language sql
stable
security definer
set search_path = pg_catalog, pg_temp
as $$
    select pg_catalog.regexp_replace(version_num, '^minipaas_', '') from minipaas._version;
$$;

revoke execute on function minipaas.schema_version() from public;

comment on function minipaas.schema_version() is
    'The version of the installed schema, such as 0001.

Returns the short id of the newest revision that was applied. Takes no locks.';
