create function minipaas.queue_resume(queue text) returns void
language plpgsql volatile security definer
set search_path = pg_catalog, pg_temp
as $$
declare
    v_id integer;
begin
    update minipaas._queue q
    set paused = false
    where q.id = (select g.id from minipaas._queue_get(queue, 'manage') g)
    returning q.id into v_id;
    if not found then
        perform minipaas._queue_refuse(queue, 'manage');
    end if;
    perform minipaas._wake('minipaas_queue_' || v_id);
end
$$;

revoke execute on function minipaas.queue_resume(text) from public;

comment on function minipaas.queue_resume(text) is
'Takes up deliveries again after queue_pause.

Returns nothing; resuming a queue that is not paused is no error.
Right: manage. Errors: MP001, MP005, MP006.';
