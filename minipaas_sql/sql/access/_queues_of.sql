-- The views call it, so as the one who reads them.
create function minipaas._queues_of(variadic actions text[]) returns integer[]
language sql stable security definer
set search_path = pg_catalog, pg_temp
as $$
select case when not exists (select from unnest(actions) u (action) where minipaas._may(u.action)) then array(
    select distinct a.queue
    from minipaas._access a
    where a.queue is not null and a.action = any(actions) and pg_has_role(minipaas._caller(), a.role::oid, 'usage')
) end
$$;

revoke execute on function minipaas._queues_of(text[]) from public;

comment on function minipaas._queues_of(text[]) is
'The queues on which the caller has one of some rights; NULL: all of them, and those to come.';
