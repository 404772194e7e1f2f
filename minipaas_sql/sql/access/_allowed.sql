-- Inlined into its callers: the owner's own session, the usual case where one application has the database to
-- itself, costs two comparisons.
create function minipaas._allowed(action text) returns boolean
language sql stable
as $$
select session_user = current_user and current_setting('role') = 'none' or minipaas._may(action)
$$;

revoke execute on function minipaas._allowed(text) from public;

comment on function minipaas._allowed(text) is
'Whether the caller has a right on all queues and streams. Call it inside SECURITY DEFINER functions only.';
