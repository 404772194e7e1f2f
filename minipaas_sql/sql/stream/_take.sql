-- Of the free partitions that have events, the one that has been left alone longest. A partition that somebody fetched
-- between the look and the lock is not free any more; the exception gives its lock back, which its holder's commit would
-- wait for. Then a second look, since whoever was faster may have given back another one meanwhile.
create function minipaas._take(
    stream minipaas._stream, consumer integer, head bigint, batch_size integer,
    out partition integer, out after_offset bigint, out place minipaas._position
)
language plpgsql volatile
as $$
#variable_conflict use_variable
declare
    v_now constant timestamptz := minipaas._clock();
    v_free record;
    v_end bigint;
    v_missed boolean;
begin
    for v_look in 1 .. 2 loop
        v_missed := false;
        for v_free in
            select c.id, c.partition, p.id as place, greatest(p.committed, stream.trimmed) as after_offset
            from minipaas._cursor c
            cross join lateral minipaas._position_now(c.id) p
            where c.consumer = consumer and (p.lease_id is null or p.lease_until <= v_now)
            order by p.id
        loop
            v_end := minipaas._run_end(stream, v_free.partition, v_free.after_offset, head, batch_size);
            continue when v_end is null;
            v_missed := true;
            begin
                perform from minipaas._cursor c where c.id = v_free.id for update skip locked;
                continue when not found;
                select p.* into place from minipaas._position_now(v_free.id) p;
                if place.id = v_free.place then
                    partition := v_free.partition;
                    after_offset := v_free.after_offset;
                    place.fetched := v_end;
                    return;
                end if;
                raise exception using errcode = 'MP009', message = 'somebody else has the partition';
            exception when sqlstate 'MP009' then
                place := null;
            end;
        end loop;
        exit when not v_missed;
    end loop;
end
$$;

revoke execute on function minipaas._take(minipaas._stream, integer, bigint, integer) from public;

comment on function minipaas._take(minipaas._stream, integer, bigint, integer) is
'Locks a free partition of a consumer that has events up to the head: its number, where the consumer stands there, and how far
the next batch_size events reach (place.fetched).';
