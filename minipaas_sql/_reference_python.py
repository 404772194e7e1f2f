"""The page docs/reference/python.md: signatures and docstrings, read from the sources without an import."""

import ast
import re
from pathlib import Path

MODULES = [
    "queue", "stream", "schedule", "access", "worker", "consumer", "wait", "migrate", "errors", "views",
    "testing",
]  # fmt: skip
"""The public modules in the order of the page; `maintain` of the package itself comes first."""

_PACKAGE = Path(__file__).parent
_Definition = ast.FunctionDef | ast.AsyncFunctionDef | ast.ClassDef


def page(head: str, place: dict[str, str]) -> str:
    """Return the page.

    :param head: what stands above its title.
    :param place: where each function and view of SQL is, as `queues.md#queue_ack`.
    """
    text = head + "# Python\n\n" + _docstring(ast.get_docstring(_tree("minipaas_sql")), place)
    for module in ("", *MODULES):
        dotted = f"minipaas_sql.{module}".rstrip(".")
        tree = _tree(dotted)
        if module:
            text += f"\n## {module}\n\n{_docstring(ast.get_docstring(tree), place)}"
        for name in _public(tree):
            text += _entry(f"{module}.{name}".lstrip("."), dotted, name, place)
    return text


def _tree(dotted: str) -> ast.Module:
    path = _PACKAGE.parent.joinpath(*dotted.split("."))
    file = path / "__init__.py" if path.is_dir() else path.with_suffix(".py")
    return ast.parse(file.read_text("utf-8"))


def _public(tree: ast.Module) -> list[str]:
    """Return the names in ``__all__``."""
    for node in tree.body:
        if isinstance(node, ast.Assign) and ast.unparse(node.targets[0]) == "__all__":
            return [str(name) for name in ast.literal_eval(node.value)]
    raise ValueError("a public module has no __all__")


def _entry(title: str, dotted: str, name: str, place: dict[str, str]) -> str:
    """Return the part of the page on one name, which the module may have from another one."""
    body = _tree(dotted).body
    for at, node in enumerate(body):
        if isinstance(node, ast.ImportFrom) and name in [one.asname or one.name for one in node.names]:
            return _entry(title, str(node.module), name, place)
        if isinstance(node, _Definition) and node.name == name and not _decorated(node, "overload"):
            return _definition(f"### {title}", node, place)
        if isinstance(node, ast.Assign) and ast.unparse(node.targets[0]) == name:
            return f"\n### {title}\n\n{_docstring(_after(body, at), place)}"
    raise ValueError(f"{dotted} has no {name}")


def _after(body: list[ast.stmt], at: int) -> str | None:
    """Return the string that stands below an assignment and describes it."""
    below = body[at + 1] if at + 1 < len(body) else None
    value = below.value if isinstance(below, ast.Expr) else None
    return value.value if isinstance(value, ast.Constant) and isinstance(value.value, str) else None


def _definition(heading: str, node: _Definition, place: dict[str, str]) -> str:
    text = f"\n{heading}\n\n```py\n{_signature(node)}\n```\n\n{_docstring(ast.get_docstring(node), place)}"
    members = (
        [_member(node.body, at) for at in range(len(node.body))] if isinstance(node, ast.ClassDef) else []
    )
    return text + "\n" * any(members) + "".join(members)


def _member(body: list[ast.stmt], at: int) -> str:
    """Return the lines on what a class has there, or nothing where that is private."""
    match body[at]:
        case ast.AnnAssign(target=ast.Name(name), annotation=type_):
            about = _after(body, at)
            return f"* `{name}: {ast.unparse(type_)}`" + (f": {about}\n" if about else "\n")
        case ast.FunctionDef(name="__init__") as made:
            fields = _docstring(ast.get_docstring(made), {}).partition("\n* ")[2]
            return f"* {fields}" if fields else ""
        case ast.FunctionDef() | ast.AsyncFunctionDef() as one if not one.name.startswith("_"):
            shown = f"{one.name}({', '.join(_arguments(one.args)[1:])})"
            if _decorated(one, "property"):
                shown = f"{one.name}: {ast.unparse(one.returns) if one.returns else 'Any'}"
            about = " ".join((ast.get_docstring(one) or "").split("\n\n")[0].split())
            return f"* `{shown}`: {about[:1].lower()}{about[1:]}\n"
    return ""


