"""Keeps the floors of the house: import contracts, one reader of the environment, one clock, one commit."""

import ast
import subprocess
import sys
from collections.abc import Callable, Iterator
from pathlib import Path

import pytest

from campaigns.registry import KINDS

ROOT = Path(__file__).parents[2]
FOLDERS = ("backend", "campaigns", "mobile_api", "admin")
FILES = sorted(
    path for folder in FOLDERS for path in (ROOT / folder).rglob("*.py") if "node_modules" not in path.parts
)
Test = Callable[[ast.AST], bool]


def found(test: Test, *, but: tuple[str, ...] = (), under: tuple[str, ...] = FOLDERS) -> list[str]:
    """Every place outside the files `but` where the test holds, as file:line."""
    return [
        f"{path.relative_to(ROOT)}:{getattr(node, 'lineno', '?')}"
        for path in FILES
        if _is_under(path, under) and not _is_under(path, but)
        for node in _nodes(path)
        if test(node)
    ]


def _is_under(path: Path, places: tuple[str, ...]) -> bool:
    name = path.relative_to(ROOT).as_posix()
    return any(name == place or name.startswith(f"{place}/") for place in places)


def _nodes(path: Path) -> Iterator[ast.AST]:
    yield from ast.walk(ast.parse(path.read_text(encoding="utf-8"), filename=str(path)))


def dotted(node: ast.AST) -> str:
    """'os.environ.get' of an attribute chain; '' where it does not begin with a name."""
    if isinstance(node, ast.Name):
        return node.id
    if isinstance(node, ast.Attribute):
        return f"{dotted(node.value)}.{node.attr}"
    return ""


def reads_environment(node: ast.AST) -> bool:
    if isinstance(node, ast.ImportFrom):
        return node.module == "os" and any(name.name in ("environ", "getenv") for name in node.names)
    return dotted(node) in ("os.environ", "os.environb", "os.getenv")


def asks_the_time(node: ast.AST) -> bool:
    if isinstance(node, ast.ImportFrom) and node.module == "time":
        return any(name.name in ("time", "time_ns", "localtime", "gmtime") for name in node.names)
    asked = dotted(node)
    return asked.endswith(("datetime.now", "datetime.utcnow", "datetime.today", "date.today")) or asked in (
        "time.time", "time.time_ns", "time.localtime", "time.gmtime",
    )  # fmt: skip


def commits(node: ast.AST) -> bool:
    return isinstance(node, ast.Call) and isinstance(node.func, ast.Attribute) and node.func.attr == "commit"


def asks_for_a_kind(node: ast.AST) -> bool:
    """`kind == "contest"`, `kind in ("contest", ...)` and `case "contest":`."""
    if isinstance(node, ast.MatchValue):
        return isinstance(node.value, ast.Constant) and node.value.value in KIND_NAMES
    if not isinstance(node, ast.Compare):
        return False
    sides = [node.left, *node.comparators]
    words = [part for side in sides for part in ast.walk(side) if isinstance(part, ast.Constant)]
    return any(word.value in KIND_NAMES for word in words)


KIND_NAMES = {kind.name for kind in KINDS}


def test_imports_keep_their_directions() -> None:
    lint = Path(sys.executable).with_name("lint-imports")
    told = subprocess.run(
        [lint, "--no-logo", "--no-cache"], cwd=ROOT, capture_output=True, text=True, check=False
    )
    assert told.returncode == 0, told.stdout + told.stderr


def test_only_config_reads_the_environment() -> None:
    assert found(reads_environment, but=("backend/config.py",)) == []


def test_only_the_clock_asks_what_time_it_is() -> None:
    assert found(asks_the_time, but=("backend/clock.py",)) == []


def test_only_the_engine_commits() -> None:
    # Alembic's entry brings its own transaction: it runs before there is a house.
    assert found(commits, but=("backend/db/engine.py", "backend/db/migrations/env.py")) == []


def test_nobody_asks_whether_something_is_a_contest() -> None:
    rooms = tuple(f"campaigns/{name}" for name in KIND_NAMES)
    assert found(asks_for_a_kind, but=(*rooms, "backend/db/migrations")) == []


@pytest.mark.parametrize(
    ("test", "code"),
    [
        (reads_environment, "import os\nos.environ['A']"),
        (reads_environment, "import os\nos.getenv('A')"),
        (reads_environment, "from os import environ"),
        (asks_the_time, "from datetime import datetime\ndatetime.now()"),
        (asks_the_time, "import datetime\ndatetime.datetime.utcnow()"),
        (asks_the_time, "import time\ntime.time()"),
        (asks_the_time, "from time import time"),
        (commits, "session.commit()"),
        (asks_for_a_kind, "if activity.kind == 'contest': pass"),
        (asks_for_a_kind, "if activity.kind in ('lesson', 'contest'): pass"),
        (asks_for_a_kind, "match kind:\n    case 'contest': pass"),
    ],
)
def test_these_tests_would_notice(test: Test, code: str) -> None:
    assert any(test(node) for node in ast.walk(ast.parse(code)))


def test_monotonic_time_is_no_date_and_is_allowed() -> None:
    assert not any(asks_the_time(node) for node in ast.walk(ast.parse("import time\ntime.monotonic()")))
