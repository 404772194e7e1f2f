-- gone: queue/queues.sql
drop view minipaas.queues;

-- gone: queue/queue_tasks.sql
drop view minipaas.queue_tasks;

-- gone: queue/queue_stats.sql
drop view minipaas.queue_stats;

-- gone: access/access.sql
drop view minipaas.access;

-- gone: access/_grant.sql
drop view minipaas._grant;

-- gone: core/schema_version.sql
drop function minipaas.schema_version;

-- gone: queue/queue_resume.sql
drop function minipaas.queue_resume;

-- gone: queue/queue_redrive.sql
drop function minipaas.queue_redrive;

-- gone: queue/queue_purge.sql
drop function minipaas.queue_purge;

-- gone: queue/queue_pop.sql
drop function minipaas.queue_pop;

-- gone: queue/queue_pause.sql
drop function minipaas.queue_pause;

-- gone: queue/queue_nack_many.sql
drop function minipaas.queue_nack_many;

-- gone: queue/queue_nack.sql
drop function minipaas.queue_nack;

-- gone: queue/queue_extend_many.sql
drop function minipaas.queue_extend_many;

-- gone: queue/queue_extend.sql
drop function minipaas.queue_extend;

-- gone: queue/queue_enqueue_many.sql
drop function minipaas.queue_enqueue_many;

-- gone: queue/queue_enqueue.sql
drop function minipaas.queue_enqueue;

-- gone: queue/queue_drop.sql
drop function minipaas.queue_drop;

-- gone: queue/queue_dequeue.sql
drop function minipaas.queue_dequeue;

-- gone: queue/queue_create.sql
drop function minipaas.queue_create;

-- gone: queue/queue_channel.sql
drop function minipaas.queue_channel;

-- gone: queue/queue_cancel.sql
drop function minipaas.queue_cancel;

-- gone: queue/queue_bury.sql
drop function minipaas.queue_bury;

-- gone: queue/queue_alter.sql
drop function minipaas.queue_alter;

-- gone: queue/queue_ack_many.sql
drop function minipaas.queue_ack_many;

-- gone: queue/queue_ack.sql
drop function minipaas.queue_ack;

-- gone: access/access_revoke.sql
drop function minipaas.access_revoke;

-- gone: access/access_grant.sql
drop function minipaas.access_grant;

-- gone: core/_wrong_isolation.sql
drop function minipaas._wrong_isolation;

-- gone: core/_wake.sql
drop function minipaas._wake;

-- gone: queue/_waiting_state.sql
drop function minipaas._waiting_state;

-- gone: queue/_waiting_check.sql
drop function minipaas._waiting_check;

-- gone: queue/_task_take.sql
drop function minipaas._task_take;

-- gone: queue/_task_replace.sql
drop function minipaas._task_replace;

-- gone: queue/_task_queue.sql
drop function minipaas._task_queue;

-- gone: queue/_tally_waiting.sql
drop function minipaas._tally_waiting;

-- gone: queue/_tally_sample.sql
drop function minipaas._tally_sample;

-- gone: queue/_tally_ready.sql
drop function minipaas._tally_ready;

-- gone: queue/_tally_others.sql
drop function minipaas._tally_others;

-- gone: queue/_tally_lanes.sql
drop function minipaas._tally_lanes;

-- gone: queue/_take_due.sql
drop function minipaas._take_due;

-- gone: access/_streams_of.sql
drop function minipaas._streams_of;

-- gone: core/_sees_now.sql
drop function minipaas._sees_now;

-- gone: core/_sample_tail.sql
drop function minipaas._sample_tail;

-- gone: core/_sample_share.sql
drop function minipaas._sample_share;

-- gone: access/_queues_of.sql
drop function minipaas._queues_of;

-- gone: queue/_queue_refuse.sql
drop function minipaas._queue_refuse;

-- gone: queue/_queue_get.sql
drop function minipaas._queue_get;

-- gone: queue/_queue_deny.sql
drop function minipaas._queue_deny;

-- gone: queue/_queue_counts.sql
drop function minipaas._queue_counts;

-- gone: queue/_promote.sql
drop function minipaas._promote;

-- gone: queue/_place_many.sql
drop function minipaas._place_many;

-- gone: queue/_place.sql
drop function minipaas._place;

-- gone: queue/_may_retry.sql
drop function minipaas._may_retry;

-- gone: access/_may.sql
drop function minipaas._may;

-- gone: queue/_mark_wake.sql
drop function minipaas._mark_wake;

-- gone: queue/_mark_start.sql
drop function minipaas._mark_start;

-- gone: queue/_mark_slow.sql
drop function minipaas._mark_slow;

-- gone: queue/_mark_prune.sql
drop function minipaas._mark_prune;

-- gone: queue/_mark_move.sql
drop function minipaas._mark_move;

-- gone: queue/_mark_get.sql
drop function minipaas._mark_get;

-- gone: queue/_mark_confirm.sql
drop function minipaas._mark_confirm;

