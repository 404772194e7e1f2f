create function minipaas.access_grant(
    role text, rights text[], queue text default null, stream text default null
)
returns void
language plpgsql volatile security definer
set search_path = pg_catalog, pg_temp
as $$
declare
    v_what record;
begin
    perform minipaas._check_grant(role, rights, queue, stream);
    v_what := minipaas._access_lock(queue, stream);
    if queue is null and stream is null then
        execute format(
            'grant references (%s) on minipaas._right to %I',
            (select string_agg(quote_ident(r), ', ') from unnest(rights) r), role
        );
    else
        insert into minipaas._access (role, action, queue, stream)
        select quote_ident(access_grant.role)::regrole, r, v_what.queue_id, v_what.stream_id from unnest(rights) r
        on conflict do nothing;
        perform minipaas._granted_note(array[v_what.queue_id], array[v_what.stream_id]);
    end if;
    perform minipaas._access_set(role, true);
end
$$;

revoke execute on function minipaas.access_grant(text, text[], text, text) from public;

comment on function minipaas.access_grant(text, text[], text, text) is
'Gives a role rights on a queue, on a stream or on all of them, and the USAGE and EXECUTE that it needs to use them.

role: the name of an existing role; its members have the rights too.
rights: on a queue some of enqueue, dequeue, manage, observe; on a stream some of publish, consume, manage, observe; else any.
queue, stream: only this one (default: all queues and streams, those to come as well). Its rights go when it is dropped.
Returns nothing; granting twice is no error. The rights count at once, and end with access_revoke. Before DROP ROLE, revoke
them, or DROP OWNED BY the role in this database. Waits for other transactions that grant or revoke.
For the owner of the schema. Errors: MP001, MP002, MP005, MP006.';
