"""A COMMENT of the schema, taken apart: what the object does, its arguments or columns, and the rest."""

import re
from typing import NamedTuple


class Comment(NamedTuple):
    """`summary`; `items`, the names and what is said of them; `rest`, paragraphs in the order of the text."""

    summary: str
    items: list[tuple[list[str], str]]
    rest: list[str]


def parse(text: str, names: list[str]) -> Comment:
    """Read a COMMENT of the house form.

    Its first paragraph says what the object does. After an empty line come sentences; one that begins with
    `name:` or `name, name:` is about these. A line that begins a sentence after one that ended one begins
    another paragraph.

    :param text: the COMMENT.
    :param names: of the arguments of the function, or of the columns of the view.
    """
    summary, _, body = text.partition("\n\n")
    name = f"(?:{'|'.join(map(re.escape, names))})" if names else "(?!)"
    item = re.compile(rf"(?:^|(?<=[.;] )){name}(?:, {name})*: ", re.MULTILINE)
    items: list[tuple[list[str], str]] = []
    rest: list[str] = []
    for paragraph in re.split(r"(?<=[.:])\n(?=[A-Z])|\n(?=Returns )", body):
        starts = [found.start() for found in item.finditer(paragraph)]
        for start, end in zip([0, *starts], [*starts, len(paragraph)], strict=True):
            part = " ".join(paragraph[start:end].split())
            found = item.match(part)
            if found:
                items.append((found[0].removesuffix(": ").split(", "), part[found.end() :]))
            elif part:
                rest.append(part)
    return Comment(" ".join(summary.split()), items, rest)
