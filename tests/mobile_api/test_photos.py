"""Photos: in pieces, in any unlucky order, written once, and nothing but pixels kept of them."""

import hashlib
import io
import os
from datetime import timedelta

import pytest
from PIL import ExifTags, Image
from sqlalchemy import select
from werkzeug.test import TestResponse

from backend import clock
from backend.media import photos, redrawn
from backend.media.models import Photo
from tests.support.world import Phone, World

CAMERA = "maker of the camera"
PIECE = 100_000


def shot(noise: int = 25) -> bytes:
    """A photo as a camera writes it: with its maker's note, a comment, and lying on its side (EXIF orientation 6)."""
    exif = Image.Exif()
    exif[0x010F], exif[0x0112] = CAMERA, 6
    out = io.BytesIO()
    picture = Image.effect_noise((1800, 900), noise).convert("RGB")
    picture.save(out, "JPEG", exif=exif, comment=CAMERA.encode(), quality=30)
    return out.getvalue()


def named(raw: bytes) -> str:
    return hashlib.sha256(raw).hexdigest()


def put(phone: Phone, name: str, offset: int, size: int, piece: bytes) -> TestResponse:
    return phone.client.put(
        f"/api/v1/photos/{name}?offset={offset}&size={size}",
        data=piece,
        content_type="application/octet-stream",
        headers=phone.headers,
    )


def send(phone: Phone, raw: bytes, name: str = "") -> TestResponse:
    """All of it in pieces, as a phone does when nothing goes wrong."""
    answer = None
    for offset in range(0, len(raw), PIECE):
        answer = put(phone, name or named(raw), offset, len(raw), raw[offset : offset + PIECE])
    assert answer is not None
    return answer


def row(world: World, name: str) -> Photo:
    with world.database.transaction(writes=False) as session:
        return session.scalars(select(Photo).where(Photo.digest == name)).one()


def is_problem(answer: TestResponse, status: int, code: str) -> None:
    assert (answer.status_code, answer.json["code"]) == (status, code), answer.text


def test_a_photo_arrives_in_pieces_and_nothing_but_its_pixels_is_kept(world: World) -> None:
    phone, raw = world.phone(), shot()
    assert CAMERA.encode() in raw
    name = named(raw)
    first = put(phone, name, 0, len(raw), raw[:PIECE])
    assert first.json == {"arrived": PIECE, "size": len(raw), "complete": False, "refused": None}
    assert phone.get(f"/photos/{name}").json == first.json
    last = put(phone, name, PIECE, len(raw), raw[PIECE:])
    assert last.json == {"arrived": len(raw), "size": len(raw), "complete": True, "refused": None}
    kept = row(world, name)
    assert kept.raw is None
    assert kept.clean is not None
    assert CAMERA.encode() not in kept.clean
    with Image.open(io.BytesIO(kept.clean)) as clean:
        assert (clean.format, clean.size) == ("JPEG", (800, 1600))  # upright, and no longer than that
        assert dict(clean.getexif()) == {}
        assert not {"exif", "comment", "icc_profile", "xmp"} & set(clean.info)


def test_the_place_where_a_photo_was_taken_is_not_kept(world: World) -> None:
    exif = Image.Exif()
    place = exif.get_ifd(ExifTags.IFD.GPSInfo)
    place[ExifTags.GPS.GPSLatitudeRef], place[ExifTags.GPS.GPSLatitude] = "N", (21.0, 35.0, 12.25)
    place[ExifTags.GPS.GPSMapDatum] = "WGS-84 HERE"
    out = io.BytesIO()
    Image.effect_noise((900, 600), 25).convert("RGB").save(out, "JPEG", exif=exif)
    raw = out.getvalue()
    assert b"WGS-84 HERE" in raw
    assert send(world.phone(), raw).get_json()["complete"] is True
    kept = row(world, named(raw)).clean
    assert kept is not None
    assert b"WGS-84" not in kept
    with Image.open(io.BytesIO(kept)) as clean:
        assert dict(clean.getexif().get_ifd(ExifTags.IFD.GPSInfo)) == {}


