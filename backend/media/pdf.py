"""PDF files: what stands on a sheet is handed over as data, and a template in pages/ sets it with letters of our own.

The words go in as JSON and never as source of the template, so whatever somebody typed stays text. Letters are inside the
file (PDF/A-2b): it looks the same on every machine and can be searched years later.
"""

import json
import re
import unicodedata
from collections.abc import Callable, Mapping, Sequence
from pathlib import Path
from typing import Any, Final

import typst
from fontpkg_be_vietnam_pro import ROOT

from backend import clock
from backend.media.documents import SAMPLE, SIGN_HERE, PartyHeading

TYPE = "application/pdf"
PAGES = Path(__file__).parent / "pages"
FONTS = ROOT / "files"
KEPT_FOR_YEARS: Final = "a-2b"
OURS = re.compile(
    "[\n -~\u00a0-\u00ac\u00ae-\u0131\u0134-\u0137\u0139-\u013e\u0141-\u0148\u014c-\u017e"
    "\u01a0\u01a1\u01af\u01b0\u1ea0-\u1ef9–—‘’“”…•]"
)
"""Signs that Be Vietnam Pro surely has."""
BOX = "□"
CONTROL = ("Cc", "Cs", "Co", "Cn")
"""Kinds of characters no sheet can show: control characters, halves of pairs, private and unassigned ones."""


def pdf(template: str, data: Mapping[str, Any]) -> bytes:
    """The sheet as a file to print and keep; `template`: a name in pages/ ('pledge_form')."""
    return _set(template, data, "pdf")  # type: ignore[no-any-return]


def pictures(template: str, data: Mapping[str, Any], dots_an_inch: int = 72) -> list[bytes]:
    """Each page as a PNG, for eyes and for tests."""
    made = _set(template, data, "png", dots_an_inch)
    return [made] if isinstance(made, bytes) else made


def _set(template: str, data: Mapping[str, Any], kind: str, ppi: int = 72) -> Any:
    plain = printable(data)
    try:
        return _typeset(template, plain, format=kind, ppi=ppi)
    except typst.TypstError:
        return _typeset(template, _boxed(plain), format=kind, ppi=ppi)


def _typeset(template: str, plain: Any, **how: Any) -> Any:
    return typst.compile(
        PAGES / f"{template}.typ",
        root=PAGES,
        font_paths=[FONTS],
        ignore_system_fonts=True,
        sys_inputs={"data": json.dumps(plain, ensure_ascii=False)},
        pdf_standards=[KEPT_FOR_YEARS],
        timestamp=int(clock.now().timestamp()),
        **how,
    )


def party_sheet(heading: PartyHeading, title: str, abstract: str, *, sample: bool = False) -> dict[str, Any]:
    """What the heading and the title of pages/party.typ are made of, as for a Word file."""
    year = str(heading.year) if heading.year else "        "
    dated = f"{heading.place or '…………'}, ngày      tháng      năm {year}"
    told = {"above": heading.above, "issuer": heading.issuer, "kind": heading.kind, "dated": dated}
    return {"heading": told, "title": title, "abstract": abstract, "sample": SAMPLE if sample else None}


def signatures(left: Sequence[str], right: Sequence[str], names: tuple[str, str]) -> list[dict[str, Any]]:
    """Two places to sign, side by side."""
    pairs = zip((left, right), names, strict=True)
    return [
        {"lines": [line for line in lines if line], "hint": SIGN_HERE, "name": name} for lines, name in pairs
    ]


def printable(told: Any) -> Any:
    """The same data with every text in one form of its accents and without what cannot be printed."""
    return _each(told, lambda text: "".join(filter(_shows, unicodedata.normalize("NFC", text))))


def _boxed(told: Any) -> Any:
    """Signs that none of our letters has (a picture, another script) become boxes: what is missing is seen."""
    return _each(told, lambda text: "".join(sign if OURS.match(sign) else BOX for sign in text))


def _each(told: Any, change: Callable[[str], str]) -> Any:
    """Change every text of the data, names of its fields left alone."""
    if isinstance(told, str):
        return change(told)
    if isinstance(told, Mapping):
        return {name: _each(one, change) for name, one in told.items()}
    return [_each(one, change) for one in told] if isinstance(told, list | tuple) else told


def _shows(sign: str) -> bool:
    return sign == "\n" or unicodedata.category(sign) not in CONTROL
