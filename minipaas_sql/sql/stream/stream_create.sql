create function minipaas.stream_create(
    stream text,
    partitions integer default 1,
    keep interval default '0',
    keep_events bigint default 0,
    max_lag interval default '0'
)
returns boolean
language plpgsql volatile security definer
set search_path = pg_catalog, pg_temp
as $$
#variable_conflict use_column
declare
    v_asked minipaas._stream;
    v_there minipaas._stream;
begin
    if not minipaas._may('manage') then
        perform minipaas._deny('manage');
    end if;
    perform minipaas._check_name('stream', stream);
    perform minipaas._check_stream(partitions, keep, keep_events, max_lag);
    v_asked.partitions := coalesce(partitions, 1);
    v_asked.keep := coalesce(keep, '0');
    v_asked.keep_events := coalesce(keep_events, 0);
    v_asked.max_lag := coalesce(max_lag, '0');
    insert into minipaas._stream (name, partitions, keep, keep_events, max_lag, created_at)
    values (
        stream, v_asked.partitions, v_asked.keep, v_asked.keep_events, v_asked.max_lag, minipaas._clock()
    )
    on conflict (name) do nothing;
    if found then
        return true;
    end if;
    select s.* into v_there from minipaas._stream s where s.name = stream_create.stream;
    if (v_there.partitions, v_there.keep, v_there.keep_events, v_there.max_lag)
        <> (v_asked.partitions, v_asked.keep, v_asked.keep_events, v_asked.max_lag)
    then
        raise notice using
            message = format('stream "%s" exists with other settings, and was left as it is', stream),
            hint = case
                when v_there.partitions <> v_asked.partitions
                    then format('It has %s partitions for good; the rest: ', v_there.partitions) else 'Change them with: '
            end || format('select minipaas.stream_alter(%L, ...);', stream);
    end if;
    return false;
end
$$;

revoke execute on function minipaas.stream_create(text, integer, interval, bigint, interval) from public;

comment on function minipaas.stream_create(text, integer, interval, bigint, interval) is
'Creates a stream.

stream: any text of 1 to 255 characters.
partitions: in how many parts the workers of a consumer can share it, 1 to 1024 (default 1); it can''t be changed later.
keep: how long events are kept (default 0: no limit).
keep_events: how many events are kept (default 0: no limit). maintain() trims what is beyond either limit.
max_lag: trimming stops before what a consumer has not read yet, unless that is older than this (default 0: always stops).
Returns true, or false when the stream exists: it is then left as it is, with a NOTICE where the settings differ.
Right: manage, on all queues and streams. Errors: MP005, MP006.';
