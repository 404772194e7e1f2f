-- object: stream/_event_offset.sql
-- One for all streams: offsets of a stream only ever grow, and have gaps. What readers may pass rests on its last value
-- (see _hold_back): CACHE must stay 1.
create sequence minipaas._event_offset as bigint cache 1;

revoke all on sequence minipaas._event_offset from public;

comment on sequence minipaas._event_offset is 'The offsets of events.';

-- object: stream/_event_read.sql
-- A type, since PL/pgSQL does not take a column of RETURNS TABLE that is called like a parameter.
create type minipaas._event_read as (
    event_offset bigint, partition integer, key text, payload jsonb, headers jsonb, published_at timestamptz
);

revoke all on type minipaas._event_read from public;

comment on type minipaas._event_read is 'What stream_consume returns of an event.';

-- object: stream/_consumer.sql
create table minipaas._consumer (
    id integer generated always as identity primary key,
    stream integer not null,
    name text not null,
    created_at timestamptz not null,
    unique (stream, name)
);

revoke all on table minipaas._consumer from public;

comment on table minipaas._consumer is 'The consumers of each stream.';

-- object: stream/_cursor.sql
-- Never updated: this row is the lock of a consumer's partition, and where the consumer stands is in _position. Whoever
-- has locked the row reads _position in a later statement, which sees what the holder before has written.
create table minipaas._cursor (
    id integer generated always as identity primary key,
    consumer integer not null,
    partition integer not null,
    unique (consumer, partition)
);

revoke all on table minipaas._cursor from public;

comment on table minipaas._cursor is 'The partitions of each consumer.';

-- object: stream/_event.sql
-- partition is NULL where a stream has one partition only: its events then cost one index entry, not two.
create table minipaas._event (
    event_offset bigint not null,
    published_at timestamptz not null,
    stream integer not null,
    partition integer,
    payload jsonb not null,
    key text,
    headers jsonb,
    dedup_key text,
    primary key (stream, event_offset)
) with (
    autovacuum_vacuum_scale_factor = 0.02, autovacuum_vacuum_insert_scale_factor = 0.02, autovacuum_vacuum_cost_delay = 1
);

create index _event_partition on minipaas._event (stream, partition, event_offset) where partition is not null;
create index _event_key on minipaas._event (stream, key, event_offset) where key is not null;
create unique index _event_dedup_key on minipaas._event (stream, dedup_key) where dedup_key is not null;

revoke all on table minipaas._event from public;

comment on table minipaas._event is 'The events of all streams.';

-- object: stream/_position.sql
-- Insert-only and read newest first by id, so that it stays fast while an old snapshot keeps dead rows.
create table minipaas._position (
    cursor integer not null,
    id bigint generated always as identity,
    committed bigint not null,
    fetched bigint not null,
    lease_id bigint,
    lease_until timestamptz,
    worker text,
    lost bigint not null default 0,
    pruned bigint not null default 0,
    entries integer not null default 0,
    primary key (cursor, id)
) with (autovacuum_vacuum_scale_factor = 0.02, autovacuum_vacuum_threshold = 5000, autovacuum_vacuum_cost_delay = 1);

revoke all on table minipaas._position from public;

comment on table minipaas._position is
'Where a consumer stands in a partition: the newest row of a cursor counts. It is free when lease_id is NULL or the lease is over.';

-- object: stream/_check_consume.sql
create function minipaas._check_consume(
    stream minipaas._stream, argument text, event_offset bigint, batch_size integer, partition integer
)
returns void
language plpgsql immutable
as $$
begin
    perform minipaas._check_batch(batch_size, null);
    if event_offset < 0 then
        perform minipaas._invalid(argument, event_offset::text, 'Offsets are 1 or more; 0 is before the first.');
    elsif partition not between 0 and stream.partitions - 1 then
        perform minipaas._invalid(
            'partition', partition::text, format('Stream "%s" has partitions 0 to %s.', stream.name, stream.partitions - 1)
        );
    end if;
end
$$;

revoke execute on function minipaas._check_consume(minipaas._stream, text, bigint, integer, integer) from public;

comment on function minipaas._check_consume(minipaas._stream, text, bigint, integer, integer) is
'Raises MP006 for an offset below 0, a batch size below 1 or a partition that there is not; NULL passes.';

-- object: stream/_check_publish.sql
create function minipaas._check_publish(payload jsonb, keys text[]) returns void
language plpgsql immutable
as $$
begin
    if payload is null then
        perform minipaas._invalid('payload', null, 'It is any JSON; the JSON null is ''null''::jsonb.');
    elsif exists (select from unnest(keys) k (k) where length(k) > 500) then
        perform minipaas._invalid(
            'key', (select quote_literal(k) from unnest(keys) k (k) where length(k) > 500 limit 1),
            'Keys and dedup_keys have up to 500 characters.'
        );
    end if;
end
$$;

revoke execute on function minipaas._check_publish(jsonb, text[]) from public;

comment on function minipaas._check_publish(jsonb, text[]) is
'Raises MP006 for a missing payload, or for a key that no index can hold.';

-- object: stream/_check_stream.sql
create function minipaas._check_stream(partitions integer, keep interval, keep_events bigint, max_lag interval) returns void
language plpgsql immutable
as $$
begin
    if partitions not between 1 and 1024 then
        perform minipaas._invalid('partitions', partitions::text, 'It is from 1 to 1024.');
    elsif keep_events < 0 then
        perform minipaas._invalid('keep_events', keep_events::text, 'It is how many events to keep, or 0 for no limit.');
    end if;
    perform minipaas._check_duration('keep', keep, 'It is how long to keep events, or 0 for no limit.');
    perform minipaas._check_duration('max_lag', max_lag, 'It is how far a consumer may lag without losing events, or 0 for no limit.');
end
$$;

revoke execute on function minipaas._check_stream(integer, interval, bigint, interval) from public;

comment on function minipaas._check_stream(integer, interval, bigint, interval) is
'Raises MP006 for a setting of a stream that is out of its range; NULL passes.';

-- object: stream/_consumer_drop.sql
-- The consumer first, as stream_unsubscribe does. The lock on the cursors waits for whoever is just writing a position,
-- which the next statement then sees.
create function minipaas._consumer_drop(consumer integer) returns void
language plpgsql volatile
as $$
#variable_conflict use_variable
begin
    delete from minipaas._consumer k where k.id = consumer;
    perform from minipaas._cursor c where c.consumer = consumer order by c.id for update;
    delete from minipaas._position p using minipaas._cursor c where c.consumer = consumer and p.cursor = c.id;
    delete from minipaas._cursor c where c.consumer = consumer;
end
$$;

revoke execute on function minipaas._consumer_drop(integer) from public;

comment on function minipaas._consumer_drop(integer) is 'Deletes a consumer and all that is known of it.';

-- object: stream/_consumer_refuse.sql
create function minipaas._consumer_refuse(stream text, consumer text) returns void
language plpgsql immutable
as $$
begin
    raise exception using
        errcode = 'MP003',
        message = format('stream "%s" has no consumer "%s"', stream, consumer),
        hint = format('minipaas.consumer_stats lists what there is. To create it: select minipaas.stream_subscribe(%L, %L);', stream, consumer);
end
$$;

revoke execute on function minipaas._consumer_refuse(text, text) from public;

comment on function minipaas._consumer_refuse(text, text) is 'Raises MP003.';

-- object: stream/_cursor_counts.sql
-- For the view, which calls it as whoever reads it.
create function minipaas._cursor_counts()
returns table (
    cursor integer, committed bigint, lag bigint, estimated boolean, since timestamptz, lease_id bigint, worker text,
    lease_until timestamptz, lost bigint, blocked_by jsonb
)
language plpgsql stable security definer
set search_path = pg_catalog, pg_temp
set enable_seqscan = off
set enable_bitmapscan = off
set jit = off
as $$
#variable_conflict use_column
declare
    v_streams constant integer[] := minipaas._streams_of('observe');
begin
    if v_streams = '{}' then
        return;
    end if;
    return query
    with cursors as materialized (
        select
            c.id, c.stream, c.partition, c.committed, c.head, c.blocked_by, c.lease_id, c.worker, c.lease_until, c.lost,
            row_number() over () as place,
            (
                select e.published_at from minipaas._event_range(c.stream, c.partition, c.committed, c.head, 1) e
            ) as since
        from (
            select
                c.id, s.id as stream, case when s.partitions > 1 then c.partition end as partition,
                greatest(p.committed, s.trimmed) as committed,
                coalesce(h.head, pg_sequence_last_value('minipaas._event_offset'), 0) as head, h.blocked_by, p.lease_id, p.worker, p.lease_until,
                p.lost
            from minipaas._stream s
            left join minipaas._stream_states() h on h.stream = s.id
            join minipaas._consumer k on k.stream = s.id
            join minipaas._cursor c on c.consumer = k.id
            cross join lateral minipaas._position_now(c.id) p
            where v_streams is null or s.id = any(v_streams)
        ) c
    )
    select
        c.id, c.committed, n.count, n.estimated, c.since, c.lease_id, c.worker, c.lease_until, c.lost, c.blocked_by
    from (
        select
            array_agg(a.stream order by a.place) as streams,
            array_agg(a.partition order by a.place) as partitions,
            array_agg(a.committed order by a.place) as lows,
            array_agg(a.head order by a.place) as highs
        from cursors a
    ) r
    cross join lateral minipaas._event_counts(r.streams, r.partitions, r.lows, r.highs) n
    join cursors c on c.place = n.place;
end
$$;

revoke execute on function minipaas._cursor_counts() from public;

comment on function minipaas._cursor_counts() is
'Where each consumer stands in each partition, as far as the caller may observe them; large numbers are estimates.';

-- object: stream/_event_count.sql
create function minipaas._event_count(stream minipaas._stream, partition integer, after_offset bigint, upto bigint)
returns bigint
language sql stable
as $$
select case when stream.partitions = 1 then (
    select count(*)
    from minipaas._event e
    where e.stream = stream.id and e.event_offset > after_offset and e.event_offset <= upto
) else (
    select count(*)
    from minipaas._event e
    where e.stream = stream.id and e.partition = _event_count.partition
        and e.event_offset > after_offset and e.event_offset <= upto
) end
$$;

revoke execute on function minipaas._event_count(minipaas._stream, integer, bigint, bigint) from public;

comment on function minipaas._event_count(minipaas._stream, integer, bigint, bigint) is
'How many events a partition has in a range.';

