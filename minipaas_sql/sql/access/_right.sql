-- PostgreSQL itself keeps who may do something on all queues and streams: as a column privilege, which has_column_privilege looks up
-- in a microsecond, for members and the owner too. REFERENCES, since pg_read_all_data has SELECT on everything; it gives nothing
-- else, for no column is unique. A look into a table of rights made an enqueue a quarter slower.
create table minipaas._right (
    enqueue boolean,
    dequeue boolean,
    publish boolean,
    consume boolean,
    manage boolean,
    observe boolean
);

-- As every table without a primary key: publications for all tables want it.
alter table minipaas._right replica identity full;

revoke all on table minipaas._right from public;

comment on table minipaas._right is
'A column for each right, and never a row: a role with REFERENCES on a column has that right on all queues and streams.';
