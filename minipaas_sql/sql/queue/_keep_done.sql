-- Now and then it deletes what has been kept for long enough: the view hides it already.
create function minipaas._keep_done(variadic tasks minipaas._waiting[]) returns void
language plpgsql volatile
as $$
declare
    v_now timestamptz := minipaas._clock();
begin
    insert into minipaas._done (
        id, enqueued_at, finished_at, queue, attempt, granted, max_attempts, lane, payload, headers, last_error, key,
        dedup_key
    )
    select
        t.id, t.enqueued_at, v_now, t.queue, t.attempt, t.granted, t.max_attempts, t.lane, t.payload,
        t.headers, t.last_error, t.key, t.dedup_key
    from unnest(tasks) t;
    if random() < 0.01 * cardinality(tasks) then
        delete from minipaas._done d
        where d.ctid = any(array(
            select o.ctid
            from minipaas._queue q
            join minipaas._done o on o.queue = q.id and o.finished_at < v_now - least(q.keep_done, '1000 years')
            where q.id in (select t.queue from unnest(tasks) t)
            limit 1000
            for update of o skip locked
        ));
    end if;
end
$$;

revoke execute on function minipaas._keep_done(minipaas._waiting[]) from public;

comment on function minipaas._keep_done(minipaas._waiting[]) is 'Keeps acked tasks as done.';