-- object: stream/_event_counts.sql
-- A range is estimated by up to eight parts of it, each by how many offsets its first events take. Those that seem small are then
-- counted, the smallest first, until so many events are as 20 ms allow.
create function minipaas._event_counts(streams integer[], partitions integer[], lows bigint[], highs bigint[])
returns table (place bigint, count bigint, estimated boolean)
language sql stable
set enable_seqscan = off
set enable_bitmapscan = off
set jit = off
as $$
with ranges as (
    select r.*, greatest(r.high - r.low, 0) as length, greatest(2, least(8, 200 / cardinality(streams))) as parts
    from unnest(streams, partitions, lows, highs) with ordinality r (stream, partition, low, high, place)
),
guesses as (
    select
        r.place, r.stream, r.partition, r.low, r.high,
        sum(case when n.count < 16 then n.count else n.count * (p.high - p.low) / (n.upto - p.low) end) as guess
    from ranges r
    cross join lateral (
        select r.low + r.length * i / r.parts as low, r.low + r.length * (i + 1) / r.parts as high
        from generate_series(0, r.parts - 1) i
    ) p
    cross join lateral (
        select count(*) as count, max(f.event_offset) as upto
        from minipaas._event_range(r.stream, r.partition, p.low, p.high, 16) f
    ) n
    group by r.place, r.stream, r.partition, r.low, r.high
),
sums as (
    select g.*, g.guess <= 12000 and sum(g.guess) over (order by g.guess, g.place) <= greatest(5000, 60000 / cardinality(streams)) as small from guesses g
)
select
    s.place, case when s.small and n.count <= 10000 then n.count else greatest(s.guess, n.count) end::bigint,
    not s.small or n.count > 10000
from sums s
cross join lateral (
    select count(*) as count
    from minipaas._event_range(s.stream, s.partition, s.low, s.high, case when s.small then 10001 else 0 end) f
) n
$$;

revoke execute on function minipaas._event_counts(integer[], integer[], bigint[], bigint[]) from public;

comment on function minipaas._event_counts(integer[], integer[], bigint[], bigint[]) is
'How many events there are in ranges, each above its low and up to its high, by their places; large numbers are estimates.';

-- object: stream/_event_range.sql
-- Inlined into its callers. Each branch has its own order and limit: above the union, the planner would sort all events.
create function minipaas._event_range(stream integer, partition integer, low bigint, high bigint, most integer)
returns table (event_offset bigint, published_at timestamptz)
language sql stable
as $$
(
    select e.event_offset, e.published_at
    from minipaas._event e
    where _event_range.partition is null and e.stream = _event_range.stream
        and e.event_offset > low and e.event_offset <= high
    order by e.event_offset limit most
)
union all
(
    select e.event_offset, e.published_at
    from minipaas._event e
    where e.stream = _event_range.stream and e.partition = _event_range.partition
        and e.event_offset > low and e.event_offset <= high
    order by e.event_offset limit most
)
$$;

revoke execute on function minipaas._event_range(integer, integer, bigint, bigint, integer) from public;

comment on function minipaas._event_range(integer, integer, bigint, bigint, integer) is
'The first events of a stream, or of one of its several partitions, above one offset and up to another.';

-- object: stream/_first_at.sql
-- No index on the time: offsets follow it but for publishers that overtake each other by moments. So it halves the range
-- of offsets, and then looks back as long as a hundred events before the find hold another.
create function minipaas._first_at(stream minipaas._stream, at timestamptz, head bigint) returns bigint
language plpgsql volatile
set enable_seqscan = off
set enable_bitmapscan = off
as $$
#variable_conflict use_variable
declare
    v_low bigint := stream.trimmed;
    v_high bigint := head + 1;
    v_found bigint := head + 1;
    v_middle bigint;
    v_event record;
begin
    while v_high - v_low > 1 loop
        v_middle := v_low + (v_high - v_low) / 2;
        select e.event_offset, e.published_at into v_event
        from minipaas._event e
        where e.stream = stream.id and e.event_offset >= v_middle and e.event_offset < v_high
        order by e.event_offset
        limit 1;
        if v_event.published_at < at then
            v_low := v_event.event_offset;
        else
            v_high := v_middle;
            v_found := coalesce(v_event.event_offset, v_found);
        end if;
    end loop;
    loop
        v_middle := (
            select min(b.event_offset)
            from (
                select e.event_offset, e.published_at
                from minipaas._event e
                where e.stream = stream.id and e.event_offset > stream.trimmed and e.event_offset < v_found
                order by e.event_offset desc
                limit 100
            ) b
            where b.published_at >= at
        );
        exit when v_middle is null;
        v_found := v_middle;
    end loop;
    return v_found;
end
$$;

revoke execute on function minipaas._first_at(minipaas._stream, timestamptz, bigint) from public;

comment on function minipaas._first_at(minipaas._stream, timestamptz, bigint) is
'The offset of the first event published at a time or later; head + 1 where there is none.';

-- object: stream/_hold_back.sql
-- A publisher locks a lower bound of every offset that it will write: the sequence's last value as read before its first
-- nextval. Readers stop below the lowest bound that they see (_stream_head). One key serves a whole transaction, by the
-- setting; but the lock is taken on each publish, and a setting out of range is not believed, so that nobody's setting
-- can make a reader pass an event. A rollback to a savepoint takes back both, lock and setting.
create function minipaas._hold_back(stream integer) returns void
language plpgsql volatile
as $$
declare
    v_name constant text := 'minipaas.bound_' || stream;
    v_last bigint := coalesce(pg_sequence_last_value('minipaas._event_offset'), 0);
    v_bound bigint := v_last;
    v_set text := current_setting(v_name, true);
begin
    if v_set ~ '^[0-9]{1,18}$' and v_set::bigint between v_last - 1000000000 and v_last then
        v_bound := v_set::bigint;
    else
        perform set_config(v_name, v_last::text, true);
    end if;
    if not pg_try_advisory_xact_lock_shared(1297088512 + stream, v_bound::bit(32)::integer) then
        perform pg_advisory_xact_lock_shared(1297088512 + stream, v_bound::bit(32)::integer);
    end if;
end
$$;

revoke execute on function minipaas._hold_back(integer) from public;

comment on function minipaas._hold_back(integer) is
'Keeps readers of a stream below the offsets that this transaction is about to take, until it ends.';

-- object: core/_orphans_prune.sql
-- What was added in a transaction that committed after the queue, the stream or the consumer was dropped. Ids that are not
-- there are known without reading the tables, whose dead rows vacuum may be kept from. Of many ids that were ever given,
-- it takes ten thousand in a row, so that the cost is bounded. The delete looks at both tables in one snapshot: the queue
-- of a row that it sees, it sees.
create function minipaas._orphans_prune(batch_size integer) returns bigint
language plpgsql volatile
set enable_seqscan = off
as $$
declare
    v_of record;
    v_table text;
    v_last bigint;
    v_first bigint;
    v_ids bigint[];
    v_count bigint;
    v_total bigint := 0;
begin
    for v_of in
        select p.* from (values
            ('_queue', 'queue', '{_ready,_waiting,_blocked,_baton,_dedup,_keyed,_dead,_done,_lane,_mark}'::text[]),
            ('_stream', 'stream', '{_event,_consumer}'), ('_consumer', 'consumer', '{_cursor}'), ('_cursor', 'cursor', '{_position}')
        ) p (parent, id, tables)
    loop
        v_last := pg_sequence_last_value(pg_get_serial_sequence('minipaas.' || v_of.parent, 'id'));
        v_first := 1 + 10000 * floor(random() * ceil(v_last / 10000.0))::bigint;
        execute format(
            'select array(
                select g from generate_series($1, least($2, $1 + 9999)) g
                where not exists (select from minipaas.%I p where p.id = g)
                order by random() limit 1000
            )', v_of.parent
        ) into v_ids using v_first, v_last;
        foreach v_table in array v_of.tables loop
            execute format(
                'delete from minipaas.%1$I d where d.ctid = any(array(
                    select t.ctid from minipaas.%1$I t
                    where t.%2$I = any($1) and not exists (select from minipaas.%3$I p where p.id = t.%2$I)
                    limit $2 for update skip locked
                ))', v_table, v_of.id, v_of.parent
            ) using v_ids, batch_size;
            get diagnostics v_count = row_count;
            v_total := v_total + v_count;
        end loop;
    end loop;
    return v_total;
end
$$;

revoke execute on function minipaas._orphans_prune(integer) from public;

comment on function minipaas._orphans_prune(integer) is
'Deletes what belongs to queues, streams and consumers that are not there any more, at most batch_size rows of a table; returns
how many. Of very many ids that are gone, it looks at a thousand.';

-- object: stream/_partition.sql
create function minipaas._partition(partitions integer, key text) returns integer
language sql volatile
as $$
select case
    when partitions = 1 then null
    when key is null then floor(random() * partitions)
    else (hashtextextended(key collate "C", 0) & 9223372036854775807) % partitions
end::integer
$$;

revoke execute on function minipaas._partition(integer, text) from public;

comment on function minipaas._partition(integer, text) is
'The partition of an event: by its key, or any. NULL where there is only one.';

-- object: stream/_places.sql
create function minipaas._places(stream minipaas._stream, upto bigint)
returns table (cursor integer, partition integer, place minipaas._position, unread bigint)
language sql stable
as $$
select c.id, c.partition, p, u.unread
from minipaas._consumer k
join minipaas._cursor c on c.consumer = k.id
cross join lateral minipaas._position_now(c.id) p
cross join lateral (
    (
        select e.event_offset as unread
        from minipaas._event e
        where (_places.stream).partitions = 1 and e.stream = (_places.stream).id
            and e.event_offset > greatest(p.committed, (_places.stream).trimmed) and e.event_offset <= upto
        order by e.stream, e.event_offset
        limit 1
    )
    union all
    (
        select e.event_offset
        from minipaas._event e
        where (_places.stream).partitions > 1 and e.stream = (_places.stream).id and e.partition = c.partition
            and e.event_offset > greatest(p.committed, (_places.stream).trimmed) and e.event_offset <= upto
        order by e.stream, e.partition, e.event_offset
        limit 1
    )
) u
where k.stream = (_places.stream).id
$$;

revoke execute on function minipaas._places(minipaas._stream, bigint) from public;

comment on function minipaas._places(minipaas._stream, bigint) is
'Where the consumers of a stream stand that have something to read up to an offset, and their first unread event.';

