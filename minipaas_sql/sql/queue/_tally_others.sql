create function minipaas._tally_others(tally minipaas._tally, room bigint, now timestamptz, keep_done interval) returns minipaas._tally
language plpgsql stable
set enable_seqscan = off
set enable_bitmapscan = off
as $$
declare
    v_most integer;
    v_count bigint;
begin
    if minipaas._sample_share('minipaas._blocked') < 100 then
        v_most := minipaas._tally_most(tally.blocked, room - tally.counted);
        select count(*) into v_count
        from (
            select from minipaas._blocked b where b.queue = tally.queue order by b.queue, b.key, b.position limit v_most
        ) c;
        tally.blocked := case when v_count < v_most then v_count else greatest(tally.blocked, v_count) end;
        tally.estimated := tally.estimated or v_count = v_most;
        tally.counted := tally.counted + v_count;
    end if;
    if minipaas._sample_share('minipaas._dead') < 100 then
        v_most := minipaas._tally_most(tally.dead, room - tally.counted);
        select count(*) into v_count
        from (select from minipaas._dead d where d.queue = tally.queue order by d.id limit v_most) c;
        tally.dead := case when v_count < v_most then v_count else greatest(tally.dead, v_count) end;
        tally.estimated := tally.estimated or v_count = v_most;
        tally.counted := tally.counted + v_count;
    end if;
    if minipaas._sample_share('minipaas._done') < 100 then
        v_most := minipaas._tally_most(tally.done, room - tally.counted);
        select count(*) into v_count
        from (
            select from minipaas._done n
            where n.queue = tally.queue and n.finished_at > now - keep_done order by n.finished_at limit v_most
        ) c;
        tally.done := case when v_count < v_most then v_count else greatest(tally.done, v_count) end;
        tally.estimated := tally.estimated or v_count = v_most;
        tally.counted := tally.counted + v_count;
    end if;
    return tally;
end
$$;

revoke execute on function minipaas._tally_others(minipaas._tally, bigint, timestamptz, interval) from public;

comment on function minipaas._tally_others(minipaas._tally, bigint, timestamptz, interval) is
'Puts the numbers of blocked, dead and done tasks right, where there are not too many of them to count.';
