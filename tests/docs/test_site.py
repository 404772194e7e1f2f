"""The site builds without a warning, and nothing on it is loaded from elsewhere."""

import os
import re
import subprocess
import sys
from pathlib import Path

import pytest

ROOT = Path(__file__).parents[2]


@pytest.fixture(scope="module")
def site(tmp_path_factory):
    """The folder of the built site. Strict: a page outside nav, a dead link or anchor is an error."""
    folder = tmp_path_factory.mktemp("site")
    subprocess.run(
        [sys.executable, "-m", "mkdocs", "build", "--strict", "--quiet", "--site-dir", folder],
        cwd=ROOT, env=os.environ | {"NO_MKDOCS_2_WARNING": "1"}, check=True,
    )  # fmt: skip
    return folder


def test_every_page_is_there(site):
    pages = {path.relative_to(ROOT / "docs").with_suffix("") for path in (ROOT / "docs").rglob("*.md")}
    built = {path.relative_to(site).with_suffix("") for path in site.rglob("*.html")} - {Path("404")}
    assert built == pages
    assert not list(site.rglob("*.py"))


def test_a_reader_needs_no_other_host(site):
    for page in site.rglob("*.html"):
        loaded = re.findall(r"<(?:script|img|iframe)\b[^>]*\bsrc=\"?([^\"\s>]+)", page.read_text("utf-8"))
        styles = re.findall(r"<link\b[^>]*\bhref=\"?([^\"\s>]+)", page.read_text("utf-8"))
        assert [one for one in loaded + styles if "//" in one] == [], page
    for style in site.rglob("*.css"):
        assert not re.search(r"url\(['\"]?(https?:)?//", style.read_text("utf-8")), style


def test_links_that_leave_the_docs_are_plain_text_there(site):
    page = (site / "how-it-works.html").read_text("utf-8")
    assert "_wake" in page
    assert "../minipaas_sql" not in page
