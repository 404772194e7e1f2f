create function minipaas._consumer_refuse(stream text, consumer text) returns void
language plpgsql immutable
as $$
begin
    raise exception using
        errcode = 'MP003',
        message = format('stream "%s" has no consumer "%s"', stream, consumer),
        hint = format('minipaas.consumer_stats lists what there is. To create it: select minipaas.stream_subscribe(%L, %L);', stream, consumer);
end
$$;

revoke execute on function minipaas._consumer_refuse(text, text) from public;

comment on function minipaas._consumer_refuse(text, text) is 'Raises MP003.';
