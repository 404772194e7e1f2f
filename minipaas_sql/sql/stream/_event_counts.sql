-- A range is estimated by eight parts of it, each by how many offsets its first events take. Those that seem small are then
-- counted, the smallest first, until 50,000 events are: so it takes the same time however many events there are.
create function minipaas._event_counts(streams integer[], partitions integer[], lows bigint[], highs bigint[])
returns table (place bigint, count bigint, estimated boolean)
language sql stable
set enable_seqscan = off
set enable_bitmapscan = off
set jit = off
as $$
with ranges as (
    select r.*, greatest(r.high - r.low, 0) as length
    from unnest(streams, partitions, lows, highs) with ordinality r (stream, partition, low, high, place)
),
guesses as (
    select
        r.place, r.stream, r.partition, r.low, r.high,
        sum(case when n.count < 16 then n.count else n.count * (p.high - p.low) / (n.upto - p.low) end) as guess
    from ranges r
    cross join lateral (
        select r.low + r.length * i / 8 as low, r.low + r.length * (i + 1) / 8 as high from generate_series(0, 7) i
    ) p
    cross join lateral (
        select count(*) as count, max(f.event_offset) as upto
        from (
            select e.event_offset from minipaas._event_range(r.stream, r.partition, p.low, p.high) e
            order by e.event_offset limit 16
        ) f
    ) n
    group by r.place, r.stream, r.partition, r.low, r.high
),
sums as (
    select g.*, g.guess <= 12000 and sum(g.guess) over (order by g.guess, g.place) <= 50000 as small from guesses g
)
select
    s.place, case when s.small and n.count <= 10000 then n.count else greatest(s.guess, n.count) end::bigint,
    not s.small or n.count > 10000
from sums s
cross join lateral (
    select count(*) as count
    from (
        select from minipaas._event_range(s.stream, s.partition, s.low, s.high) e
        where s.small
        order by e.event_offset limit 10001
    ) f
) n
$$;

revoke execute on function minipaas._event_counts(integer[], integer[], bigint[], bigint[]) from public;

comment on function minipaas._event_counts(integer[], integer[], bigint[], bigint[]) is
'How many events there are in ranges, each above its low and up to its high, by their places; large numbers are estimates.';
