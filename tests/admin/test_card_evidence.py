"""Files of evidence at a card: a PDF or a picture, handed in by the unit, saved by who may read the card, taken out with a trace."""

import io
import uuid
from collections.abc import Iterator
from datetime import date, timedelta
from decimal import Decimal

import pytest
from PIL import Image
from sqlalchemy import select, update
from sqlalchemy.orm import undefer

from backend import clock
from backend.cards import actions, evidence, queries, verify
from backend.cards.errors import EvidenceMissing
from backend.cards.models import Card, CardEvidence
from backend.people import staff
from backend.people.models import RoleGrant
from backend.safeguards.audit import OPERATOR
from tests.admin.desk import Desk, trail
from tests.cards.book import AGAIN, PUBLISHED, opened, published
from tests.media.test_papers import small
from tests.support.world import PASSWORD, World

NOW = PUBLISHED + timedelta(days=1)
NEWS = "truyen-thanh"
LOG = "Sổ phát thanh.pdf"


@pytest.fixture
def card(world: World) -> Iterator[uuid.UUID]:
    with world.database.transaction() as session:
        world.staff["above"] = staff.hire(
            session,
            name="above",
            username="above",
            password=PASSWORD,
            grants=[("party_office", world.province)],
        )
        session.execute(update(RoleGrant).values(valid_from=date(2026, 1, 1)))
        found = opened(session, world).id
    with clock.stopped_at(NOW):
        yield found


def picture() -> bytes:
    out = io.BytesIO()
    Image.new("RGB", (40, 30), (200, 20, 20)).save(out, "PNG")
    return out.getvalue()


def hand_in(desk: Desk, card: uuid.UUID, raw: bytes, who: str = "office", name: str = LOG) -> tuple[int, str]:
    form = {"criterion": NEWS, "file": (io.BytesIO(raw), name)}
    answer = desk(who).post(f"/admin/cards/{card}/evidence", data=form, content_type="multipart/form-data")
    return answer.status_code, answer.text


def files(world: World) -> list[CardEvidence]:
    with world.database.transaction(writes=False) as session:
        query = select(CardEvidence).order_by(CardEvidence.at, CardEvidence.id)
        return list(session.scalars(query.options(undefer(CardEvidence.content))))


def test_a_file_is_handed_in_and_saved_byte_for_byte_by_who_scores(
    world: World, desk: Desk, card: uuid.UUID
) -> None:
    raw = small()
    assert hand_in(desk, card, raw)[0] == 303
    assert LOG in desk("above").get(f"/admin/cards/{card}/official").text
    [row] = files(world)
    answer = desk("above").get(f"/admin/cards/evidence/{row.id}")
    assert (answer.status_code, answer.data) == (200, raw)
    assert answer.headers["Content-Disposition"].startswith("attachment")
    assert answer.headers["X-Content-Type-Options"] == "nosniff"
    assert [entry.actor for entry in trail(world, "card.evidence")] == [world.staff["above"]]


def test_a_picture_is_drawn_anew(world: World, desk: Desk, card: uuid.UUID) -> None:
    assert hand_in(desk, card, picture(), name="anh/bien ban.png")[0] == 303
    [row] = files(world)
    assert (row.name, row.mime) == ("bien ban.png", "image/jpeg")
    assert Image.open(io.BytesIO(row.content or b"")).format == "JPEG"


@pytest.mark.parametrize(
    ("raw", "told"),
    [
        (b"", "Chưa có tệp nào"),
        (b"MZ\x90 a program", "Chỉ nhận PDF và ảnh"),
        (small(b"<</JavaScript 3 0 R>>"), "mang mã chạy"),
        (b"%PDF-1.7 torn off", "bị hỏng"),
        (small() + b"0" * evidence.MOST_BYTES, "lớn hơn 5 MB"),
    ],
    ids=["empty", "program", "active", "broken", "large"],
)
def test_what_is_no_evidence_is_refused_with_what_to_do(
    world: World, desk: Desk, card: uuid.UUID, raw: bytes, told: str
) -> None:
    status, page = hand_in(desk, card, raw)
    assert (status, told in page) == (422, True)
    assert files(world) == []


def test_only_the_unit_hands_in_and_only_who_reads_the_card_saves(
    world: World, desk: Desk, card: uuid.UUID
) -> None:
    assert hand_in(desk, card, small(), "above")[0] == 403
    assert hand_in(desk, card, small())[0] == 303
    [row] = files(world)
    assert desk("inspector").get(f"/admin/cards/evidence/{row.id}").status_code == 404
    assert desk("dpo").get(f"/admin/cards/evidence/{row.id}").status_code == 403
    assert desk("above").post(f"/admin/cards/evidence/{row.id}/remove").status_code == 403


def test_no_more_than_a_few_files_a_criterion(desk: Desk, card: uuid.UUID) -> None:
    answers = [hand_in(desk, card, small())[0] for _ in range(evidence.MOST_FILES + 1)]
    assert answers == [303] * evidence.MOST_FILES + [409]


def test_a_locked_card_takes_and_gives_up_nothing(world: World, desk: Desk, card: uuid.UUID) -> None:
    assert hand_in(desk, card, small())[0] == 303
    with world.database.transaction() as session:
        actions.lock(session, card, OPERATOR)
    assert hand_in(desk, card, small())[0] == 409
    assert desk("office").post(f"/admin/cards/evidence/{files(world)[0].id}/remove").status_code == 409


def test_taken_out_its_content_is_gone_and_its_trace_stays(world: World, desk: Desk, card: uuid.UUID) -> None:
    hand_in(desk, card, small())
    [row] = files(world)
    assert desk("office").post(f"/admin/cards/evidence/{row.id}/remove").status_code == 303
    [row] = files(world)
    assert (row.content, row.name, row.removed_by) == (None, LOG, world.staff["office"])
    assert desk("office").get(f"/admin/cards/evidence/{row.id}").status_code == 404
    assert [entry.reason for entry in trail(world, "card.unfiled")] == [f"{NEWS}: {LOG}"]


def test_a_file_is_evidence_where_evidence_is_a_must_and_published_cards_stay_provable(
    world: World, desk: Desk, card: uuid.UUID
) -> None:
    given = {NEWS: (Decimal(8), "")}
    with world.database.transaction() as session, pytest.raises(EvidenceMissing):
        actions.self_score(session, card, given, OPERATOR)
    hand_in(desk, card, small())
    with world.database.transaction() as session:
        actions.self_score(session, card, given, OPERATOR)
    with clock.stopped_at(AGAIN), world.database.transaction() as session:
        published(session, session.get_one(Card, card), AGAIN - timedelta(hours=1))
        row = next(
            one for one in queries.view_of(session, session.get_one(Card, card)).criteria if one.code == NEWS
        )
        assert row.self_points == 8
        assert "no_evidence" not in row.mark_codes
    with clock.stopped_at(AGAIN + timedelta(days=1)):
        assert desk("office").post(f"/admin/cards/evidence/{files(world)[0].id}/remove").status_code == 303
        with world.database.transaction() as session:
            assert verify.verify_one(session, card) == []
            live = queries.view_of(session, session.get_one(Card, card), live=True)
            assert "no_evidence" in next(one for one in live.criteria if one.code == NEWS).mark_codes
