import re
from collections.abc import Callable
from pathlib import Path

import pytest
from sqlalchemy import Engine, text

from minipaas_sql import _frozen, _revisions, _sql, migrate, revise
from tests.conftest import Host
from tests.migrate.conftest import BOX, History, box_put

NewRole = Callable[..., str]


def tree(folder):
    """The files below a folder, but for those that Python writes when it imports."""
    return sorted(path for path in folder.rglob("*") if "__pycache__" not in path.parts)


def go(engine: Engine, version: str, force: bool = False) -> None:
    """Upgrade or downgrade, whichever leads to this version."""
    with engine.begin() as connection:
        now = migrate.current(connection) or "0000"
        if version == "base" or version < now:
            migrate.downgrade_to(version, connection=connection, force=force)
        else:
            migrate.upgrade_to(version, connection=connection)


def dumped(engine: Engine) -> str:
    return revise.dump(engine.url.set(drivername="postgresql").render_as_string(hide_password=False))


def files(path: Path) -> tuple[str, str]:
    return path.with_suffix(".sql").read_text(), path.with_suffix(".down.sql").read_text()


def test_a_pair_holds_new_objects_as_they_are_and_how_to_drop_them(blank: History) -> None:
    blank.write("box/box_put.sql", box_put("perform 1;"))
    path = blank.revise("Boxes, and what is put into them!")
    up, down = files(path)
    assert path.name == "0001_boxes_and_what_is_put_into_them.py"
    assert f"-- object: box/box_put.sql\n{box_put('perform 1;')}" in up
    assert "drop function minipaas.box_put;\n" in down
    assert [one.number for one in _revisions.revisions()] == ["0001"]
    assert _revisions.revisions()[0].floor == "0001"


def test_nothing_changed_writes_nothing(history: History) -> None:
    before = tree(history.migrations)
    with pytest.raises(SystemExit, match="nothing changed"):
        revise.next_pair("nothing")
    assert tree(history.migrations) == before


def test_the_state_is_read_back_from_frozen_files(history: History) -> None:
    frozen = [one.sql("up") for one in _revisions.revisions()]
    assert _frozen.state(frozen) == {one.path: one for one in _sql.objects()}


def test_a_function_with_the_same_header_is_replaced(history: History) -> None:
    history.write("box/box_put.sql", box_put("perform 2;"))
    up, down = files(history.revise("two"))
    assert up.startswith(
        "-- replaced: box/box_put.sql\ncreate or replace function minipaas.box_put(item text)\n"
    )
    assert "perform 1;" in down
    assert "drop" not in up + down


def test_changes_go_up_and_down_to_the_same_schema(history: History, engine: Engine) -> None:
    go(engine, "0003")
    before = dumped(engine)
    history.write("box/box_put.sql", box_put("perform 4;", "item text, times integer default 1"))
    history.write(
        "box/boxes.sql", "create view minipaas.boxes as\nselect 1 as one, item from minipaas._box;\n"
    )
    history.write("box/_lid.sql", "create table minipaas._lid (\n    id bigint\n);\n")
    history.revise("many changes")
    go(engine, "0004")
    after = dumped(engine)
    assert after != before
    go(engine, "0003")
    assert dumped(engine) == before
    go(engine, "0004")
    assert dumped(engine) == after
    go(engine, "base")
    with engine.begin() as connection:
        connection.exec_driver_sql(_sql.install_text().replace("%", "%%"))
    assert dumped(engine) == after


def test_an_object_that_is_gone_is_dropped_and_comes_back(history: History, engine: Engine) -> None:
    go(engine, "0003")
    before = dumped(engine)
    history.write("box/box_put.sql", None)
    history.revise("fewer")
    go(engine, "0004")
    assert "box_put" not in dumped(engine)
    go(engine, "0003")
    assert dumped(engine) == before
    assert "box/box_put.sql" not in _frozen.state([one.sql("up") for one in _revisions.revisions()])


def test_grants_outlive_a_changed_signature_and_a_changed_view(
    history: History, new_role: NewRole, engine: Engine
) -> None:
    role = new_role()
    go(engine, "0003")
    with engine.begin() as connection:
        connection.execute(text(f"grant execute on function minipaas.box_put to {role} with grant option"))
        connection.execute(text(f"grant select on minipaas.boxes to {role}, public"))
    history.write("box/box_put.sql", box_put("perform 4;", "item text, times integer default 1"))
    history.write(
        "box/boxes.sql", "create view minipaas.boxes as\nselect 1 as one, item from minipaas._box;\n"
    )
    history.revise("other signatures")
    query = f"""
        select has_function_privilege('{role}', p.oid, 'execute with grant option'), pronargs,
            has_function_privilege('public', p.oid, 'execute'),
            (select array_agg(privilege_type order by 1) from pg_class c, aclexplode(relacl)
             where c.oid = 'minipaas.boxes'::regclass and grantee in (0, '{role}'::regrole))
        from pg_proc p where proname = 'box_put'"""
    for version, arguments in [("0004", 2), ("0003", 1), ("0004", 2)]:
        go(engine, version)
        with engine.connect() as connection:
            assert connection.execute(text(query)).one() == (True, arguments, False, ["SELECT", "SELECT"])


