-- The whole search, of which queue_dequeue has the usual case inline: lane by lane from the highest priority, what is
-- due before what is ready. If there is nothing above the hints, it looks from the floors before it says so, except
-- where passes are slow (_mark_slow) and none is owed.
create function minipaas._find(
    queue integer, max_attempts integer, batch_size integer, now timestamptz, out tids tid[], out is_due boolean
)
language plpgsql volatile
as $$
#variable_conflict use_column
declare
    v_lanes smallint[] := minipaas._lanes(queue);
    v_keyed boolean := exists (select from minipaas._keyed k where k.queue = _find.queue);
    v_lane smallint;
    v_again boolean;
    v_looked smallint[] := '{}';
    v_mark minipaas._mark;
    v_pass text;
    v_start record;
    v_at timestamptz;
    v_first bigint;
    v_due timestamptz;
    v_keys text[];
    v_busy text[];
begin
    foreach v_again in array '{f,t}'::boolean[] loop
        foreach v_lane in array v_lanes loop
            continue when v_lane = any(v_looked);
            v_mark := minipaas._mark_get(queue, v_lane);
            if minipaas._clock() < greatest(v_mark.due_floor, v_mark.due_candidate) then
                -- The clock, read after the mark, went back: the leases given now might end below the floor (see _mark_confirm).
                perform minipaas._lane_begin(queue, v_lane);
                v_mark := minipaas._mark_get(queue, v_lane);
            end if;
            v_at := clock_timestamp();
            v_pass := case
                when not v_at between v_mark.at and v_mark.next_full or v_again and not minipaas._mark_slow(v_mark) then 'full'
                when v_at > v_mark.next_short and not v_again then 'short'
            end;
            continue when v_again and v_pass is null;
            if v_pass = 'full' then
                v_looked := v_looked || v_lane;
            end if;
            v_start := minipaas._mark_start(v_mark, v_pass);

            v_busy := '{}';
            loop
                select array_agg(c.ctid), min(c.until), array_agg(c.key) into tids, v_due, v_keys
                from (
                    select w.ctid, w.until, w.key from minipaas._waiting w
                    where w.queue = _find.queue and w.lane = v_lane and w.until between v_start.due_hint and now
                        and (w.state <> 'l' or minipaas._may_retry(w.attempt, w.granted, coalesce(w.max_attempts, _find.max_attempts)))
                        and (w.state <> 'd' or w.key is null or w.key <> all(v_busy) and not exists (
                            select from minipaas._baton b where b.queue = w.queue and b.key = w.key
                        ) and not exists (
                            -- Whatever its priority, the one that was due first.
                            select from minipaas._waiting e
                            where e.queue = w.queue and e.key = w.key and (e.until, e.id) < (w.until, w.id)
                        ))
                    order by w.until limit batch_size for update of w skip locked
                ) c;
                exit when not v_keyed or tids is null;
                -- Their keys may be in the hands of enqueues that have not committed: then those behind them have their turn.
                tids := minipaas._due_keys(tids);
                exit when tids is not null;
                v_busy := v_busy || v_keys;
            end loop;
            is_due := tids is not null;
            if is_due then
                v_first := null;
            else
                v_due := now;
                select array_agg(c.ctid), min(c.position) into tids, v_first
                from (
                    select r.ctid, r.position from minipaas._ready r
                    where r.queue = _find.queue and r.lane = v_lane and r.position >= v_start.hint
                    order by r.position limit batch_size for update skip locked
                ) c;
            end if;
            if tids is not null or clock_timestamp() - v_at > '2 ms' then
                perform minipaas._mark_move(
                    v_mark, coalesce(v_first, v_mark.hint), v_due,
                    case when is_due or v_lanes <> '{0}' then '-infinity' else now + interval '5 ms' end,
                    v_pass, clock_timestamp() - v_at
                );
            end if;
            if tids is not null then
                return;
            end if;
        end loop;
    end loop;
    if v_keyed and minipaas._keys_tend(queue, v_looked, max_attempts, batch_size) then
        select f.tids, f.is_due into tids, is_due from minipaas._find(queue, max_attempts, batch_size, now) f;
    end if;
end
$$;

revoke execute on function minipaas._find(integer, integer, integer, timestamptz) from public;

comment on function minipaas._find(integer, integer, integer, timestamptz) is
'Locks the next tasks of a queue, at most batch_size and of one lane: their ctids in _waiting (is_due) or in _ready.';
