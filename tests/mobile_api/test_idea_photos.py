"""Pictures of an initiative: kept without the place they were taken, as long as it names them; what is none is said."""

import io
import uuid
from datetime import timedelta

import pytest
from PIL import ExifTags, Image

from backend import clock
from backend.media import photos
from campaigns import leaving
from tests.admin.desk import Desk, at_desk, trail
from tests.admin.idea_desk import seated
from tests.mobile_api.test_photos import is_problem, named, put, send, shot
from tests.support.initiatives import Year, hand_in, text
from tests.support.world import World

HEIC = b"\0\0\0\x18ftypheic\0\0\0\0mif1heic" + bytes(400)
BROKEN = shot()[:5000]
PLACE = "WGS-84 HERE"


@pytest.fixture
def year(world: World) -> Year:
    return seated(world)


@pytest.fixture
def desk(year: Year) -> Desk:
    return at_desk(year.world)


def taken_somewhere() -> bytes:
    """A photo that says where and by which phone it was taken."""
    exif, out = Image.Exif(), io.BytesIO()
    exif[0x010F] = PLACE
    where = exif.get_ifd(ExifTags.IFD.GPSInfo)
    where[ExifTags.GPS.GPSLatitudeRef], where[ExifTags.GPS.GPSLatitude] = "N", (21.0, 35.0, 12.25)
    where[ExifTags.GPS.GPSMapDatum] = PLACE
    Image.effect_noise((640, 480), 20).convert("RGB").save(out, "JPEG", exif=exif)
    return out.getvalue()


def with_picture(year: Year, raw: bytes) -> str:
    return hand_in(year.binh, text(files=[{"digest": named(raw), "name": "Ảnh quầy"}]))


def test_a_picture_is_shown_without_the_place_it_was_taken(year: Year, desk: Desk) -> None:
    raw = taken_somewhere()
    assert PLACE.encode() in raw
    made = with_picture(year, raw)
    assert year.one(year.binh, made)["files"] == {named(raw): "waiting"}
    assert send(year.binh, raw).get_json()["complete"] is True
    assert year.one(year.binh, made)["files"] == {named(raw): "complete"}
    there = f"/admin/ideas/{made}/files/{named(raw)}"
    answer = desk("secretary").get(there)
    assert (answer.status_code, answer.content_type) == (200, "image/jpeg")
    assert PLACE.encode() not in answer.data
    with Image.open(io.BytesIO(answer.data)) as shown:
        assert dict(shown.getexif()) == {}
        assert dict(shown.getexif().get_ifd(ExifTags.IFD.GPSInfo)) == {}
    assert len(trail(year.world, "initiative.read_file")) == 1
    assert desk("school_head").get(there).status_code == 404
    assert desk("an").get(there).status_code == 403


@pytest.mark.parametrize("raw", [HEIC, BROKEN, b"no picture"], ids=["heic", "broken", "text"])
def test_what_is_no_picture_is_said_and_the_initiative_counts(year: Year, desk: Desk, raw: bytes) -> None:
    made = with_picture(year, raw)
    assert send(year.binh, raw).get_json()["refused"] == "not_a_picture"
    assert year.one(year.binh, made)["files"] == {named(raw): "refused"}
    assert year.facts()["initiative.registered"] == 1
    page = desk("secretary").get(f"/admin/ideas/{made}").text
    assert "chưa về tới hoặc không xem được" in page
    assert desk("secretary").get(f"/admin/ideas/{made}/files/{named(raw)}").status_code == 404


def test_forty_megabytes_are_refused_before_they_are_sent(year: Year) -> None:
    name = "a" * 64
    made = hand_in(year.binh, text(files=[{"digest": name, "name": "Ảnh to"}]))
    is_problem(put(year.binh, name, 0, 40 * 1024 * 1024, b"x" * photos.CHUNK), 409, "photo_too_large")
    is_problem(put(year.binh, name, 0, 40 * 1024 * 1024, bytes(4 * 1024 * 1024)), 413, "body_too_large")
    assert year.one(year.binh, made)["files"] == {name: "waiting"}


def test_a_picture_stays_as_long_as_an_initiative_names_it(year: Year) -> None:
    kept, left = taken_somewhere(), shot()
    body = text(files=[{"digest": named(kept)}])
    hand_in(year.binh, body | {"files": [{"digest": named(raw)} for raw in (kept, left)]})
    for raw in (kept, left):
        send(year.binh, raw)
    year.binh.do("initiative.write", body)
    with clock.stopped_at(clock.now() + timedelta(days=200)):
        assert year.with_session(lambda s: leaving.forget_unnamed_photos(s, photos.PLAINLY)) == 1
    assert year.one(year.binh, body["initiative"])["files"] == {named(kept): "complete"}


def test_nobody_reads_a_picture_of_another_initiative(year: Year, desk: Desk) -> None:
    raw = taken_somewhere()
    with_picture(year, raw)
    send(year.binh, raw)
    other = hand_in(year.chau, text(title="Việc khác"))
    assert desk("secretary").get(f"/admin/ideas/{other}/files/{named(raw)}").status_code == 404
    assert desk("secretary").get(f"/admin/ideas/{uuid.uuid4()}/files/{named(raw)}").status_code == 404


@pytest.mark.parametrize(("blind", "status"), [(True, 404), (False, 200)])
def test_a_blind_judge_is_shown_no_picture_not_even_at_the_meeting(
    year: Year, desk: Desk, blind: bool, status: int
) -> None:
    raw = taken_somewhere()
    made = year.valid(with_picture(year, raw))
    send(year.binh, raw)
    sitting = year.sitting(blind=blind)
    assignment, _ = year.assign(sitting, made)["Dũng"]
    there = f"/admin/ideas/desk/{assignment}/files/{named(raw)}"
    assert desk("Dũng").get(there).status_code == status
    year.meet(sitting)
    assert desk("Dũng").get(there).status_code == status
