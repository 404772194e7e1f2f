create function minipaas._level(value double precision, warn double precision, bad double precision) returns text
language sql immutable
as $$
select case when value >= bad then 'bad' when value >= warn then 'warn' else 'ok' end
$$;

revoke execute on function minipaas._level(double precision, double precision, double precision) from public;

comment on function minipaas._level(double precision, double precision, double precision) is
'How serious a value of the view health is.';
