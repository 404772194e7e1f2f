"""The files of released revisions, which never change: ``migrations/released.json`` has a hash of each.

Its keys are the releases, which ``CHANGELOG.md`` has as headings; the values are what each of them added.
"""

import hashlib
import json
import re
from pathlib import Path

_RELEASE = re.compile(r"^## v?(\d\S*)", re.MULTILINE)


def files(folder: Path) -> dict[str, str]:
    """Return the hash of each released file by its name, as recorded below `folder`."""
    return {name: digest for release in _read(folder).values() for name, digest in release.items()}


def record(folder: Path, release: str) -> Path:
    """Record the files that are in no release yet, and return the path of the record."""
    read, path = _read(folder), folder / "released.json"
    if release in read:
        raise SystemExit(f"{release} was recorded already")
    known = files(folder)
    read[release] = {name: digest for name, digest in _hashes(folder).items() if name not in known}
    path.write_text(json.dumps(read, indent=4) + "\n", "utf-8")
    return path


def problems(folder: Path, changelog: str) -> list[str]:
    """Say what is wrong: released files that changed, are gone or came late; releases without a record."""
    read, known, now = _read(folder), files(folder), _hashes(folder)
    newest = max((name[:4] for name in known), default="")
    return [
        *(f"{name} was released and has changed"
          for name in known if now.get(name, known[name]) != known[name]),
        *(f"{name} was released and is gone" for name in known if name not in now),
        *(f"{name} came after its release" for name in now if name not in known and name[:4] <= newest),
        *(f"{one} is in CHANGELOG.md only: python -m minipaas_sql.revise --release {one}"
          for one in _RELEASE.findall(changelog) if one not in read),
        *(f"{one} is in released.json only" for one in read if one not in _RELEASE.findall(changelog)),
    ]  # fmt: skip


def _read(folder: Path) -> dict[str, dict[str, str]]:
    found: dict[str, dict[str, str]] = json.loads((folder / "released.json").read_text("utf-8"))
    return found


def _hashes(folder: Path) -> dict[str, str]:
    """Hash the text of each file, however the checkout ends its lines."""
    found = sorted(path for path in (folder / "versions").iterdir() if path.suffix in (".py", ".sql"))
    return {path.name: hashlib.sha256(path.read_text("utf-8").encode()).hexdigest() for path in found}
