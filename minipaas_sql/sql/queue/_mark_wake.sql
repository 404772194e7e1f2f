-- Others may write a mark at the same moment that counts as newer: then it takes until that one's calm_to.
create function minipaas._mark_wake(queue integer) returns void
language plpgsql volatile
as $$
declare
    v_mark minipaas._mark := minipaas._mark_get(queue, 0::smallint);
begin
    if v_mark.calm_to > '-infinity' then
        v_mark.calm_to := '-infinity';
        perform minipaas._mark_add(v_mark);
    end if;
end
$$;

revoke execute on function minipaas._mark_wake(integer) from public;

comment on function minipaas._mark_wake(integer) is
'Has the next dequeue look for due tasks and other lanes, since one of these was just written.';