-- object: stream/_position_add.sql
-- Only with the cursor locked. Pruning starts where the last one ended: below that, a held snapshot keeps dead rows.
create function minipaas._position_add(place minipaas._position) returns void
language plpgsql volatile
as $$
begin
    place.entries := place.entries + 1;
    if place.entries = 64 then
        delete from minipaas._position p
        where p.cursor = place.cursor and p.id > place.pruned and p.id <= place.id;
        place.pruned := place.id;
        place.entries := 0;
    end if;
    insert into minipaas._position (
        cursor, committed, fetched, lease_id, lease_until, worker, lost, pruned, entries
    )
    values (
        place.cursor, place.committed, place.fetched, place.lease_id, place.lease_until, place.worker,
        place.lost, place.pruned, place.entries
    );
end
$$;

revoke execute on function minipaas._position_add(minipaas._position) from public;

comment on function minipaas._position_add(minipaas._position) is
'Writes where a consumer stands in a partition from now on.';

-- object: stream/_position_lock.sql
create function minipaas._position_lock(stream text, consumer text, partition integer, call text) returns minipaas._position
language plpgsql volatile
as $$
#variable_conflict use_variable
declare
    v_stream constant minipaas._stream := minipaas._stream_read(stream, call);
    v_cursor integer;
    v_place minipaas._position;
begin
    select c.id into v_cursor
    from minipaas._consumer k
    join minipaas._cursor c on c.consumer = k.id
    where k.stream = v_stream.id and k.name = consumer and c.partition = partition
    for update of c;
    if not found then
        if partition is null then
            perform minipaas._invalid('partition', null, 'It is the one that stream_fetch returned.');
        end if;
        perform minipaas._check_consume(v_stream, null, null, null, partition);
        perform minipaas._consumer_refuse(stream, consumer);
    end if;
    select p.* into v_place from minipaas._position_now(v_cursor) p;
    return v_place;
end
$$;

revoke execute on function minipaas._position_lock(text, text, integer, text) from public;

comment on function minipaas._position_lock(text, text, integer, text) is
'Where a consumer stands in a partition, locked until the transaction ends. Raises MP002, MP003, MP005, MP006 or MP007.';

-- object: stream/_position_now.sql
create function minipaas._position_now(cursor integer) returns setof minipaas._position
language sql stable
as $$
select p.* from minipaas._position p where p.cursor = _position_now.cursor order by p.cursor desc, p.id desc limit 1
$$;

revoke execute on function minipaas._position_now(integer) from public;

comment on function minipaas._position_now(integer) is 'Where a consumer stands in a partition.';

-- object: stream/_publish_many_once.sql
-- In the order of the dedup_keys, so that two such calls wait for each other in one direction only; the offsets follow the
-- order of the payloads all the same.
create function minipaas._publish_many_once(
    stream minipaas._stream, payloads jsonb[], keys text[], headers jsonb[], dedup_keys text[]
)
returns setof bigint
language plpgsql volatile
set enable_seqscan = off
set enable_bitmapscan = off
as $$
#variable_conflict use_column
declare
    v_offsets bigint[];
    v_times timestamptz[];
    v_first bigint;
    v_event record;
begin
    perform minipaas._hold_back(_publish_many_once.stream.id);
    select array_agg(nextval('minipaas._event_offset')), array_agg(minipaas._clock()) into v_offsets, v_times
    from generate_series(1, cardinality(payloads));
    for v_event in
        select * from unnest(payloads, keys, _publish_many_once.headers, dedup_keys) with ordinality u (payload, key, headers, dedup_key, place)
        order by u.dedup_key collate "C", u.place
    loop
        loop
            v_first := (
                select e.event_offset from minipaas._event e
                where e.stream = _publish_many_once.stream.id and e.dedup_key = v_event.dedup_key
            );
            exit when v_first is not null;
            insert into minipaas._event (event_offset, published_at, stream, partition, payload, key, headers, dedup_key)
            values (
                v_offsets[v_event.place], v_times[v_event.place], _publish_many_once.stream.id,
                minipaas._partition(_publish_many_once.stream.partitions, v_event.key), v_event.payload,
                v_event.key, v_event.headers, v_event.dedup_key
            )
            on conflict (stream, dedup_key) where dedup_key is not null do nothing;
            exit when found;
        end loop;
        v_offsets[v_event.place] := coalesce(v_first, v_offsets[v_event.place]);
    end loop;
    return query select unnest(v_offsets);
end
$$;

revoke execute on function minipaas._publish_many_once(minipaas._stream, jsonb[], text[], jsonb[], text[]) from public;

comment on function minipaas._publish_many_once(minipaas._stream, jsonb[], text[], jsonb[], text[]) is
'Publishes those of many events whose dedup_key is new; returns the offset of each, or of the event that has its key.';

-- object: stream/_publish_once.sql
-- Who meets an uncommitted event with the same dedup_key waits in the insert, and then looks again.
create function minipaas._publish_once(stream text, payload jsonb, key text, headers jsonb, dedup_key text)
returns bigint
language plpgsql volatile
set enable_seqscan = off
set enable_bitmapscan = off
as $$
#variable_conflict use_column
declare
    v_stream minipaas._stream;
    v_offset bigint;
begin
    select s.* into v_stream from minipaas._stream_get(_publish_once.stream, 'publish') s;
    if not found then
        perform minipaas._stream_refuse(stream, 'publish');
    end if;
    loop
        v_offset := (
            select e.event_offset from minipaas._event e where e.stream = v_stream.id and e.dedup_key = _publish_once.dedup_key
        );
        exit when v_offset is not null;
        perform minipaas._hold_back(v_stream.id);
        v_offset := nextval('minipaas._event_offset');
        insert into minipaas._event (event_offset, published_at, stream, partition, payload, key, headers, dedup_key)
        values (
            v_offset, minipaas._clock(), v_stream.id, minipaas._partition(v_stream.partitions, _publish_once.key),
            _publish_once.payload, _publish_once.key, _publish_once.headers, _publish_once.dedup_key
        )
        on conflict (stream, dedup_key) where dedup_key is not null do nothing;
        if found then
            if minipaas._asleep('minipaas_stream_' || v_stream.id) then
                perform minipaas._wake('minipaas_stream_' || v_stream.id);
            end if;
            exit;
        end if;
    end loop;
    return v_offset;
end
$$;

revoke execute on function minipaas._publish_once(text, jsonb, text, jsonb, text) from public;

comment on function minipaas._publish_once(text, jsonb, text, jsonb, text) is
'Publishes an event unless one with its dedup_key is kept; returns the offset of the one or the other.';

-- object: stream/_publishers.sql
-- An xact lock lives until the top transaction ends or the savepoint is rolled back, and through PREPARE: then it has no
-- pid. The namespace of the lock is "MP" and the stream. Its key has the low 32 bits of a bound, which are compared by their
-- distance from the last value. A bound that was drawn after that looks almost 2^32 away; it belongs to offsets above the last
-- value, and is ignored.
create function minipaas._publishers(stream integer, last bigint)
returns table (pid integer, virtualxid text, behind bigint)
language sql stable
as $$
select p.*
from (
    select l.pid, l.virtualtransaction, (last - l.objid::bigint) & 4294967295 as behind
    from pg_locks l
    where l.locktype = 'advisory' and l.mode = 'ShareLock' and l.granted and l.objsubid = 2
        and l.classid = (1297088512 + stream)::oid
        and l.database = (select d.oid from pg_database d where d.datname = current_database())
        and l.pid is distinct from pg_backend_pid()
) p
where p.behind < 3294967296
$$;

revoke execute on function minipaas._publishers(integer, bigint) from public;

comment on function minipaas._publishers(integer, bigint) is
'Other open transactions that have published to a stream, and how far below a last value the lower bound of their offsets is.';

-- object: stream/_retain.sql
-- Chunks, so that the time is kept, and one in any case; what is left goes with the next call. A full stream with keep_events
-- costs a walk over as many index entries.
create function minipaas._retain(stream minipaas._stream, deadline timestamptz) returns bigint
language plpgsql volatile
set enable_seqscan = off
set enable_bitmapscan = off
as $$
#variable_conflict use_variable
declare
    v_now constant timestamptz := minipaas._clock();
    v_head constant bigint := minipaas._stream_head(stream.id);
    v_before bigint := 0;
    v_spared bigint := 0;
    v_chunk bigint;
    v_count bigint := 0;
begin
    if stream.keep > '0' then
        v_before := minipaas._first_at(stream, v_now - least(stream.keep, '1000 years'), v_head);
    end if;
    if stream.keep_events > 0 and v_head - stream.trimmed > stream.keep_events then
        v_before := greatest(v_before, (
            select e.event_offset from minipaas._event e
            where e.stream = stream.id and e.event_offset > stream.trimmed and e.event_offset <= v_head
            order by e.event_offset desc
            offset stream.keep_events - 1 limit 1
        ));
    end if;
    if v_before > stream.trimmed + 1 then
        if stream.max_lag > '0' then
            v_spared := minipaas._first_at(stream, v_now - least(stream.max_lag, '1000 years'), v_head);
        end if;
        v_before := least(v_before, (select min(greatest(p.unread, v_spared)) from minipaas._places(stream, v_before - 1) p));
    end if;
    while stream.trimmed < v_before - 1 loop
        v_chunk := least(v_before, (
            select e.event_offset from minipaas._event e
            where e.stream = stream.id and e.event_offset > stream.trimmed
            order by e.event_offset
            offset 10000 limit 1
        ));
        v_count := v_count + minipaas._trim(stream, v_chunk, false);
        select s.* into stream from minipaas._stream s where s.id = stream.id;
        exit when stream.trimmed < v_chunk - 1 or clock_timestamp() > deadline;
    end loop;
    return v_count;
end
$$;

revoke execute on function minipaas._retain(minipaas._stream, timestamptz) from public;

comment on function minipaas._retain(minipaas._stream, timestamptz) is
'Trims a stream, whose row is locked, to what keep, keep_events and max_lag say; returns how many events are gone.';

-- object: stream/_run_end.sql
-- Skipping rows is cheaper than the maximum of all of them; a run that is shorter ends with the last event up to the head.
create function minipaas._run_end(
    stream minipaas._stream, partition integer, after_offset bigint, head bigint, batch_size integer
)
returns bigint
language plpgsql volatile
as $$
#variable_conflict use_variable
begin
    if stream.partitions = 1 then
        return coalesce((
            select e.event_offset
            from minipaas._event e
            where e.stream = stream.id and e.event_offset > after_offset and e.event_offset <= head
            order by e.stream, e.event_offset
            offset batch_size - 1 limit 1
        ), (
            select e.event_offset
            from minipaas._event e
            where e.stream = stream.id and e.event_offset > after_offset and e.event_offset <= head
            order by e.stream desc, e.event_offset desc
            limit 1
        ));
    end if;
    return coalesce((
        select e.event_offset
        from minipaas._event e
        where e.stream = stream.id and e.partition = partition and e.event_offset > after_offset and e.event_offset <= head
        order by e.stream, e.partition, e.event_offset
        offset batch_size - 1 limit 1
    ), (
        select e.event_offset
        from minipaas._event e
        where e.stream = stream.id and e.partition = partition and e.event_offset > after_offset and e.event_offset <= head
        order by e.stream desc, e.partition desc, e.event_offset desc
        limit 1
    ));
