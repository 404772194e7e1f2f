create function minipaas._mark_add(mark minipaas._mark) returns void
language plpgsql volatile
as $$
begin
    mark.id := nextval('minipaas._mark_id_seq');
    insert into minipaas._mark overriding system value values (mark.*);
end
$$;

revoke execute on function minipaas._mark_add(minipaas._mark) from public;

comment on function minipaas._mark_add(minipaas._mark) is 'Writes a mark, as the newest of its lane.';
