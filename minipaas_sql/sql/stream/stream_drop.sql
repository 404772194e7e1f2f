create function minipaas.stream_drop(stream text, force boolean default false) returns boolean
language plpgsql volatile security definer
set search_path = pg_catalog, pg_temp
as $$
#variable_conflict use_column
declare
    v_id integer;
begin
    perform minipaas._check_name('stream', stream);
    delete from minipaas._stream s where s.id = (select g.id from minipaas._stream_get(stream, 'manage') g)
    returning s.id into v_id;
    if not found then
        perform minipaas._stream_deny(stream, 'manage');
        return false;
    elsif not coalesce(force, false) and (
        exists (select from minipaas._event e where e.stream = v_id)
        or exists (select from minipaas._publishers(v_id, pg_sequence_last_value('minipaas._event_offset')))
    ) then
        raise exception using
            errcode = 'MP008',
            message = format('stream "%s" is not empty', stream_drop.stream),
            hint = format(
                'See minipaas.stream_stats; to drop its events too: select minipaas.stream_drop(%L, force => true);',
                stream_drop.stream
            );
    end if;
    delete from minipaas._event e where e.stream = v_id;
    delete from minipaas._access a where a.stream = v_id;
    perform minipaas._consumer_drop(k.id) from minipaas._consumer k where k.stream = v_id;
    return true;
end
$$;

revoke execute on function minipaas.stream_drop(text, boolean) from public;

comment on function minipaas.stream_drop(text, boolean) is
'Drops a stream with its consumers.

force: also when there are events in it, which are deleted, or publishers that have not committed yet (default false).
Returns true, or false when there is no such stream. Stop its publishers first: an event that commits after the stream is gone,
is gone with it. Waits for transactions that hold partitions of it.
Right: manage. Errors: MP005, MP006; MP008 when it is not empty and force is false.';
