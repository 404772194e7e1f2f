-- Inlined into its callers: the owner's own session, the usual case where one application has the database to itself, costs two
-- comparisons.
create function minipaas._is_owner() returns boolean
language sql stable
as $$
select session_user = current_user and current_setting('role') = 'none'
$$;

revoke execute on function minipaas._is_owner() from public;

comment on function minipaas._is_owner() is
'Whether the session is the owner''s own, who may do everything. Call it inside SECURITY DEFINER functions only.';