end
$$;

revoke execute on function minipaas._run_end(minipaas._stream, integer, bigint, bigint, integer) from public;

comment on function minipaas._run_end(minipaas._stream, integer, bigint, bigint, integer) is
'The offset of the last of the next batch_size events of a partition.';

-- object: core/_sequences_repair.sql
-- Logical replication and migration tools may leave sequences behind the rows: new tasks would hide below floors, and
-- offsets be given twice. The margin is for whoever draws numbers at this moment.
create function minipaas._sequences_repair() returns bigint
language plpgsql volatile
as $$
declare
    v_sequence record;
    v_highest bigint;
    v_count bigint := 0;
begin
    for v_sequence in
        select
            pg_get_serial_sequence(c.oid::regclass::text, a.attname) as name,
            format('select max(%I) from %s', a.attname, c.oid::regclass) as highest
        from pg_class c
        join pg_attribute a on a.attrelid = c.oid and a.attidentity <> ''
        where c.relnamespace = 'minipaas'::regnamespace
        union all
        select 'minipaas._event_offset', '
            select greatest(
                (
                    select max(greatest(s.trimmed, e.event_offset))
                    from minipaas._stream s
                    left join lateral (
                        select e.event_offset from minipaas._event e where e.stream = s.id order by e.event_offset desc limit 1
                    ) e on true
                ),
                (select max(p.committed) from minipaas._cursor c cross join lateral minipaas._position_now(c.id) p)
            )'
        union all
        select 'minipaas._task_id', '
            select greatest(
                (select max(w.id) from minipaas._waiting w), (select max(b.id) from minipaas._blocked b),
                (select max(d.id) from minipaas._dead d), (select max(n.id) from minipaas._done n), (
                    select max(r.position)
                    from minipaas._queue q
                    cross join lateral unnest(minipaas._lanes(q.id)) l (lane)
                    cross join lateral (
                        select r.position from minipaas._ready r where r.queue = q.id and r.lane = l.lane
                        order by r.position desc limit 1
                    ) r
                )
            )'
    loop
        execute v_sequence.highest into v_highest;
        if v_highest > coalesce(pg_sequence_last_value(v_sequence.name::regclass), 0) then
            perform setval(v_sequence.name::regclass, v_highest + 1000);
            raise warning using
                message = format('sequence %s was behind its rows, and is set to %s', v_sequence.name, v_highest + 1000),
                hint = 'Whatever moved the data here left the sequences behind: let it copy them as well.';
            v_count := v_count + 1;
        end if;
    end loop;
    return v_count;
end
$$;

revoke execute on function minipaas._sequences_repair() from public;

comment on function minipaas._sequences_repair() is
'Sets sequences that are behind the rows that they number; returns how many.';

-- object: stream/_start_at.sql
create function minipaas._start_at(stream minipaas._stream, argument text, event_offset bigint, at timestamptz) returns bigint
language plpgsql volatile
as $$
declare
    v_last constant bigint := coalesce(pg_sequence_last_value('minipaas._event_offset'), 0);
    v_head constant bigint := minipaas._stream_head(stream.id);
begin
    perform minipaas._check_consume(stream, argument, event_offset, null, null);
    return case
        when at is not null then minipaas._first_at(stream, at, v_head) - 1
        when event_offset <= v_last then greatest(event_offset - 1, stream.trimmed)
        else v_head
    end;
end
$$;

revoke execute on function minipaas._start_at(minipaas._stream, text, bigint, timestamptz) from public;

comment on function minipaas._start_at(minipaas._stream, text, bigint, timestamptz) is
'What a consumer has to have committed to go on with an offset or a time, within what the stream has; with neither, its head.';

-- object: stream/_stream_counts.sql
-- For the view, which calls it as whoever reads it. The size is that of the newest twenty events.
create function minipaas._stream_counts()
returns table (
    stream integer, head bigint, blocked_by jsonb, events bigint, estimated boolean, bytes bigint, oldest timestamptz,
    oldest_offset bigint
)
language plpgsql stable security definer
set search_path = pg_catalog, pg_temp
set enable_seqscan = off
set enable_bitmapscan = off
set jit = off
as $$
#variable_conflict use_column
declare
    v_streams constant integer[] := minipaas._streams_of('observe');
begin
    if v_streams = '{}' then
        return;
    end if;
    return query
    with streams as materialized (
        select
            s.id, s.trimmed, h.head, h.blocked_by, z.bytes, o.published_at, o.event_offset,
            coalesce(h.head, pg_sequence_last_value('minipaas._event_offset'), 0) as upto,
            row_number() over () as place
        from minipaas._stream s
        left join minipaas._stream_states() h on h.stream = s.id
        left join lateral (
            select avg(l.bytes) as bytes
            from (
                select 60 + pg_column_size(e.payload) + coalesce(pg_column_size(e.headers), 0)
                    + coalesce(octet_length(e.key), 0) + coalesce(octet_length(e.dedup_key), 0) as bytes
                from minipaas._event e
                where e.stream = s.id and e.event_offset > s.trimmed
                order by e.event_offset desc
                limit 20
            ) l
        ) z on true
        left join lateral (
            select e.event_offset, e.published_at
            from minipaas._event e
            where e.stream = s.id and e.event_offset > s.trimmed
            order by e.event_offset
            limit 1
        ) o on true
        where v_streams is null or s.id = any(v_streams)
    )
    select
        s.id, s.head, s.blocked_by, n.count, n.estimated, coalesce(s.bytes * n.count, 0)::bigint, s.published_at, s.event_offset
    from (
        select
            array_agg(a.id order by a.place) as ids,
            array_agg(null::integer) as partitions,
            array_agg(a.trimmed order by a.place) as lows,
            array_agg(a.upto order by a.place) as highs
        from streams a
    ) r
    cross join lateral minipaas._event_counts(r.ids, r.partitions, r.lows, r.highs) n
    join streams s on s.place = n.place;
end
$$;

revoke execute on function minipaas._stream_counts() from public;

comment on function minipaas._stream_counts() is
'How much each stream holds and what holds back its readers, as far as the caller may observe them; large numbers are estimates.';

-- object: stream/_stream_deny.sql
-- Who has the right somewhere is told that there is no such stream; who has it nowhere is not.
create function minipaas._stream_deny(stream text, action text) returns void
language plpgsql stable
as $$
declare
    v_id constant integer := (select s.id from minipaas._stream s where s.name = stream);
    v_allowed constant integer[] := minipaas._streams_of(action);
begin
    if v_id <> all(v_allowed) then
        perform minipaas._deny(action, null, stream);
    elsif v_id is null and v_allowed = '{}' then
        perform minipaas._deny(action);
    end if;
end
$$;

revoke execute on function minipaas._stream_deny(text, text) from public;

comment on function minipaas._stream_deny(text, text) is
'Raises MP005 where the caller has no right on a stream, or has it nowhere and there is no such stream.';

-- object: stream/_stream_get.sql
-- The one place that turns a stream's name into its id, and that decides who may do what with it. SQL without SET,
-- so that it is inlined into its callers' plans.
create function minipaas._stream_get(stream text, action text) returns setof minipaas._stream
language sql stable
as $$
select s.*
from minipaas._stream s
where s.name = _stream_get.stream and minipaas._allowed(action, s.granted, null, s.id)
$$;

revoke execute on function minipaas._stream_get(text, text) from public;

comment on function minipaas._stream_get(text, text) is
'The settings of a stream by name, or no row: then _stream_refuse says why.';

-- object: stream/_stream_head.sql
-- The order makes it safe: the last value, then the locks, then (by the caller, in a later statement) the rows. Who locks
-- after the look at the locks takes offsets above the last value; who has ended before has visible rows.
create function minipaas._stream_head(stream integer) returns bigint
language plpgsql volatile
as $$
declare
    v_last constant bigint := coalesce(pg_sequence_last_value('minipaas._event_offset'), 0);
begin
    return v_last - coalesce((select max(p.behind) from minipaas._publishers(stream, v_last) p), 0);
end
$$;

revoke execute on function minipaas._stream_head(integer) from public;

comment on function minipaas._stream_head(integer) is
'The highest offset at or below which no event of the stream can still appear. Read the events in a later statement.';

-- object: stream/_stream_read.sql
create function minipaas._stream_read(stream text, call text) returns minipaas._stream
language plpgsql volatile
as $$
declare
    v_stream minipaas._stream;
begin
    select s.* into v_stream from minipaas._stream_get(stream, 'consume') s;
    if not found then
        perform minipaas._stream_refuse(stream, 'consume');
    elsif not minipaas._sees_now() then
        perform minipaas._wrong_isolation(call);
    end if;
    return v_stream;
end
$$;

revoke execute on function minipaas._stream_read(text, text) from public;

comment on function minipaas._stream_read(text, text) is
'The settings of a stream for a call that reads: raises MP002, MP005 or MP007.';

-- object: stream/_stream_refuse.sql
create function minipaas._stream_refuse(stream text, action text) returns void
language plpgsql stable
as $$
begin
    perform minipaas._stream_deny(stream, action);
    raise exception using
        errcode = 'MP002',
        message = format('stream "%s" does not exist', stream),
        hint = format('minipaas.streams lists what there is. To create it: select minipaas.stream_create(%L);', stream);
end
$$;

revoke execute on function minipaas._stream_refuse(text, text) from public;

comment on function minipaas._stream_refuse(text, text) is
'Raises what kept _stream_get from finding a stream: MP005 or MP002.';

-- object: stream/_stream_states.sql
-- For the views: one look at the locks for all streams. They are found as in _publishers. A prepared transaction is found by
-- the lock on its own id. When another role's transaction began may be hidden: then it is as old as what waits for it.
create function minipaas._stream_states() returns table (stream integer, head bigint, blocked_by jsonb)
language plpgsql volatile
as $$
#variable_conflict use_column
declare
    v_last constant bigint := coalesce(pg_sequence_last_value('minipaas._event_offset'), 0);
