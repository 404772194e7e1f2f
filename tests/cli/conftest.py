"""Running `minipaas-sql` as its users do: the installed program, in a process of its own."""

import os
import subprocess
import sys
from collections.abc import Callable, Iterator
from pathlib import Path
from subprocess import CompletedProcess, Popen
from typing import Any

import pytest

PROGRAM = str(Path(sys.executable).with_name("minipaas-sql"))

Cli = Callable[..., CompletedProcess[str]]
Start = Callable[..., Popen[str]]


def environment(**variables: str) -> dict[str, str]:
    """The environment of the tests without the databases that it may name, and with wide terminals."""
    plain = {name: value for name, value in os.environ.items() if name not in ("DATABASE_URL", "FORCE_COLOR")}
    return {**plain, "COLUMNS": "200", "NO_COLOR": "1", **variables}


@pytest.fixture
def cli() -> Cli:
    """Run a command and return what it printed and its status; whatever it is, it never shows a traceback."""

    def run(*arguments: str, input: str = "", **variables: str) -> CompletedProcess[str]:
        done = subprocess.run(
            [PROGRAM, *arguments], input=input, capture_output=True, env=environment(**variables),
            encoding="utf-8", errors="surrogateescape", timeout=120,
        )  # fmt: skip
        assert "Traceback" not in done.stderr, done.stderr
        return done

    return run


@pytest.fixture
def start() -> Iterator[Start]:
    """Start a command that goes on, with the streams of `Popen`; at the end it is stopped."""
    started: list[Popen[str]] = []

    def run(*arguments: str, **streams: Any) -> Popen[str]:
        env = environment(TERM="xterm", PYTHONUNBUFFERED="1")
        started.append(Popen([PROGRAM, *arguments], text=True, env=env, start_new_session=True, **streams))
        return started[-1]

    yield run
    for process in started:
        process.kill()
        process.communicate()


def read_until(terminal: int, text: str) -> str:
    """Read what a program shows until the text is there; the end of the program is an OSError."""
    shown = ""
    while text not in shown:
        shown += os.read(terminal, 65536).decode(errors="replace")
    return shown
