create function minipaas._check_ids(ids bigint[], attempts integer[]) returns void
language plpgsql immutable
as $$
begin
    if ids is null then
        perform minipaas._invalid('ids', null, 'It is an array of task ids, as dequeue returned them.');
    elsif cardinality(attempts) <> cardinality(ids) then
        perform minipaas._invalid(
            'attempts', format('%s of them for %s ids', cardinality(attempts), cardinality(ids)),
            'Give one for each id, as dequeue returned them, or leave the array out.'
        );
    end if;
end
$$;

revoke execute on function minipaas._check_ids(bigint[], integer[]) from public;

comment on function minipaas._check_ids(bigint[], integer[]) is
'Raises MP006 for ids that are NULL, or attempts of another number.';
