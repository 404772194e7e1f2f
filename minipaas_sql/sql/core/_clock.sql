-- Inlined into its callers: one lookup of a setting is all that the real clock costs. The views call it as the one who reads
-- them, with that one's search_path: everything is qualified.
create function minipaas._clock() returns timestamptz
language sql volatile
as $$
select case
    when coalesce(pg_catalog.current_setting('minipaas.now', true), '') operator(pg_catalog.=) '' then pg_catalog.clock_timestamp()
    else minipaas._clock_moved()
end
$$;

revoke execute on function minipaas._clock() from public;

comment on function minipaas._clock() is
'The time that everything in this schema goes by: clock_timestamp(), or the setting minipaas.now in tests.';
