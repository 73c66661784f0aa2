"""Whatever is put on the trail is told there in words: a code says nothing to whoever watches over the node."""

import ast
from collections.abc import Iterator
from pathlib import Path

from admin.audit import DEEDS

ROOT = Path(__file__).parents[2]
PARTS = ("admin", "backend", "campaigns", "mobile_api")


def deeds_noted() -> Iterator[tuple[str, str]]:
    """(deed, file) of every call of `note` that names its deed in its own function."""
    for part in PARTS:
        for file in sorted((ROOT / part).rglob("*.py")):
            tree = ast.parse(file.read_text(encoding="utf-8"))
            for function in ast.walk(tree):
                if isinstance(function, ast.FunctionDef):
                    yield from ((deed, file.name) for deed in _noted_in(function))


def _noted_in(function: ast.FunctionDef) -> Iterator[str]:
    for call in ast.walk(function):
        if isinstance(call, ast.Call) and getattr(call.func, "id", "") == "note" and len(call.args) > 2:
            yield from _said(call.args[2], function)


def _said(value: ast.expr, function: ast.FunctionDef) -> Iterator[str]:
    """The words themselves, both of a choice, or what the function has put into the name before."""
    if isinstance(value, ast.Constant) and isinstance(value.value, str):
        yield value.value
    elif isinstance(value, ast.IfExp):
        yield from _said(value.body, function)
        yield from _said(value.orelse, function)
    elif isinstance(value, ast.Name):
        for line in ast.walk(function):
            if isinstance(line, ast.Assign) and any(getattr(to, "id", "") == value.id for to in line.targets):
                yield from _said(line.value, function)


def test_every_deed_on_the_trail_has_its_words() -> None:
    noted = set(deeds_noted())
    assert len(noted) > 100, "the search finds nothing any more"
    assert {(deed, file) for deed, file in noted if deed not in DEEDS} == set()
