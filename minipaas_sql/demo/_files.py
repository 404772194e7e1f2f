"""The demo's input: the files of a folder, how a task names one, and what the work on one is."""

import hashlib
import os
import sysconfig
from collections.abc import Callable
from pathlib import Path
from urllib.parse import unquote_to_bytes, urlsplit

_NOT_THE_LIBRARY = {"__pycache__", "site-packages", "dist-packages"}


def default_folder() -> Path:
    """Return the folder of the running Python's standard library."""
    return Path(sysconfig.get_path("stdlib"))


def files_of(folder: Path) -> list[Path]:
    """List the regular files below a folder; of the standard library just the files that came with it."""
    skip = _NOT_THE_LIBRARY if folder == default_folder() else set()
    found: list[Path] = []
    for parent, folders, names in os.walk(folder.absolute()):
        folders[:] = sorted(set(folders) - skip)
        found += [path for name in sorted(names) if (path := Path(parent, name)).is_file()]
    return [path for path in found if not path.is_symlink()]


def path_of(uri: str) -> Path:
    """Turn `Path.as_uri` back: in a URI any file name is ASCII, so that it fits into JSON."""
    return Path(os.fsdecode(unquote_to_bytes(urlsplit(uri).path)))


def folder_of(uri: str) -> str:
    """Return the URI of a file's folder."""
    return uri.rpartition("/")[0]


def key_of(uri: str) -> str:
    """Return what the events of a folder have in common, as long as a key may be."""
    return folder_of(uri)[-500:]


def digest(path: Path, beat: Callable[[], None] = lambda: None) -> tuple[str, int]:
    """Hash a file.

    :param beat: called after each megabyte.
    :returns: the SHA-256 in hex and the size in bytes; of an unreadable file the reason, and 0.
    """
    hashed, size = hashlib.sha256(), 0
    try:
        with path.open("rb") as file:
            while chunk := file.read(1 << 20):
                hashed.update(chunk)
                size += len(chunk)
                beat()
    except OSError as exc:
        return f"unreadable: {type(exc).__name__}", 0
    return hashed.hexdigest(), size
