create function minipaas._granted(action text, granted jsonb, queue integer, stream integer) returns boolean
language plpgsql stable
as $$
#variable_conflict use_variable
declare
    v_caller constant name := minipaas._caller();
begin
    if coalesce(pg_has_role(v_caller, (granted ->> (action || ' ' || v_caller))::oid, 'usage'), false) or minipaas._may(action) then
        return true;
    elsif queue is not null then
        return exists (
            select from minipaas._access a
            where a.queue = queue and a.stream is null and a.action = action and pg_has_role(v_caller, a.role::oid, 'usage')
        );
    end if;
    return exists (
        select from minipaas._access a
        where a.queue is null and a.stream = stream and a.action = action and pg_has_role(v_caller, a.role::oid, 'usage')
    );
end
$$;

revoke execute on function minipaas._granted(text, jsonb, integer, integer) from public;

comment on function minipaas._granted(text, jsonb, integer, integer) is
'What _allowed does not find at once: whether the role that the caller acts as, or one that it is a member of, has the right.';
