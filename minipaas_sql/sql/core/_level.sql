-- The views call it as the one who reads them, with that one's search_path: everything is qualified.
create function minipaas._level(value double precision, warn double precision, bad double precision) returns text
language sql immutable
as $$
select case when value operator(pg_catalog.>=) bad then 'bad' when value operator(pg_catalog.>=) warn then 'warn' else 'ok' end
$$;

revoke execute on function minipaas._level(double precision, double precision, double precision) from public;

comment on function minipaas._level(double precision, double precision, double precision) is
'How serious a value of the view health is.';
