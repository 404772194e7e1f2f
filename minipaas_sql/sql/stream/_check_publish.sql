create function minipaas._check_publish(payload jsonb, keys text[]) returns void
language plpgsql immutable
as $$
begin
    if payload is null then
        perform minipaas._invalid('payload', null, 'It is any JSON; the JSON null is ''null''::jsonb.');
    elsif exists (select from unnest(keys) k (k) where length(k) > 500) then
        perform minipaas._invalid(
            'key', (select quote_literal(k) from unnest(keys) k (k) where length(k) > 500 limit 1),
            'Keys and dedup_keys have up to 500 characters.'
        );
    end if;
end
$$;

revoke execute on function minipaas._check_publish(jsonb, text[]) from public;

comment on function minipaas._check_publish(jsonb, text[]) is
'Raises MP006 for a missing payload, or for a key that no index can hold.';
