create function minipaas._start_at(stream minipaas._stream, argument text, event_offset bigint, at timestamptz) returns bigint
language plpgsql volatile
as $$
declare
    v_last constant bigint := coalesce(pg_sequence_last_value('minipaas._event_offset'), 0);
    v_head constant bigint := minipaas._stream_head(stream.id);
begin
    perform minipaas._check_consume(stream, argument, event_offset, null, null);
    return case
        when at is not null then minipaas._first_at(stream, at, v_head) - 1
        when event_offset <= v_last then greatest(event_offset - 1, stream.trimmed)
        else v_head
    end;
end
$$;

revoke execute on function minipaas._start_at(minipaas._stream, text, bigint, timestamptz) from public;

comment on function minipaas._start_at(minipaas._stream, text, bigint, timestamptz) is
'What a consumer has to have committed to go on with an offset or a time, within what the stream has; with neither, its head.';
