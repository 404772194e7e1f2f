-- gone: schedule/schedules.sql
drop view minipaas.schedules;

-- gone: core/health.sql
drop view minipaas.health;

-- gone: schedule/schedule_tick.sql
drop function minipaas.schedule_tick;

-- gone: schedule/schedule_resume.sql
drop function minipaas.schedule_resume;

-- gone: schedule/schedule_pause.sql
drop function minipaas.schedule_pause;

-- gone: schedule/schedule_drop.sql
drop function minipaas.schedule_drop;

-- gone: schedule/schedule_create.sql
drop function minipaas.schedule_create;

-- gone: schedule/schedule_alter.sql
drop function minipaas.schedule_alter;

-- gone: schedule/cron_next.sql
drop function minipaas.cron_next;

-- gone: schedule/_schedule_refuse.sql
drop function minipaas._schedule_refuse;

-- gone: schedule/_schedule_may.sql
drop function minipaas._schedule_may;

-- gone: schedule/_schedule_latest.sql
drop function minipaas._schedule_latest;

-- gone: schedule/_schedule_fire.sql
drop function minipaas._schedule_fire;

-- gone: schedule/_schedule_enqueue.sql
drop function minipaas._schedule_enqueue;

-- gone: schedule/_schedule_due.sql
drop function minipaas._schedule_due;

-- gone: schedule/_schedule_deny.sql
drop function minipaas._schedule_deny;

-- gone: schedule/_local_first.sql
drop function minipaas._local_first;

-- gone: core/_level.sql
drop function minipaas._level;

-- gone: core/_horizon.sql
drop function minipaas._horizon;

-- gone: schedule/_cron_parse.sql
drop function minipaas._cron_parse;

-- gone: schedule/_cron_on_day.sql
drop function minipaas._cron_on_day;

-- gone: schedule/_cron_on_change.sql
drop function minipaas._cron_on_change;

-- gone: schedule/_cron_number.sql
drop function minipaas._cron_number;

-- gone: schedule/_cron_field.sql
drop function minipaas._cron_field;

-- gone: schedule/_cron_day.sql
drop function minipaas._cron_day;

-- gone: schedule/_cron_after.sql
drop function minipaas._cron_after;

-- gone: schedule/_check_timezone.sql
drop function minipaas._check_timezone;

-- gone: schedule/_check_missed.sql
drop function minipaas._check_missed;

-- gone: schedule/_schedule.sql
drop table minipaas._schedule;

-- gone: schedule/_cron.sql
drop type minipaas._cron;
