-- A range is estimated by up to eight parts of it, each by how many offsets its first events take. Those that seem small are then
-- counted, the smallest first, until so many events are as 20 ms allow.
create function minipaas._event_counts(streams integer[], partitions integer[], lows bigint[], highs bigint[])
returns table (place bigint, count bigint, estimated boolean)
language sql stable
set enable_seqscan = off
set enable_bitmapscan = off
set jit = off
as $$
with ranges as (
    select r.*, greatest(r.high - r.low, 0) as length, greatest(2, least(8, 200 / cardinality(streams))) as parts
    from unnest(streams, partitions, lows, highs) with ordinality r (stream, partition, low, high, place)
),
guesses as (
    select
        r.place, r.stream, r.partition, r.low, r.high,
        sum(case when n.count < 16 then n.count else n.count * (p.high - p.low) / (n.upto - p.low) end) as guess
    from ranges r
    cross join lateral (
        select r.low + r.length * i / r.parts as low, r.low + r.length * (i + 1) / r.parts as high
        from generate_series(0, r.parts - 1) i
    ) p
    cross join lateral (
        select count(*) as count, max(f.event_offset) as upto
        from minipaas._event_range(r.stream, r.partition, p.low, p.high, 16) f
    ) n
    group by r.place, r.stream, r.partition, r.low, r.high
),
sums as (
    select g.*, g.guess <= 12000 and sum(g.guess) over (order by g.guess, g.place) <= greatest(5000, 60000 / cardinality(streams)) as small from guesses g
)
select
    s.place, case when s.small and n.count <= 10000 then n.count else greatest(s.guess, n.count) end::bigint,
    not s.small or n.count > 10000
from sums s
cross join lateral (
    select count(*) as count
    from minipaas._event_range(s.stream, s.partition, s.low, s.high, case when s.small then 10001 else 0 end) f
) n
$$;

revoke execute on function minipaas._event_counts(integer[], integer[], bigint[], bigint[]) from public;

comment on function minipaas._event_counts(integer[], integer[], bigint[], bigint[]) is
'How many events there are in ranges, each above its low and up to its high, by their places; large numbers are estimates.';
