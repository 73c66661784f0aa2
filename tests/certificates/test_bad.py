"""Each kind of bad paper before our own verifier: the function, and the command that needs no node."""

import json
from datetime import datetime, timedelta
from pathlib import Path

import pytest
from click.testing import CliRunner

from backend.certificates import did, status, verifying
from backend.certificates.commands import SAID, certificates
from backend.certificates.did import Keys
from backend.certificates.nquads import Unshaped
from backend.certificates.rules import BAD
from backend.certificates.status import Seen
from tests.certificates.papers import FIXED, FIXTURE, NEW, WHO, WORDS, Desk, Paper, fixture

DESK = Desk(FIXED)
PAPERS = list(DESK.papers())
each = pytest.mark.parametrize("paper", PAPERS, ids=[paper.name for paper in PAPERS])


def keys() -> Keys:
    return did.read(json.loads(json.dumps(DESK.did_document())))


def seen(lists: str) -> dict[str, Seen]:
    if lists == "none":
        return {}
    one = status.read(DESK.list_text(lists).encode(), keys())
    return {one.address: one}


@each
def test_one_word_for_each_paper(paper: Paper) -> None:
    found = verifying.verify(paper.raw, [keys()], seen(paper.lists), FIXED)
    assert found.word == paper.word
    readable = paper.word in ("valid", "revoked", "stale", "expired", "key_expired")
    assert (found.name == WORDS.name) is readable, "what is not vouched for is not shown"
    assert "Kẻ Sửa" not in str(found)


@each
def test_the_command_says_the_same_without_a_node(
    paper: Paper, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(
        "backend.certificates.commands.read_settings", lambda: pytest.fail("no node is asked")
    )
    file, document, lists = tmp_path / "paper", tmp_path / "did.json", tmp_path / "list.json"
    file.write_bytes(paper.raw)
    document.write_text(json.dumps(DESK.did_document()))
    given = [str(file), "--keys", str(document), "--at", FIXED.isoformat()]
    if paper.lists != "none":
        lists.write_text(DESK.list_text(paper.lists))
        given += ["--status", str(lists)]
    done = CliRunner().invoke(certificates, ["verify", *given])
    assert done.output.startswith(SAID[paper.word]), done.output  # type: ignore[index]
    assert done.exit_code == (0 if paper.word == "valid" else 1 if paper.word in BAD else 2)


def test_the_answer_says_as_of_when_nothing_was_taken_back() -> None:
    """A verifier without network can only know what it last heard."""
    (paper,) = [one for one in PAPERS if one.name == "revoked while offline"]
    found = verifying.verify(paper.raw, [keys()], seen("old"), FIXED)
    assert (found.word, found.checked_until) == ("valid", FIXED - timedelta(days=2))
    assert verifying.verify(paper.raw, [keys()], seen("now"), FIXED).word == "revoked"
    late = FIXED + timedelta(days=6)
    assert verifying.verify(paper.raw, [keys()], seen("old"), late).word == "stale"


def test_once_taken_back_an_old_list_still_says_so() -> None:
    (paper,) = [one for one in PAPERS if one.name == "revoked"]
    late = FIXED + timedelta(days=400)
    assert verifying.verify(paper.raw, [keys()], seen("now"), late).word == "revoked"


@pytest.mark.parametrize(
    ("name", "by", "change"),
    [
        ("a bit cleared", NEW, lambda told: told["credentialSubject"].update(encodedList=status.encoded(bytes(16384)))),
        ("a longer life", NEW, lambda told: told.update(validUntil="2099-01-01T00:00:00Z")),
        ("another issuer", NEW, lambda told: told.update(issuer="did:web:other.example")),
        ("too short", NEW, lambda told: told["credentialSubject"].update(encodedList=status.encoded(bytes(8)))),
        ("no proof", NEW, lambda told: told.pop("proof")),
    ],
)  # fmt: skip
def test_a_list_somebody_changed_is_no_list(name: str, by: object, change: object) -> None:
    told = json.loads(DESK.list_text("now"))
    change(told)  # type: ignore[operator]
    with pytest.raises((Unshaped, KeyError)):
        status.read(json.dumps(told).encode(), keys())


@pytest.mark.parametrize(
    ("given", "said"),
    [
        (["--keys", "LIST"], "is no did.json"),
        (["--keys", "DID", "--status", "DID"], "is no list of revocations"),
        (["--keys", "DID", "--at", "hôm qua"], "is no moment"),
    ],
)
def test_the_command_names_the_file_that_is_wrong(given: list[str], said: str, tmp_path: Path) -> None:
    file, document, lists = tmp_path / "paper", tmp_path / "did.json", tmp_path / "list.json"
    file.write_bytes(PAPERS[0].raw)
    document.write_text(json.dumps(DESK.did_document()))
    lists.write_text(DESK.list_text("now"))
    places = {"DID": str(document), "LIST": str(lists)}
    done = CliRunner().invoke(certificates, ["verify", str(file), *(places.get(one, one) for one in given)])
    assert done.exit_code == 1
    assert said in done.output
    assert "Traceback" not in done.output


def test_a_did_document_of_another_kind_gives_no_keys() -> None:
    for told in ({}, {"id": "did:web:x"}, [], {"id": "x", "verificationMethod": [], "assertionMethod": []}):
        with pytest.raises(ValueError):  # noqa: PT011 - our own word for "none"
            did.read(told)
    strange = DESK.did_document() | {"verificationMethod": [{"type": "JsonWebKey"}, 7]}
    assert did.read(strange).by_method == {}


@pytest.mark.parametrize(
    ("address", "name"),
    [
        ("https://lantoa.example", "did:web:lantoa.example"),
        ("https://lantoa.example:8443", "did:web:lantoa.example%3A8443"),
        ("http://127.0.0.1:8000", "did:web:localhost%3A8000"),
    ],
)
def test_a_node_is_named_after_its_address(address: str, name: str) -> None:
    assert did.did_of(address) == name


def test_the_phones_tests_read_the_same_table() -> None:
    """`python -m tests.certificates.papers` writes it anew. Pictures differ between versions of Pillow, words do not."""
    kept, made = json.loads(FIXTURE.read_text()), json.loads(fixture())
    for told in (kept, made):
        told["papers"] = [(one["name"], one["word"], one["lists"]) for one in told["papers"]]
        told["lists"] = {name: one["validFrom"] for name, one in told["lists"].items()}
    assert kept == made
    assert kept["did"]["id"] == WHO.did
    assert datetime.fromisoformat(kept["at"]) == FIXED
