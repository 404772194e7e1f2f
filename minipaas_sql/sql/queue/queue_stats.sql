create view minipaas.queue_stats with (security_barrier) as
select
    q.name as queue,
    t.ready + t.due as ready,
    t.delayed,
    t.leased,
    t.retrying,
    t.blocked + t.behind as blocked,
    t.dead + t.lost as dead,
    t.done,
    minipaas._clock() - t.oldest as oldest_ready_age,
    q.paused,
    t.estimated
from minipaas._queue q
join minipaas._queue_counts() t on t.queue = q.id;

comment on view minipaas.queue_stats is
'How many tasks each queue has in each state; leased is what is in flight. Right: observe; others see no row.

oldest_ready_age: how long the oldest ready task has waited since its enqueue, or since it became due; NULL: none waits.
estimated: some of the numbers are estimates, since they are above 10,000, or since many queues are large. The others are exact.';
