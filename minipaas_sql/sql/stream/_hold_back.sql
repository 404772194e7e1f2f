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
