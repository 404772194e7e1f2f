create function minipaas._lane_begin(queue integer, lane smallint) returns void
language plpgsql volatile
as $$
begin
    perform minipaas._mark_wake(queue);
    insert into minipaas._lane (queue, lane) values (_lane_begin.queue, _lane_begin.lane);
end
$$;

revoke execute on function minipaas._lane_begin(integer, smallint) from public;

comment on function minipaas._lane_begin(integer, smallint) is 'Begins an epoch of a lane: its marks count no more.';
