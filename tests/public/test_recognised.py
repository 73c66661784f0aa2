"""What everybody reads of recognition besides names: prizes of a campaign, and corrections when an award was taken back."""

import re
from decimal import Decimal
from typing import Any

import pytest
from sqlalchemy import select

from backend import clock
from backend.certificates import designs, turn
from backend.certificates.hands import OneHand
from backend.certificates.models import Certificate
from backend.safeguards.audit import OPERATOR
from campaigns.award import certificates, prizes, revoking, wall
from campaigns.award.hands import Paper, hand
from campaigns.award.models import Case, Entry
from campaigns.award.proposals import Candidate
from campaigns.models import Activity
from tests.support.awards import Awards, awards_of
from tests.support.world import World

CODE = "05752"
WHY = "Khai gian thành tích, đã kiểm tra lại"


@pytest.fixture
def awards(world: World) -> Awards:
    return awards_of(world)


def text(awards: Awards, path: str) -> str:
    answer = awards.world.client().get(path, headers={"Accept-Language": "vi"})
    assert answer.status_code == 200
    return answer.text


# --- prizes ---


def test_published_prizes_are_found_from_the_foot_of_every_page(awards: Awards) -> None:
    assert 'data-testid="no-prizes"' in text(awards, "/giai-thuong")
    page = f'href="/giai-thuong/{awards.activity}"'

    def publish(session: Any) -> None:
        told = prizes.PrizeTold("nhat", "Giải Nhất", Decimal(500_000), 1, published=True)
        keeper = hand(session, awards.world.staff["emulation"])
        prizes.put(session, session.get_one(Activity, awards.activity), told, keeper)

    awards.does(publish)
    assert 'href="/giai-thuong"' in text(awards, "/ket-qua")
    assert page in text(awards, "/giai-thuong")
    assert "Giải Nhất" in text(awards, f"/giai-thuong/{awards.activity}")


# --- taken back ---


def _printed(awards: Awards, case: Any) -> None:
    def make(session: Any) -> None:
        (design, *_) = designs.usable(session, awards.world.commune, clock.today(), "formal", "state")
        services, by = awards.world.app.services, awards.hand(session, "state", "register")
        url = services.settings.public_url
        batch = certificates.make(session, session.get_one(Case, case), design.id, by, url)
        drawer = OneHand(services.signer, url, services.settings.data, papers=False)
        turn.in_one(session, drawer, batch.id)

    awards.does(make)


def _revoked(awards: Awards, kind: str) -> Paper:
    """The award of that kind of recipient, taken back by a decision."""
    paper = Paper("142/QĐ-UBND", clock.today(), "Trần Văn Tám", "Chủ tịch")

    def revoke(session: Any) -> None:
        entry = session.scalars(select(Entry).where(Entry.recipient_kind == kind)).one()
        revoking.revoke(session, [entry.id], paper, WHY, awards.hand(session, "state", "register"))

    awards.does(revoke)
    return paper


def test_a_revoked_paper_names_the_decision_that_took_it_back(awards: Awards) -> None:
    case = awards.entered("Trần Văn Ba")
    _printed(awards, case)
    number = awards.reads(lambda s: s.scalars(select(Certificate.number)).one())
    assert "withdrawn-by" not in text(awards, f"/xac-minh/{number}")
    _revoked(awards, "person")
    told = text(awards, f"/xac-minh/{number}")
    day = clock.today().strftime("%d/%m/%Y")
    assert f"Theo quyết định số 142/QĐ-UBND ngày {day}." in told
    assert WHY in told


@pytest.mark.parametrize("kind", ["unit", "person"])
def test_the_wall_corrects_itself_and_names_collectives_alone(awards: Awards, kind: str) -> None:
    awards.entered("Trần Văn Ba", Candidate("unit", "xóm Đồng Tiến", unit=awards.world.hamlet))
    awards.does(lambda s: wall.open_wall(s, awards.world.commune, "", OPERATOR))
    assert "taken-back" not in text(awards, f"/vinh-danh/{CODE}")
    _revoked(awards, kind)
    (told,) = re.findall(r'data-testid="taken-back"><span>(.*?)</span>', text(awards, f"/vinh-danh/{CODE}"))
    assert "142/QĐ-UBND" in told
    assert ("xóm Đồng Tiến" in told) is (kind == "unit")
    assert "Trần Văn Ba" not in told


def test_a_person_of_the_partys_line_is_not_corrected_in_public(awards: Awards) -> None:
    awards.entered("Trần Văn Ba", line="party")
    awards.does(lambda s: wall.open_wall(s, awards.world.commune, "", OPERATOR))

    def revoke(session: Any) -> None:
        (entry,) = session.scalars(select(Entry))
        paper = Paper("7-QĐ/ĐU", clock.today(), "Ma Văn Chính", "Bí thư")
        revoking.revoke(session, [entry.id], paper, WHY, awards.hand(session, "party", "register"))

    awards.does(revoke)
    assert "7-QĐ/ĐU" not in text(awards, f"/vinh-danh/{CODE}")
