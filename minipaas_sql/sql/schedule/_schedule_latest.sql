-- By halves: a schedule of every minute has half a million fire times a year.
create function minipaas._schedule_latest(
    cron minipaas._cron, timezone text, due timestamptz, moment timestamptz
)
returns timestamptz
language plpgsql stable
as $$
declare
    v_latest timestamptz := due;
    v_none_after timestamptz := moment;
    v_middle timestamptz;
    v_next timestamptz;
begin
    while v_none_after - v_latest >= interval '1 minute' loop
        v_middle := v_latest + make_interval(secs => extract(epoch from v_none_after - v_latest)::float8 / 2);
        v_next := minipaas._cron_after(cron, v_middle, timezone);
        if v_next <= moment then
            v_latest := v_next;
        else
            v_none_after := v_middle;
        end if;
    end loop;
    return v_latest;
end
$$;

revoke execute on function minipaas._schedule_latest(minipaas._cron, text, timestamptz, timestamptz) from public;

comment on function minipaas._schedule_latest(minipaas._cron, text, timestamptz, timestamptz) is
'The last fire time up to a moment, given one that is not after it.';