-- gone: queue/_mark_add.sql
drop function minipaas._mark_add;

-- gone: queue/_lost.sql
drop function minipaas._lost;

-- gone: queue/_lanes.sql
drop function minipaas._lanes;

-- gone: queue/_lane_begin.sql
drop function minipaas._lane_begin;

-- gone: queue/_lane_add.sql
drop function minipaas._lane_add;

-- gone: queue/_keys_tend.sql
drop function minipaas._keys_tend;

-- gone: queue/_keyed_add.sql
drop function minipaas._keyed_add;

-- gone: queue/_key_waits.sql
drop function minipaas._key_waits;

-- gone: queue/_key_release.sql
drop function minipaas._key_release;

-- gone: queue/_keep_done.sql
drop function minipaas._keep_done;

-- gone: access/_is_owner.sql
drop function minipaas._is_owner;

-- gone: core/_invalid.sql
drop function minipaas._invalid;

-- gone: queue/_holders.sql
drop function minipaas._holders;

-- gone: queue/_held.sql
drop function minipaas._held;

-- gone: access/_granted_note.sql
drop function minipaas._granted_note;

-- gone: access/_granted.sql
drop function minipaas._granted;

-- gone: queue/_free.sql
drop function minipaas._free;

-- gone: queue/_find.sql
drop function minipaas._find;

-- gone: queue/_enqueue_many_keyed.sql
drop function minipaas._enqueue_many_keyed;

-- gone: queue/_enqueue_keyed.sql
drop function minipaas._enqueue_keyed;

-- gone: queue/_due_keys.sql
drop function minipaas._due_keys;

-- gone: queue/_done_prune.sql
drop function minipaas._done_prune;

-- gone: access/_deny.sql
drop function minipaas._deny;

-- gone: queue/_dedup_take.sql
drop function minipaas._dedup_take;

-- gone: queue/_dead_add.sql
drop function minipaas._dead_add;

-- gone: core/_crowded.sql
drop function minipaas._crowded;

-- gone: core/_clock_moved.sql
drop function minipaas._clock_moved;

-- gone: core/_clock.sql
drop function minipaas._clock;

-- gone: queue/_check_task.sql
drop function minipaas._check_task;

-- gone: queue/_check_settings.sql
drop function minipaas._check_settings;

-- gone: core/_check_name.sql
drop function minipaas._check_name;

-- gone: queue/_check_ids.sql
drop function minipaas._check_ids;

-- gone: access/_check_grant.sql
drop function minipaas._check_grant;

-- gone: queue/_check_enqueue.sql
drop function minipaas._check_enqueue;

-- gone: core/_check_duration.sql
drop function minipaas._check_duration;

-- gone: core/_check_batch.sql
drop function minipaas._check_batch;

-- gone: core/_check_arrays.sql
drop function minipaas._check_arrays;

-- gone: access/_caller.sql
drop function minipaas._caller;

-- gone: queue/_bury_expired.sql
drop function minipaas._bury_expired;

-- gone: queue/_batons_sweep.sql
drop function minipaas._batons_sweep;

-- gone: queue/_baton_try.sql
drop function minipaas._baton_try;

-- gone: queue/_baton_take.sql
drop function minipaas._baton_take;

-- gone: queue/_backoff.sql
drop function minipaas._backoff;

-- gone: core/_asleep.sql
drop function minipaas._asleep;

-- gone: access/_allowed.sql
drop function minipaas._allowed;

-- gone: access/_access_set.sql
drop function minipaas._access_set;

-- gone: access/_access_lock.sql
drop function minipaas._access_lock;

-- gone: queue/_waiting.sql
drop table minipaas._waiting;

-- gone: core/_version.sql
drop table minipaas._version;

-- gone: core/_upgrade.sql
drop table minipaas._upgrade;

-- gone: stream/_stream.sql
drop table minipaas._stream;

-- gone: access/_right.sql
drop table minipaas._right;

-- gone: queue/_ready.sql
drop table minipaas._ready;

-- gone: queue/_queue.sql
drop table minipaas._queue;

-- gone: queue/_mark.sql
drop table minipaas._mark;

-- gone: queue/_lane.sql
drop table minipaas._lane;

-- gone: queue/_keyed.sql
drop table minipaas._keyed;

-- gone: queue/_done.sql
drop table minipaas._done;

-- gone: queue/_dedup.sql
drop table minipaas._dedup;

-- gone: queue/_dead.sql
drop table minipaas._dead;

-- gone: queue/_blocked.sql
drop table minipaas._blocked;

-- gone: queue/_baton.sql
drop table minipaas._baton;

-- gone: access/_access.sql
drop table minipaas._access;

-- gone: queue/_tally.sql
drop type minipaas._tally;

-- gone: queue/_task_id.sql
drop sequence minipaas._task_id;

-- gone: queue/_clock_high.sql
drop sequence minipaas._clock_high;

-- gone: core/minipaas.sql
drop schema minipaas;
