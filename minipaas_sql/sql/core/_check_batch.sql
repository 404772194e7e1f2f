create function minipaas._check_batch(batch_size integer, lease interval) returns void
language plpgsql immutable
as $$
begin
    if batch_size < 1 then
        perform minipaas._invalid('batch_size', batch_size::text, 'It is how many rows to return at most: 1 or more.');
    elsif lease not between '1 microsecond' and '10000 years' then
        perform minipaas._invalid('lease', lease::text, 'It is how long the holder may work before others get it: more than 0.');
    end if;
end
$$;

revoke execute on function minipaas._check_batch(integer, interval) from public;

comment on function minipaas._check_batch(integer, interval) is
'Raises MP006 for a batch size below 1, or a lease that is not positive, or beyond the calendar; NULL passes.';