def test_a_piece_that_does_not_follow_is_told_where_to_go_on(world: World) -> None:
    phone, raw = world.phone(), shot()
    name = named(raw)
    put(phone, name, 0, len(raw), raw[:PIECE])
    for offset in (0, 10, PIECE + 1):
        answer = put(phone, name, offset, len(raw), raw[offset : offset + 10])
        is_problem(answer, 409, "offset_differs")
        assert answer.json["arrived"] == PIECE
    assert put(phone, name, PIECE, len(raw), raw[PIECE:]).json["complete"] is True


def test_a_photo_that_is_not_what_its_name_says_starts_anew(world: World) -> None:
    phone, raw = world.phone(), shot()
    name = named(raw)
    spoilt = raw[:-1] + bytes([raw[-1] ^ 1])
    is_problem(send(phone, spoilt, name), 409, "photo_differs")
    assert phone.get(f"/photos/{name}").json["arrived"] == 0
    assert send(phone, raw).json["complete"] is True


def test_another_size_than_was_said_starts_anew(world: World) -> None:
    phone, raw = world.phone(), shot()
    put(phone, named(raw), 0, 500_000, raw[:PIECE])
    is_problem(put(phone, named(raw), PIECE, len(raw), raw[PIECE:]), 409, "photo_differs")
    is_problem(put(phone, named(b"x"), 0, 1, b"xy"), 409, "photo_differs")
    assert send(phone, raw).json["complete"] is True


def test_a_whole_photo_is_never_replaced(world: World) -> None:
    phone, raw = world.phone(), shot()
    whole = send(phone, raw)
    before = row(world, named(raw)).clean
    for offset, piece in ((0, b"other bytes"), (5, b""), (0, raw[:PIECE])):
        assert put(phone, named(raw), offset, len(raw), piece).json == whole.json
    assert row(world, named(raw)).clean == before


def test_a_node_that_died_while_drawing_finishes_when_asked_again(
    world: World, monkeypatch: pytest.MonkeyPatch
) -> None:
    phone, raw = world.phone(), shot()
    name = named(raw)

    def die(_raw: bytes) -> None:
        raise SystemExit

    with monkeypatch.context() as patch:
        patch.setattr(photos, "drawn", die)
        with pytest.raises(SystemExit):
            send(phone, raw)
    told = phone.get(f"/photos/{name}").json
    assert (told["arrived"], told["complete"]) == (len(raw), False)
    assert put(phone, name, len(raw), len(raw), b"").json["complete"] is True


@pytest.mark.parametrize(
    "raw",
    [
        b"no picture at all",
        b"<html>captive portal</html>",
        b"GIF89a" + bytes(40),
        b"\xff\xd8\xff\xe0" + bytes(400),
        b"\0\0\0\x18ftypheic\0\0\0\0mif1heic" + bytes(400),
    ],
    ids=["text", "page", "gif", "broken", "heic"],
)
def test_what_is_no_picture_is_said_once_and_not_kept(world: World, raw: bytes) -> None:
    phone = world.phone()
    told = send(phone, raw).json
    assert (told["complete"], told["refused"]) == (True, "not_a_picture")
    kept = row(world, named(raw))
    assert (kept.raw, kept.clean) == (None, None)


