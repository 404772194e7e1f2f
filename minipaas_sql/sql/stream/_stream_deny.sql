-- Who has the right somewhere is told that there is no such stream; who has it nowhere is not.
create function minipaas._stream_deny(stream text, action text) returns void
language plpgsql stable
as $$
declare
    v_id constant integer := (select s.id from minipaas._stream s where s.name = stream);
    v_allowed constant integer[] := minipaas._streams_of(action);
begin
    if v_id <> all(v_allowed) then
        perform minipaas._deny(action, null, stream);
    elsif v_id is null and v_allowed = '{}' then
        perform minipaas._deny(action);
    end if;
end
$$;

revoke execute on function minipaas._stream_deny(text, text) from public;

comment on function minipaas._stream_deny(text, text) is
'Raises MP005 where the caller has no right on a stream, or has it nowhere and there is no such stream.';
