-- By an update: what waits here keeps its place, and its payload where it is stored apart.
create function minipaas._take_due(tids tid[], lease interval, worker text)
returns table (
    id bigint, payload jsonb, attempt integer, headers jsonb, key text, priority integer, enqueued_at timestamptz,
    lease_until timestamptz
)
language plpgsql volatile
as $$
#variable_conflict use_column
begin
    return query
    with taken as (
        update minipaas._waiting w
        set state = 'l', until = minipaas._clock() + lease, attempt = w.attempt + 1, worker = _take_due.worker
        from unnest(tids) with ordinality t (tid, place)
        where w.ctid = t.tid
        returning w.*, t.place
    )
    select t.id, t.payload, t.attempt, t.headers, t.key, -t.lane::integer, t.enqueued_at, t.until
    from taken t
    order by t.place;
end
$$;

revoke execute on function minipaas._take_due(tid[], interval, text) from public;

comment on function minipaas._take_due(tid[], interval, text) is
'Leases tasks of _waiting that the caller has locked, in the order of their ctids, and returns them as queue_dequeue does.';
