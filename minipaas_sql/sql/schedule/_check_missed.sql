create function minipaas._check_missed(missed text) returns void
language plpgsql immutable
as $$
begin
    if missed not in ('skip', 'one', 'all') then
        perform minipaas._invalid(
            'missed', quote_literal(missed), 'It is what becomes of missed fire times: ''skip'', ''one'' or ''all''.'
        );
    end if;
end
$$;

revoke execute on function minipaas._check_missed(text) from public;

comment on function minipaas._check_missed(text) is 'Raises MP006 unless it is a policy for missed fire times; NULL passes.';
