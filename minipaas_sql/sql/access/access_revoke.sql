create function minipaas.access_revoke(
    role text, rights text[], queue text default null, stream text default null
)
returns void
language plpgsql volatile security definer
set search_path = pg_catalog, pg_temp
as $$
declare
    v_what record;
    v_role oid;
    v_all text[];
    v_queues integer[];
    v_streams integer[];
begin
    perform minipaas._check_grant(role, rights, queue, stream);
    v_what := minipaas._access_lock(queue, stream);
    v_role := quote_ident(role)::regrole;
    if queue is null and stream is null then
        execute format(
            'revoke references (%s) on minipaas._right from %I',
            (select string_agg(quote_ident(r), ', ') from unnest(rights) r), role
        );
    end if;
    v_all := array(
        select g.action from minipaas._grant g
        where g.role = v_role and g.action = any(rights) and g.queue is null and g.stream is null
    );
    if v_all <> '{}' then
        raise exception using
            errcode = 'MP006',
            message = format('role "%s" has the right to %s on all queues and streams', role, array_to_string(v_all, ', ')),
            hint = format(
                'First take that away, select minipaas.access_revoke(%L, array[%s]); then grant it where it is to stay.',
                role, (select string_agg(quote_literal(a), ', ') from unnest(v_all) a)
            );
    end if;
    -- The queues and streams before their rights, as those who drop them do.
    perform from minipaas._queue q where q.id in (select a.queue from minipaas._access a where a.role = v_role)
    order by q.id for no key update;
    perform from minipaas._stream s where s.id in (select a.stream from minipaas._access a where a.role = v_role)
    order by s.id for no key update;
    with gone as (
        delete from minipaas._access a
        where a.role = v_role and a.action = any(rights)
            and (access_revoke.queue is null or a.queue = v_what.queue_id)
            and (access_revoke.stream is null or a.stream = v_what.stream_id)
        returning a.queue, a.stream
    )
    select array_agg(g.queue), array_agg(g.stream) into v_queues, v_streams from gone g;
    perform minipaas._granted_note(v_queues, v_streams);
    if not exists (select from minipaas._grant g where g.role = v_role) then
        perform minipaas._access_set(role, false);
    end if;
end
$$;

revoke execute on function minipaas.access_revoke(text, text[], text, text) from public;

comment on function minipaas.access_revoke(text, text[], text, text) is
'Takes rights away from a role; with the last one, USAGE and EXECUTE too.

role, rights: as in access_grant.
queue, stream: only on this one (default: wherever the role has them, on all queues and streams and on single ones).
Returns nothing; revoking what was not granted is no error. It counts at once, but for what the role has as a member of others.
Waits for other transactions that grant or revoke.
For the owner of the schema. Errors: MP001, MP002, MP005; MP006 also when the role has the right on all and only one is named.';
