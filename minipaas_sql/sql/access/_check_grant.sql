create function minipaas._check_grant(role text, rights text[], queue text, stream text) returns void
language plpgsql stable
as $$
declare
    v_known constant text[] := '{enqueue,dequeue,publish,consume,manage,observe}';
begin
    if not pg_has_role(minipaas._caller(), current_user, 'usage') then
        raise exception using
            errcode = 'MP005',
            message = format('role "%s" may not change access rights', minipaas._caller()),
            hint = format('Call it as "%s", the owner of the schema, or as a member of that role.', current_user);
    elsif role is null or to_regrole(quote_ident(role)) is null then
        perform minipaas._invalid('role', quote_literal(role), 'It is the name of an existing role, without quotes.');
    elsif rights is null or not rights <@ v_known then
        perform minipaas._invalid('rights', rights::text, format('They are some of %s.', array_to_string(v_known, ', ')));
    elsif queue is not null or stream is not null then
        perform minipaas._invalid(
            'queue or stream', coalesce(queue, stream), 'This version of the schema grants rights on all at once: leave it out.'
        );
    end if;
end
$$;

revoke execute on function minipaas._check_grant(text, text[], text, text) from public;

comment on function minipaas._check_grant(text, text[], text, text) is
'Raises MP005 unless the caller is the owner, and MP006 for a role or a right that there is not.';
