-- A sequence, since a writer in a REPEATABLE READ transaction sees no other table as it is now.
create sequence minipaas._clock_high as bigint minvalue 0 start 0 cache 1;

revoke all on sequence minipaas._clock_high from public;

comment on sequence minipaas._clock_high is
'The latest due_candidate that any mark has had, in microseconds since 1970 (see _waiting_check).';
