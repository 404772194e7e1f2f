-- Where the sample is all there is, nothing is counted. Many are not counted, but a look at the first ones is worth it:
-- what ends soon is among them.
create function minipaas._tally_most(sampled bigint, room bigint) returns integer
language sql immutable
as $$
select case when sampled <= 12000 and room > 0 then 10001 else 100 end
$$;

revoke execute on function minipaas._tally_most(bigint, bigint) from public;

comment on function minipaas._tally_most(bigint, bigint) is
'Up to where to count tasks, by how many there seem to be, and how many more may be counted in all.';
