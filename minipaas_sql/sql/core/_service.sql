-- A role writes its own rows only: nobody can pretend that somebody else's service is gone, or up to date.
create table minipaas._service (
    service text not null,
    role text not null,
    package text not null,
    version text not null,
    minimum text not null,
    seen_at timestamptz not null,
    constraint _service_pkey primary key (service, role)
);

revoke all on table minipaas._service from public;

comment on table minipaas._service is
    'The services that use the schema, as they last said by service_seen. Read the view services.';
