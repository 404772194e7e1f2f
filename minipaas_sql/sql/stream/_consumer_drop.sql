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
