"""`minipaas-sql adopt`: the host's own revision that takes the schema to this package's newest version."""

import inspect
import os
import re
from pathlib import Path
from typing import Annotated, Any

import typer
from alembic.config import Config
from alembic.script import ScriptDirectory
from alembic.util import CommandError, rev_id

from minipaas_sql import _revisions, migrate
from minipaas_sql.cli._database import Refused, Usage

_CALL = re.compile(r"""^[^#\n]*\bupgrade_to\(\s*["'](?:minipaas_)?(\d{4})["']""", re.MULTILINE)

FILTER = """\
{env} uses include_schemas: for autogenerate to leave the schema minipaas alone, give context.configure()

    include_name=migrate.include_name,  # from minipaas_sql import migrate

or, beside a filter of your own: migrate.include_name(name, type_, parent_names) and ..."""


def adopt(
    config: Annotated[
        list[str] | None,
        typer.Option("-c", "--config", help="As alembic's: its ini file, pyproject.toml, or both."),
    ] = None,
    name: Annotated[
        str, typer.Option("-n", "--name", help="As alembic's: the section of the ini file.")
    ] = "alembic",
    head: Annotated[
        str | None, typer.Option(help="The head to follow, where the history has several.")
    ] = None,
) -> None:
    """Write the revision that adopts the schema, or its newest version, in a project that uses Alembic.

    It changes nothing else, needs no database, and where a revision has the newest version does nothing.
    """
    found = _config(config or [], name)
    try:
        scripts = ScriptDirectory.from_config(found)
        if Path(scripts.dir).resolve() == _revisions.FOLDER.resolve():
            raise Usage("this is the history of minipaas-sql itself: run it in your own project")
        print(_written(found, scripts, head))
    except CommandError as exc:
        raise Refused(f"alembic: {exc}") from exc
    env = Path(scripts.dir, "env.py")
    text = env.read_text("utf-8") if env.exists() else ""
    if "include_schemas" in text and "migrate.include_name" not in text:
        print(f"\n{FILTER.format(env=_short(env))}")


def _config(files: list[str], section: str) -> Config:
    """Find the configuration where alembic would: options, ALEMBIC_CONFIG, alembic.ini and pyproject.toml."""
    default = os.environ.get("ALEMBIC_CONFIG")
    given = files or ([default] if default else [])
    toml = next((file for file in given if Path(file).name == "pyproject.toml"), "pyproject.toml")
    ini = next((file for file in given if Path(file).name != "pyproject.toml"), "alembic.ini")
    missing = [file for file in given if not Path(file).exists()]
    if missing:
        raise Usage(f"there is no {missing[0]}")
    options: dict[str, Any] = {"ini_section": section}
    if "toml_file" in inspect.signature(Config).parameters:  # since Alembic 1.16
        options["toml_file"] = toml
    found = Config(ini, **options)
    in_toml = "toml_file" in options and re.search(r"^\[tool\.alembic\]", _text(toml), re.MULTILINE)
    if not in_toml and not (Path(ini).exists() and found.file_config.has_section(section)):
        raise Usage(
            f"no Alembic configuration here: neither [{section}] in {ini} nor [tool.alembic] in {toml}. "
            "Run it in your project's folder, or name the file with --config"
        )
    return found


def _written(config: Config, scripts: ScriptDirectory, head: str | None) -> str:
    """Write the revision where one is due, and say what was done."""
    newest, adopted, where = migrate.head(), "", ""
    for script in scripts.walk_revisions():
        for version in _CALL.findall(_text(script.path)):
            if version > adopted:
                adopted, where = version, script.revision
    if adopted >= newest:
        return f"nothing to do: revision {where} has version {adopted}, and this package knows no newer one"
    heads = scripts.get_heads()
    if head is None and len(heads) > 1:
        raise Usage(f"the history has {len(heads)} heads; say which to follow: " + ", ".join(
            f"--head {one}" for one in sorted(heads)
        ))  # fmt: skip
    new_id = rev_id()
    scripts.generate_revision(
        new_id,
        f"minipaas-sql {newest}",
        head=head or "head",
        config=config,
        imports="from minipaas_sql import migrate",
        upgrades=f'migrate.upgrade_to("{newest}")',
        downgrades="pass  # other services may use the schema; if none does: "
        f'migrate.downgrade_to("{adopted or "base"}")',
    )
    path = scripts.get_revision(new_id).path
    written = _text(path)
    if not (_CALL.search(written) and "import migrate" in written):
        return (
            f"wrote {_short(Path(path))}, whose template leaves out the operations or their imports. Add:\n\n"
            "    from minipaas_sql import migrate\n\n"
            f'    migrate.upgrade_to("{newest}")  # in upgrade()'
        )
    return f"wrote {_short(Path(path))}: run alembic upgrade head"


def _text(path: str) -> str:
    return Path(path).read_text("utf-8") if Path(path).exists() else ""


def _short(path: Path) -> str:
    """Name a file as seen from here."""
    return os.path.relpath(path)
