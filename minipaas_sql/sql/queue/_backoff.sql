-- Jitter only adds: a retry is never earlier than what the queue's settings say.
create function minipaas._backoff(queue minipaas._queue, attempt integer) returns interval
language sql volatile
as $$
select make_interval(secs => (1 + 0.2 * random()) * least(
    extract(epoch from queue.backoff) * power(2.0::float8, least(attempt - 1, 50)),
    extract(epoch from case when queue.backoff_max = '0' then interval '10 years' else queue.backoff_max end)
))
$$;

revoke execute on function minipaas._backoff(minipaas._queue, integer) from public;

comment on function minipaas._backoff(minipaas._queue, integer) is
'The wait after a failed attempt: backoff * 2^(attempt-1) up to backoff_max, and up to 20 % more.';
