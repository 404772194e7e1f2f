"""Revisions that were released never change."""

from pathlib import Path

import pytest

from minipaas_sql import _released, _revisions, revise
from tests.migrate.conftest import ROOT, History, box_put

TAGGED = "# Changelog\n\n## Unreleased\n\n* Soon.\n\n## 0.1.0\n\n* All of it.\n"


@pytest.fixture
def released(history: History, capsys: pytest.CaptureFixture[str]) -> Path:
    """The made-up history, released as 0.1.0."""
    revise.main(["--release", "0.1.0"])
    assert capsys.readouterr().out == f"{history.migrations / 'released.json'}\n"
    assert _released.problems(history.migrations, TAGGED) == []
    return history.migrations


def test_released_revisions_are_as_they_were() -> None:
    assert _released.problems(_revisions.FOLDER, (ROOT / "CHANGELOG.md").read_text("utf-8")) == []


@pytest.mark.parametrize("suffix", [".py", ".sql", ".down.sql"])
def test_a_changed_file_is_named(released: Path, suffix: str) -> None:
    file = _revisions.revisions()[1].path.with_suffix(suffix)
    file.write_text(file.read_text() + " ")
    assert _released.problems(released, TAGGED) == [f"{file.name} was released and has changed"]


def test_a_file_that_is_gone_or_came_late_is_named(released: Path) -> None:
    (released / "versions" / "0002_put_into_boxes.sql").rename(released / "versions" / "0002_new.sql")
    assert _released.problems(released, TAGGED) == [
        "0002_put_into_boxes.sql was released and is gone", "0002_new.sql came after its release"
    ]  # fmt: skip


def test_a_release_without_a_record_is_named_and_the_other_way_round(released: Path) -> None:
    (found,) = _released.problems(released, TAGGED + "\n## 0.2.0 (2030-01-01)\n")
    assert found.startswith("0.2.0 is in CHANGELOG.md only")
    assert _released.problems(released, "# Changelog\n") == ["0.1.0 is in released.json only"]


def test_the_next_release_records_what_is_new(released: Path, history: History) -> None:
    before = _released.files(released)
    history.write("box/box_put.sql", box_put("perform 4;"))
    history.revise("four")
    assert _released.problems(released, TAGGED) == []
    _released.record(released, "0.2.0")
    after = _released.files(released)
    assert before.items() < after.items()
    assert set(after) - set(before) == {"0004_four.py", "0004_four.sql", "0004_four.down.sql"}
    with pytest.raises(SystemExit, match=r"0\.2\.0 was recorded already"):
        _released.record(released, "0.2.0")


def test_rewrite_refuses_a_released_revision(released: Path, history: History) -> None:
    history.write("box/box_put.sql", box_put("perform 4;"))
    with pytest.raises(SystemExit, match="0003_a_strong_lock was released and never changes"):
        revise.rewrite()
