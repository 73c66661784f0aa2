"""The certificate as picture and as paper: every signed word on it, the proof inside the file, nobody's emblem by accident."""

import io
import unicodedata
from dataclasses import replace
from typing import Any

import msgspec
import pypdf
import pytest
from PIL import Image, ImageChops

from backend.certificates import baked, designs, drawing
from backend.certificates.drawing import Face, Look
from backend.media import paint_png
from backend.media.design import DesignInvalid, design_of
from backend.safeguards import signing
from backend.safeguards.signing import Signer

SIGNER = Signer(signing.packed(b"s" * 32))
SAID = {
    "form": "lantoa.certificate/1",
    "number": "7K3M-9QXA-22TD-HF0X",
    "name": "Nguyễn Thị Bình",
    "deed": "đã tham gia và hoàn thành cuộc thi trực tuyến",
    "title": "“Tìm hiểu chuyển đổi số” – Đợt 1",
    "result": "Đạt yêu cầu",
    "issuer": "Ban Tổ chức – xã Tân Khánh, tỉnh Thái Nguyên",
    "date": "2026-11-22",
}
BOOKS = {
    "form": "lantoa.certificate/2", "heading": "Giấy khen", "tier": "formal", "recipient": "person",
    "decision": "Quyết định số 15/QĐ-UBND ngày 20/11/2026", "register": "Vào sổ số 7", "place": "Tân Khánh",
    "signer": "Nguyễn Văn Đức", "signer_title": "Chủ tịch",
}  # fmt: skip
LOOKS = {one.code: Look(one.design) for one in designs.shipped()}
FORMAL = [one.code for one in designs.shipped() if one.tier == "formal"]


def face(**said: str) -> Face:
    statement = SAID | said
    signature = SIGNER.sign(signing.canonical(statement))
    url = f"https://lantoa.example/xac-minh/{statement['number']}?s={signature}"
    return Face(statement, signature, SIGNER.key_id, url)


def painted(shown: Face, look: Look = LOOKS["to-chuc"]) -> Image.Image:
    return paint_png.paint(drawing.page_of(look, shown), look.pictures)


def differ(one: Image.Image, two: Image.Image) -> bool:
    return ImageChops.difference(one, two).getbbox() is not None


def test_the_picture_is_a4_lying_down_and_carries_its_own_proof() -> None:
    drawn = Image.open(io.BytesIO(drawing.png(LOOKS["to-chuc"], face())))
    drawn.load()
    dots = drawn.info["dpi"][0]
    assert [round(side / dots * 25.4) for side in drawn.size] == [297, 210]
    message = drawn.info["lantoa-statement"].encode()
    assert message == signing.canonical(SAID)
    assert signing.verify(SIGNER.public, message, drawn.info["lantoa-signature"])
    assert drawn.info["lantoa-key"] == SIGNER.key_id


def test_the_credential_is_baked_into_the_picture() -> None:
    made = drawing.png(LOOKS["to-chuc"], replace(face(), credential='{"a":"Nguyễn"}'))
    assert baked.credential_in(made) == '{"a":"Nguyễn"}'
    assert baked.credential_in(drawing.png(LOOKS["to-chuc"], face())) is None


def test_the_paper_names_its_number_statement_and_signature() -> None:
    made = pypdf.PdfReader(io.BytesIO(drawing.pdf(LOOKS["to-chuc"], face())))
    told = made.metadata
    assert told is not None
    assert (told.title, told.author) == ("Giấy chứng nhận 7K3M-9QXA-22TD-HF0X", SAID["issuer"])
    assert told.subject == signing.canonical(SAID).decode()
    assert face().signature in str(told.get("/Keywords"))


def test_letters_in_parts_are_drawn_as_the_same_letters() -> None:
    parts = {name: unicodedata.normalize("NFD", words) for name, words in SAID.items() if name != "date"}
    assert not differ(painted(face()), painted(replace(face(), statement=SAID | parts)))


@pytest.mark.parametrize("field", ["name", "deed", "title", "result", "issuer", "number", "date"])
@pytest.mark.parametrize("code", LOOKS)
def test_every_word_that_was_signed_is_on_the_paper(code: str, field: str) -> None:
    other = {"number": "0000-0000-0000-0000", "date": "2026-11-23"}.get(field, "Khác")
    said = SAID | BOOKS
    one, two = (replace(face(), statement=told) for told in (said, said | {field: other}))
    assert differ(painted(one, LOOKS[code]), painted(two, LOOKS[code]))


