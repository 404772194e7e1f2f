create table minipaas._access (
    role regrole not null,
    action text not null,
    primary key (role, action)
);

revoke all on table minipaas._access from public;

comment on table minipaas._access is 'Rights on all queues and streams, by role.';
