create function minipaas._due_keys(tids tid[]) returns tid[]
language sql volatile
as $$
select array_agg(t.tid order by t.place)
from unnest(tids) with ordinality t (tid, place)
join minipaas._waiting w on w.ctid = t.tid
where w.state <> 'd' or w.key is null or minipaas._baton_try(w.queue, w.key)
$$;

revoke execute on function minipaas._due_keys(tid[]) from public;

comment on function minipaas._due_keys(tid[]) is
'Of due tasks that the caller has locked, those that can run: a delayed one only when it gets the baton of its key.';
