-- Never updated: this row is the lock of a consumer's partition, and where the consumer stands is in _position. Whoever
-- has locked the row reads _position in a later statement, which sees what the holder before has written.
create table minipaas._cursor (
    id integer generated always as identity primary key,
    consumer integer not null,
    partition integer not null,
    unique (consumer, partition)
);

revoke all on table minipaas._cursor from public;

comment on table minipaas._cursor is 'The partitions of each consumer.';
