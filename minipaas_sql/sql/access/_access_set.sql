-- Whoever has any right may call every function: the functions themselves decide, and name the grant that is missing.
-- What the views call, they call as the one who reads them. What is there already is not written again.
create function minipaas._access_set(role text, granted boolean) returns void
language plpgsql volatile
as $$
declare
    v_role constant oid := quote_ident(role)::regrole;
    v_statement text;
begin
    lock table minipaas._access in share row exclusive mode;
    -- With that lock the rows wait for nobody who drops a queue or a stream, and who has more to wait for.
    delete from minipaas._access a where not exists (select from pg_roles r where r.oid = a.role);
    for v_statement in
        select format(
            case when granted then 'grant %s %s to %I' else 'revoke %s %s from %I' end,
            o.privilege || ' on ' || o.kind, string_agg(o.name, ', '), role
        )
        from (
            select 'usage', 'schema', n.oid::regnamespace::text, n.nspacl
            from pg_namespace n
            where n.nspname = 'minipaas'
            union all
            select 'execute', 'function', p.oid::regprocedure::text, p.proacl
            from pg_proc p
            where p.pronamespace = 'minipaas'::regnamespace and (
                p.proname !~ '^_'
                or p.proname in (
                    '_caller', '_may', '_queues_of', '_streams_of', '_clock', '_clock_moved', '_waiting_state', '_may_retry',
                    '_queue_counts', '_stream_counts', '_cursor_counts', '_horizon', '_level'
                )
            )
            union all
            select 'select', 'table', c.oid::regclass::text, c.relacl
            from pg_class c
            where c.relnamespace = 'minipaas'::regnamespace and c.relkind = 'v' and c.relname !~ '^_'
        ) o (privilege, kind, name, acl)
        where granted <> exists (
            select from aclexplode(o.acl) x where x.grantee = v_role and x.privilege_type = upper(o.privilege)
        )
        group by o.kind, o.privilege
    loop
        execute v_statement;
    end loop;
end
$$;

revoke execute on function minipaas._access_set(text, boolean) from public;

comment on function minipaas._access_set(text, boolean) is
'Grants USAGE, EXECUTE and SELECT on all that is public to a role, or revokes them. Forgets roles that were dropped.';