begin
    return query
    with publishers as (
        select distinct on (1) l.classid::bigint - 1297088512 as stream, b.behind, l.pid, l.virtualtransaction
        from pg_locks l
        cross join lateral (select ((v_last & 4294967295) - l.objid::bigint)::bit(32)::integer as behind) b
        where l.locktype = 'advisory' and l.mode = 'ShareLock' and l.granted and l.objsubid = 2 and b.behind >= 0
            and l.database = (select d.oid from pg_database d where d.datname = current_database())
            and l.pid is distinct from pg_backend_pid()
        order by 1, b.behind desc
    )
    select
        s.id,
        case when not pg_is_in_recovery() then v_last - coalesce(p.behind, 0) end,
        case
            when p.pid is not null then (
                select jsonb_build_object(
                    'pid', p.pid, 'application', a.application_name, 'age', coalesce(clock_timestamp() - a.xact_start, (
                        select greatest(minipaas._clock() - e.published_at, '0')
                        from minipaas._event e
                        where e.stream = s.id and e.event_offset > v_last - p.behind
                        order by e.stream, e.event_offset
                        limit 1
                    ))
                )
                from pg_stat_get_activity(p.pid) a
            )
            when p.virtualtransaction is not null then (
                select jsonb_build_object('pid', null, 'prepared', x.gid, 'age', clock_timestamp() - x.prepared)
                from pg_locks l
                join pg_prepared_xacts x on x.transaction = l.transactionid
                where l.locktype = 'transactionid' and l.pid is null and l.virtualtransaction = p.virtualtransaction
            )
        end
    from minipaas._stream s
    left join publishers p on p.stream = s.id;
end
$$;

revoke execute on function minipaas._stream_states() from public;

comment on function minipaas._stream_states() is
'How far each stream can be read (NULL on a standby), and which open transaction keeps it there.';

-- object: stream/_take.sql
-- Of the free partitions that have events, the one that has been left alone longest. A partition that somebody fetched
-- between the look and the lock is not free any more; the exception gives its lock back, which its holder's commit would
-- wait for. Then a second look, since whoever was faster may have given back another one meanwhile.
create function minipaas._take(
    stream minipaas._stream, consumer integer, head bigint, batch_size integer,
    out partition integer, out after_offset bigint, out place minipaas._position
)
language plpgsql volatile
as $$
#variable_conflict use_variable
declare
    v_now constant timestamptz := minipaas._clock();
    v_free record;
    v_end bigint;
    v_missed boolean;
begin
    for v_look in 1 .. 2 loop
        v_missed := false;
        for v_free in
            select c.id, c.partition, p.id as place, greatest(p.committed, stream.trimmed) as after_offset
            from minipaas._cursor c
            cross join lateral minipaas._position_now(c.id) p
            where c.consumer = consumer and (p.lease_id is null or p.lease_until <= v_now)
            order by p.id
        loop
            v_end := minipaas._run_end(stream, v_free.partition, v_free.after_offset, head, batch_size);
            continue when v_end is null;
            v_missed := true;
            begin
                perform from minipaas._cursor c where c.id = v_free.id for update skip locked;
                continue when not found;
                select p.* into place from minipaas._position_now(v_free.id) p;
                if place.id = v_free.place then
                    partition := v_free.partition;
                    after_offset := v_free.after_offset;
                    place.fetched := v_end;
                    return;
                end if;
                raise exception using errcode = 'MP009', message = 'somebody else has the partition';
            exception when sqlstate 'MP009' then
                place := null;
            end;
        end loop;
        exit when not v_missed;
    end loop;
end
$$;

revoke execute on function minipaas._take(minipaas._stream, integer, bigint, integer) from public;

comment on function minipaas._take(minipaas._stream, integer, bigint, integer) is
'Locks a free partition of a consumer that has events up to the head: its number, where the consumer stands there, and how far
the next batch_size events reach (place.fetched).';

-- object: stream/_trim.sql
-- Whoever stands below moves up, and what it had not read is counted: with its cursor locked, as for any move. Those who
-- are in the middle of a transaction are waited for, or else nothing that they have not read is trimmed.
create function minipaas._trim(stream minipaas._stream, before bigint, waits boolean) returns bigint
language plpgsql volatile
set enable_seqscan = off
set enable_bitmapscan = off
as $$
#variable_conflict use_variable
declare
    v_locked integer[];
    v_behind record;
    v_place minipaas._position;
    v_count bigint;
begin
    v_locked := array(select p.cursor from minipaas._places(stream, before - 1) p order by p.cursor);
    if waits then
        perform from minipaas._cursor c where c.id = any(v_locked) order by c.id for update;
    else
        v_locked := array(select c.id from minipaas._cursor c where c.id = any(v_locked) order by c.id for update skip locked);
        before := least(
            before, (select min(p.unread) from minipaas._places(stream, before - 1) p where p.cursor <> all(v_locked))
        );
    end if;
    for v_behind in
        select p.partition, p.place from minipaas._places(stream, before - 1) p where p.cursor = any(v_locked)
    loop
        v_place := v_behind.place;
        v_place.lost := v_place.lost
            + minipaas._event_count(stream, v_behind.partition, greatest(v_place.committed, stream.trimmed), before - 1);
        v_place.committed := before - 1;
        perform minipaas._position_add(v_place);
    end loop;
    delete from minipaas._event e
    where e.stream = stream.id and e.event_offset > stream.trimmed and e.event_offset < before;
    get diagnostics v_count = row_count;
    update minipaas._stream s set trimmed = before - 1 where s.id = stream.id and s.trimmed < before - 1;
    return v_count;
end
$$;

revoke execute on function minipaas._trim(minipaas._stream, bigint, boolean) from public;

comment on function minipaas._trim(minipaas._stream, bigint, boolean) is
'Deletes the events below an offset, of a stream whose row is locked; returns how many.';

-- object: core/maintain.sql
create function minipaas.maintain() returns table (what text, count bigint)
language plpgsql volatile security definer
set search_path = pg_catalog, pg_temp
as $$
#variable_conflict use_column
declare
    v_deadline constant timestamptz := clock_timestamp() + interval '2 s';
    v_queue minipaas._queue;
    v_stream minipaas._stream;
    v_buried bigint := 0;
    v_readied bigint := 0;
    v_done bigint := 0;
    v_trimmed bigint := 0;
begin
    if not minipaas._sees_now() then
        perform minipaas._wrong_isolation('maintain');
    end if;
    for v_queue in select q.* from minipaas._queue q order by random() loop
        exit when clock_timestamp() > v_deadline;
        v_buried := v_buried + (minipaas._bury_expired(v_queue.id, v_queue.max_attempts, 1000)).count;
        v_readied := v_readied + minipaas._batons_sweep(v_queue.id, 1000);
        v_done := v_done + minipaas._done_prune(v_queue, 10000);
    end loop;
    for v_stream in
        select s.* from minipaas._stream s where s.keep > '0' or s.keep_events > 0 order by random()
        for no key update skip locked
    loop
        exit when clock_timestamp() > v_deadline;
        v_trimmed := v_trimmed + minipaas._retain(v_stream, v_deadline);
    end loop;
    return query values
        ('tasks buried', v_buried),
        ('tasks made ready', v_readied),
        ('done tasks deleted', v_done),
        ('events trimmed', v_trimmed),
        ('orphans deleted', minipaas._orphans_prune(10000)),
        ('sequences repaired', minipaas._sequences_repair());
end
$$;

revoke execute on function minipaas.maintain() from public;

comment on function minipaas.maintain() is
'Does the upkeep that no other call needs to do, for about two seconds at most: call it every ten seconds or so, from anywhere.

what: ''tasks buried'' (their last lease expired, so they are dead), ''tasks made ready'' (their key had been left idle),
''done tasks deleted'' (kept for keep_done), ''events trimmed'' (beyond keep or keep_events), ''orphans deleted'' (rows of what was
dropped while they were added), ''sequences repaired'' (they were behind their rows, with a WARNING).
count: how many.
Returns a row for each of these. Waits for nobody; what others are at is left for the next call. Give it a transaction of its own.
Right: any. Errors: MP007 unless the transaction is READ COMMITTED and the server a primary.';

-- object: stream/stream_alter.sql
create function minipaas.stream_alter(
    stream text, keep interval default null, keep_events bigint default null, max_lag interval default null
)
returns void
language plpgsql volatile security definer
set search_path = pg_catalog, pg_temp
as $$
begin
    perform minipaas._check_stream(null, keep, keep_events, max_lag);
    update minipaas._stream s
    set keep = coalesce(stream_alter.keep, s.keep),
        keep_events = coalesce(stream_alter.keep_events, s.keep_events),
        max_lag = coalesce(stream_alter.max_lag, s.max_lag)
    where s.id = (select g.id from minipaas._stream_get(stream, 'manage') g);
    if not found then
        perform minipaas._stream_refuse(stream, 'manage');
    end if;
end
$$;

revoke execute on function minipaas.stream_alter(text, interval, bigint, interval) from public;

comment on function minipaas.stream_alter(text, interval, bigint, interval) is
'Changes how much of a stream is kept; NULL leaves a setting as it is.

The arguments are those of stream_create. What is too much now goes with the next maintain(). Returns nothing.
Right: manage. Errors: MP002, MP005, MP006.';

-- object: stream/stream_channel.sql
create function minipaas.stream_channel(stream text) returns text
language plpgsql stable security definer
set search_path = pg_catalog, pg_temp
as $$
declare
    v_id constant integer := (select s.id from minipaas._stream_get(stream, 'consume') s);
begin
    if v_id is null then
        perform minipaas._stream_refuse(stream, 'consume');
    end if;
    return 'minipaas_stream_' || v_id;
end
$$;

revoke execute on function minipaas.stream_channel(text) from public;

comment on function minipaas.stream_channel(text) is
'The channel to LISTEN to for new events of a stream. Notifications come only while somebody sleeps there.

It is used as queue_channel tells. An event that was published by a transaction that ends later than others, or
that waits for one, is there at the latest a second later.
Returns a name that needs no quotes. A stream that is dropped and made again has another.
Right: consume. Errors: MP002, MP005.';

-- object: stream/stream_commit.sql
create function minipaas.stream_commit(
    stream text,
    consumer text,
    partition integer,
    event_offset bigint,
    lease_id bigint default null,
    strict boolean default false
)
returns boolean
language plpgsql volatile security definer
set search_path = pg_catalog, pg_temp
set plan_cache_mode = force_generic_plan
set enable_seqscan = off
set enable_bitmapscan = off
as $$
declare
    v_place minipaas._position := minipaas._position_lock(stream, consumer, partition, 'stream_commit');
