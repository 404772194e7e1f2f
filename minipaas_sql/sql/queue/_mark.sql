-- What dequeues know of the low end of a lane. Insert-only and read newest first by id (never by a clock), so that
-- it stays fast while an old snapshot keeps dead rows; unlogged, since to forget it is always safe.
-- Two things are there for speed alone. An index scan reads a whole page of entries, however few are asked for, unless
-- its range ends earlier: 48 tasks from the hint on reach up to ahead. And until calm_to nobody needs to look again
-- whether a task is due or another lane is in use: when the mark was made, neither was so.
create unlogged table minipaas._mark (
    queue integer not null,
    lane smallint not null,
    epoch bigint not null,
    id bigint generated always as identity,
    at timestamptz not null,
    next_short timestamptz not null,
    calm_to timestamptz not null,
    hint bigint not null,
    ahead bigint not null,
    floor bigint not null,
    due_hint timestamptz not null,
    due_floor timestamptz not null,
    due_candidate timestamptz,
    next_full timestamptz not null,
    full_cost interval not null,
    candidate bigint,
    holders text[],
    due_xact xid8,
    due_holders text[],
    pruned bigint not null,
    primary key (queue, lane, epoch, id)
) with (autovacuum_vacuum_scale_factor = 0.02, autovacuum_vacuum_threshold = 5000, autovacuum_vacuum_cost_delay = 1);

revoke all on table minipaas._mark from public;

comment on table minipaas._mark is
'Where the scan of a lane starts (hint), and below what nothing is and nothing can come (floor); due_* the same in _waiting.';
