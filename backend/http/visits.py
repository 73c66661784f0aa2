"""Small questions about a visit that the front page and the console share."""

import functools
from pathlib import Path
from typing import Any, cast

import yaml

from backend.http.edge import services


def local_path(wanted: str | None, otherwise: str) -> str:
    """Where to go on to: a path of this node, never another site."""
    path = (wanted or "").replace("\\", "/")
    return path if path.startswith("/") and not path.startswith("//") and path.isprintable() else otherwise


def demo_notes() -> dict[str, Any] | None:
    """What a visitor of the demo may try: accounts, phone, class codes. None on a real node."""
    return _read_demo() if services().settings.demo else None


@functools.cache
def _read_demo() -> dict[str, Any]:
    text = (Path(__file__).parents[1] / "demo.yaml").read_text(encoding="utf-8")
    return cast(dict[str, Any], yaml.safe_load(text))