begin
    if event_offset is null or event_offset < 0 or event_offset > coalesce(pg_sequence_last_value('minipaas._event_offset'), 0) then
        perform minipaas._invalid('event_offset', event_offset::text, 'It is the offset of an event that stream_fetch returned.');
    elsif v_place.lease_id is null or v_place.lease_id <> stream_commit.lease_id then
        if strict then
            raise exception using
                errcode = 'MP009',
                message = format('lease lost on partition %s of stream "%s", consumer "%s"', partition, stream, consumer),
                hint = 'Roll back what was done for it: its lease expired and somebody else has it, or it is committed or released.';
        end if;
        return false;
    elsif event_offset > v_place.fetched then
        perform minipaas._invalid(
            'event_offset', event_offset::text, format('This lease has fetched the events up to %s.', v_place.fetched)
        );
    elsif event_offset > v_place.committed or event_offset = v_place.fetched then
        v_place.committed := greatest(v_place.committed, event_offset);
        if event_offset = v_place.fetched then
            v_place.lease_id := null;
        end if;
        perform minipaas._position_add(v_place);
    end if;
    return true;
end
$$;

revoke execute on function minipaas.stream_commit(text, text, integer, bigint, bigint, boolean) from public;

comment on function minipaas.stream_commit(text, text, integer, bigint, bigint, boolean) is
'Records that a consumer is done with the events of a partition up to an offset, the last one included.

partition, event_offset, lease_id: as stream_fetch returned them; the last offset that was fetched gives the partition back,
a lower one keeps the lease. Without lease_id, whoever holds the partition.
strict: raise MP009 where the answer would be false (default false).
Returns true, or false when the lease is not the partition''s any more: roll back what was done with the events. It never
goes back: an offset at or below the committed one changes nothing. Waits for a transaction that is just fetching,
committing, seeking or trimming there.
Right: consume. Errors: MP002, MP003, MP005; MP006 also for an offset beyond what was fetched; MP007 unless the transaction is
READ COMMITTED and the server a primary; MP009.';

-- object: stream/stream_consume.sql
-- Each statement follows one index, whatever the statistics say: the tables may be empty when a session plans and huge
-- when it executes.
create function minipaas.stream_consume(
    stream text,
    after_offset bigint default 0,
    batch_size integer default 100,
    partition integer default null,
    key text default null
)
returns setof minipaas._event_read
language plpgsql volatile security definer
set search_path = pg_catalog, pg_temp
set plan_cache_mode = force_generic_plan
set enable_seqscan = off
set enable_bitmapscan = off
as $$
declare
    v_stream constant minipaas._stream := minipaas._stream_read(stream, 'stream_consume');
    v_after constant bigint := greatest(after_offset, v_stream.trimmed);
    v_limit constant integer := coalesce(batch_size, 100);
    v_head constant bigint := minipaas._stream_head(v_stream.id);
begin
    if after_offset < 0 or v_limit < 1 or partition not between 0 and v_stream.partitions - 1 then
        perform minipaas._check_consume(v_stream, 'after_offset', after_offset, batch_size, partition);
    elsif key is not null then
        return query
        select e.event_offset, coalesce(e.partition, 0), e.key, e.payload, e.headers, e.published_at
        from minipaas._event e
        where e.stream = v_stream.id and e.key = stream_consume.key and e.event_offset > v_after and e.event_offset <= v_head
            and (stream_consume.partition is null or coalesce(e.partition, 0) = stream_consume.partition)
        order by e.stream, e.key, e.event_offset
        limit v_limit;
    elsif partition is not null and v_stream.partitions > 1 then
        return query
        select e.event_offset, e.partition, e.key, e.payload, e.headers, e.published_at
        from minipaas._event e
        where e.stream = v_stream.id and e.partition = stream_consume.partition
            and e.event_offset > v_after and e.event_offset <= v_head
        order by e.stream, e.partition, e.event_offset
        limit v_limit;
    else
        return query
        select e.event_offset, coalesce(e.partition, 0), e.key, e.payload, e.headers, e.published_at
        from minipaas._event e
        where e.stream = v_stream.id and e.event_offset > v_after and e.event_offset <= v_head
        order by e.stream, e.event_offset
        limit v_limit;
    end if;
end
$$;

revoke execute on function minipaas.stream_consume(text, bigint, integer, integer, text) from public;

comment on function minipaas.stream_consume(text, bigint, integer, integer, text) is
'Reads a stream from an offset on; the caller keeps the offset, for example beside what it made of the events.

after_offset: the offset of the last event that the caller has seen (default 0: from the oldest on).
batch_size: how many events at most (default 100).
partition: only that one. key: only events with that key: the history of one thing, by an index.
Returns the events in order of their offsets, none above stream_head: no event is ever skipped. No rows: there is nothing
new now. Waits for nobody.
Right: consume. Errors: MP002, MP005, MP006; MP007 unless the transaction is READ COMMITTED and the server a primary.';

-- object: stream/stream_create.sql
create function minipaas.stream_create(
    stream text,
    partitions integer default 1,
    keep interval default '0',
    keep_events bigint default 0,
    max_lag interval default '0'
)
returns boolean
language plpgsql volatile security definer
set search_path = pg_catalog, pg_temp
as $$
#variable_conflict use_column
declare
    v_asked minipaas._stream;
    v_there minipaas._stream;
begin
    if not minipaas._may('manage') then
        perform minipaas._deny('manage');
    end if;
    perform minipaas._check_name('stream', stream);
    perform minipaas._check_stream(partitions, keep, keep_events, max_lag);
    v_asked.partitions := coalesce(partitions, 1);
    v_asked.keep := coalesce(keep, '0');
    v_asked.keep_events := coalesce(keep_events, 0);
    v_asked.max_lag := coalesce(max_lag, '0');
    insert into minipaas._stream (name, partitions, keep, keep_events, max_lag, created_at)
    values (
        stream, v_asked.partitions, v_asked.keep, v_asked.keep_events, v_asked.max_lag, minipaas._clock()
    )
    on conflict (name) do nothing;
    if found then
        return true;
    end if;
    select s.* into v_there from minipaas._stream s where s.name = stream_create.stream;
    if (v_there.partitions, v_there.keep, v_there.keep_events, v_there.max_lag)
        <> (v_asked.partitions, v_asked.keep, v_asked.keep_events, v_asked.max_lag)
    then
        raise notice using
            message = format('stream "%s" exists with other settings, and was left as it is', stream),
            hint = case
                when v_there.partitions <> v_asked.partitions
                    then format('It has %s partitions for good; the rest: ', v_there.partitions) else 'Change them with: '
            end || format('select minipaas.stream_alter(%L, ...);', stream);
    end if;
    return false;
end
$$;

revoke execute on function minipaas.stream_create(text, integer, interval, bigint, interval) from public;

comment on function minipaas.stream_create(text, integer, interval, bigint, interval) is
'Creates a stream.

stream: any text of 1 to 255 characters.
partitions: in how many parts the workers of a consumer can share it, 1 to 1024 (default 1); it can''t be changed later.
keep: how long events are kept (default 0: no limit).
keep_events: how many events are kept (default 0: no limit). maintain() trims what is beyond either limit.
max_lag: trimming stops before what a consumer has not read yet, unless that is older than this (default 0: always stops).
Returns true, or false when the stream exists: it is then left as it is, with a NOTICE where the settings differ.
Right: manage, on all queues and streams. Errors: MP005, MP006.';

-- object: stream/stream_drop.sql
create function minipaas.stream_drop(stream text, force boolean default false) returns boolean
language plpgsql volatile security definer
set search_path = pg_catalog, pg_temp
as $$
#variable_conflict use_column
declare
    v_id integer;
begin
    perform minipaas._check_name('stream', stream);
    delete from minipaas._stream s where s.id = (select g.id from minipaas._stream_get(stream, 'manage') g)
    returning s.id into v_id;
    if not found then
        perform minipaas._stream_deny(stream, 'manage');
        return false;
    elsif not coalesce(force, false) and (
        exists (select from minipaas._event e where e.stream = v_id)
        or exists (select from minipaas._publishers(v_id, pg_sequence_last_value('minipaas._event_offset')))
    ) then
        raise exception using
            errcode = 'MP008',
            message = format('stream "%s" is not empty', stream_drop.stream),
            hint = format(
                'See minipaas.stream_stats; to drop its events too: select minipaas.stream_drop(%L, force => true);',
                stream_drop.stream
            );
    end if;
    delete from minipaas._event e where e.stream = v_id;
    delete from minipaas._access a where a.stream = v_id;
    perform minipaas._consumer_drop(k.id) from minipaas._consumer k where k.stream = v_id;
    return true;
end
$$;

revoke execute on function minipaas.stream_drop(text, boolean) from public;

comment on function minipaas.stream_drop(text, boolean) is
'Drops a stream with its consumers.

force: also when there are events in it, which are deleted, or publishers that have not committed yet (default false).
Returns true, or false when there is no such stream. Stop its publishers first: an event that commits after the stream is gone,
is gone with it. Waits for transactions that hold partitions of it.
Right: manage. Errors: MP005, MP006; MP008 when it is not empty and force is false.';

-- object: stream/stream_extend.sql
create function minipaas.stream_extend(
    stream text, consumer text, partition integer, lease_id bigint, lease interval default '1 minute'
)
returns timestamptz
language plpgsql volatile security definer
set search_path = pg_catalog, pg_temp
as $$
declare
    v_place minipaas._position := minipaas._position_lock(stream, consumer, partition, 'stream_extend');
begin
    perform minipaas._check_batch(null, lease);
    if (v_place.lease_id = stream_extend.lease_id) is not true then
        return null;
    end if;
    v_place.lease_until := minipaas._clock() + coalesce(lease, '1 minute');
    perform minipaas._position_add(v_place);
    return v_place.lease_until;
end
$$;

revoke execute on function minipaas.stream_extend(text, text, integer, bigint, interval) from public;

comment on function minipaas.stream_extend(text, text, integer, bigint, interval) is
'Gives the holder of a partition more time, counted from now.

partition, lease_id: as stream_fetch returned them.
lease: how long the partition stays with the caller from now on (default 1 minute).
Returns the new end of the lease, or NULL: the lease is not the partition''s any more. Waits as stream_commit does.
Right: consume. Errors: MP002, MP003, MP005, MP006; MP007 unless the transaction is READ COMMITTED and the server a primary.';

