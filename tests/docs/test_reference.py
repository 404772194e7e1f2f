"""docs/reference is what the generator makes of the catalogue, and each COMMENT has the house form."""

import re
from pathlib import Path

import psycopg
import pytest

from minipaas_sql import _reference, _sql, errors
from minipaas_sql._comment import parse

FOLDER = Path(__file__).parents[2] / "docs" / "reference"
CODES = [cls.code for cls in errors.MinipaasError.__subclasses__()]

# What an argument is needs no words where the name of the function has it: `queue` in queue_pause.
SUBJECTS = {"queue", "stream", "consumer", "schedule"}


@pytest.fixture(scope="module")
def connection(new_database):
    with new_database() as url, psycopg.connect(url) as connection:
        yield connection


@pytest.fixture(scope="module")
def public(connection):
    return {one.name: one for one in _reference.public(connection)}


@pytest.fixture(scope="module")
def functions(public):
    return [one for one in public.values() if one.returns is not None]


def test_the_pages_are_what_the_generator_makes(connection):
    made = _reference.pages(connection)
    there = {file.name: file.read_text("utf-8") for file in FOLDER.iterdir()}
    stale = sorted(name for name in made.keys() | there.keys() if made.get(name) != there.get(name))
    assert stale == [], "run: python -m minipaas_sql.revise --reference"


def test_every_public_object_has_a_heading(public):
    pages = [file for file in FOLDER.iterdir() if file.name != "python.md"]
    text = "\n".join(file.read_text("utf-8") for file in pages)
    names = {one.name for one in _sql.objects() if one.kind in ("function", "view") and one.name[0] != "_"}
    assert set(public) == names
    assert {name for name in names if text.count(f"\n## {name}\n") != 1} == set()


def test_the_first_paragraph_says_what_it_does(public):
    for one in public.values():
        first = one.comment.partition("\n")[0]
        assert re.match(r"[A-Z].*[.,\w]$", first), one.name
        assert parse(one.comment, one.names).summary.endswith("."), one.name


def said(one, public):
    """The COMMENT of a function with those that it refers to."""
    others = re.findall(r"(?:as in|those of|as) (\w+_\w+)", one.comment)
    return " ".join([one.comment, *(public[other].comment for other in others if other in public)])


def test_every_argument_is_named(functions, public):
    missing = [
        f"{one.name}({name})"
        for one in functions
        for name in one.names
        if name not in SUBJECTS and not re.search(rf"\b{name}\b", said(one, public))
    ]
    assert missing == []


def test_every_function_tells_what_it_returns(functions):
    assert [one.name for one in functions if not re.search(r"\bReturns\b", one.comment)] == []


def test_every_function_tells_the_right_that_it_takes_and_its_errors(functions):
    for one in functions:
        if one.name != "schema_version":  # reads one row, for whoever may use the schema
            assert re.search(r"(Right: [a-z]|For the owner of the schema\.).*\bErrors: ", one.comment, re.S)


def test_every_view_tells_who_sees_its_rows(public):
    views = [one for one in public.values() if one.returns is None]
    assert [one.name for one in views if "see" not in one.comment and "Right: " not in one.comment] == []


def bodies():
    """The name of each function and the text of its file, without its comments and its COMMENT."""
    found = {
        one.name: one.text.partition("\ncomment on ")[0] for one in _sql.objects() if one.kind == "function"
    }
    return {name: re.sub(r"--.*", "", text) for name, text in found.items()}


def raised(name, texts, seen):
    """The codes that a function raises, itself or in what it calls."""
    if name in seen:
        return set()
    seen.add(name)
    text = texts[name]
    called = set(re.findall(r"\bminipaas\.(\w+)\(", text)) & set(texts)
    return set(re.findall(r"MP\d{3}", text)).union(*(raised(one, texts, seen) for one in called))


def test_every_code_that_is_told_can_be_raised(functions):
    texts = bodies()
    told = {one.name: set(re.findall(r"MP\d{3}", one.comment)) for one in functions}
    never = {name: codes - raised(name, texts, set()) for name, codes in told.items()}
    assert {name: codes for name, codes in never.items() if codes} == {}


def test_the_code_of_a_wrong_isolation_level_is_told_by_whoever_may_raise_it(functions):
    texts = bodies()
    for one in functions:
        assert ("MP007" in one.comment) == ("MP007" in raised(one.name, texts, set())), one.name


def test_every_error_has_its_functions():
    page = (FOLDER / "errors.md").read_text("utf-8")
    assert re.findall(r"^## (MP\d+)$", page, re.M) == sorted(CODES)
    assert page.count("Raised by [") == len(CODES)
