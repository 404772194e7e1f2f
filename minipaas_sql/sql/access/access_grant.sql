create function minipaas.access_grant(
    role text, rights text[], queue text default null, stream text default null
)
returns void
language plpgsql volatile security definer
set search_path = pg_catalog, pg_temp
as $$
begin
    perform minipaas._check_grant(role, rights, queue, stream);
    -- Two GRANTs on one object at once fail with "tuple concurrently updated".
    lock table minipaas._access in share row exclusive mode;
    insert into minipaas._access (role, action)
    select quote_ident(access_grant.role)::regrole, r from unnest(rights) r
    on conflict do nothing;
    perform minipaas._access_set(role, true);
end
$$;

revoke execute on function minipaas.access_grant(text, text[], text, text) from public;

comment on function minipaas.access_grant(text, text[], text, text) is
'Gives a role rights on all queues and streams, and everything that it needs to use them.

role: the name of an existing role; its members have the rights too.
rights: some of enqueue, dequeue, publish, consume, manage, observe.
queue, stream: not in this version of the schema.
Returns nothing; granting twice is no error. Rights are gone with access_revoke; before DROP ROLE, revoke them.
For the owner of the schema. Errors: MP005, MP006.';
