create function minipaas.cron_next(cron text, after timestamptz, timezone text default 'UTC') returns timestamptz
language plpgsql stable security definer
set search_path = pg_catalog, pg_temp
as $$
declare
    v_next timestamptz;
begin
    timezone := coalesce(timezone, 'UTC');
    perform minipaas._check_timezone(timezone);
    if after is null or after not between '0001-01-01 UTC' and '9999-12-31 UTC' then
        perform minipaas._invalid('after', after::text, 'It is a moment in the years 1 to 9999.');
    end if;
    v_next := minipaas._cron_after(minipaas._cron_parse(cron), after, timezone);
    if v_next is null then
        perform minipaas._invalid(
            'cron', quote_literal(cron),
            format('It never runs: the clocks of %s skip this time whenever it would come.', timezone)
        );
    end if;
    return v_next;
end
$$;

revoke execute on function minipaas.cron_next(text, timestamptz, text) from public;

comment on function minipaas.cron_next(text, timestamptz, text) is
'The first time after a moment that a cron expression stands for.

cron: minute (0-59), hour (0-23), day-of-month (1-31), month (1-12 or JAN-DEC), day-of-week (0-7 or SUN-SAT; 0 and 7 are Sunday),
each a *, a value, a range 1-5, or one of these with a step as in */15, or a list of them; or @hourly, @daily, @midnight,
@weekly, @monthly, @yearly, @annually. Where neither day-of-month nor day-of-week begins with a *, one of them is enough.
after: the moment.
timezone: whose clocks it goes by (default UTC). When they change: with a minute or an hour that begins with *, it runs
whenever the clocks show such a time, by elapsed time; else once at the first of two such times, and right after the
change where the clocks skip it.
Returns the time. Right: any. Errors: MP006.';