def _decorated(node: _Definition, by: str) -> bool:
    return by in [ast.unparse(one).split("(")[0].removeprefix("pytest.") for one in node.decorator_list]


def _signature(node: _Definition) -> str:
    if isinstance(node, ast.ClassDef):
        made = [one for one in node.body if isinstance(one, ast.FunctionDef) and one.name == "__init__"]
        inside = _arguments(made[0].args)[1:] if made else []
        bases = [ast.unparse(base) for base in node.bases]
        head = f"class {node.name}" + (f"({', '.join(bases)})" if bases and not made else "")
        return head + (parentheses(inside, 80, ",") if made else "")
    head = "async def " if isinstance(node, ast.AsyncFunctionDef) else "def "
    if _decorated(node, "fixture"):
        head = f"@{ast.unparse(node.decorator_list[0])}\n{head}"
    result = f" -> {ast.unparse(node.returns)}" if node.returns else ""
    shown = parentheses(_arguments(node.args), 80 - len(result), ",")
    return f"{head}{node.name}{shown}{result}".replace("'Rows'", "Rows")


def _arguments(given: ast.arguments) -> list[str]:
    """Return the arguments, each as it is written."""
    plain = given.posonlyargs + given.args
    defaults: list[ast.expr | None] = [None] * (len(plain) - len(given.defaults)) + list(given.defaults)
    written = [_argument(one, default) for one, default in zip(plain, defaults, strict=True)]
    if given.vararg:
        written.append("*" + _argument(given.vararg, None))
    elif given.kwonlyargs:
        written.append("*")
    for one, only in zip(given.kwonlyargs, given.kw_defaults, strict=True):
        written.append(_argument(one, only))
    return [*written, *(["**" + _argument(given.kwarg, None)] if given.kwarg else [])]


def _argument(one: ast.arg, default: ast.expr | None) -> str:
    return ast.unparse(one) + (f" = {ast.unparse(default)}" if default is not None else "")


def parentheses(inside: list[str], room: int, last: str = "") -> str:
    """Return arguments or columns in parentheses: in one line, or one a line, with `last` behind the last."""
    line = f"({', '.join(inside)})"
    return line if len(line) <= room or not inside else "(\n    " + ",\n    ".join(inside) + f"{last}\n)"


def _docstring(text: str | None, place: dict[str, str]) -> str:
    """Turn a docstring into Markdown: its blocks of code, and its fields as a list."""
    body, *fields = re.split(r"^:(?=(?:param|returns?|raises?)\b)", text or "", flags=re.MULTILINE)
    source = re.search(r"\n*^Source: `minipaas\.(\w+)`\.\s*\Z", text or "", re.MULTILINE)
    if source:
        body, *fields = (part.split("\n\nSource: ")[0] for part in (body, *fields))
    written = re.sub(r"::\n\n((?:    .*\n?|\n(?=\n*    ))+)", _code, body.replace("``", "`").strip() + "\n")
    if fields:
        written += "\n" + "".join(f"* {_field(field)}\n" for field in fields)
    if source:
        written += f"\nIn SQL: [{source[1]}]({place[source[1]]}).\n"
    return written


def _code(found: re.Match[str]) -> str:
    lines = re.sub(r"^    ", "", found[1].rstrip("\n"), flags=re.MULTILINE)
    return f":\n\n```py\n{lines}\n```\n"


def _field(field: str) -> str:
    what, _, text = field.partition(":")
    kind, _, name = what.partition(" ")
    shown = {"param": f"`{name}`", "returns": "Returns", "raises": f"Raises `{name}`" if name else "Raises"}[
        kind
    ]
    return f"{shown}: {' '.join(text.split())}".replace("``", "`")
