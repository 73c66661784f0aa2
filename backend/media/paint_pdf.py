"""A laid out page as a PDF for the printer: letters are inside the file as text, lines and code as lines, no picture of them.

Typst sets it. The compiler is made once a process; an office's pictures lie in a folder of their own that it may read.
"""

import json
import tempfile
from collections.abc import Mapping
from dataclasses import asdict, dataclass
from datetime import datetime
from pathlib import Path
from typing import Any, Final

import typst

from backend.media.letters import FONTS
from backend.media.sheet import Code, Ground, Page, Placed

PAGE = Path(__file__).parent / "pages" / "certificate.typ"
KEPT_FOR_YEARS: Final = "a-2b"


@dataclass(frozen=True)
class About:
    """What the file says of itself. `moment`: when the certificate was issued, so that it is the same file each time."""

    title: str
    author: str
    moment: datetime
    about: str = ""
    keywords: tuple[str, ...] = ()


class Press:
    """Sets one PDF after another. Not for two threads at once."""

    def __init__(self) -> None:
        self._folder = tempfile.TemporaryDirectory(prefix="lantoa-press-")
        self._root = Path(self._folder.name)
        (self._root / "certificate.typ").write_bytes(PAGE.read_bytes())
        self._compiler = typst.Compiler(
            self._root / "certificate.typ", root=self._root, font_paths=[FONTS], ignore_system_fonts=True
        )

    def pdf(self, page: Page, pictures: Mapping[str, bytes], about: About) -> bytes:
        """Raises KeyError for a picture that is not among `pictures`."""
        for part in (*page.ground, *page.over):
            if isinstance(part, Placed):
                self._lay(part.digest, pictures[part.digest])
        made = self._compiler.compile(
            format="pdf",
            sys_inputs={"data": json.dumps(_told(page, about), ensure_ascii=False)},
            pdf_standards=[KEPT_FOR_YEARS],
            timestamp=int(about.moment.timestamp()),
        )
        assert isinstance(made, bytes)  # noqa: S101 - one file was asked for
        return made

    def _lay(self, digest: str, body: bytes) -> None:
        file = self._root / f"{digest}.png"
        if not file.exists():
            file.write_bytes(body)


def _told(page: Page, about: About) -> dict[str, Any]:
    return {
        "title": about.title,
        "author": about.author,
        "about": about.about,
        "keywords": list(about.keywords),
        "width": page.width,
        "height": page.height,
        "paper": page.paper,
        "ground": [_part(one) for one in page.ground],
        "rules": [asdict(one) for one in page.rules],
        "lines": [asdict(one) | {"width": one.width} for one in page.lines],
        "code": _code(page.code) if page.code else None,
        "over": [asdict(one) for one in page.over],
    }


def _part(one: Ground) -> dict[str, Any]:
    return asdict(one) | {"part": type(one).__name__}


def _code(code: Code) -> dict[str, Any]:
    """As one drawing: each row's dark stretches as a path."""
    count = len(code.rows)
    path = "".join(
        f"M{at} {y}h{long}v1h-{long}z" for y, row in enumerate(code.rows) for at, long in stretches(row)
    )
    svg = (
        f'<svg xmlns="http://www.w3.org/2000/svg" viewBox="0 0 {count} {count}" shape-rendering="crispEdges">'
        f'<path fill="#fff" d="M0 0h{count}v{count}h-{count}z"/><path d="{path}"/></svg>'
    )
    return {"left": code.right - code.size, "top": code.bottom - code.size, "size": code.size, "svg": svg}


def stretches(row: bytes) -> list[tuple[int, int]]:
    """(where, how long) of every stretch of dark modules."""
    found: list[tuple[int, int]] = []
    for at, dark in enumerate(row):
        if dark and found and sum(found[-1]) == at:
            found[-1] = (found[-1][0], found[-1][1] + 1)
        elif dark:
            found.append((at, 1))
    return found
