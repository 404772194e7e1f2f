create function minipaas._partition(partitions integer, key text) returns integer
language sql volatile
as $$
select case
    when partitions = 1 then null
    when key is null then floor(random() * partitions)
    else (hashtextextended(key collate "C", 0) & 9223372036854775807) % partitions
end::integer
$$;

revoke execute on function minipaas._partition(integer, text) from public;

comment on function minipaas._partition(integer, text) is
'The partition of an event: by its key, or any. NULL where there is only one.';
