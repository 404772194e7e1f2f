-- gone: core/services.sql
drop view minipaas.services;

-- gone: core/service_seen.sql
drop function minipaas.service_seen;

-- gone: core/_check_version.sql
drop function minipaas._check_version;

-- gone: core/_service.sql
drop table minipaas._service;
