-- Where a lane's scans start, so that they don't walk over what dequeues have left behind: at the floors, below which
-- nothing is, or at the hints where a transaction keeps the floors far below. Then a few tasks may be left out.
-- Marks are unlogged, so a standby has none.
create function minipaas._tally_lanes(queue integer)
returns table (lane smallint, start bigint, due_start timestamptz, partly boolean)
language plpgsql stable
as $$
#variable_conflict use_variable
declare
    v_mark minipaas._mark;
begin
    start := 0;
    due_start := '-infinity';
    partly := false;
    foreach lane in array minipaas._lanes(queue) loop
        if not pg_is_in_recovery() then
            v_mark := minipaas._mark_get(queue, lane);
            partly := v_mark.hint > v_mark.floor + 20000 or minipaas._mark_slow(v_mark);
            start := case when partly then v_mark.hint else v_mark.floor end;
            due_start := case when partly then v_mark.due_hint else v_mark.due_floor end;
        end if;
        return next;
    end loop;
end
$$;

revoke execute on function minipaas._tally_lanes(integer) from public;

comment on function minipaas._tally_lanes(integer) is
'The lanes of a queue, and where in _ready and _waiting their tasks begin.';
