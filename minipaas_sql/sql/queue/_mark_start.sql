-- Below the hint there can be tasks: a late commit, a claim that was rolled back. A full pass looks from the floor, a
-- short one from the hint of a second ago, or from the floor where that is above it.
create function minipaas._mark_start(
    mark minipaas._mark, pass text, out hint bigint, out due_hint timestamptz
)
language plpgsql volatile
as $$
#variable_conflict use_variable
begin
    if pass is null then
        hint := mark.hint;
        due_hint := mark.due_hint;
    elsif pass = 'short' then
        select m.hint, m.due_hint into hint, due_hint
        from minipaas._mark m
        where m.queue = mark.queue and m.lane = mark.lane and m.epoch = mark.epoch and m.at < mark.at - interval '1 s'
        order by m.id desc
        limit 1;
    end if;
    hint := greatest(hint, mark.floor);
    due_hint := greatest(due_hint, mark.due_floor);
end
$$;

revoke execute on function minipaas._mark_start(minipaas._mark, text) from public;

comment on function minipaas._mark_start(minipaas._mark, text) is
'Where a look at a lane starts in _ready and in _waiting, by the kind of pass.';
