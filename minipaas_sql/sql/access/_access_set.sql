-- Whoever has any right may call every function: the functions themselves decide, and name the grant that is missing.
-- What the views call, they call as the one who reads them.
create function minipaas._access_set(role text, granted boolean) returns void
language plpgsql volatile
as $$
declare
    v_word constant text := case when granted then 'grant' else 'revoke' end;
    v_tail constant text := format(case when granted then 'to %I' else 'from %I' end, role);
    v_functions text;
    v_views text;
begin
    select string_agg(p.oid::regprocedure::text, ', ') into v_functions
    from pg_proc p
    where p.pronamespace = 'minipaas'::regnamespace and (
        p.proname !~ '^_'
        or p.proname in (
            '_may', '_clock', '_clock_moved', '_waiting_state', '_may_retry', '_queue_counts', '_stream_counts',
            '_cursor_counts', '_horizon', '_level'
        )
    );
    select string_agg(c.oid::regclass::text, ', ') into v_views
    from pg_class c
    where c.relnamespace = 'minipaas'::regnamespace and c.relkind = 'v' and c.relname !~ '^_';
    execute format('%s usage on schema minipaas %s', v_word, v_tail);
    execute format('%s execute on function %s %s', v_word, v_functions, v_tail);
    execute format('%s select on %s %s', v_word, v_views, v_tail);
end
$$;

revoke execute on function minipaas._access_set(text, boolean) from public;

comment on function minipaas._access_set(text, boolean) is
'Grants USAGE, EXECUTE and SELECT on all that is public to a role, or revokes them.';
