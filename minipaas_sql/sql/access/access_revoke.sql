create function minipaas.access_revoke(
    role text, rights text[], queue text default null, stream text default null
)
returns void
language plpgsql volatile security definer
set search_path = pg_catalog, pg_temp
as $$
declare
    v_role regrole;
begin
    perform minipaas._check_grant(role, rights, queue, stream);
    -- Two GRANTs on one object at once fail with "tuple concurrently updated".
    lock table minipaas._access in share row exclusive mode;
    v_role := quote_ident(role)::regrole;
    delete from minipaas._access a where a.role = v_role and a.action = any(rights);
    if not exists (select from minipaas._access a where a.role = v_role) then
        perform minipaas._access_set(role, false);
    end if;
end
$$;

revoke execute on function minipaas.access_revoke(text, text[], text, text) from public;

comment on function minipaas.access_revoke(text, text[], text, text) is
'Takes rights on all queues and streams away from a role; with the last one, USAGE and EXECUTE too.

role, rights, queue, stream: as in access_grant.
Returns nothing; revoking what was not granted is no error.
For the owner of the schema. Errors: MP005, MP006.';
