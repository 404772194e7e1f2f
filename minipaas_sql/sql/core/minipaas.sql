-- Not `create schema if not exists`, which wants the right to create schemas also where there is one: an
-- administrator can give an empty schema to a role that has no such right.
do $$
begin
    if to_regnamespace('minipaas') is null then
        create schema minipaas;
    end if;
end
$$;

revoke all on schema minipaas from public;

comment on schema minipaas is
    'Durable queues and streams (minipaas-sql). What starts with an underscore is private.';
