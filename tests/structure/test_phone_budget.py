"""Keeps the phone's app small: somebody on slow 3G pays for every byte with waiting."""

import gzip
import re
from pathlib import Path

import pytest

ROOT = Path(__file__).parents[2]
BUILT = ROOT / "mobile_api" / "static" / "app"
MOST = 60 * 1024
MOST_FOR_A_CONTEST = 62 * 1024
"""Every room beside the contest puts its card and its door, some 300 bytes, into the pieces all share."""
MENTIONED = re.compile(r"assets/([\w.-]+\.js)")
STATIC_IMPORT = re.compile(r"""(?:from|import)\s*["']\./([\w.-]+\.js)["']""")


def scripts() -> dict[str, str]:
    """name -> text of every script in the build."""
    if not (BUILT / "index.html").exists():
        pytest.fail("the phone's app is not built: run `make pwa` first", pytrace=False)
    return {file.name: file.read_text(encoding="utf-8") for file in (BUILT / "assets").glob("*.js")}


def with_imports(names: set[str], all_scripts: dict[str, str]) -> set[str]:
    """The scripts a browser fetches before it can run these."""
    found: set[str] = set()
    waiting = set(names)
    while waiting:
        name = waiting.pop()
        found.add(name)
        waiting |= set(STATIC_IMPORT.findall(all_scripts[name])) - found
    return found


def packed(texts: list[str]) -> int:
    return sum(len(gzip.compress(text.encode(), 9)) for text in texts)


def test_the_first_load_stays_small() -> None:
    """All that the first page names and what that imports, and the service worker."""
    known = scripts()
    named = set(MENTIONED.findall((BUILT / "index.html").read_text(encoding="utf-8")))
    assert named, "index.html names no script"
    first = with_imports(named, known)
    worker = (BUILT / "sw.js").read_text(encoding="utf-8")
    size = packed([known[name] for name in first] + [worker])
    assert size <= MOST, f"{size} bytes of JavaScript on first load: {sorted(first)} and sw.js"


NOT_FOR_A_CONTEST = (
    "en-", "visit-screens-", "field-", "insurance-", "pledge-screens-", "idea-screens-", "movement-", "pick-",
    "qr-", "seldom-", "pin-before-", "former-", "resumed-", "verify-", "keep-", "ed25519-", "scan-", "defineProperty-",
    "award-", "recognition-", "draft-", "pictures-",
)  # fmt: skip
"""The English words; what only a team in the field, a Party member, somebody with an idea or with a business opens, and the form fields and drafts those share; leaving
for good, a minor's guardian and class code; phones of an older version, or with another PIN than before; checking
a certificate, and the reader of codes with it; awards and thank-yous."""


def test_a_whole_contest_in_vietnamese_costs_little_more() -> None:
    """All that is fetched from the first visit to the certificate."""
    known = {name: text for name, text in scripts().items() if not name.startswith(NOT_FOR_A_CONTEST)}
    size = packed([*known.values(), (BUILT / "sw.js").read_text(encoding="utf-8")])
    assert size <= MOST_FOR_A_CONTEST, f"{size} bytes of JavaScript: {sorted(known)} and sw.js"


def test_the_large_and_the_rare_come_later() -> None:
    known = scripts()
    named = set(MENTIONED.findall((BUILT / "index.html").read_text(encoding="utf-8")))
    first = with_imports(named, known)
    for later in (
        "en-", "boards-", "screen-", "later-", "visit-screens-", "field-", "insurance-", "seldom-", "pledge-screens-",
        "idea-screens-",
    ):  # fmt: skip
        assert not [name for name in first if name.startswith(later)], f"{later} is part of the first load"
        assert [name for name in known if name.startswith(later)], (
            f"{later} is gone: the build changed its names"
        )


def test_every_script_lies_there_packed_too() -> None:
    for file in [*(BUILT / "assets").glob("*.js"), BUILT / "index.html", BUILT / "sw.js"]:
        beside = file.with_name(file.name + ".gz")
        assert beside.exists(), f"{beside.name} is missing"
        assert gzip.decompress(beside.read_bytes()) == file.read_bytes()
