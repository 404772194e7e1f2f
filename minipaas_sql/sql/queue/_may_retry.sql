-- Inlined into its callers. The sum of the two limits could be more than an integer holds. The views call it as the one who reads
-- them, with that one's search_path: everything is qualified.
create function minipaas._may_retry(attempt integer, granted integer, max_attempts integer) returns boolean
language sql immutable
as $$
select max_attempts operator(pg_catalog.=) 0 or (attempt operator(pg_catalog.-) granted) operator(pg_catalog.<) max_attempts
$$;

revoke execute on function minipaas._may_retry(integer, integer, integer) from public;

comment on function minipaas._may_retry(integer, integer, integer) is
'Whether a task that failed its attempt has another one. granted is its attempt when it was last redriven.';
