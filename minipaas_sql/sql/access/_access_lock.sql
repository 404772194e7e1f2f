-- GRANTs to the same object fail when they meet, "tuple concurrently updated": so they wait for each other, and for upgrades, which
-- give grants too. The row of the queue or stream stays until the grant is there.
create function minipaas._access_lock(queue text, stream text, out queue_id integer, out stream_id integer)
language plpgsql volatile
as $$
begin
    perform pg_advisory_xact_lock(hashtextextended('minipaas.upgrade', 0));
    if queue is not null then
        select q.id into queue_id from minipaas._queue q where q.name = queue for key share;
        if not found then
            perform minipaas._queue_refuse(queue, 'manage');
        end if;
    elsif stream is not null then
        select s.id into stream_id from minipaas._stream s where s.name = stream for key share;
        if not found then
            perform minipaas._stream_refuse(stream, 'manage');
        end if;
    end if;
end
$$;

revoke execute on function minipaas._access_lock(text, text) from public;

comment on function minipaas._access_lock(text, text) is
'What a grant is about, while nobody else changes any. Errors: MP001, MP002.';
