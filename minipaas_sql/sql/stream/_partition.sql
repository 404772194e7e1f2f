create function minipaas._partition(partitions integer, key text, event_offset bigint) returns integer
language sql immutable
as $$
select case
    when partitions = 1 then null
    when key is null then (hashint8extended(event_offset, 0) & 9223372036854775807) % partitions
    else (hashtextextended(key collate "C", 0) & 9223372036854775807) % partitions
end::integer
$$;

revoke execute on function minipaas._partition(integer, text, bigint) from public;

comment on function minipaas._partition(integer, text, bigint) is
'The partition of an event: by its key, or spread by its offset. NULL where there is only one.';
