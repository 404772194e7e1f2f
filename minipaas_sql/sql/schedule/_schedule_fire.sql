-- Nothing is written inside the block: a subtransaction that writes nothing costs nothing.
create function minipaas._schedule_fire(schedule minipaas._schedule, moment timestamptz) returns bigint
language plpgsql volatile
as $$
declare
    v_queue constant integer := (select q.id from minipaas._queue q where q.name = schedule.queue);
    v_due timestamptz[];
    v_next timestamptz;
    v_error text;
begin
    if v_queue is null then
        v_error := format('queue "%s" does not exist', schedule.queue);
    else
        begin
            select d.due, d.next_at into v_due, v_next from minipaas._schedule_due(schedule, moment) d;
        exception when invalid_parameter_value then
            v_error := sqlerrm;
        end;
    end if;
    if v_error is not null then
        update minipaas._schedule s
        set last_error = v_error
        where s.id = schedule.id and s.last_error is distinct from v_error;
        return 0;
    end if;
    update minipaas._schedule s
    set next_at = v_next, last_at = coalesce(v_due[cardinality(v_due)], s.last_at), last_error = null
    where s.id = schedule.id;
    perform minipaas._schedule_enqueue(v_queue, schedule.name, schedule.payload, v_due);
    return cardinality(v_due);
end
$$;

revoke execute on function minipaas._schedule_fire(minipaas._schedule, timestamptz) from public;

comment on function minipaas._schedule_fire(minipaas._schedule, timestamptz) is
'Makes the tasks of a due schedule, whose row is locked, or notes why it cannot; returns how many.';
