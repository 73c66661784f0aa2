"""Papers of the register made anew: what the paper says the register says too, and nobody does it for oneself."""

import uuid

import pytest
from sqlalchemy import select

from backend.certificates import turn
from backend.certificates.errors import NameOfAnother
from backend.certificates.models import Certificate
from campaigns.award import chain, reissuing
from campaigns.award.errors import NotStanding, OwnAward
from campaigns.award.hands import Hand, hand
from campaigns.award.models import Entry
from tests.campaigns.test_award_chain import entries, one_hand, printed_now, revoke
from tests.support.awards import Awards, awards_of
from tests.support.world import World

WHY = "in sai một chữ"


@pytest.fixture
def awards(world: World) -> Awards:
    return awards_of(world)


def paper(awards: Awards, name: str) -> tuple[Entry, Certificate]:
    case = awards.entered(name)
    awards.does(lambda s: turn.in_one(s, one_hand(awards), printed_now(s, awards, case)))
    (row,) = awards.reads(lambda s: list(s.scalars(select(Certificate))))
    return entries(awards, case)[0], row


def again(awards: Awards, row: uuid.UUID, name: str) -> Certificate:
    services = awards.world.app.services

    def do(session):  # type: ignore[no-untyped-def]
        by: Hand = awards.hand(session, "state", "register")
        found = session.get_one(Certificate, row)
        return reissuing.again(session, found, name, WHY, by, services.signer, services.settings.public_url)

    return awards.does(do)


def name_of(awards: Awards, entry: uuid.UUID) -> str:
    return awards.reads(lambda s: s.get_one(Entry, entry).name)


def test_the_register_takes_the_name_along_that_the_new_paper_bears(awards: Awards) -> None:
    entry, row = paper(awards, "Nguyễn Thị Bỉnh")
    new = again(awards, row.id, "Nguyễn Thị Bình")
    assert new.statement["name"] == name_of(awards, entry.id) == "Nguyễn Thị Bình"
    assert (new.source_id, new.statement["register"]) == (entry.id, row.statement["register"])
    awards.does(lambda s: revoke(s, awards, entry.id))
    for number in (row.number, new.number):
        assert "verdict-revoked" in awards.world.client().get(f"/xac-minh/{number}").text


def test_no_paper_is_turned_into_somebody_elses(awards: Awards) -> None:
    entry, row = paper(awards, "Nguyễn Thị Bình")
    with pytest.raises(NameOfAnother):
        again(awards, row.id, "Trần Văn Tám")
    assert name_of(awards, entry.id) == "Nguyễn Thị Bình"


def test_nobody_makes_the_own_paper_anew(awards: Awards) -> None:
    case = awards.until(awards.draft("State Register"), "number")
    awards.does(lambda s: chain.act(s, case, "register", hand(s, awards.world.staff["emulation"])))
    awards.does(lambda s: turn.in_one(s, one_hand(awards), printed_now(s, awards, case)))
    (row,) = awards.reads(lambda s: list(s.scalars(select(Certificate))))
    with pytest.raises(OwnAward):
        again(awards, row.id, "")


def test_of_a_revoked_award_there_is_none(awards: Awards) -> None:
    entry, row = paper(awards, "Nguyễn Thị Bình")
    awards.does(lambda s: revoke(s, awards, entry.id))
    with pytest.raises(NotStanding):
        again(awards, row.id, "")
