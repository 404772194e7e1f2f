-- The one place that turns a schedule's name into its id, and that decides who may do what with it.
create function minipaas._schedule_get(schedule text, action text) returns setof minipaas._schedule
language sql stable
as $$
select s.* from minipaas._schedule s where s.name = _schedule_get.schedule and minipaas._allowed(action)
$$;

revoke execute on function minipaas._schedule_get(text, text) from public;

comment on function minipaas._schedule_get(text, text) is
'A schedule by name, or no row: then _schedule_refuse says why.';
