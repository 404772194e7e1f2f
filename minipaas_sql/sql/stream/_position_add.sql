-- Only with the cursor locked. Pruning starts where the last one ended: below that, a held snapshot keeps dead rows.
create function minipaas._position_add(place minipaas._position) returns void
language plpgsql volatile
as $$
begin
    place.entries := place.entries + 1;
    if place.entries = 64 then
        delete from minipaas._position p
        where p.cursor = place.cursor and p.id > place.pruned and p.id <= place.id;
        place.pruned := place.id;
        place.entries := 0;
    end if;
    insert into minipaas._position (
        cursor, committed, fetched, lease_id, lease_until, worker, lost, pruned, entries
    )
    values (
        place.cursor, place.committed, place.fetched, place.lease_id, place.lease_until, place.worker,
        place.lost, place.pruned, place.entries
    );
end
$$;

revoke execute on function minipaas._position_add(minipaas._position) from public;

comment on function minipaas._position_add(minipaas._position) is
'Writes where a consumer stands in a partition from now on.';
