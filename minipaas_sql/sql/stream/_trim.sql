-- Whoever stands below moves up, and what it had not read is counted: with its cursor locked, as for any move. Those who
-- are in the middle of a transaction are waited for, or else nothing that they have not read is trimmed.
create function minipaas._trim(stream minipaas._stream, before bigint, waits boolean) returns bigint
language plpgsql volatile
set enable_seqscan = off
set enable_bitmapscan = off
as $$
#variable_conflict use_variable
declare
    v_locked integer[];
    v_behind record;
    v_place minipaas._position;
    v_count bigint;
begin
    v_locked := array(select p.cursor from minipaas._places(stream, before - 1) p order by p.cursor);
    if waits then
        perform from minipaas._cursor c where c.id = any(v_locked) order by c.id for update;
    else
        v_locked := array(select c.id from minipaas._cursor c where c.id = any(v_locked) order by c.id for update skip locked);
        before := least(
            before, (select min(p.unread) from minipaas._places(stream, before - 1) p where p.cursor <> all(v_locked))
        );
    end if;
    for v_behind in
        select p.partition, p.place from minipaas._places(stream, before - 1) p where p.cursor = any(v_locked)
    loop
        v_place := v_behind.place;
        v_place.lost := v_place.lost
            + minipaas._event_count(stream, v_behind.partition, greatest(v_place.committed, stream.trimmed), before - 1);
        v_place.committed := before - 1;
        perform minipaas._position_add(v_place);
    end loop;
    delete from minipaas._event e
    where e.stream = stream.id and e.event_offset > stream.trimmed and e.event_offset < before;
    get diagnostics v_count = row_count;
    update minipaas._stream s set trimmed = before - 1 where s.id = stream.id and s.trimmed < before - 1;
    return v_count;
end
$$;

revoke execute on function minipaas._trim(minipaas._stream, bigint, boolean) from public;

comment on function minipaas._trim(minipaas._stream, bigint, boolean) is
'Deletes the events below an offset, of a stream whose row is locked; returns how many.';
