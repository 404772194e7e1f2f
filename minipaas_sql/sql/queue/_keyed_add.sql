create function minipaas._keyed_add(queue integer) returns void
language sql volatile
as $$
insert into minipaas._keyed (queue)
select _keyed_add.queue
where not exists (select from minipaas._keyed k where k.queue = _keyed_add.queue)
$$;

revoke execute on function minipaas._keyed_add(integer) from public;

comment on function minipaas._keyed_add(integer) is 'Records that a queue has a task with a key or a dedup_key.';
