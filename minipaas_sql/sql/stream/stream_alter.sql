create function minipaas.stream_alter(
    stream text, keep interval default null, keep_events bigint default null, max_lag interval default null
)
returns void
language plpgsql volatile security definer
set search_path = pg_catalog, pg_temp
as $$
begin
    perform minipaas._check_stream(null, keep, keep_events, max_lag);
    update minipaas._stream s
    set keep = coalesce(stream_alter.keep, s.keep),
        keep_events = coalesce(stream_alter.keep_events, s.keep_events),
        max_lag = coalesce(stream_alter.max_lag, s.max_lag)
    where s.id = (select g.id from minipaas._stream_get(stream, 'manage') g);
    if not found then
        perform minipaas._stream_refuse(stream, 'manage');
    end if;
end
$$;

revoke execute on function minipaas.stream_alter(text, interval, bigint, interval) from public;

comment on function minipaas.stream_alter(text, interval, bigint, interval) is
'Changes how much of a stream is kept; NULL leaves a setting as it is.

The arguments are those of stream_create. What is too much now goes with the next maintain(). Returns nothing.
Right: manage. Errors: MP002, MP005, MP006.';
