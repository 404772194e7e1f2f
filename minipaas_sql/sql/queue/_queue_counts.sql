-- For the views, which call it as whoever reads them. A sample says how much is where. Where that is not everything, those
-- queues that seem small are counted, the smallest first, until so many tasks are as 20 ms allow. Of the others the first
-- tasks are looked at: there the oldest are, and the leases that end next.
create function minipaas._queue_counts() returns setof minipaas._tally
language plpgsql stable security definer
set search_path = pg_catalog, pg_temp
set jit = off
as $$
#variable_conflict use_column
declare
    v_now constant timestamptz := minipaas._clock();
    v_queues constant integer[] := minipaas._queues_of('observe');
    v_number bigint;
begin
    if v_queues = '{}' then
        return;
    end if;
    select greatest(count(*), 1) into v_number from minipaas._queue q where v_queues is null or q.id = any(v_queues);
    return query
    with sampled as materialized (
        select s.* from minipaas._tally_sample(v_now) s where v_queues is null or s.queue = any(v_queues)
    ),
    places as (
        select
            s.queue, p.place, p.count,
            p.count <= 12000 and not p.crowded
            and sum(p.count) over (order by p.count, s.queue, p.place) <= greatest(5000, 60000 / v_number) as small
        from sampled s
        cross join lateral (values
            ('ready', (select minipaas._sample_share('minipaas._ready')), s.ready, false),
            ('waiting', (select minipaas._sample_share('minipaas._waiting')), s.due + s.delayed + s.leased + s.retrying + s.lost + s.behind, false),
            ('blocked', (select minipaas._sample_share('minipaas._blocked')), s.blocked, (select minipaas._crowded('minipaas._blocked'))),
            ('dead', (select minipaas._sample_share('minipaas._dead')), s.dead, (select minipaas._crowded('minipaas._dead'))),
            ('done', (select minipaas._sample_share('minipaas._done')), s.done, (select minipaas._crowded('minipaas._done')))
        ) p (place, share, count, crowded)
        where p.share < 100
    ),
    looks as materialized (
        select
            p.place, array_agg(p.queue) as queues,
            array_agg(case when p.small then 10001 else greatest(10, 1000 / v_number) end::integer) as mosts
        from places p
        where p.small or p.place in ('ready', 'waiting')
        group by p.place
    ),
    ready as materialized (
        select r.* from looks l cross join lateral minipaas._tally_ready(l.queues, l.mosts) r where l.place = 'ready'
    ),
    waiting as materialized (
        select w.* from looks l cross join lateral minipaas._tally_waiting(l.queues, l.mosts, v_now) w where l.place = 'waiting'
    ),
    others as materialized (
        select o.queue, l.place, o.count, o.complete
        from looks l
        cross join lateral minipaas._tally_others(l.place, l.queues, l.mosts, v_now) o
        where l.place not in ('ready', 'waiting')
    )
    select
        s.queue,
        case when r.complete then r.count else greatest(s.ready, r.count) end,
        case when w.past_complete then w.due else greatest(s.due, w.due) end,
        case when w.future_complete then w.delayed else greatest(s.delayed, w.delayed) end,
        case when w.future_complete then w.leased else greatest(s.leased, w.leased) end,
        case when w.future_complete then w.retrying else greatest(s.retrying, w.retrying) end,
        case when w.past_complete then w.lost else greatest(s.lost, w.lost) end,
        case when w.past_complete then w.behind else greatest(s.behind, w.behind) end,
        case when b.complete then b.count else greatest(s.blocked, b.count) end,
        case when d.complete then d.count else greatest(s.dead, d.count) end,
        case when n.complete then n.count else greatest(s.done, n.count) end,
        case when w.past_complete then w.expired else greatest(s.expired, w.expired) end,
        least(s.expired_since, w.expired_since),
        least(s.oldest, r.oldest, w.oldest),
        not coalesce(r.complete and not r.partly, (select minipaas._sample_share('minipaas._ready')) = 100)
            or not coalesce(w.past_complete and w.future_complete, (select minipaas._sample_share('minipaas._waiting')) = 100)
            or not coalesce(b.complete, (select minipaas._sample_share('minipaas._blocked')) = 100)
            or not coalesce(d.complete, (select minipaas._sample_share('minipaas._dead')) = 100)
            or not coalesce(n.complete, (select minipaas._sample_share('minipaas._done')) = 100)
    from sampled s
    left join ready r on r.queue = s.queue
    left join waiting w on w.queue = s.queue
    left join others b on b.place = 'blocked' and b.queue = s.queue
    left join others d on d.place = 'dead' and d.queue = s.queue
    left join others n on n.place = 'done' and n.queue = s.queue;
end
$$;

revoke execute on function minipaas._queue_counts() from public;

comment on function minipaas._queue_counts() is
'How many tasks the queues have in each state, as far as the caller may observe them; large numbers are estimates.';
