-- Confirming a floor reads this sequence's last value and the locks on it: CACHE must stay 1.
create sequence minipaas._task_id as bigint cache 1;

revoke all on sequence minipaas._task_id from public;

comment on sequence minipaas._task_id is 'Ids of tasks, and their positions when they enter _ready.';
