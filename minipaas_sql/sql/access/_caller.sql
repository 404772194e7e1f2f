-- Inside SECURITY DEFINER functions current_user is the owner; the setting "role" still tells what SET ROLE chose.
-- The views call it as the one who reads them, with that one's search_path: everything is qualified.
create function minipaas._caller() returns name
language sql stable
as $$
select case
    when pg_catalog.current_setting('role') operator(pg_catalog.=) 'none' then session_user
    else pg_catalog.current_setting('role')::pg_catalog.name
end
$$;

revoke execute on function minipaas._caller() from public;

comment on function minipaas._caller() is
'The role that the caller acts as: what SET ROLE chose, else session_user.';
