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
    elsif backoff < '0' or not isfinite(backoff) then
        perform minipaas._invalid('backoff', backoff::text, 'It is the wait after the first failure: 0 or more.');
    elsif backoff_max < '0' or not isfinite(backoff_max) then
        perform minipaas._invalid('backoff_max', backoff_max::text, 'It is the longest wait after a failure, or 0 for no limit.');
    elsif keep_done < '0' or not isfinite(keep_done) then
        perform minipaas._invalid('keep_done', keep_done::text, 'It is how long acked tasks stay visible, or 0 to delete them.');
    end if;
end
$$;

revoke execute on function minipaas._check_settings(interval, integer, interval, interval, interval) from public;

comment on function minipaas._check_settings(interval, integer, interval, interval, interval) is
'Raises MP006 for a setting of a queue that is out of its range; NULL passes.';
