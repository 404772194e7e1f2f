-- The one place that turns a stream's name into its id, and that decides who may do what with it. SQL without SET,
-- so that it is inlined into its callers' plans.
create function minipaas._stream_get(stream text, action text) returns setof minipaas._stream
language sql stable
as $$
select s.*
from minipaas._stream s
where s.name = _stream_get.stream and minipaas._allowed(action, s.granted, null, s.id)
$$;

revoke execute on function minipaas._stream_get(text, text) from public;

comment on function minipaas._stream_get(text, text) is
'The settings of a stream by name, or no row: then _stream_refuse says why.';
