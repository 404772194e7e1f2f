-- gone: stream/streams.sql
drop view minipaas.streams;

-- gone: stream/stream_stats.sql
drop view minipaas.stream_stats;

-- gone: stream/consumer_stats.sql
drop view minipaas.consumer_stats;

-- gone: stream/stream_unsubscribe.sql
drop function minipaas.stream_unsubscribe;

-- gone: stream/stream_trim.sql
drop function minipaas.stream_trim;

-- gone: stream/stream_subscribe.sql
drop function minipaas.stream_subscribe;

-- gone: stream/stream_seek.sql
drop function minipaas.stream_seek;

-- gone: stream/stream_release.sql
drop function minipaas.stream_release;

-- gone: stream/stream_publish_many.sql
drop function minipaas.stream_publish_many;

-- gone: stream/stream_publish.sql
drop function minipaas.stream_publish;

-- gone: stream/stream_head.sql
drop function minipaas.stream_head;

-- gone: stream/stream_fetch.sql
drop function minipaas.stream_fetch;

-- gone: stream/stream_extend.sql
drop function minipaas.stream_extend;

-- gone: stream/stream_drop.sql
drop function minipaas.stream_drop;

-- gone: stream/stream_create.sql
drop function minipaas.stream_create;

-- gone: stream/stream_consume.sql
drop function minipaas.stream_consume;

-- gone: stream/stream_commit.sql
drop function minipaas.stream_commit;

-- gone: stream/stream_channel.sql
drop function minipaas.stream_channel;

-- gone: stream/stream_alter.sql
drop function minipaas.stream_alter;

-- gone: core/maintain.sql
drop function minipaas.maintain;

-- gone: stream/_trim.sql
drop function minipaas._trim;

-- gone: stream/_take.sql
drop function minipaas._take;

-- gone: stream/_stream_states.sql
drop function minipaas._stream_states;

-- gone: stream/_stream_refuse.sql
drop function minipaas._stream_refuse;

-- gone: stream/_stream_read.sql
drop function minipaas._stream_read;

-- gone: stream/_stream_head.sql
drop function minipaas._stream_head;

-- gone: stream/_stream_get.sql
drop function minipaas._stream_get;

-- gone: stream/_stream_deny.sql
drop function minipaas._stream_deny;

-- gone: stream/_stream_counts.sql
drop function minipaas._stream_counts;

-- gone: stream/_start_at.sql
drop function minipaas._start_at;

-- gone: core/_sequences_repair.sql
drop function minipaas._sequences_repair;

-- gone: stream/_run_end.sql
drop function minipaas._run_end;

-- gone: stream/_retain.sql
drop function minipaas._retain;

-- gone: stream/_publishers.sql
drop function minipaas._publishers;

-- gone: stream/_publish_once.sql
drop function minipaas._publish_once;

-- gone: stream/_publish_many_once.sql
drop function minipaas._publish_many_once;

-- gone: stream/_position_now.sql
drop function minipaas._position_now;

-- gone: stream/_position_lock.sql
drop function minipaas._position_lock;

-- gone: stream/_position_add.sql
drop function minipaas._position_add;

-- gone: stream/_places.sql
drop function minipaas._places;

-- gone: stream/_partition.sql
drop function minipaas._partition;

-- gone: core/_orphans_prune.sql
drop function minipaas._orphans_prune;

-- gone: stream/_hold_back.sql
drop function minipaas._hold_back;

-- gone: stream/_first_at.sql
drop function minipaas._first_at;

-- gone: stream/_event_range.sql
drop function minipaas._event_range;

-- gone: stream/_event_counts.sql
drop function minipaas._event_counts;

-- gone: stream/_event_count.sql
drop function minipaas._event_count;

-- gone: stream/_cursor_counts.sql
drop function minipaas._cursor_counts;

-- gone: stream/_consumer_refuse.sql
drop function minipaas._consumer_refuse;

-- gone: stream/_consumer_drop.sql
drop function minipaas._consumer_drop;

-- gone: stream/_check_stream.sql
drop function minipaas._check_stream;

-- gone: stream/_check_publish.sql
drop function minipaas._check_publish;

-- gone: stream/_check_consume.sql
drop function minipaas._check_consume;

-- gone: stream/_position.sql
drop table minipaas._position;

-- gone: stream/_event.sql
drop table minipaas._event;

-- gone: stream/_cursor.sql
drop table minipaas._cursor;

-- gone: stream/_consumer.sql
drop table minipaas._consumer;

-- gone: stream/_event_read.sql
drop type minipaas._event_read;

-- gone: stream/_event_offset.sql
drop sequence minipaas._event_offset;
