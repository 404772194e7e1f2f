-- Inlined into the views. What time has changed needs no write to show: a task past its time is ready, and one whose
-- last attempt ended with an expired lease is dead.
-- The views call it as the one who reads them, with that one's search_path: everything is qualified.
create function minipaas._waiting_state(
    state "char", until timestamptz, attempt integer, granted integer, max_attempts integer, now timestamptz
)
returns text
language sql immutable
as $$
select case
    when until operator(pg_catalog.>) now then case
        when state operator(pg_catalog.=) 'l' then 'leased'
        when state operator(pg_catalog.=) 'd' then 'delayed'
        else 'retrying'
    end
    when state operator(pg_catalog.=) 'l' and not minipaas._may_retry(attempt, granted, max_attempts) then 'dead'
    else 'ready'
end
$$;

revoke execute on function minipaas._waiting_state("char", timestamptz, integer, integer, integer, timestamptz) from public;

comment on function minipaas._waiting_state("char", timestamptz, integer, integer, integer, timestamptz) is
'The state of a task in _waiting.';
