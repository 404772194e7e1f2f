create function minipaas._cron_number(word text, low integer, names text[]) returns integer
language sql immutable
as $$
select case when word ~ '^[0-9]' then word::integer else low + array_position(names, word) - 1 end
$$;

revoke execute on function minipaas._cron_number(text, integer, text[]) from public;

comment on function minipaas._cron_number(text, integer, text[]) is
'The number that a word of a cron expression stands for; names count from low. NULL: there is no such name.';
