-- The pages are picked from all over the table: it costs the same however large the table is, whatever vacuum has not
-- removed, and without statistics. A table that has no more pages is read as a whole.
create function minipaas._sample_share(relation regclass) returns real
language sql stable
as $$
select least(100, 100.0 * 100 * current_setting('block_size')::bigint / greatest(pg_relation_size(relation), 1))::real
$$;

revoke execute on function minipaas._sample_share(regclass) from public;

comment on function minipaas._sample_share(regclass) is
'How many percent of a table''s pages to read in order to estimate what is in it: 100 pages; 100 percent: all of them.';
