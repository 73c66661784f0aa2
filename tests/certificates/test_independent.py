"""Credentials before verifiers that are not ours, in JavaScript and in Python: good ones pass, each kind of bad one fails."""

import io
import itertools
import json
from collections.abc import Iterator
from datetime import UTC, datetime
from pathlib import Path
from typing import Any

import png
import pytest
from openbadgeslib import baking
from openbadgeslib.ob3.contexts import document_loader
from pyld import jsonld

from backend.certificates import baked, nquads, proof, status
from tests.certificates import others
from tests.certificates.papers import (
    CHANGES,
    GOOD_PLACE,
    NEW,
    STRANGE,
    WHO,
    WORDS,
    Desk,
    Paper,
    changed,
    picture,
)

DESK = Desk(datetime.now(UTC).replace(microsecond=0))
"""Their clocks are real: everything is dated back from now."""
CREDENTIALS = [paper for paper in DESK.papers() if paper.credential is not None]
LIST = "https://lantoa.example/trang-thai/1"
NAMES = [paper.name for paper in CREDENTIALS]


def documents(lists: str) -> dict[str, Any]:
    """What the issuer publishes, by the addresses Digital Bazaar's library asks for."""
    told = {WHO.did: DESK.did_document()}
    return told if lists == "none" else told | {LIST: json.loads(DESK.list_text(lists))}


@pytest.fixture(scope="module")
def said_by_javascript() -> dict[str, dict[str, Any]]:
    """One process for each state of the list."""
    answers: dict[str, dict[str, Any]] = {}
    by_lists = sorted(CREDENTIALS, key=lambda paper: paper.lists)
    for lists, group in itertools.groupby(by_lists, lambda paper: paper.lists):
        papers = list(group)
        told = others.javascript([paper.credential or {} for paper in papers], documents(lists))
        answers |= {paper.name: one for paper, one in zip(papers, told, strict=True)}
    return answers


@pytest.mark.parametrize("paper", CREDENTIALS, ids=NAMES)
def test_a_javascript_library_says_the_same(
    paper: Paper, said_by_javascript: dict[str, dict[str, Any]]
) -> None:
    answer = said_by_javascript[paper.name]
    assert answer["verified"] is paper.npm, answer
    assert bool(answer["trouble"]) is not paper.npm


@pytest.mark.parametrize("paper", CREDENTIALS, ids=NAMES)
def test_a_python_library_says_the_same(paper: Paper) -> None:
    published = {"https://lantoa.example/.well-known/did.json": json.dumps(DESK.did_document()).encode()}
    if paper.lists != "none":
        published[LIST] = DESK.list_jwt(paper.lists).encode()
    trouble = others.python(json.dumps(paper.credential, ensure_ascii=False), published)
    assert (trouble == "") is paper.python, trouble


def test_the_reasons_are_the_right_ones(said_by_javascript: dict[str, dict[str, Any]]) -> None:
    """A library that refuses everything would pass for one that looks."""
    for name in ("another name", "another achievement", "another day", "a proof of another day"):
        assert "Invalid signature" in said_by_javascript[name]["trouble"], name
    assert [name for name, told in said_by_javascript.items() if told["revoked"]] == ["revoked"]


# --- the picture ---


def baked_by_us() -> bytes:
    return baked.bake(picture(), DESK.sealed().credential)


def test_others_take_the_credential_out_of_the_picture_and_verify_it(tmp_path: Path) -> None:
    """openbadgeslib, and from two houses more a reader of PNG for JavaScript and one for Python."""
    raw, credential = baked_by_us(), DESK.sealed().credential
    assert baking.extract_png(raw, keyword=b"openbadgecredential") == credential
    chunks = [body for kind, body in png.Reader(bytes=raw).chunks() if kind == b"iTXt"]
    assert [body.rpartition(b"\0")[2].decode() for body in chunks] == [credential]
    place = tmp_path / "paper.png"
    place.write_bytes(raw)
    (answer,) = others.javascript([str(place)], documents("now"))
    assert answer["verified"] is True
    width, height, pixels, _ = png.Reader(bytes=raw).asRGB8()
    assert (width, height) == (40, 30)
    assert list(pixels) == list(png.Reader(bytes=picture()).asRGB8()[2])


def test_we_read_what_others_baked_packed_or_not() -> None:
    credential = DESK.sealed().credential
    assert (
        baked.credential_in(baking.bake_png(picture(), credential, keyword=b"openbadgecredential"))
        == credential
    )
    from PIL import Image
    from PIL.PngImagePlugin import PngInfo

    info, out = PngInfo(), io.BytesIO()
    info.add_itxt("openbadgecredential", credential, zip=True)
    Image.new("L", (3, 3)).save(out, "PNG", pnginfo=info)
    assert baked.credential_in(out.getvalue()) == credential


def test_nothing_is_baked_twice() -> None:
    with pytest.raises(baked.NotBaked):
        baked.bake(baked_by_us(), "{}")


# --- the canonical lines ---


def by_pyld(document: dict[str, Any]) -> str:
    options = {"algorithm": "URDNA2015", "format": "application/n-quads", "documentLoader": document_loader()}
    return str(jsonld.normalize(document, options))


def shapes() -> Iterator[dict[str, Any]]:
    good = json.loads(DESK.sealed().credential)
    yield good
    for name, told in {
        "quotes": 'a "b" \\ c',
        "an emoji before a letter that UTF-16 sorts otherwise": "😀 \uffee",
        "markup": "<b>&amp; $x$",
    }.items():
        yield changed(changed(good, (("name",), name)), (("credentialSubject", "achievement", "name"), told))
    yield changed(good, (("validUntil",), "2030-01-01T00:00:00Z"))
    yield json.loads(DESK.list_text("now"))


def test_our_canonical_lines_are_those_of_a_json_ld_library() -> None:
    for told in shapes():
        document = {name: value for name, value in told.items() if name != "proof"}
        assert "".join(nquads.lines(document)) == by_pyld(document)
        options = {name: value for name, value in told["proof"].items() if name != "proofValue"}
        assert "".join(nquads.options(options)) == by_pyld(options | {"@context": told["@context"]})


def test_signing_twice_gives_the_same_bytes() -> None:
    assert DESK.sealed() == DESK.sealed()
    assert DESK.sealed().credential != DESK.sealed(place=GOOD_PLACE + 1).credential


@pytest.mark.parametrize("name", [*CHANGES, *STRANGE])
def test_whatever_is_changed_the_proof_does_not_hold(name: str) -> None:
    told = changed(json.loads(DESK.sealed().credential), (CHANGES | STRANGE)[name])
    assert not proof.holds(told, NEW.public)


def test_no_place_comes_twice_and_neighbours_are_apart() -> None:
    given = {status.position(48_271 * 2 + 1, 99, n) for n in range(status.LIST_SIZE)}
    assert len(given) == status.LIST_SIZE
    assert abs(status.position(96_543, 99, 1) - status.position(96_543, 99, 2)) > 1


def test_the_credential_tells_nothing_that_is_not_printed() -> None:
    told = DESK.sealed().credential
    assert WORDS.name in told
    for word in ("rank", "score", "birth", "phone", "result", "unit"):
        assert f'"{word}"' not in told
