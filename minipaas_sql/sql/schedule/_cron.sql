create type minipaas._cron as (
    minutes bigint,
    hours bigint,
    days bigint,
    months bigint,
    weekdays bigint,
    elapsed boolean,
    either boolean
);

revoke all on type minipaas._cron from public;

comment on type minipaas._cron is
'A parsed cron expression: where a field allows n, bit n is set; Sunday is 0. elapsed: minute or hour begin with *, so that it
follows elapsed time. either: day-of-month and day-of-week are both restricted, so that one of them is enough.';
