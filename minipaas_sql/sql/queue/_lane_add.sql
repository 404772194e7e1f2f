create function minipaas._lane_add(queue integer, lane smallint) returns void
language plpgsql volatile
as $$
begin
    if not exists (select from minipaas._lane l where l.queue = _lane_add.queue and l.lane = _lane_add.lane) then
        perform minipaas._lane_begin(queue, lane);
    end if;
end
$$;

revoke execute on function minipaas._lane_add(integer, smallint) from public;

comment on function minipaas._lane_add(integer, smallint) is
'Makes a lane known, so that dequeue looks there. Waits for nobody: two rows for one lane do no harm.';