-- object: stream/stream_fetch.sql
create function minipaas.stream_fetch(
    stream text,
    consumer text,
    batch_size integer default 100,
    lease interval default '1 minute',
    worker text default null
)
returns table (
    event_offset bigint, partition integer, key text, payload jsonb, headers jsonb, published_at timestamptz, lease_id bigint
)
language plpgsql volatile security definer
set search_path = pg_catalog, pg_temp
set plan_cache_mode = force_generic_plan
set enable_seqscan = off
set enable_bitmapscan = off
as $$
#variable_conflict use_column
declare
    v_stream constant minipaas._stream := minipaas._stream_read(stream, 'stream_fetch');
    v_head constant bigint := minipaas._stream_head(v_stream.id);
    v_consumer integer;
    v_taken record;
    v_place minipaas._position;
begin
    perform minipaas._check_batch(batch_size, lease);
    select k.id into v_consumer
    from minipaas._consumer k
    where k.stream = v_stream.id and k.name = stream_fetch.consumer;
    if not found then
        perform minipaas._consumer_refuse(stream, consumer);
    end if;
    select * into v_taken from minipaas._take(v_stream, v_consumer, v_head, coalesce(batch_size, 100));
    if v_taken.partition is null then
        return;
    end if;
    v_place := v_taken.place;
    v_place.lease_id := nextval('minipaas._position_id_seq');
    v_place.lease_until := minipaas._clock() + coalesce(lease, '1 minute');
    v_place.worker := stream_fetch.worker;
    perform minipaas._position_add(v_place);
    if v_stream.partitions = 1 then
        return query
        select e.event_offset, 0, e.key, e.payload, e.headers, e.published_at, v_place.lease_id
        from minipaas._event e
        where e.stream = v_stream.id and e.event_offset > v_taken.after_offset and e.event_offset <= v_place.fetched
        order by e.stream, e.event_offset;
    else
        return query
        select e.event_offset, e.partition, e.key, e.payload, e.headers, e.published_at, v_place.lease_id
        from minipaas._event e
        where e.stream = v_stream.id and e.partition = v_taken.partition
            and e.event_offset > v_taken.after_offset and e.event_offset <= v_place.fetched
        order by e.stream, e.partition, e.event_offset;
    end if;
end
$$;

revoke execute on function minipaas.stream_fetch(text, text, integer, interval, text) from public;

comment on function minipaas.stream_fetch(text, text, integer, interval, text) is
'Leases the next events of one free partition to the caller, for a consumer whose workers share a stream.

batch_size: how many events at most (default 100).
lease: how long the partition stays with the caller before others get it (default 1 minute).
worker: a name for the holder, shown in consumer_stats.
Returns the events that follow what is committed, in order, all of one partition and with the same lease_id. Give partition,
offset and lease_id back to stream_commit, best in the transaction of what was done with the events: exactly once. No rows:
nothing is there, or others are at it. Of several partitions, the one that was left alone longest. Waits for nobody.
Right: consume. Errors: MP002, MP003, MP005, MP006; MP007 unless the transaction is READ COMMITTED and the server a primary.';

-- object: stream/stream_head.sql
create function minipaas.stream_head(stream text) returns bigint
language plpgsql volatile security definer
set search_path = pg_catalog, pg_temp
as $$
begin
    return minipaas._stream_head((minipaas._stream_read(stream, 'stream_head')).id);
end
$$;

revoke execute on function minipaas.stream_head(text) from public;

comment on function minipaas.stream_head(text) is
'How far a stream can be read: nothing at or below this offset can still appear.

Returns an offset, which may be above the last event of the stream, and 0 before the first one. An open transaction that
has published to the stream keeps it below what it publishes (consumer_stats.blocked_by); other transactions don''t.
Right: consume. Errors: MP002, MP005; MP007 unless the transaction is READ COMMITTED and the server a primary.';

-- object: stream/stream_publish.sql
-- The first publish of a transaction does what _hold_back does: as a call it cost a tenth.
create function minipaas.stream_publish(
    stream text, payload jsonb, key text default null, headers jsonb default null, dedup_key text default null
)
returns bigint
language plpgsql volatile security definer
set search_path = pg_catalog, pg_temp
set plan_cache_mode = force_generic_plan
as $$
declare
    v_id integer;
    v_partitions integer;
    v_offset bigint;
begin
    if payload is null or length(key) > 500 or dedup_key is not null then
        perform minipaas._check_publish(payload, array[key, dedup_key]);
        return minipaas._publish_once(stream, payload, key, headers, dedup_key);
    end if;
    -- The owner's own session need not ask, and so does not pay for the longer question.
    if minipaas._is_owner() then
        select s.id, nullif(s.partitions, 1) into v_id, v_partitions from minipaas._stream s where s.name = stream_publish.stream;
    else
        select s.id, nullif(s.partitions, 1) into v_id, v_partitions from minipaas._stream_get(stream, 'publish') s;
    end if;
    if not found then
        perform minipaas._stream_refuse(stream, 'publish');
    end if;
    if coalesce(current_setting('minipaas.bound_' || v_id, true), '') <> ''
        or not pg_try_advisory_xact_lock_shared(1297088512 + v_id, set_config(
            'minipaas.bound_' || v_id, coalesce(pg_sequence_last_value('minipaas._event_offset'), 0)::text, true
        )::bigint::bit(32)::integer)
    then
        perform minipaas._hold_back(v_id);
    end if;
    if v_partitions is not null then
        v_partitions := minipaas._partition(v_partitions, key);
    end if;
    insert into minipaas._event (event_offset, published_at, stream, partition, payload, key, headers)
    values (
        nextval('minipaas._event_offset'), minipaas._clock(), v_id, v_partitions, stream_publish.payload,
        stream_publish.key, stream_publish.headers
    )
    returning event_offset into v_offset;
    if minipaas._asleep('minipaas_stream_' || v_id) then
        perform minipaas._wake('minipaas_stream_' || v_id);
    end if;
    return v_offset;
end
$$;

revoke execute on function minipaas.stream_publish(text, jsonb, text, jsonb, text) from public;

comment on function minipaas.stream_publish(text, jsonb, text, jsonb, text) is
'Appends an event to a stream, in the caller''s transaction.

payload: any JSON.
key: up to 500 characters; events with the same key are in one partition, so in order for whoever processes them.
headers: JSON for the application''s own use, such as trace ids.
dedup_key: up to 500 characters; while an event with it is kept, its offset is returned and nothing is added.
Returns the offset of the event. Waits for nobody, but for an open transaction that publishes the same dedup_key. Until
this transaction ends, readers stop before its events: keep it short.
Right: publish. Errors: MP002, MP005, MP006; at REPEATABLE READ, 40001 for a dedup_key that somebody has just taken.';

-- object: stream/stream_publish_many.sql
-- A time with each offset, not one for all: seeking by time goes by both growing together.
create function minipaas.stream_publish_many(
    stream text, payloads jsonb[], keys text[] default null, headers jsonb[] default null, dedup_keys text[] default null
)
returns setof bigint
language plpgsql volatile security definer
set search_path = pg_catalog, pg_temp
as $$
#variable_conflict use_column
declare
    v_stream minipaas._stream;
    v_moved timestamptz := case when current_setting('minipaas.now', true) <> '' then minipaas._clock_moved() end;
begin
    select s.* into v_stream from minipaas._stream_get(stream, 'publish') s;
    if not found then
        perform minipaas._stream_refuse(stream, 'publish');
    end if;
    perform minipaas._check_arrays(payloads, keys, stream_publish_many.headers, dedup_keys);
    perform minipaas._check_publish('null', keys);
    perform minipaas._check_publish('null', dedup_keys);
    if cardinality(payloads) > 0 and minipaas._asleep('minipaas_stream_' || v_stream.id) then
        perform minipaas._wake('minipaas_stream_' || v_stream.id);
    end if;
    if dedup_keys is not null then
        return query
        select * from minipaas._publish_many_once(v_stream, payloads, keys, stream_publish_many.headers, dedup_keys);
        return;
    end if;
    perform minipaas._hold_back(v_stream.id);
    -- Most calls have neither keys nor headers, and unnesting one array is cheaper than three.
    if keys is null and stream_publish_many.headers is null then
        return query
        insert into minipaas._event as e (event_offset, published_at, stream, partition, payload)
        select
            nextval('minipaas._event_offset'), coalesce(v_moved, clock_timestamp()), v_stream.id,
            minipaas._partition(v_stream.partitions, null), u.payload
        from unnest(payloads) u (payload)
        returning e.event_offset;
    else
        return query
        insert into minipaas._event as e (event_offset, published_at, stream, partition, payload, key, headers)
        select
            nextval('minipaas._event_offset'), coalesce(v_moved, clock_timestamp()), v_stream.id,
            minipaas._partition(v_stream.partitions, u.key), u.payload, u.key, u.headers
        from unnest(payloads, keys, stream_publish_many.headers) u (payload, key, headers)
        returning e.event_offset;
    end if;
end
$$;

revoke execute on function minipaas.stream_publish_many(text, jsonb[], text[], jsonb[], text[]) from public;

comment on function minipaas.stream_publish_many(text, jsonb[], text[], jsonb[], text[]) is
'Appends an event for each payload, in the caller''s transaction and in the order of the array: one call for many events.

payloads: an array of JSON; its elements may be the JSON null, not NULL.
keys, headers, dedup_keys: arrays of the same length (NULL for none), or NULL.
The rest is as in stream_publish.
Returns the offsets of the events, in the order of the payloads.
Right: publish. Errors: MP002, MP005, MP006.';

-- object: stream/stream_release.sql
create function minipaas.stream_release(stream text, consumer text, partition integer, lease_id bigint) returns boolean
language plpgsql volatile security definer
set search_path = pg_catalog, pg_temp
as $$
declare
    v_place minipaas._position := minipaas._position_lock(stream, consumer, partition, 'stream_release');
begin
    if (v_place.lease_id = stream_release.lease_id) is not true then
        return false;
    end if;
    v_place.lease_id := null;
    perform minipaas._position_add(v_place);
    return true;
end
$$;

revoke execute on function minipaas.stream_release(text, text, integer, bigint) from public;

comment on function minipaas.stream_release(text, text, integer, bigint) is
'Gives a partition back: others get what was fetched and not committed.

partition, lease_id: as stream_fetch returned them.
Returns true, or false when the lease is not the partition''s any more. Waits as stream_commit does.
Right: consume. Errors: MP002, MP003, MP005, MP006; MP007 unless the transaction is READ COMMITTED and the server a primary.';

