create function minipaas._free(queue integer, key text, dedup_key text, id bigint) returns void
language plpgsql volatile
as $$
#variable_conflict use_variable
begin
    if dedup_key is not null then
        delete from minipaas._dedup d where d.queue = queue and d.dedup_key = dedup_key and d.id = id;
    end if;
    if key is not null then
        perform minipaas._key_release(queue, key);
    end if;
end
$$;

revoke execute on function minipaas._free(integer, text, text, bigint) from public;

comment on function minipaas._free(integer, text, text, bigint) is
'Frees the dedup_key of a task that is not outstanding any more, and the key where it was the active one (else NULL).';
