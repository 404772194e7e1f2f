-- Logical replication and migration tools may leave sequences behind the rows: new tasks would hide below floors, and
-- offsets be given twice. The margin is for whoever draws numbers at this moment.
create function minipaas._sequences_repair() returns bigint
language plpgsql volatile
as $$
declare
    v_sequence record;
    v_highest bigint;
    v_count bigint := 0;
begin
    for v_sequence in
        select
            pg_get_serial_sequence(c.oid::regclass::text, a.attname) as name,
            format('select max(%I) from %s', a.attname, c.oid::regclass) as highest
        from pg_class c
        join pg_attribute a on a.attrelid = c.oid and a.attidentity <> ''
        where c.relnamespace = 'minipaas'::regnamespace
        union all
        select 'minipaas._event_offset', '
            select greatest(
                (
                    select max(greatest(s.trimmed, e.event_offset))
                    from minipaas._stream s
                    left join lateral (
                        select e.event_offset from minipaas._event e where e.stream = s.id order by e.event_offset desc limit 1
                    ) e on true
                ),
                (select max(p.committed) from minipaas._cursor c cross join lateral minipaas._position_now(c.id) p)
            )'
        union all
        select 'minipaas._task_id', '
            select greatest(
                (select max(w.id) from minipaas._waiting w), (select max(b.id) from minipaas._blocked b),
                (select max(d.id) from minipaas._dead d), (select max(n.id) from minipaas._done n), (
                    select max(r.position)
                    from minipaas._queue q
                    cross join lateral unnest(minipaas._lanes(q.id)) l (lane)
                    cross join lateral (
                        select r.position from minipaas._ready r where r.queue = q.id and r.lane = l.lane
                        order by r.position desc limit 1
                    ) r
                )
            )'
    loop
        execute v_sequence.highest into v_highest;
        if v_highest > coalesce(pg_sequence_last_value(v_sequence.name::regclass), 0) then
            perform setval(v_sequence.name::regclass, v_highest + 1000);
            raise warning using
                message = format('sequence %s was behind its rows, and is set to %s', v_sequence.name, v_highest + 1000),
                hint = 'Whatever moved the data here left the sequences behind: let it copy them as well.';
            v_count := v_count + 1;
        end if;
    end loop;
    return v_count;
end
$$;

revoke execute on function minipaas._sequences_repair() from public;

comment on function minipaas._sequences_repair() is
'Sets sequences that are behind the rows that they number; returns how many.';
