create function minipaas._check_stream(partitions integer, keep interval, keep_events bigint, max_lag interval) returns void
language plpgsql immutable
as $$
begin
    if partitions not between 1 and 1024 then
        perform minipaas._invalid('partitions', partitions::text, 'It is from 1 to 1024.');
    elsif keep_events < 0 then
        perform minipaas._invalid('keep_events', keep_events::text, 'It is how many events to keep, or 0 for no limit.');
    end if;
    perform minipaas._check_duration('keep', keep, 'It is how long to keep events, or 0 for no limit.');
    perform minipaas._check_duration('max_lag', max_lag, 'It is how far a consumer may lag without losing events, or 0 for no limit.');
end
$$;

revoke execute on function minipaas._check_stream(integer, interval, bigint, interval) from public;

comment on function minipaas._check_stream(integer, interval, bigint, interval) is
'Raises MP006 for a setting of a stream that is out of its range; NULL passes.';
