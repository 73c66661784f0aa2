"""The designer: a unit's own version from a form, a picture that follows, and nothing that another unit could see."""

import io
import json
import re
import uuid
from datetime import date
from typing import Any

import pytest
from PIL import Image
from sqlalchemy import select

from admin.design_one import _packed
from backend.certificates import designs
from backend.certificates.batch_models import CertificateDesign, DesignPicture
from backend.people import staff
from backend.safeguards.audit import OPERATOR
from tests.admin.desk import Desk
from tests.support.world import PASSWORD, World

pytestmark = pytest.mark.parametrize("database_url", ["sqlite"], indirect=True)
PRAISE, OURS = designs.shipped_id("giay-khen"), designs.ORGANISER
WHO = "emulation"


def form(world: World, of: uuid.UUID = PRAISE, **more: Any) -> dict[str, Any]:
    """As a browser sends it: every line ticked."""
    known = next(one for one in designs.shipped() if one.id == of)
    told = {f"shown.{block['code']}": "1" for area in known.body["areas"] for block in area["blocks"]}
    frame = {f"frame.{name}": known.body["frame"][name] for name in ("style", "colour", "accent", "paper")}
    base = {"unit": str(world.commune), "title": known.title, "holds_from": "2026-01-01", "replaces": "0"}
    return told | frame | base | {"family": "serif"} | more


def saved(world: World) -> list[CertificateDesign]:
    with world.database.transaction(writes=False) as session:
        return list(session.scalars(select(CertificateDesign).order_by(CertificateDesign.version)))


def picture(size: tuple[int, int] = (60, 20), kind: str = "PNG") -> bytes:
    out = io.BytesIO()
    Image.new("RGB", size, "#123456").save(
        out, kind, comment=b"of a camera"
    ) if kind == "JPEG" else Image.new("RGBA", size, "#12345680").save(out, kind)
    return out.getvalue()


def test_a_unit_makes_a_version_of_its_own_and_the_next_replaces_it(world: World, desk: Desk) -> None:
    first = desk(WHO).post(
        f"/admin/designs/{PRAISE}", data=form(world, **{"say.gives": "Trân trọng tặng", "size.name": "9,5"})
    )
    assert first.status_code == 303, first.text
    (made,) = saved(world)
    blocks = {block["code"]: block for area in made.body["areas"] for block in area["blocks"]}
    assert (blocks["gives"]["say"], blocks["name"]["size"], made.confirmed_by) == (
        "Trân trọng tặng",
        9.5,
        None,
    )
    stale = desk(WHO).post(f"/admin/designs/{made.id}", data=form(world))
    assert (stale.status_code, 'data-testid="problem"' in stale.text) == (409, True), (
        "somebody saved meanwhile"
    )
    more = form(world, replaces="1", confirmed_by="Quyết định 12/QĐ-UBND")
    assert desk(WHO).post(f"/admin/designs/{made.id}", data=more).status_code == 303
    assert [(row.version, row.confirmed_by) for row in saved(world)] == [
        (1, None),
        (2, "Quyết định 12/QĐ-UBND"),
    ]
    with world.database.transaction(writes=False) as session:
        usable = designs.usable(session, world.commune, date(2026, 6, 1), "formal", "state")
        before = designs.usable(session, world.commune, date(2025, 12, 31), "formal", "state")
    assert ([one.version for one in usable], usable[0].unit) == ([2], world.commune)
    assert before[0].unit is None, "it holds from its day on"


def test_a_line_that_is_not_ticked_is_not_printed(world: World, desk: Desk) -> None:
    told = form(world)
    del told["shown.note"]
    desk(WHO).post(f"/admin/designs/{PRAISE}", data=told)
    (made,) = saved(world)
    shown = {block["code"]: block["shown"] for area in made.body["areas"] for block in area["blocks"]}
    assert (shown["note"], shown["name"]) == (False, True)


