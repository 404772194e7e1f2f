"""Running `minipaas-sql` as its users do: the installed program, in a process of its own."""

import os
import subprocess
import sys
from collections.abc import Callable
from pathlib import Path
from subprocess import CompletedProcess

import pytest

PROGRAM = str(Path(sys.executable).with_name("minipaas-sql"))

Cli = Callable[..., CompletedProcess[str]]


def environment(**variables: str) -> dict[str, str]:
    """The environment of the tests without the databases that it may name, and with wide terminals."""
    plain = {name: value for name, value in os.environ.items() if name not in ("DATABASE_URL", "FORCE_COLOR")}
    return {**plain, "COLUMNS": "200", "NO_COLOR": "1", **variables}


@pytest.fixture
def cli() -> Cli:
    """Run a command and return what it printed and its status; whatever it is, it never shows a traceback."""

    def run(*arguments: str, **variables: str) -> CompletedProcess[str]:
        done = subprocess.run(
            [PROGRAM, *arguments], capture_output=True, text=True, env=environment(**variables), timeout=120
        )
        assert "Traceback" not in done.stderr, done.stderr
        return done

    return run
