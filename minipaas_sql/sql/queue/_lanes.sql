create function minipaas._lanes(queue integer) returns smallint[]
language sql volatile
as $$
select array_agg(distinct l.lane order by l.lane)
from (
    select i.lane from minipaas._lane i where i.queue = _lanes.queue
    union all
    select 0::smallint
) l
$$;

revoke execute on function minipaas._lanes(integer) from public;

comment on function minipaas._lanes(integer) is
'The lanes that a queue has used, highest priority first; always with lane 0.';
