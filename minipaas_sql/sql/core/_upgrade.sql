-- The newest row says what the schema is now: its version, and the oldest package that it still serves.
create table minipaas._upgrade (
    id bigint generated always as identity,
    version text not null,
    floor text not null,
    direction text not null,
    applied_at timestamptz not null default now(),
    applied_by text not null default session_user,
    constraint _upgrade_pkey primary key (id),
    constraint _upgrade_direction_check check (direction in ('up', 'down'))
);

revoke all on table minipaas._upgrade from public;

comment on table minipaas._upgrade is 'The log of upgrades and downgrades, one row for each revision passed.';
comment on column minipaas._upgrade.version is 'The version after this step, such as 0001.';
comment on column minipaas._upgrade.floor is
    'The oldest package that the schema still serves, named by the newest revision that it knows.';
comment on column minipaas._upgrade.direction is 'up or down.';
comment on column minipaas._upgrade.applied_at is 'When the transaction of the step began.';
comment on column minipaas._upgrade.applied_by is 'The session_user who ran it.';
