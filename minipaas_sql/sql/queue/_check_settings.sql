create function minipaas._check_settings(
    lease interval, max_attempts integer, backoff interval, backoff_max interval, keep_done interval
)
returns void
language plpgsql immutable
as $$
begin
    perform minipaas._check_batch(null, lease);
    if max_attempts < 0 then
        perform minipaas._invalid('max_attempts', max_attempts::text, 'It is 1 or more, or 0 for no limit.');
    end if;
    perform minipaas._check_duration('backoff', backoff, 'It is the wait after the first failure: 0 or more.');
    perform minipaas._check_duration('backoff_max', backoff_max, 'It is the longest wait after a failure, or 0 for no limit.');
    perform minipaas._check_duration('keep_done', keep_done, 'It is how long acked tasks stay visible, or 0 to delete them.');
end
$$;

revoke execute on function minipaas._check_settings(interval, integer, interval, interval, interval) from public;

comment on function minipaas._check_settings(interval, integer, interval, interval, interval) is
'Raises MP006 for a setting of a queue that is out of its range; NULL passes.';
