create function minipaas._check_consume(
    stream minipaas._stream, argument text, event_offset bigint, batch_size integer, partition integer
)
returns void
language plpgsql immutable
as $$
begin
    perform minipaas._check_batch(batch_size, null);
    if event_offset < 0 then
        perform minipaas._invalid(argument, event_offset::text, 'Offsets are 1 or more; 0 is before the first.');
    elsif partition not between 0 and stream.partitions - 1 then
        perform minipaas._invalid(
            'partition', partition::text, format('Stream "%s" has partitions 0 to %s.', stream.name, stream.partitions - 1)
        );
    end if;
end
$$;

revoke execute on function minipaas._check_consume(minipaas._stream, text, bigint, integer, integer) from public;

comment on function minipaas._check_consume(minipaas._stream, text, bigint, integer, integer) is
'Raises MP006 for an offset below 0, a batch size below 1 or a partition that there is not; NULL passes.';
