-- Inside SECURITY DEFINER functions current_user is the owner; the setting "role" still tells what SET ROLE chose.
create function minipaas._caller() returns name
language sql stable
as $$
select case current_setting('role') when 'none' then session_user else current_setting('role')::name end
$$;

revoke execute on function minipaas._caller() from public;

comment on function minipaas._caller() is
'The role that the caller acts as: what SET ROLE chose, else session_user.';
