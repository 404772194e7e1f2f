-- Who has the right somewhere is told that there is no such queue; who has it nowhere is not.
create function minipaas._queue_deny(queue text, action text) returns void
language plpgsql stable
as $$
declare
    v_id constant integer := (select q.id from minipaas._queue q where q.name = queue);
    v_allowed constant integer[] := minipaas._queues_of(action);
begin
    if v_id <> all(v_allowed) then
        perform minipaas._deny(action, queue);
    elsif v_id is null and v_allowed = '{}' then
        perform minipaas._deny(action);
    end if;
end
$$;

revoke execute on function minipaas._queue_deny(text, text) from public;

comment on function minipaas._queue_deny(text, text) is
'Raises MP005 where the caller has no right on a queue, or has it nowhere and there is no such queue.';
