-- Starts where the last pruning ended: below that, a held snapshot keeps dead rows. Marks of the last two seconds, and the
-- one before them, stay for short passes.
create function minipaas._mark_prune(mark minipaas._mark) returns minipaas._mark
language plpgsql volatile
as $$
declare
    v_stay bigint;
    v_tids tid[];
    v_end bigint;
begin
    select m.id into v_stay
    from minipaas._mark m
    where m.queue = mark.queue and m.lane = mark.lane and m.epoch = mark.epoch and m.at < mark.at - interval '2 s'
    order by m.id desc
    limit 1;
    select array_agg(c.ctid), max(c.id) into v_tids, v_end
    from (
        select m.ctid, m.id
        from minipaas._mark m
        where m.queue = mark.queue and m.lane = mark.lane and m.epoch = mark.epoch
            and m.id > mark.pruned and m.id < v_stay
        order by m.id
        limit 500
        for update skip locked
    ) c;
    delete from minipaas._mark m where m.ctid = any(v_tids);
    mark.pruned := coalesce(v_end, mark.pruned);
    return mark;
end
$$;

revoke execute on function minipaas._mark_prune(minipaas._mark) from public;

comment on function minipaas._mark_prune(minipaas._mark) is
'Deletes marks that no pass will read again, and returns the mark with how far that went.';
