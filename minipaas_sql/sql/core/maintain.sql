create function minipaas.maintain() returns table (what text, count bigint)
language plpgsql volatile security definer
set search_path = pg_catalog, pg_temp
as $$
#variable_conflict use_column
declare
    v_deadline constant timestamptz := clock_timestamp() + interval '2 s';
    v_stream minipaas._stream;
begin
    if not minipaas._sees_now() then
        perform minipaas._wrong_isolation('maintain');
    end if;
    what := 'events trimmed';
    count := 0;
    for v_stream in
        select s.* from minipaas._stream s where s.keep > '0' or s.keep_events > 0 order by random()
        for no key update skip locked
    loop
        exit when clock_timestamp() > v_deadline;
        count := count + minipaas._retain(v_stream, v_deadline);
    end loop;
    return next;
end
$$;

revoke execute on function minipaas.maintain() from public;

comment on function minipaas.maintain() is
'Does the upkeep that no other call does, for about two seconds at most: call it every now and then, from anywhere.

Returns what was done, and how often: ''events trimmed'' by the keep and keep_events of their streams. Waits for nobody; what
others are at is left for the next call. Give it a transaction of its own.
Right: any. Errors: MP007 unless the transaction is READ COMMITTED and the server a primary.';
