-- The moment is an argument since _clock() is volatile, which no index is asked for.
create function minipaas._key_waits(queue integer, key text, now timestamptz) returns boolean
language sql stable
as $$
select
    exists (select from minipaas._blocked b where b.queue = _key_waits.queue and b.key = _key_waits.key)
    or exists (
        select from minipaas._waiting w
        where w.queue = _key_waits.queue and w.key = _key_waits.key and w.state = 'd' and w.until <= _key_waits.now
    )
$$;

revoke execute on function minipaas._key_waits(integer, text, timestamptz) from public;

comment on function minipaas._key_waits(integer, text, timestamptz) is
'Whether tasks wait for the baton of a key: blocked ones, or delayed ones that are due.';
