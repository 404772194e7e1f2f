-- While vacuum is held back, rows come at the end of the table: what is new there is read, and not sampled.
create function minipaas._sample_tail(relation regclass) returns tid
language sql stable
as $$
select format('(%s,0)', greatest(pg_relation_size(relation) / current_setting('block_size')::bigint - 50, 0))::tid
$$;

revoke execute on function minipaas._sample_tail(regclass) from public;

comment on function minipaas._sample_tail(regclass) is 'Where the last 50 pages of a table begin.';
