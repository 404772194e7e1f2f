create function minipaas.queue_channel(queue text) returns text
language plpgsql stable security definer
set search_path = pg_catalog, pg_temp
as $$
declare
    v_id constant integer := (select q.id from minipaas._queue_get(queue, 'dequeue') q);
begin
    if v_id is null then
        perform minipaas._queue_refuse(queue, 'dequeue');
    end if;
    return 'minipaas_queue_' || v_id;
end
$$;

revoke execute on function minipaas.queue_channel(text) from public;

comment on function minipaas.queue_channel(text) is
'The channel to LISTEN to for new tasks of a queue. Notifications come only while somebody sleeps there.

To sleep: LISTEN; then select pg_try_advisory_lock(hashtextextended(channel, 0)), which tells enqueue that somebody sleeps
(false: somebody does already, which is as good); then dequeue once more, and wait for a notification, but a second
at most: an enqueue that was just under way, a delayed task and a retry send none. On waking, pg_advisory_unlock
with the same key. The lock belongs to the session: not through a pooler that shares sessions.
Returns a name that needs no quotes. A queue that is dropped and made again has another.
Right: dequeue. Errors: MP001, MP005.';
