"""PDFs that people send: known by their first bytes, and refused when locked, broken or able to do something."""

import zlib

import pytest

from backend.media import papers, pdf
from backend.media.documents import PartyHeading
from backend.media.redrawn import Unfit


def sheet() -> bytes:
    told = pdf.party_sheet(PartyHeading("Chi bộ Đồng Tiến"), "Phiếu họp", "về đăng ký")
    due = {"title": "2.", "heads": ["TT"] * 5, "rows": [], "none": "Không có."}
    return pdf.pdf("pledge_agenda", told | {"coverage": "", "lists": [], "due": due, "other": "", "blank": 1})


def small(*more: bytes, page: bytes = b"<</Type/Page/Parent 1 0 R>>") -> bytes:
    """As little of a PDF as passes, with something put into it."""
    bodies = [b"<</Type/Catalog/Pages 1 0 R>>", page, *more]
    objects = b"".join(b"%d 0 obj\n%s\nendobj\n" % (at, body) for at, body in enumerate(bodies, start=1))
    return b"%PDF-1.7\n" + objects + b"xref\n0 1\ntrailer\n<</Root 1 0 R>>\nstartxref\n9\n%%EOF\n"


def packed(inside: bytes, about: bytes = b"/Type/ObjStm/N 1/First 4/Filter/FlateDecode") -> bytes:
    """An object stream."""
    body = zlib.compress(b"9 0 " + inside)
    return b"<<%s/Length %d>>stream\n%s\nendstream" % (about, len(body), body)


def reason(raw: bytes) -> str:
    with pytest.raises(Unfit) as caught:
        papers.looked_through(raw)
    return caught.value.reason


def test_an_honest_file_is_kept_byte_for_byte() -> None:
    for raw in (
        sheet(),
        small(),
        small(packed(b"<</Title(Minh chung)>>")),
        small(b"<</Open(form)/AcroForm 3 0 R>>"),
    ):
        assert papers.looked_through(raw) == raw


ACTION = b"<</Type/Action/S/JavaScript/JS(app.alert(1))>>"


@pytest.mark.parametrize(
    "hidden",
    [
        ACTION,
        ACTION.replace(b"/JavaScript", b"/Java#53cript"),
        packed(ACTION),
        packed(ACTION, about=b"/Filter/FlateDecode"),  # an object stream that does not say so
        packed(ACTION.replace(b"/JavaScript", b"/#4AavaScript")),
        b"(stream\n" + ACTION + b"endstream)",
        b"<</S/Launch/F(cmd.exe)>>",
        b"<</Names<</EmbeddedFiles 4 0 R>>>>",
        b"<</AcroForm<</XFA 4 0 R>>>>",
        b"<</S/SubmitForm/F(http://example.org)>>",
        b"<</Subtype/RichMedia>>",
    ],
)
def test_what_could_do_something_is_refused(hidden: bytes) -> None:
    assert reason(small(hidden)) == "pdf_active"


def test_a_locked_file_is_refused() -> None:
    assert reason(small().replace(b"<</Root 1 0 R>>", b"<</Root 1 0 R/Encrypt 5 0 R>>")) == "pdf_encrypted"
    assert reason(small(b"<</Type/XRef/Encr#79pt 5 0 R>>")) == "pdf_encrypted"


@pytest.mark.parametrize(
    "raw",
    [
        b"",
        b"%PDF-",
        b"%PDF-1.7 and then nothing of the kind",
        sheet()[:-300],
        b"MZ" + sheet(),
        small(page=b"<<>>"),
        small(packed(ACTION, about=b"/Type/ObjStm/N 1/First 4/Filter[/ASCIIHexDecode/FlateDecode]")),
        small(packed(ACTION, about=b"/Type/ObjStm/N 1/First 4/Filter/FlateDecode/DecodeParms<</Predictor 12>>")),
        small(packed(ACTION, about=b"/Type/ObjStm/N 1/First 4/Filter 7 0 R")),
        small(b"<</Type/ObjStm/N 1/First 4/Filter/FlateDecode>>stream\nnot packed at all\nendstream"),
        small(packed(b" " * (papers.LARGEST_PART + 1))),
    ],
    ids=range(11),
)  # fmt: skip
def test_what_is_broken_or_cannot_be_looked_into_is_refused(raw: bytes) -> None:
    assert reason(raw) == "pdf_broken"