def test_half_a_photo_under_its_own_name_is_no_picture(world: World) -> None:
    phone, raw = world.phone(), shot()
    assert send(phone, raw[: len(raw) // 2]).json["refused"] == "not_a_picture"


def test_a_picture_that_would_fill_the_memory_is_not_opened(
    world: World, monkeypatch: pytest.MonkeyPatch
) -> None:
    out = io.BytesIO()
    Image.new("1", (9000, 9000)).save(out, "PNG")
    assert len(out.getvalue()) < 20_000
    monkeypatch.setattr(redrawn, "_jpeg", lambda _opened: pytest.fail("it was opened"))
    assert send(world.phone(), out.getvalue()).json["refused"] == "too_many_pixels"


def test_too_large_in_a_piece_or_as_a_whole_is_refused(world: World) -> None:
    phone, raw = world.phone(), os.urandom(photos.CHUNK + 1)
    is_problem(put(phone, named(raw), 0, len(raw), raw), 413, "body_too_large")
    is_problem(put(phone, named(raw), 0, photos.LARGEST + 1, b"x"), 409, "photo_too_large")
    assert put(phone, named(raw), 0, len(raw), raw[:-1]).json["arrived"] == photos.CHUNK


@pytest.mark.parametrize("name", ["0" * 63, "G" * 64, "A" * 64, "0" * 65, "0" * 62 + "%00"])
def test_only_a_digest_is_a_name(world: World, name: str) -> None:
    phone = world.phone()
    is_problem(put(phone, name, 0, 1, b"x"), 404, "not_found")
    is_problem(phone.get(f"/photos/{name}"), 404, "not_found")


def test_a_photo_of_somebody_else_is_not_shown_and_not_spoilt(world: World) -> None:
    one, other, raw = world.phone("Một"), world.phone("Hai"), shot()
    name = named(raw)
    put(one, name, 0, len(raw), raw[:PIECE])
    is_problem(other.get(f"/photos/{name}"), 404, "not_found")
    is_problem(put(other, name, PIECE, len(raw), b"spoilt"), 409, "photo_elsewhere")
    with clock.stopped_at(clock.now() + photos.TAKEN_OVER + timedelta(seconds=1)):
        assert send(other, raw).json["complete"] is True  # who never went on does not stand in the way
    assert put(one, name, PIECE, len(raw), raw[PIECE:]).json["complete"] is True


def test_a_day_has_room_for_so_many_photos(world: World, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("mobile_api.photos.PHOTOS_A_DAY", 2)
    phone = world.phone()
    for raw in (b"one", b"two", b"one", b"two"):
        assert put(phone, named(raw), 0, 50, raw).status_code in (200, 409)
    refused = put(phone, named(b"three"), 0, 50, b"three")
    is_problem(refused, 429, "rate_limited")
    assert int(refused.headers["Retry-After"]) > 0
    assert put(phone, named(b"one"), 3, 50, b"more").status_code == 200  # what was begun goes on


def test_half_a_photo_does_not_lie_about_for_ever(world: World) -> None:
    phone, raw = world.phone(), shot()
    put(phone, named(raw), 0, len(raw), raw[:PIECE])
    assert send(phone, shot(10)).json["complete"] is True
    keeping = photos.Keeping(unfinished=timedelta(days=3))
    for hours, left in ((71, 2), (73, 1)):
        with (
            clock.stopped_at(clock.now() + timedelta(hours=hours)),
            world.database.transaction() as session,
        ):
            photos.forget_unfinished(session, keeping)
            assert len(session.scalars(select(Photo.digest)).all()) == left


def test_who_leaves_takes_the_photos_along(world: World) -> None:
    phone, raw = world.phone(), shot()
    send(phone, raw)
    held = phone.get("/me/data").json["activities"]["photos"]
    assert held == [{"sha256": named(raw), "bytes": len(raw)}]
    assert phone.delete("/me", {"pin": phone.pin}).status_code == 204
    with world.database.transaction(writes=False) as session:
        assert session.scalars(select(Photo.digest)).all() == []


def test_states_tell_what_is_still_waited_for(world: World) -> None:
    phone, raw = world.phone(), shot()
    send(phone, raw)
    send(phone, b"no picture")
    put(phone, named(b"half"), 0, 50, b"half")
    names = [named(raw), named(b"no picture"), named(b"half"), "0" * 64]
    with world.database.transaction(writes=False) as session:
        assert list(photos.states(session, names).values()) == ["complete", "refused", "waiting", "waiting"]
        assert photos.picture(session, named(raw)) is not None
        assert photos.picture(session, named(b"half")) is None
