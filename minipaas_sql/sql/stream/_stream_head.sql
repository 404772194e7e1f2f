-- The order makes it safe: the last value, then the locks, then (by the caller, in a later statement) the rows. Who locks
-- after the look at the locks takes offsets above the last value; who has ended before has visible rows.
create function minipaas._stream_head(stream integer) returns bigint
language plpgsql volatile
as $$
declare
    v_last constant bigint := coalesce(pg_sequence_last_value('minipaas._event_offset'), 0);
begin
    return v_last - coalesce((select max(p.behind) from minipaas._publishers(stream, v_last) p), 0);
end
$$;

revoke execute on function minipaas._stream_head(integer) from public;

comment on function minipaas._stream_head(integer) is
'The highest offset at or below which no event of the stream can still appear. Read the events in a later statement.';
