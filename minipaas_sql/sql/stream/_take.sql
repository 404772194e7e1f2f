-- Of the free partitions that have events, the one that has been left alone longest. A partition that somebody fetched
-- between the look and the lock is not free any more; the exception gives its lock back, which its holder's commit would
-- wait for. A second look, since whoever takes the last free one of a snapshot may just have given back his own.
create function minipaas._take(
    stream minipaas._stream, consumer integer, head bigint, out partition integer, out place minipaas._position
)
language plpgsql volatile
as $$
#variable_conflict use_variable
declare
    v_now constant timestamptz := minipaas._clock();
    v_free record;
    v_looked boolean := stream.partitions = 1;
begin
    loop
        begin
            select c.id, c.partition, p.id as place into v_free
            from minipaas._cursor c
            cross join lateral minipaas._position_now(c.id) p
            where c.consumer = consumer and (p.lease_id is null or p.lease_until <= v_now)
                and minipaas._next_event(stream, c.partition, greatest(p.committed, stream.trimmed), head) is not null
            order by p.id
            limit 1
            for update of c skip locked;
            if not found then
                exit when v_looked;
                v_looked := true;
                continue;
            end if;
            select p.* into place from minipaas._position_now(v_free.id) p;
            if place.id = v_free.place then
                partition := v_free.partition;
                return;
            end if;
            raise exception using errcode = 'MP009', message = 'somebody else has the partition';
        exception when sqlstate 'MP009' then
            place := null;
        end;
    end loop;
end
$$;

revoke execute on function minipaas._take(minipaas._stream, integer, bigint) from public;

comment on function minipaas._take(minipaas._stream, integer, bigint) is
'Locks a free partition of a consumer that has events up to the head: its number, and where the consumer stands there.';
