do $minipaas_guard$
-- One step of minipaas-sql, {{from}} to {{to}} (0000: not installed). It looks for itself whether it is due, so that
-- this text is safe on any database: empty, older, current or newer.
declare
    v_from constant text := '{{from}}';
    v_to constant text := '{{to}}';
    v_role constant text := pg_catalog.current_setting('role');
    v_search_path constant text := pg_catalog.current_setting('search_path');
    v_check_bodies constant text := pg_catalog.current_setting('check_function_bodies');
    v_lock_timeout constant text := pg_catalog.current_setting('lock_timeout');
    v_schema oid;
    v_owner name;
    v_installed text;
    v_due boolean;
    v_view text;
    v_found boolean;
    v_names text;
    v_before text[];
begin
    perform pg_catalog.set_config('search_path', 'pg_catalog, pg_temp', true);
    perform set_config('check_function_bodies', 'off', true);

    -- The first look takes no lock, so that a schema that is up to date makes nobody wait; what it saw may be
    -- stale once the lock is there, so the second look, in statements of its own, decides.
    for v_look in 1 .. 2 loop
        select n.oid, pg_get_userbyid(n.nspowner) into v_schema, v_owner
        from pg_namespace n where n.nspname = 'minipaas';

        if v_owner <> current_user then
            begin
                perform set_config('role', v_owner, true);
            exception when insufficient_privilege then
                -- Who has only grants may go on where nothing is due.
                if has_schema_privilege(v_schema, 'usage') and exists (
                    select from pg_proc p
                    where p.pronamespace = v_schema and p.proname = 'schema_version' and has_function_privilege(p.oid, 'execute')
                ) then
                    v_installed := minipaas.schema_version();
                    v_due := case when v_from < v_to then v_installed < v_to else v_installed > v_to end;
                    exit when not v_due;
                end if;
                raise exception 'the schema minipaas belongs to %, and % may not act for it', v_owner, session_user
                    using errcode = 'MP005', hint = format('GRANT %I TO %I;', v_owner, session_user);
            end;
        end if;

        v_installed := '0000';
        if exists (select from pg_class c where c.relnamespace = v_schema and c.relname = '_version') then
            select coalesce(max(replace(v.version_num, 'minipaas_', '')), '0000') into v_installed
            from minipaas._version v;
        elsif exists (select from pg_class c where c.relnamespace = v_schema)
            or exists (select from pg_proc p where p.pronamespace = v_schema)
            or exists (select from pg_type t where t.typnamespace = v_schema)
        then
            raise exception 'there is a schema minipaas that is not from minipaas-sql (it has no table _version)'
                using errcode = 'MP005', hint = 'ALTER SCHEMA minipaas RENAME TO something_else;';
        end if;

        v_due := case when v_from < v_to then v_installed < v_to else v_installed > v_to end;
        exit when not v_due;
        perform pg_advisory_xact_lock(hashtextextended('minipaas.upgrade', 0));
    end loop;

    if v_due then
        if v_installed <> v_from then
            raise exception 'this step leads from minipaas_% to minipaas_%, but % is installed',
                v_from, v_to, case v_installed when '0000' then 'nothing' else 'minipaas_' || v_installed end
                using errcode = 'MP006', hint = 'Use a minipaas-sql that knows the installed version.';
        end if;
        if v_schema is null and not has_database_privilege(current_database(), 'create') then
            raise exception '% may not create the schema minipaas in %', current_user, current_database()
                using errcode = 'MP005',
                hint = format('GRANT CREATE ON DATABASE %I TO %I;', current_database(), current_user);
        end if;
        if {{refuse}} then
            -- A transaction that installs from nothing locks nobody out.
            select exists (select from minipaas._upgrade u where u.applied_at < now()) into v_found;
            if v_found then
                raise exception 'minipaas_% takes strong locks, and a host''s revision might hold them for long', v_to
                    using errcode = 'MP005', hint = 'Run this first, on its own: minipaas-sql upgrade';
            end if;
        end if;
        foreach v_view in array '{{keep}}'::text[] loop
            execute format('select exists (select from minipaas.%I)', v_view) into v_found;
            if v_found then
                raise exception 'minipaas.% is not empty, and going down to minipaas_% would drop its data', v_view, v_to
                    using errcode = 'MP008', hint = 'Drop what is in it, or force the downgrade.';
            end if;
        end loop;
        if not {{force}} and exists (select from pg_class c where c.relnamespace = v_schema and c.relname = '_service') then
            select string_agg(format('%s (role %s, seen %s)', s.service, s.role, s.seen_at::date), ', ' order by s.service, s.role)
            into v_names
            from minipaas._service s
            where s.seen_at > now() - interval '30 days'
                and case when v_from < v_to then s.version < '{{floor}}' else s.minimum > v_to end;
            if v_names is not null then
                raise exception 'minipaas_% would break %', v_to, v_names using
                    errcode = case when v_from < v_to then 'MP006' else 'MP008' end,
                    hint = case when v_from < v_to
                        then 'Start them with a package that knows minipaas_{{floor}}, or force it: minipaas-sql upgrade --force'
                        else 'Start them with a package that needs no more than that, or force the downgrade.' end;
            end if;
        end if;

        -- Whoever waits for a lock makes all wait who come after: so give way, and come again. It gives way before the
        -- server looks for deadlocks, so that nobody else is ever its victim.
        perform set_config('lock_timeout', '{{lock_timeout}}', true);
        for v_try in 1 .. {{tries}} loop
            select array_agg(h.virtualtransaction) into v_before from pg_locks h
            where h.granted and h.pid is distinct from pg_backend_pid()
                and h.database = (select d.oid from pg_database d where d.datname = current_database())
                and h.relation in (select c.oid from pg_class c where c.relnamespace = v_schema);
            begin
{{body}}
                exit;
            exception when lock_not_available or deadlock_detected then
                if v_try = {{tries}} then
                    -- Whoever blocked all of the last try held a lock before it and holds one after it.
                    select string_agg(distinct coalesce('pid ' || h.pid, 'prepared transaction ' || h.transaction), ', ')
                    into v_names
                    from (select l.*, substr(l.virtualtransaction, 4) as transaction from pg_locks l) h
                    where h.granted and h.virtualtransaction = any (v_before);
                    raise exception 'minipaas_% got no lock within {{lock_timeout}}, {{tries}} times: %', v_to,
                        coalesce('blocked by ' || v_names, sqlerrm)
                        using errcode = 'lock_not_available',
                        hint = 'Try again when that is over, or end it: select pg_terminate_backend(pid);';
                end if;
                perform pg_sleep({{pause}});
            end;
        end loop;
        perform set_config('lock_timeout', v_lock_timeout, true);

        if v_to <> '0000' then
            delete from minipaas._version;
            insert into minipaas._version (version_num) values ('minipaas_' || v_to);
            insert into minipaas._upgrade (version, floor, direction)
            values (v_to, '{{floor}}', case when v_from < v_to then 'up' else 'down' end);
            -- Whoever was granted rights may call what is new.
            if to_regclass('minipaas._grant') is not null then
                perform minipaas._access_set(r.rolname, true)
                from pg_roles r
                where r.oid in (select g.role from minipaas._grant g) and has_schema_privilege(r.oid, 'minipaas', 'usage');
            end if;
        end if;
    end if;

    perform set_config('role', v_role, true);
    perform set_config('search_path', v_search_path, true);
    perform set_config('check_function_bodies', v_check_bodies, true);
end
$minipaas_guard$;
