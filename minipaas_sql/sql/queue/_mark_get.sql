create function minipaas._mark_get(queue integer, lane smallint) returns minipaas._mark
language plpgsql volatile
as $$
#variable_conflict use_variable
declare
    v_mark minipaas._mark;
    v_epoch bigint := coalesce((select max(l.id) from minipaas._lane l where l.queue = queue and l.lane = lane), 0);
begin
    select m.* into v_mark
    from minipaas._mark m
    where m.queue = queue and m.lane = lane and m.epoch = v_epoch
    order by m.id desc
    limit 1;
    if not found then
        v_mark.queue := queue;
        v_mark.lane := lane;
        v_mark.epoch := v_epoch;
        v_mark.at := 'infinity';
        v_mark.calm_to := '-infinity';
        v_mark.hint := 0;
        v_mark.ahead := 9223372036854775807;
        v_mark.floor := 0;
        v_mark.due_hint := '-infinity';
        v_mark.due_floor := '-infinity';
        v_mark.next_full := '-infinity';
        v_mark.full_cost := '0';
        v_mark.pruned := 0;
    end if;
    return v_mark;
end
$$;

revoke execute on function minipaas._mark_get(integer, smallint) from public;

comment on function minipaas._mark_get(integer, smallint) is
'The newest mark of a lane in its epoch; where there is none, one that owes a full pass from the lane''s start.';
