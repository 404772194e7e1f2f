-- Inlined into its callers. The sum of the two limits could be more than an integer holds.
create function minipaas._may_retry(attempt integer, granted integer, max_attempts integer) returns boolean
language sql immutable
as $$
select max_attempts = 0 or attempt - granted < max_attempts
$$;

revoke execute on function minipaas._may_retry(integer, integer, integer) from public;

comment on function minipaas._may_retry(integer, integer, integer) is
'Whether a task that failed its attempt has another one. granted is its attempt when it was last redriven.';
