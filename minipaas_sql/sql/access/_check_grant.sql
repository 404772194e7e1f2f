create function minipaas._check_grant(role text, rights text[], queue text, stream text) returns void
language plpgsql stable
as $$
declare
    v_known constant text[] := case
        when queue is not null then '{enqueue,dequeue,manage,observe}'
        when stream is not null then '{publish,consume,manage,observe}'
        else '{enqueue,dequeue,publish,consume,manage,observe}'
    end;
begin
    if not pg_has_role(minipaas._caller(), current_user, 'usage') then
        raise exception using
            errcode = 'MP005',
            message = format('role "%s" may not change access rights', minipaas._caller()),
            hint = format('Call it as "%s", the owner of the schema, or as a member of that role.', current_user);
    elsif role is null or to_regrole(quote_ident(role)) is null then
        perform minipaas._invalid('role', quote_literal(role), 'It is the name of an existing role, without quotes.');
    elsif role = current_user then
        perform minipaas._invalid('role', quote_literal(role), 'It is the owner of the schema, who may do everything.');
    elsif queue is not null and stream is not null then
        perform minipaas._invalid('queue and stream', quote_literal(queue) || ', ' || quote_literal(stream), 'Make a call for each.');
    elsif rights is null or rights = '{}' or not rights <@ v_known then
        perform minipaas._invalid(
            'rights', rights::text,
            format('%s are some of %s.', case
                when queue is not null then 'On a queue they' when stream is not null then 'On a stream they' else 'They'
            end, array_to_string(v_known, ', '))
        );
    end if;
end
$$;

revoke execute on function minipaas._check_grant(text, text[], text, text) from public;

comment on function minipaas._check_grant(text, text[], text, text) is
'Raises MP005 unless the caller is the owner, and MP006 for a role or a right that there is not.';