def test_a_changed_table_fails_until_its_alter_is_written(history: History, engine: Engine) -> None:
    go(engine, "0003")
    before = dumped(engine)
    history.write("box/_box.sql", BOX.replace("\n);", ",\n    size integer\n);"))
    path = history.revise("sizes")
    with pytest.raises(Exception, match=r"write the ALTER of box/_box\.sql here"):
        go(engine, "0004")
    by_hand(path.with_suffix(".sql"), "alter table minipaas._box add column size integer;")
    go(engine, "0004")
    with pytest.raises(Exception, match=r"write the ALTER of box/_box\.sql here"):
        go(engine, "0003")
    by_hand(path.with_suffix(".down.sql"), "alter table minipaas._box drop column size;")
    after = dumped(engine)
    go(engine, "0003")
    assert dumped(engine) == before
    go(engine, "0004")
    assert dumped(engine) == after
    current = {one.path: one for one in _sql.objects()}
    assert _frozen.state([one.sql("up") for one in _revisions.revisions()]) == current
    with pytest.raises(SystemExit, match="written by hand"):
        revise.rewrite()


def by_hand(file: Path, statement: str) -> None:
    """Do what the failing block asks for."""
    begin, block, end = re.split(
        r"(^do \$\$ begin raise .* end \$\$;$)", file.read_text(), flags=re.MULTILINE
    )
    assert block
    file.write_text(begin + statement + end)


def test_rewrite_takes_the_newest_pair_anew_and_keeps_its_module(history: History) -> None:
    newest = _revisions.revisions()[-1]
    older = [files(one.path) for one in _revisions.revisions()[:-1]]
    module = newest.path.read_text()
    history.write("box/box_put.sql", box_put("perform 5;"))
    assert revise.rewrite() == newest.path
    assert "perform 5;" in files(newest.path)[0]
    assert newest.path.read_text() == module
    assert [files(one.path) for one in _revisions.revisions()[:-1]] == older


def test_a_file_must_create_what_its_name_says(blank: History) -> None:
    blank.write("box/box_get.sql", box_put("perform 1;"))
    with pytest.raises(ValueError, match=r"box/box_get\.sql creates minipaas\.box_put"):
        _sql.objects()
    blank.write("box/box_get.sql", "select 1;\n")
    with pytest.raises(ValueError, match=r"box/box_get\.sql: no statement begins with 'create'"):
        _sql.objects()


def test_a_dump_leaves_out_what_differs_each_time(history: History, engine: Engine, server: Host) -> None:
    go(engine, "0001")
    dump = dumped(engine)
    assert "CREATE TABLE minipaas._box" in dump
    assert not {"restrict", "Dumped", "OWNER TO"} & set(dump.replace("\\", "").split())


def test_the_newest_revision_was_written_from_the_files_in_sql() -> None:
    frozen = [one.sql("up") for one in _revisions.revisions()]
    hint = "run python -m minipaas_sql.revise --rewrite --dump"
    assert _frozen.state(frozen) == {one.path: one for one in _sql.objects()}, hint


def test_the_command_line_writes_pairs_and_dumps(
    history: History, capsys: pytest.CaptureFixture[str]
) -> None:
    history.write("box/box_put.sql", box_put("perform 4;"))
    revise.main(["Put four", "--dump"])
    pair, dump = capsys.readouterr().out.split()
    assert Path(pair).name == "0004_put_four.py"
    assert "perform 4;" in Path(dump).read_text()
    history.write("box/box_put.sql", box_put("perform 5;"))
    revise.main(["--rewrite"])
    assert "perform 5;" in files(Path(pair))[0]


@pytest.mark.parametrize("arguments", [[], ["message", "--rewrite"]])
def test_the_command_line_takes_either_a_message_or_rewrite(
    arguments: list[str], capsys: pytest.CaptureFixture[str]
) -> None:
    with pytest.raises(SystemExit):
        revise.main(arguments)
    assert "either a message or --rewrite" in capsys.readouterr().err