@pytest.mark.parametrize("field", ["decision", "register", "place", "signer", "signer_title", "heading"])
@pytest.mark.parametrize("code", FORMAL)
def test_a_commendation_shows_what_the_office_wrote_into_its_books(code: str, field: str) -> None:
    said = SAID | BOOKS
    one, two = (replace(face(), statement=told) for told in (said, said | {field: "Khác"}))
    assert differ(painted(one, LOOKS[code]), painted(two, LOOKS[code]))


@pytest.mark.parametrize("code", FORMAL)
def test_what_is_not_known_leaves_no_half_sentence(code: str) -> None:
    without = {name: words for name, words in (SAID | BOOKS).items() if name not in ("place", "register")}
    lines = [line.text for line in drawing.page_of(LOOKS[code], replace(face(), statement=without)).lines]
    assert not any(line.startswith((",", "Vào sổ")) or line.endswith(", ") for line in lines)


def test_invented_people_are_marked_as_such() -> None:
    real, sample = painted(face()), painted(replace(face(), sample=True))
    assert real.getpixel((600, 20)) != sample.getpixel((600, 20))
    assert "hư cấu" in " ".join(
        line.text for line in drawing.page_of(LOOKS["to-chuc"], replace(face(), sample=True)).lines
    )


# --- designs ---


def body(code: str = "to-chuc", **changes: Any) -> dict[str, Any]:
    known = next(one for one in designs.shipped() if one.code == code)
    return known.body | changes


@pytest.mark.parametrize("tier", ["thanks", "organiser"])
def test_no_paper_without_a_decision_has_room_for_an_emblem(tier: str) -> None:
    with pytest.raises(DesignInvalid):
        design_of(body(emblem={"left": 10, "top": 10, "width": 20, "height": 20}), tier)
    assert design_of(body("giay-khen"), "formal").emblem


def test_nothing_that_ships_holds_a_picture_or_is_confirmed() -> None:
    for one in designs.shipped():
        assert not designs.pictures_of(one.design)
        assert not one.is_confirmed
        assert one.source


@pytest.mark.parametrize(
    "changes",
    [
        {"areas": []},
        {"areas": [{"code": "a", "left": 0, "top": 0, "right": 290, "bottom": 200, "blocks": []}]},
        {"code_at": {"right": 400, "bottom": 198, "size": 49}},
        {"code_at": {"right": 283, "bottom": 198, "size": 8}},
        {"frame": {"style": "band", "colour": "red"}},
        {"page": {"width": 10, "height": 10}},
        {"extra": 1},
        {"ink": None},
        {"family": "comic"},
    ],
)
def test_a_design_that_cannot_be_printed_is_refused_with_the_reason(changes: dict[str, Any]) -> None:
    with pytest.raises(DesignInvalid) as refused:
        design_of(body(**changes), "organiser")
    assert refused.value.values["what"]


@pytest.mark.parametrize("told", [None, [], "x", 7, {}])
def test_what_is_no_design_at_all_is_refused(told: Any) -> None:
    with pytest.raises(DesignInvalid):
        design_of(told, "organiser")


def test_a_picture_of_the_office_stands_in_its_place() -> None:
    out = io.BytesIO()
    Image.new("RGBA", (60, 60), "#1040ff").save(out, "PNG")
    picture = body("giay-khen")["emblem"] | {"digest": "a" * 64}
    design = design_of(body("giay-khen", emblem=picture), "formal")
    look = Look(design, {"a" * 64: out.getvalue()})
    shown = replace(face(), statement=SAID | BOOKS)
    x, y = (
        round((picture[side] + picture[long] / 2) * 6)
        for side, long in (("left", "width"), ("top", "height"))
    )
    assert painted(shown, look).getpixel((x, y)) == (0x10, 0x40, 0xFF)
    paper = pypdf.PdfReader(io.BytesIO(drawing.pdf(look, shown)))
    assert len(paper.pages[0].images) == 1
    assert msgspec.json.encode(design)
