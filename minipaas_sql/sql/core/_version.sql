-- Alembic's version table, with one row such as 'minipaas_0001'. It is not called alembic_version, which
-- is the host application's own.
create table minipaas._version (
    version_num text not null,
    constraint _version_pkey primary key (version_num)
);

revoke all on table minipaas._version from public;

comment on table minipaas._version is
    'The revision that is installed, written by every upgrade and downgrade. Read minipaas.schema_version().';
