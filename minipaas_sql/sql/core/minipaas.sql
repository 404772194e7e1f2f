-- `if not exists`: a role that may not create schemas can be given an empty one by its administrator.
create schema if not exists minipaas;

revoke all on schema minipaas from public;

comment on schema minipaas is
    'Durable queues and streams (minipaas-sql). What starts with an underscore is private.';