@pytest.mark.parametrize(
    ("change", "word"),
    [
        ({"size.name": "99"}, "name"),
        ({"size.name": "to"}, "name"),
        ({"say.name": "không có ô tên"}, "{name}"),
        ({"say.gives": "quá dài " * 35}, "gives"),
        ({"say.gives": "chữ 买"}, "U+4E70"),
        ({"frame.colour": "red"}, "màu"),
        ({"frame.style": "gold"}, "khung"),
        ({"emblem.left": "999"}, "mép trái"),
        ({"signature.digest": "0" * 64}, "mẫu"),
        ({"frame.style": "picture", "frame.digest": "x"}, "ảnh"),
    ],
)
def test_what_cannot_be_printed_is_refused_with_its_place_and_stays_typed(
    world: World, desk: Desk, change: dict[str, str], word: str
) -> None:
    for address in (f"/admin/designs/{PRAISE}", f"/admin/designs/{PRAISE}/draw"):
        answer = desk(WHO).post(address, data=form(world, **change))
        assert answer.status_code in (404, 422)
        assert word in answer.text
    assert saved(world) == []
    if answer.status_code == 422 and "say.gives" in change:
        kept = desk(WHO).post(f"/admin/designs/{PRAISE}", data=form(world, **change)).text
        assert change["say.gives"].strip()[:40] in kept


def test_the_picture_follows_what_is_typed(world: World, desk: Desk) -> None:
    one, two = (
        desk(WHO).post(f"/admin/designs/{PRAISE}/draw", data=form(world, **{"say.gives": words}))
        for words in ("Tặng", "Biếu")
    )
    assert one.mimetype == two.mimetype == "image/png"
    assert one.data != two.data
    page = desk(WHO).post(f"/admin/designs/{PRAISE}/preview", data=form(world, **{"say.gives": "Biếu"}))
    source = re.search(r'src="([^"]+preview\.png[^"]+)"', page.text)
    assert source
    assert desk(WHO).get(source[1].replace("&amp;", "&")).data == two.data, "without a script the same"
    assert saved(world) == []


@pytest.mark.parametrize("body", ["", "x", "eJwDAAAAAAE=", "A" * 5000, "%00"])
def test_a_preview_nobody_wrote_is_refused(world: World, desk: Desk, body: str) -> None:
    answer = desk(WHO).get(f"/admin/designs/{PRAISE}/preview.png?body={body}&unit={world.commune}")
    assert answer.status_code in (400, 422)


def test_an_offices_signature_is_drawn_anew_and_only_its_own(world: World, desk: Desk) -> None:
    def send(
        raw: bytes, role: str = "signature", of: uuid.UUID = PRAISE, unit: uuid.UUID = world.commune
    ) -> Any:
        told = {"role": role, "unit": str(unit), "file": (io.BytesIO(raw), "chu-ky.png")}
        return desk(WHO).post(f"/admin/designs/{of}/pictures", data=told)

    assert send(picture()).status_code == 303
    assert send(picture(kind="JPEG")).status_code == 303
    for raw in (b"", b"GIF89a", picture((2100, 2000))):
        assert send(raw).status_code == 422
    assert send(picture(), "emblem", OURS).status_code in (400, 422), "no emblem on the organiser's paper"
    assert send(picture(), unit=world.far_commune).status_code == 403
    with world.database.transaction(writes=False) as session:
        digests = list(session.scalars(select(DesignPicture.digest)))
    assert len(digests) == 2
    shown = desk(WHO).get(f"/admin/designs/pictures/{world.commune}/{digests[0]}.png")
    assert (shown.status_code, b"of a camera" in shown.data) == (200, False)
    assert desk(WHO).get(f"/admin/designs/pictures/{world.far_commune}/{digests[0]}.png").status_code == 404
    with_it = form(world, **{"signature.digest": digests[0]})
    assert desk(WHO).post(f"/admin/designs/{PRAISE}", data=with_it).status_code == 303


def test_commendations_are_the_emulation_offices_and_a_units_version_its_own(
    world: World, desk: Desk
) -> None:
    assert desk("an").get(f"/admin/designs/{PRAISE}").status_code == 404
    assert desk("an").get(f"/admin/designs/{OURS}").status_code == 200
    desk(WHO).post(f"/admin/designs/{OURS}", data=form(world, OURS))
    (made,) = saved(world)
    assert desk("an").get(f"/admin/designs/{made.id}").status_code == 200
    assert desk("far").get(f"/admin/designs/{made.id}").status_code == 404
    assert desk("far").get(f"/admin/designs/{made.id}.png").status_code == 404
    assert desk("far").post(f"/admin/designs/{made.id}/retire").status_code == 404
    assert desk("far").post(f"/admin/designs/{OURS}", data=form(world, OURS)).status_code == 403
    assert desk("an").post(f"/admin/designs/{OURS}/retire").status_code == 404, "what ships stays"
    assert desk("an").post(f"/admin/designs/{made.id}/retire").status_code == 303
    assert saved(world)[0].retired_at is not None


