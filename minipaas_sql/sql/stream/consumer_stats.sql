create view minipaas.consumer_stats with (security_barrier) as
select
    s.name as stream,
    k.name as consumer,
    c.partition,
    n.committed as committed_offset,
    n.lag as lag_events,
    n.estimated as lag_estimated,
    case when n.lag > 0 then greatest(minipaas._clock() - n.since, '0') end as lag_time,
    n.lease_id,
    case when n.lease_id is not null then n.worker end as worker,
    case when n.lease_id is not null then n.lease_until end as lease_until,
    n.lost as events_lost,
    n.blocked_by
from minipaas._stream s
join minipaas._consumer k on k.stream = s.id
join minipaas._cursor c on c.consumer = k.id
join minipaas._cursor_counts() n on n.cursor = c.id;

comment on view minipaas.consumer_stats is
'Where each consumer stands in each partition. Right: observe; others see no row.

committed_offset: it is done with the events up to here, or they were trimmed.
lag_events: how many it can read now and has not committed; above 10,000, or where many consumers lag, an estimate, and
lag_estimated says so.
lag_time: how long the first of them has waited since it was published; NULL: none waits.
lease_id, worker, lease_until: who holds the partition; past lease_until anybody gets it.
events_lost: how many were trimmed before it had committed them.
blocked_by: the open transaction that has published to the stream and keeps readers from what came later: its pid,
application and age, or the gid of a prepared one; NULL: nobody does. Unless the owner of the schema is a member of
pg_read_all_stats, the age of another role''s transaction is how long the first event has waited for it; NULL: none waits.';
