-- Inlined into its callers.
create function minipaas._sees_now() returns boolean
language sql stable
as $$
select current_setting('transaction_isolation') = 'read committed' and not pg_is_in_recovery()
$$;

revoke execute on function minipaas._sees_now() from public;

comment on function minipaas._sees_now() is
'Whether each statement sees what has been committed before it: READ COMMITTED on a primary. If not, _wrong_isolation says so.';
