create view minipaas.stream_stats with (security_barrier) as
select
    s.name as stream,
    c.head,
    c.events,
    c.estimated as events_estimated,
    c.bytes,
    c.oldest,
    c.oldest_offset
from minipaas._stream s
join minipaas._stream_counts() c on c.stream = s.id;

comment on view minipaas.stream_stats is
'How much each stream holds. Right: observe; others see no row.

head: how far it can be read, as stream_head says (NULL on a standby). events: how many there are; above 10,000, or where many
streams are large, an estimate, and events_estimated says so. bytes: their size, estimated. oldest, oldest_offset: when the
oldest one was published, and its offset.';