def test_the_list_says_that_nothing_is_confirmed(world: World, desk: Desk) -> None:
    page = desk(WHO).get("/admin/designs").text
    ours = [one for one in designs.shipped() if one.line != "party"]
    assert page.count("chưa xác nhận") == len(ours) < len(designs.shipped()), (
        "the Party's is its own office's"
    )
    assert 'data-testid="unconfirmed"' in desk(WHO).get(f"/admin/designs/{PRAISE}").text


def brought_in(world: World, role: str, unit: uuid.UUID | None = None) -> str:
    with world.database.transaction() as session:
        return designs.add_picture(session, unit or world.commune, role, picture(), OPERATOR)


def test_a_signature_and_an_emblem_are_the_offices_and_no_organisers(world: World, desk: Desk) -> None:
    digest = brought_in(world, "signature")
    address = f"/admin/designs/pictures/{world.commune}/{digest}.png"
    assert (desk("an").get(address).status_code, desk(WHO).get(address).status_code) == (404, 200)
    assert digest not in desk("an").get(f"/admin/designs/{OURS}").text
    as_frame = {"frame.style": "picture", "frame.digest": digest}
    for who, of in (("an", OURS), (WHO, OURS), (WHO, PRAISE)):
        for at in ("", "/draw"):
            answer = desk(who).post(f"/admin/designs/{of}{at}", data=form(world, of, **as_frame))
            assert answer.status_code in (404, 422), (who, at)
    assert (
        desk(WHO).post(f"/admin/designs/{PRAISE}", data=form(world, **{"emblem.digest": digest})).status_code
        == 404
    )
    assert saved(world) == []
    told = {"role": "signature", "unit": str(world.commune), "file": (io.BytesIO(picture()), "a.png")}
    assert desk("an").post(f"/admin/designs/{OURS}/pictures", data=told).status_code in (400, 422)


def test_a_frame_is_whoevers_who_makes_papers_of_the_unit(world: World, desk: Desk) -> None:
    digest = brought_in(world, "frame")
    assert desk("an").get(f"/admin/designs/pictures/{world.commune}/{digest}.png").status_code == 200
    told = form(world, OURS, **{"frame.style": "picture", "frame.digest": digest})
    assert desk("an").post(f"/admin/designs/{OURS}", data=told).status_code == 303


def test_one_picture_for_two_places_is_kept_for_both(world: World) -> None:
    assert brought_in(world, "frame") == brought_in(world, "emblem") == brought_in(world, "frame")
    with world.database.transaction(writes=False) as session:
        assert sorted(session.scalars(select(DesignPicture.role))) == ["emblem", "frame"]


def test_a_role_counts_for_the_unit_where_it_was_given(world: World, desk: Desk) -> None:
    """Organiser here and emulation officer elsewhere: the commendations of here are not theirs."""
    desk(WHO).post(f"/admin/designs/{PRAISE}", data=form(world))
    (made,) = saved(world)
    with world.database.transaction() as session:
        world.staff["both"] = staff.hire(
            session, name="Cả Hai", username="ca-hai", password=PASSWORD,
            grants=[("campaign_admin", world.commune), ("emulation_officer", world.far_commune)],
        )  # fmt: skip
    both = desk("both")
    assert both.get(f"/admin/designs/{PRAISE}").status_code == 200, "for the other unit"
    assert both.get(f"/admin/designs/{made.id}").status_code == 404
    assert both.post(f"/admin/designs/{made.id}/retire").status_code == 404
    assert both.post(f"/admin/designs/{PRAISE}", data=form(world)).status_code == 403
    assert str(made.id) not in both.get("/admin/designs").text
    assert saved(world)[0].retired_at is None


def test_the_partys_designs_are_its_own_offices(world: World, desk: Desk) -> None:
    partys = designs.shipped_id("giay-khen-dang")
    assert (
        desk(WHO).get(f"/admin/designs/{partys}").status_code,
        desk("office").get(f"/admin/designs/{partys}").status_code,
    ) == (404, 200)
    assert desk("office").get(f"/admin/designs/{PRAISE}").status_code == 404


@pytest.mark.parametrize("block", [7, "x", None, []])
def test_a_preview_with_a_line_that_is_none_is_refused(world: World, desk: Desk, block: Any) -> None:
    body = json.loads(json.dumps(designs.find_shipped("giay-khen").body))
    body["areas"][0]["blocks"][0] = block
    told = {"body": _packed(body), "unit": str(world.commune)}
    answer = desk(WHO).get(f"/admin/designs/{PRAISE}/preview.png", query_string=told)
    assert answer.status_code == 422
