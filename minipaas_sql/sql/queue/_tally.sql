-- A type, so that a sample of all queues and their counts look alike. Of what is in _waiting, ready tasks are due, dead ones
-- lost, and blocked ones behind.
create type minipaas._tally as (
    queue integer,
    ready bigint,
    due bigint,
    delayed bigint,
    leased bigint,
    retrying bigint,
    lost bigint,
    behind bigint,
    blocked bigint,
    dead bigint,
    done bigint,
    expired bigint,
    expired_since timestamptz,
    oldest timestamptz,
    estimated boolean
);

revoke all on type minipaas._tally from public;

comment on type minipaas._tally is 'How many tasks a queue has in each state and place; expired: leases that are over.';
