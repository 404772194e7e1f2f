-- Looks closer at arguments that the caller found unusual in one expression; returns when they are all right.
create function minipaas._check_enqueue(
    payload jsonb, priority integer, delay interval, run_at timestamptz, keys text[], max_attempts integer,
    on_duplicate text
)
returns void
language plpgsql immutable
as $$
begin
    perform minipaas._check_duration('delay', delay, 'It is how long the task waits at least: 0 or more.');
    if payload is null then
        perform minipaas._invalid('payload', null, 'It is any JSON; the JSON null is ''null''::jsonb.');
    elsif priority not between -10 and 10 then
        perform minipaas._invalid('priority', priority::text, 'It is from -10 to 10, and higher goes first.');
    elsif delay is not null and run_at is not null then
        perform minipaas._invalid('delay and run_at', format('%s and %s', delay, run_at), 'Give one of them.');
    elsif not isfinite(run_at) then
        perform minipaas._invalid('run_at', run_at::text, 'It is the moment before which the task does not run.');
    elsif max_attempts < 0 then
        perform minipaas._invalid('max_attempts', max_attempts::text, 'It is 1 or more, or 0 for no limit.');
    elsif exists (select from unnest(keys) k (k) where length(k) > 500) then
        perform minipaas._invalid(
            'key', (select quote_literal(k) from unnest(keys) k (k) where length(k) > 500 limit 1),
            'Keys and dedup_keys have up to 500 characters.'
        );
    elsif on_duplicate not in ('keep', 'replace') then
        perform minipaas._invalid('on_duplicate', quote_literal(on_duplicate), 'It is ''keep'' or ''replace''.');
    end if;
end
$$;

revoke execute on function minipaas._check_enqueue(jsonb, integer, interval, timestamptz, text[], integer, text) from public;

comment on function minipaas._check_enqueue(jsonb, integer, interval, timestamptz, text[], integer, text) is
'Raises MP006 for an argument of enqueue that is out of its range; NULL passes, but for the payload.';
