"""Nobody reads a code: whatever a node can refuse with has its words."""

import ast
import re
from collections.abc import Iterator
from pathlib import Path

import pytest

from admin import refusal_words, stream_words
from backend.streams import STREAMS
from tests.support.world import World

HOUSE = Path(__file__).parents[2]
ROOMS = ("backend", "campaigns")
CODE = re.compile(r"[a-z]+(-[a-z]+)+")
REFUSALS = re.compile(r"(Refused|Held|Unreachable|Unreadable|NotBelieved)$")
ASKED = ("_refuse", "note_trouble")
AT_THE_DOOR = ("backend/wire", "backend/federation/packets", "backend/federation/documents/errors.py")
"""What is raised here reaches another node under the code of its class."""
BARE = {"gap", "fork", "malformed", "replayed", "busy", "invalid", "diverged"}
"""Codes of one word, which no pattern tells from other words."""


def places() -> Iterator[tuple[str, ast.Module]]:
    for room in ROOMS:
        for file in sorted((HOUSE / room).rglob("*.py")):
            text = file.read_text()
            if (
                "Refused" in text
                or "note_trouble" in text
                or str(file.relative_to(HOUSE)).startswith(AT_THE_DOOR)
            ):
                yield str(file.relative_to(HOUSE)), ast.parse(text)


def texts(node: ast.AST | None) -> set[str]:
    return {
        one.value
        for one in (ast.walk(node) if node else ())
        if isinstance(one, ast.Constant) and isinstance(one.value, str) and CODE.fullmatch(one.value)
    }


def codes(file: str, node: ast.AST) -> set[str]:
    if isinstance(node, ast.Call):
        name = ast.unparse(node.func).rpartition(".")[2]
        if REFUSALS.search(name):
            return texts(node.args[0]) if node.args else set()
        return set().union(*map(texts, node.args)) if name in ASKED else set()
    if isinstance(node, ast.FunctionDef) and node.name in ("_misplaced", "_wrong", "_unfit"):
        return set().union(*(texts(one.value) for one in ast.walk(node) if isinstance(one, ast.Return)))
    if isinstance(node, ast.ClassDef) and file.startswith(AT_THE_DOOR):
        own = (
            one for one in node.body if isinstance(one, ast.Assign) and ast.unparse(one.targets[0]) == "code"
        )
        said = {str(one.value.value) for one in own if isinstance(one.value, ast.Constant)}
        return said if file.startswith("backend/wire") else {one for one in said if CODE.fullmatch(one)}
    return set()


def every_code() -> set[str]:
    return BARE.union(*(codes(file, node) for file, tree in places() for node in ast.walk(tree)))


def test_every_code_this_software_refuses_with_has_its_words() -> None:
    found = every_code()
    assert {"scope-not-full", "unknown-key", "old-epoch", "key-over", "small-number-shown"} <= found, (
        "the search finds them"
    )
    assert sorted(found - set(refusal_words.WHY)) == []


def test_what_to_do_is_said_of_codes_there_are() -> None:
    assert sorted(set(refusal_words.THEN) - set(refusal_words.WHY)) == []


@pytest.mark.parametrize("database_url", ["sqlite"], indirect=True)
def test_a_code_of_newer_software_is_named_so_that_it_can_be_told(world: World) -> None:
    with world.app.test_request_context():
        assert refusal_words.refusal("gap") == "Thiếu bản gửi ở giữa. Máy chủ tự gửi lại từ bản còn thiếu."
        assert "moi-hon" in refusal_words.refusal("moi-hon")
        assert refusal_words.refusal("moi-hon").endswith("Xin báo người vận hành.")


def test_every_stream_has_its_name() -> None:
    assert {stream.name for stream in STREAMS} == set(stream_words.NAMES)
