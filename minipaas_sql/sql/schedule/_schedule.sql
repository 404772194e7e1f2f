create table minipaas._schedule (
    id integer generated always as identity primary key,
    name text not null unique,
    cron text not null,
    queue text not null,
    payload jsonb not null,
    timezone text not null,
    missed text not null,
    paused boolean not null default false,
    next_at timestamptz,
    last_at timestamptz,
    last_error text,
    created_at timestamptz not null
);

-- A tick looks at nothing but what is due.
create index _schedule_next_at on minipaas._schedule (next_at) where not paused;

revoke all on table minipaas._schedule from public;

comment on table minipaas._schedule is
'The schedules. next_at is the first fire time that has made no task yet; NULL: the clock of its time zone never shows one.';