-- object: stream/stream_seek.sql
create function minipaas.stream_seek(
    stream text, consumer text, to_offset bigint default null, to_time timestamptz default null
)
returns void
language plpgsql volatile security definer
set search_path = pg_catalog, pg_temp
as $$
#variable_conflict use_column
declare
    v_stream constant minipaas._stream := minipaas._stream_read(stream, 'stream_seek');
    v_consumer integer;
    v_committed bigint;
    v_place minipaas._position;
begin
    if num_nonnulls(to_offset, to_time) <> 1 then
        perform minipaas._invalid(
            'position', format('to_offset %s, to_time %s', coalesce(to_offset::text, 'NULL'), coalesce(to_time::text, 'NULL')),
            'Give either to_offset or to_time.'
        );
    end if;
    -- Whoever trims has this lock, and would not see that the consumer has gone back to what it deletes.
    perform from minipaas._stream s where s.id = v_stream.id for share;
    select k.id into v_consumer
    from minipaas._consumer k
    where k.stream = v_stream.id and k.name = stream_seek.consumer;
    if not found then
        perform minipaas._consumer_refuse(stream, consumer);
    end if;
    perform from minipaas._cursor c where c.consumer = v_consumer order by c.id for update;
    v_committed := minipaas._start_at(v_stream, 'to_offset', to_offset, to_time);
    for v_place in
        select p.*
        from minipaas._cursor c
        cross join lateral minipaas._position_now(c.id) p
        where c.consumer = v_consumer
    loop
        v_place.committed := v_committed;
        v_place.lease_id := null;
        perform minipaas._position_add(v_place);
    end loop;
end
$$;

revoke execute on function minipaas.stream_seek(text, text, bigint, timestamptz) from public;

comment on function minipaas.stream_seek(text, text, bigint, timestamptz) is
'Moves a consumer, back or forth, in all partitions, and ends its leases: who holds one can''t commit it any more.

to_offset: the next offset to read, or the first event above it.
to_time: go on with the first event published at this time or later. One of the two; what is beyond either end means that end.
Returns nothing. Waits for transactions that hold a partition of the consumer, or that trim, alter or drop the stream; while its
own goes on, nothing is trimmed.
Right: consume. Errors: MP002, MP003, MP005, MP006; MP007 unless the transaction is READ COMMITTED and the server a primary.';

-- object: stream/stream_subscribe.sql
create function minipaas.stream_subscribe(
    stream text,
    consumer text,
    from_offset bigint default 0,
    from_time timestamptz default null,
    from_latest boolean default false
)
returns void
language plpgsql volatile security definer
set search_path = pg_catalog, pg_temp
as $$
#variable_conflict use_column
declare
    v_stream minipaas._stream;
    v_consumer integer;
    v_committed bigint;
begin
    select s.* into v_stream from minipaas._stream_get(stream_subscribe.stream, 'consume') s;
    if not found then
        perform minipaas._stream_refuse(stream, 'consume');
    elsif from_time is not null or pg_is_in_recovery() then
        v_stream := minipaas._stream_read(stream, 'stream_subscribe with from_time');
    end if;
    perform minipaas._check_name('consumer', consumer);
    from_offset := case when from_time is null and from_latest is not true then coalesce(from_offset, 0) else nullif(from_offset, 0) end;
    if num_nonnulls(from_offset, from_time, nullif(from_latest, false)) > 1 then
        perform minipaas._invalid(
            'start', format('from_offset %s, from_time %s, from_latest %s', from_offset, from_time, from_latest),
            'Give one of from_offset, from_time and from_latest.'
        );
    end if;
    v_committed := minipaas._start_at(v_stream, 'from_offset', from_offset, from_time);
    insert into minipaas._consumer (stream, name, created_at)
    values (v_stream.id, stream_subscribe.consumer, minipaas._clock())
    on conflict (stream, name) do nothing
    returning id into v_consumer;
    if found then
        -- Whoever trims has this lock, and would not see the consumer whose events it deletes.
        perform from minipaas._stream s where s.id = v_stream.id for share;
        if not found then
            perform minipaas._stream_refuse(stream, 'consume');
        end if;
        insert into minipaas._cursor (consumer, partition)
        select v_consumer, n from generate_series(0, v_stream.partitions - 1) n;
        insert into minipaas._position (cursor, committed, fetched)
        select c.id, v_committed, v_committed from minipaas._cursor c where c.consumer = v_consumer;
    end if;
end
$$;

revoke execute on function minipaas.stream_subscribe(text, text, bigint, timestamptz, boolean) from public;

comment on function minipaas.stream_subscribe(text, text, bigint, timestamptz, boolean) is
'Creates a consumer of a stream, or leaves the one of this name where it is.

consumer: any text of 1 to 255 characters.
from_offset: the first offset to read (default 0: the oldest event).
from_time: begin with the first event published at this time or later.
from_latest: begin after the present head (default false). One of the three; what is beyond either end means that end.
Returns nothing. Each consumer reads all events; workers that fetch for the same consumer share them. A new one waits for a
transaction that trims, alters or drops the stream, and while its own goes on, nothing is trimmed.
Right: consume. Errors: MP002, MP005, MP006; MP007 with from_time unless the transaction is READ COMMITTED.';

-- object: stream/stream_trim.sql
create function minipaas.stream_trim(stream text, before_offset bigint) returns bigint
language plpgsql volatile security definer
set search_path = pg_catalog, pg_temp
as $$
declare
    v_stream minipaas._stream;
    v_before bigint;
begin
    if not minipaas._sees_now() then
        perform minipaas._wrong_isolation('stream_trim');
    end if;
    select s.* into v_stream from minipaas._stream_get(stream, 'manage') s;
    if not found then
        perform minipaas._stream_refuse(stream, 'manage');
    elsif before_offset is null or before_offset < 0 then
        perform minipaas._invalid('before_offset', before_offset::text, 'It is the offset of the first event to keep.');
    end if;
    select s.* into v_stream from minipaas._stream s where s.id = v_stream.id for no key update;
    v_before := least(before_offset, minipaas._stream_head(v_stream.id) + 1);
    if v_before - 1 <= v_stream.trimmed then
        return 0;
    end if;
    return minipaas._trim(v_stream, v_before, true);
end
$$;

revoke execute on function minipaas.stream_trim(text, bigint) from public;

comment on function minipaas.stream_trim(text, bigint) is
'Deletes the events of a stream below an offset, whether its consumers have read them or not.

before_offset: the first offset to keep; beyond stream_head, that is where it ends.
Returns how many events. What a consumer had not read is counted in consumer_stats.events_lost. Waits for transactions of
consumers that have not read so far, are new or seek, and for another trim of the stream.
Right: manage. Errors: MP002, MP005, MP006; MP007 unless the transaction is READ COMMITTED and the server a primary.';

-- object: stream/stream_unsubscribe.sql
create function minipaas.stream_unsubscribe(stream text, consumer text) returns boolean
language plpgsql volatile security definer
set search_path = pg_catalog, pg_temp
as $$
declare
    v_stream minipaas._stream;
    v_consumer integer;
begin
    select s.* into v_stream from minipaas._stream_get(stream, 'consume') s;
    if not found then
        perform minipaas._stream_refuse(stream, 'consume');
    end if;
    perform minipaas._check_name('consumer', consumer);
    select k.id into v_consumer
    from minipaas._consumer k
    where k.stream = v_stream.id and k.name = stream_unsubscribe.consumer
    for update;
    if not found then
        return false;
    end if;
    perform minipaas._consumer_drop(v_consumer);
    return true;
end
$$;

revoke execute on function minipaas.stream_unsubscribe(text, text) from public;

comment on function minipaas.stream_unsubscribe(text, text) is
'Deletes a consumer of a stream, and its leases; trimming does not spare events for it any more.

Returns true, or false when there is no such consumer. Waits for transactions that hold a partition of it.
Right: consume. Errors: MP002, MP005, MP006.';

-- object: stream/consumer_stats.sql
create view minipaas.consumer_stats with (security_barrier) as
select
    s.name as stream,
    k.name as consumer,
    c.partition,
    n.committed as committed_offset,
    n.lag as lag_events,
    n.estimated as lag_estimated,
    case when n.lag > 0 then greatest(minipaas._clock() - n.since, '0') end as lag_time,
    n.lease_id,
    case when n.lease_id is not null then n.worker end as worker,
    case when n.lease_id is not null then n.lease_until end as lease_until,
    n.lost as events_lost,
    n.blocked_by
from minipaas._stream s
join minipaas._consumer k on k.stream = s.id
join minipaas._cursor c on c.consumer = k.id
join minipaas._cursor_counts() n on n.cursor = c.id;

comment on view minipaas.consumer_stats is
'Where each consumer stands in each partition. Right: observe; others see no row.

committed_offset: it is done with the events up to here, or they were trimmed.
lag_events: how many it can read now and has not committed; above 10,000, or where many consumers lag, an estimate, and
lag_estimated says so.
lag_time: how long the first of them has waited since it was published; NULL: none waits.
lease_id, worker, lease_until: who holds the partition; past lease_until anybody gets it.
events_lost: how many were trimmed before it had committed them.
blocked_by: the open transaction that has published to the stream and keeps readers from what came later: its pid,
application and age, or the gid of a prepared one; NULL: nobody does. Unless the owner of the schema is a member of
pg_read_all_stats, the age of another role''s transaction is how long the first event has waited for it; NULL: none waits.';

-- object: stream/stream_stats.sql
create view minipaas.stream_stats with (security_barrier) as
select
    s.name as stream,
    c.head,
    c.events,
    c.estimated as events_estimated,
    c.bytes,
    c.oldest,
    c.oldest_offset
from minipaas._stream s
join minipaas._stream_counts() c on c.stream = s.id;

comment on view minipaas.stream_stats is
'How much each stream holds. Right: observe; others see no row.

head: how far it can be read, as stream_head says (NULL on a standby). events: how many there are; above 10,000, or where many
streams are large, an estimate, and events_estimated says so. bytes: their size, estimated. oldest, oldest_offset: when the
oldest one was published, and its offset.';

-- object: stream/streams.sql
create view minipaas.streams with (security_barrier) as
select
    s.name as stream,
    s.partitions,
    s.keep,
    s.keep_events,
    s.max_lag,
    s.created_at
from minipaas._stream s
where coalesce(s.id = any((select minipaas._streams_of('observe'))::integer[]), true);

comment on view minipaas.streams is
'The streams and their settings, as stream_create and stream_alter take them. Right: observe; others see no row.';
