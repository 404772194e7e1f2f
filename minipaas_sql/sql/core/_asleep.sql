-- A sleeper holds the lock exclusively and for its session. The caller takes it shared and gives it back at once, so that
-- callers never take each other for a sleeper. Inlined into its callers: half a microsecond, where a NOTIFY that nobody
-- waits for makes commits wait for each other.
create function minipaas._asleep(channel text) returns boolean
language sql volatile
as $$
select case
    when pg_try_advisory_lock_shared(hashtextextended(channel, 0))
        then not pg_advisory_unlock_shared(hashtextextended(channel, 0))
    else true
end
$$;

revoke execute on function minipaas._asleep(text) from public;

comment on function minipaas._asleep(text) is
'Whether a session sleeps until something comes over a channel. A session that falls asleep at this moment may be missed.';
