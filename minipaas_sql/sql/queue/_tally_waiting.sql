-- Past and future apart: whatever is due or delayed in masses, the leases are the first that end in future.
create function minipaas._tally_waiting(tally minipaas._tally, room bigint, now timestamptz, max_attempts integer) returns minipaas._tally
language plpgsql stable
set enable_seqscan = off
set enable_bitmapscan = off
as $$
declare
    v_most constant integer := minipaas._tally_most(
        tally.due + tally.delayed + tally.leased + tally.retrying + tally.lost, room - tally.counted
    );
    v_seen record;
    v_past boolean;
    v_future boolean;
begin
    select
        count(*) filter (where c.until <= now) as past,
        count(*) filter (where c.until > now) as future,
        count(*) filter (where c.view = 'ready') as due,
        count(*) filter (where c.view = 'delayed') as delayed,
        count(*) filter (where c.view = 'leased') as leased,
        count(*) filter (where c.view = 'retrying') as retrying,
        count(*) filter (where c.view = 'dead') as lost,
        count(*) filter (where c.state = 'l' and c.until <= now) as expired,
        min(c.until) filter (where c.state = 'l' and c.until <= now) as expired_since,
        min(c.until) filter (where c.view = 'ready') as oldest,
        bool_or(c.partly) as partly
    into v_seen
    from (
        select
            w.until, w.state, l.partly,
            minipaas._waiting_state(
                w.state, w.until, w.attempt, w.granted, coalesce(w.max_attempts, _tally_waiting.max_attempts), now
            ) as view
        from minipaas._tally_lanes(tally.queue) l
        cross join lateral (
            (
                select p.* from minipaas._waiting p
                where p.queue = tally.queue and p.lane = l.lane and p.until >= l.due_start and p.until <= now
                order by p.until limit v_most
            )
            union all
            (
                select f.* from minipaas._waiting f
                where f.queue = tally.queue and f.lane = l.lane and f.until > now
                order by f.until limit v_most
            )
        ) w
    ) c;
    v_past := v_seen.past < v_most;
    v_future := v_seen.future < v_most;
    tally.due := case when v_past then v_seen.due else greatest(tally.due, v_seen.due) end;
    tally.lost := case when v_past then v_seen.lost else greatest(tally.lost, v_seen.lost) end;
    tally.expired := case when v_past then v_seen.expired else greatest(tally.expired, v_seen.expired) end;
    tally.expired_since := v_seen.expired_since;
    tally.oldest_due := v_seen.oldest;
    tally.delayed := case when v_future then v_seen.delayed else greatest(tally.delayed, v_seen.delayed) end;
    tally.leased := case when v_future then v_seen.leased else greatest(tally.leased, v_seen.leased) end;
    tally.retrying := case when v_future then v_seen.retrying else greatest(tally.retrying, v_seen.retrying) end;
    tally.estimated := tally.estimated or not v_past or not v_future or coalesce(v_seen.partly, false);
    tally.counted := tally.counted + v_seen.past + v_seen.future;
    return tally;
end
$$;

revoke execute on function minipaas._tally_waiting(minipaas._tally, bigint, timestamptz, integer) from public;

comment on function minipaas._tally_waiting(minipaas._tally, bigint, timestamptz, integer) is
'Puts the numbers of tasks in _waiting right, where there are not too many of them to count.';
