-- Inlined into the views. What time has changed needs no write to show: a task past its time is ready, and one whose
-- last attempt ended with an expired lease is dead.
create function minipaas._waiting_state(
    state "char", until timestamptz, attempt integer, granted integer, max_attempts integer, now timestamptz
)
returns text
language sql immutable
as $$
select case
    when until > now then case state when 'l' then 'leased' when 'd' then 'delayed' else 'retrying' end
    when state = 'l' and not minipaas._may_retry(attempt, granted, max_attempts) then 'dead'
    else 'ready'
end
$$;

revoke execute on function minipaas._waiting_state("char", timestamptz, integer, integer, integer, timestamptz) from public;

comment on function minipaas._waiting_state("char", timestamptz, integer, integer, integer, timestamptz) is
'The state of a task in _waiting.';
