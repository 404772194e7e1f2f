-- 20 ms alone may only mean that the session lost the processor: there must be dead rows to walk, too.
create function minipaas._mark_slow(mark minipaas._mark) returns boolean
language sql immutable
as $$
select mark.full_cost >= '20 ms'
    and (mark.hint > mark.floor + 20000 or mark.due_hint - interval '5 s' > mark.due_floor)
$$;

revoke execute on function minipaas._mark_slow(minipaas._mark) from public;

comment on function minipaas._mark_slow(minipaas._mark) is
'Whether a full pass over a lane takes long, because old transactions keep dead rows or tasks that nobody can have.';
