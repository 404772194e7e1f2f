-- One for all streams: offsets of a stream only ever grow, and have gaps. What readers may pass rests on its last value
-- (see _hold_back): CACHE must stay 1.
create sequence minipaas._event_offset as bigint cache 1;

revoke all on sequence minipaas._event_offset from public;

comment on sequence minipaas._event_offset is 'The offsets of events.';
