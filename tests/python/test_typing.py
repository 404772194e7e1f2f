"""Type checkers accept the examples, with the SQLAlchemy that is installed."""

import shutil
import subprocess
import sys
from pathlib import Path

import pytest

EXAMPLES = Path(__file__).with_name("typed_examples.py")


def check(*command: str) -> None:
    done = subprocess.run([*command, str(EXAMPLES)], capture_output=True, text=True, cwd=EXAMPLES.parents[2])
    assert done.returncode == 0, done.stdout + done.stderr


def test_mypy_accepts_the_examples() -> None:
    check(sys.executable, "-m", "mypy", "--strict")


@pytest.mark.skipif(shutil.which("pyright") is None, reason="pyright is not installed")
def test_pyright_accepts_the_examples() -> None:
    check("pyright", "--pythonpath", sys.executable)
