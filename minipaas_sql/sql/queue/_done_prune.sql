create function minipaas._done_prune(queue minipaas._queue, batch_size integer) returns bigint
language plpgsql volatile
as $$
#variable_conflict use_variable
declare
    v_count bigint;
begin
    delete from minipaas._done d where d.ctid = any(array(
        select o.ctid from minipaas._done o
        where o.queue = queue.id and o.finished_at < minipaas._clock() - least(queue.keep_done, '1000 years')
        order by o.queue, o.finished_at
        limit batch_size for update skip locked
    ));
    get diagnostics v_count = row_count;
    return v_count;
end
$$;

revoke execute on function minipaas._done_prune(minipaas._queue, integer) from public;

comment on function minipaas._done_prune(minipaas._queue, integer) is
'Deletes done tasks that were kept for long enough, at most batch_size; returns how many.';
