create function minipaas._queue_refuse(queue text, action text) returns void
language plpgsql stable
as $$
begin
    perform minipaas._queue_deny(queue, action);
    raise exception using
        errcode = 'MP001',
        message = format('queue "%s" does not exist', queue),
        hint = format('minipaas.queues lists what there is. To create it: select minipaas.queue_create(%L);', queue);
end
$$;

revoke execute on function minipaas._queue_refuse(text, text) from public;

comment on function minipaas._queue_refuse(text, text) is
'Raises what kept _queue_get from finding a queue: MP005 or MP001.';
