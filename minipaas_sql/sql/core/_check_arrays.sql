create function minipaas._check_arrays(payloads jsonb[], keys text[], headers jsonb[], dedup_keys text[]) returns void
language plpgsql immutable
as $$
declare
    v_other text := case
        when cardinality(keys) <> cardinality(payloads) or array_ndims(keys) > 1 then 'keys'
        when cardinality(headers) <> cardinality(payloads) or array_ndims(headers) > 1 then 'headers'
        when cardinality(dedup_keys) <> cardinality(payloads) or array_ndims(dedup_keys) > 1 then 'dedup_keys'
    end;
begin
    if payloads is null or array_ndims(payloads) > 1 or array_position(payloads, null) is not null then
        perform minipaas._invalid(
            'payloads', payloads::text,
            'It is a one-dimensional array of JSON without NULL; the JSON null is ''null''::jsonb.'
        );
    elsif v_other is not null then
        perform minipaas._invalid(
            v_other,
            format('%s of them for %s payloads', case v_other
                when 'keys' then cardinality(keys) when 'headers' then cardinality(headers) else cardinality(dedup_keys)
            end, cardinality(payloads)),
            'Give one for each payload (NULL for none) in one dimension, or leave the array out.'
        );
    end if;
end
$$;

revoke execute on function minipaas._check_arrays(jsonb[], text[], jsonb[], text[]) from public;

comment on function minipaas._check_arrays(jsonb[], text[], jsonb[], text[]) is
'Raises MP006 for payloads that are no list of JSON, or for another array that is not a list of as many; NULL passes for those.';
