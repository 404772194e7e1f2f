-- A hint moves at most every millisecond, and by 32 positions or more. Full passes may cost 5 % of the time: the next
-- one is owed after 20 times what one costs, within 0.1 to 10 s. What one costs grows slowly here: a session that lost
-- the processor for a while must not make passes look slow. A mark that is gone, with its queue, is not moved.
create function minipaas._mark_move(
    mark minipaas._mark, hint bigint, due_hint timestamptz, calm_to timestamptz, pass text default null, cost interval default null
)
returns void
language plpgsql volatile
as $$
#variable_conflict use_variable
begin
    if mark.queue is null or pass is null and (hint < mark.hint + 32 or clock_timestamp() < mark.at + interval '1 ms') then
        return;
    end if;
    mark.at := clock_timestamp();
    if pass is not null then
        mark.next_short := mark.at + interval '50 ms';
    end if;
    if pass = 'full' then
        mark := minipaas._mark_prune(minipaas._mark_confirm(mark));
        mark.full_cost := greatest(least(cost, 4 * mark.full_cost + interval '1 ms'), '0');
        mark.next_full := mark.at + least(greatest(20 * mark.full_cost, '0.1 s'), '10 s');
    end if;
    mark.hint := greatest(hint, mark.floor);
    mark.due_hint := greatest(due_hint, mark.due_floor);
    mark.calm_to := calm_to;
    mark.ahead := coalesce((
        select r.position from minipaas._ready r
        where r.queue = mark.queue and r.lane = mark.lane and r.position >= mark.hint
        order by r.position offset 47 limit 1
    ), 9223372036854775807);
    perform minipaas._mark_add(mark);
end
$$;

revoke execute on function minipaas._mark_move(minipaas._mark, bigint, timestamptz, timestamptz, text, interval) from public;

comment on function minipaas._mark_move(minipaas._mark, bigint, timestamptz, timestamptz, text, interval) is
'Writes the next mark of a lane, with new hints and what a pass found out.';
