-- The one place that turns a queue's name into its id, and that decides who may do what with it. SQL without SET,
-- so that it is inlined into its callers' plans: as a PL/pgSQL function it cost a tenth of a dequeue.
create function minipaas._queue_get(queue text, action text) returns setof minipaas._queue
language sql stable
as $$
select q.*
from minipaas._queue q
where q.name = _queue_get.queue and minipaas._allowed(action, q.granted, q.id, null)
$$;

revoke execute on function minipaas._queue_get(text, text) from public;

comment on function minipaas._queue_get(text, text) is
'The settings of a queue by name, or no row: then _queue_refuse says why.';
