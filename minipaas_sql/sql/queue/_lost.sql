create function minipaas._lost(ids bigint[]) returns void
language plpgsql immutable
as $$
begin
    raise exception using
        errcode = 'MP009',
        message = format('lease lost on task %s', array_to_string(ids[:20], ', ', 'NULL')),
        hint = 'Roll back what was done for it: its lease expired and somebody else has it, or it is finished.';
end
$$;

revoke execute on function minipaas._lost(bigint[]) from public;

comment on function minipaas._lost(bigint[]) is 'Raises MP009 for tasks that the caller does not hold any more.';
