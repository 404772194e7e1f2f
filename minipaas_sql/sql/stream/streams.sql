create view minipaas.streams with (security_barrier) as
select
    s.name as stream,
    s.partitions,
    s.keep,
    s.keep_events,
    s.max_lag,
    s.created_at
from minipaas._stream s
where coalesce(s.id = any((select minipaas._streams_of('observe'))::integer[]), true);

comment on view minipaas.streams is
'The streams and their settings, as stream_create and stream_alter take them. Right: observe; others see no row.';
