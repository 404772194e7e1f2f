"""docs/semantics.md names tests that exist, in every row."""

import re
from pathlib import Path

TESTS = Path(__file__).parents[1]
PAGE = (TESTS.parent / "docs" / "semantics.md").read_text()
ROWS = [line for line in PAGE.splitlines() if line.startswith("| ") and line != "| guarantee | tests |"]


def test_every_guarantee_has_tests_that_exist():
    assert ROWS
    for row in ROWS:
        named = re.findall(r"`([a-z]+/test_\w+\.py)::(test_\w+)`", row)
        assert named, row
        for file, name in named:
            assert re.search(rf"^(async )?def {name}\(", (TESTS / file).read_text(), re.M), f"{file}::{name}"


def test_nothing_else_on_the_page_looks_like_a_test():
    named = re.findall(r"`\w+/test_\w+\.py::\w+`", "\n".join(ROWS))
    assert len(named) == PAGE.count("::")
