"""Papers of a list: who gives them and of which day, who may open them, and that nobody waits while they are laid out."""

import uuid
from datetime import timedelta
from typing import Any

import pytest
from sqlalchemy import select, update

from backend import clock
from backend.certificates import batches, designs, turn
from backend.certificates.batch_models import BatchItem, CertificateBatch
from backend.certificates.hands import OneHand
from backend.certificates.models import Certificate
from backend.safeguards.models import AuditEntry
from backend.units.models import Unit
from campaigns import certificates as organisers
from campaigns.award import givers, proposals
from campaigns.award.hands import Paper
from campaigns.award.models import Case
from campaigns.award.proposals import Candidate
from tests.admin.desk import Desk, trail
from tests.support.awards import PAPER, Awards, awards_of
from tests.support.world import World

PRAISE, PARTYS, OURS = (designs.shipped_id(code) for code in ("giay-khen", "giay-khen-dang", "to-chuc"))
on_sqlite = pytest.mark.parametrize("database_url", ["sqlite"], indirect=True)


@pytest.fixture
def awards(world: World) -> Awards:
    made = awards_of(world)
    world.staff.update({f"{line} {deed}": person for (line, deed), person in made.people.items()})
    return made


def press(
    desk: Desk, case: uuid.UUID, who: str, design: uuid.UUID = PRAISE, at: str = "", **more: str
) -> Any:
    told = {"design": str(design)} | more
    return desk(who).post(f"/admin/awards/cases/{case}/certificates{at}", data=told)


def batch_of(awards: Awards) -> CertificateBatch:
    return awards.reads(lambda s: s.scalars(select(CertificateBatch)).one())


def printed(awards: Awards) -> list[Certificate]:
    services = awards.world.app.services
    hand = OneHand(services.signer, services.settings.public_url, services.settings.data, papers=False)
    while turn.turn(awards.world.database, hand):
        pass
    return awards.reads(lambda s: list(s.scalars(select(Certificate).order_by(Certificate.number))))


def organisation(awards: Awards) -> uuid.UUID:
    return awards.reads(lambda s: s.scalars(select(Unit.id).where(Unit.code == "05752-DB")).one())


# --- whose they are ---


def party_case(awards: Awards) -> uuid.UUID:
    cell, place = awards.units["party"][0], organisation(awards)
    awards.units["party"] = (cell, place)
    return awards.entered("Nguyễn Thị Bình", line="party")


def test_papers_of_the_party_are_opened_by_its_office_alone(awards: Awards, desk: Desk) -> None:
    case = party_case(awards)
    assert press(desk, case, "party register", PARTYS).status_code == 303
    batch = batch_of(awards)
    assert (batch.line, batch.unit_id, batch.tier) == ("party", organisation(awards), "formal")
    for address in ("", "/live", ".pdf.zip"):
        assert desk("party register").get(f"/admin/batches/{batch.id}{address}").status_code == 200, address
        for stranger in ("emulation", "state register", "an", "far"):
            assert desk(stranger).get(f"/admin/batches/{batch.id}{address}").status_code == 404, stranger
    assert str(batch.id) in desk("party register").get("/admin/batches").text
    assert str(batch.id) not in desk("emulation").get("/admin/batches").text


@on_sqlite
def test_one_unit_for_both_lines_still_has_two_offices(awards: Awards, desk: Desk, world: World) -> None:
    """Also where a list of the Party was decided for the commune itself."""
    case = awards.entered("Nguyễn Thị Bình", line="party")
    assert press(desk, case, "party register", PARTYS).status_code == 303
    batch = batch_of(awards)
    assert batch.unit_id == world.commune
    assert desk("emulation").get(f"/admin/batches/{batch.id}").status_code == 404
    assert desk("party register").get(f"/admin/batches/{batch.id}").status_code == 200


@on_sqlite
def test_a_list_of_the_party_is_decided_by_its_organisation(awards: Awards, desk: Desk, world: World) -> None:
    page = desk("party propose").get(f"/admin/awards/{awards.activity}/suggestions").text
    cell = awards.units["party"][0]
    assert f'value="party:formal:{cell}:{organisation(awards)}"' in page
    assert f'value="party:formal:{cell}:{world.commune}"' not in page


@on_sqlite
def test_the_trail_keeps_no_words_of_the_partys_deeds(awards: Awards, desk: Desk) -> None:
    for line in ("party", "state"):
        case = awards.draft("A", "B", line=line, achievement_key=line)

        def strike(session: Any, case: uuid.UUID = case, line: str = line) -> None:
            first, by = proposals.nominees(session, case)[0], awards.hand(session, line, "propose")
            proposals.strike(session, session.get_one(Case, case), first.id, "Không đủ điều kiện", by)

        awards.does(strike)
        awards.act(case, "propose", line)
    assert [row.reason for row in trail(awards.world, "award.propose")] == [None, "Thiếu biên bản họp xóm"]
    reasons = [row.reason for row in trail(awards.world, "award.strike")]
    assert reasons == [None, "Không đủ điều kiện"]


# --- what they say ---


@pytest.mark.parametrize(
    ("line", "issuer"),
    [
        ("state", "Ủy ban nhân dân xã Tân Khánh"),
        ("party", "Ban Chấp hành Đảng bộ xã Tân Khánh"),
        ("front", "MTTQ xã"),
        ("youth", "Ban Chấp hành Đoàn xã Tân Khánh"),
    ],
)
@on_sqlite
def test_the_body_gives_it_and_not_the_place(awards: Awards, line: str, issuer: str) -> None:
    if line == "party":
        awards.units["party"] = (awards.units["party"][0], organisation(awards))
    case = awards.draft(line=line)
    given = awards.reads(lambda s: givers.giver_of(s, s.get_one(Case, case)))
    assert (given.issuer, given.place) == (issuer, "Tân Khánh")


def test_the_paper_names_the_giver_that_was_typed_and_the_day_of_the_decision(
    awards: Awards, desk: Desk
) -> None:
    signed_on = clock.today() - timedelta(days=9)
    case = awards.until(awards.draft("Nguyễn Thị Bình"), "sign")
    awards.act(case, "number", paper=Paper("15/QĐ-UBND", signed_on, PAPER.signer, PAPER.signer_title))
    awards.act(case, "register")
    page = desk("state register").get(f"/admin/awards/cases/{case}").text
    assert 'value="Ủy ban nhân dân xã Tân Khánh"' in page, "it is seen before anything is made"
    assert f"{signed_on:%d/%m/%Y}" in page
    answer = press(
        desk, case, "state register", issuer="Chủ tịch Ủy ban nhân dân xã Tân Khánh", place="Úc Kỳ"
    )
    assert answer.status_code == 303, answer.text
    (paper,) = printed(awards)
    said = paper.statement
    assert (said["issuer"], said["place"]) == ("Chủ tịch Ủy ban nhân dân xã Tân Khánh", "Úc Kỳ")
    assert said["date"] == signed_on.isoformat()
    assert "15/QĐ-UBND" in said["decision"]
    assert "Chủ tịch Ủy ban nhân dân" in (paper.credential or "")


@on_sqlite
def test_an_organisers_paper_is_no_offices_whatever_is_typed_and_tells_no_result(
    awards: Awards, desk: Desk
) -> None:
    case = awards.entered("Nguyễn Thị Bình", tier="organiser")
    answer = press(desk, case, "organiser register", OURS, issuer="Ủy ban nhân dân xã Tân Khánh")
    assert answer.status_code == 303, answer.text
    (paper,) = printed(awards)
    said = paper.statement
    assert (said["issuer"], said["result"], said["date"]) == (
        "Ban Tổ chức – xã Tân Khánh", "", clock.today().isoformat(),
    )  # fmt: skip
    assert said["deed"].startswith("đã được ghi nhận trong “"), "the campaign is named where it belongs"
    page = awards.world.client().get(f"/xac-minh/{paper.number}").text
    assert "<dt>Kết quả" not in page


@on_sqlite
def test_the_prize_is_the_result_of_who_has_one(awards: Awards, desk: Desk) -> None:
    case = awards.entered(Candidate("person", "Nguyễn Thị Bình", prize="nhat"), "Trần Văn Hai")
    press(desk, case, "state register")
    said = {row.statement["name"]: row.statement["result"] for row in printed(awards)}
    assert said == {"Nguyễn Thị Bình": "Giải Nhất", "Trần Văn Hai": ""}


@on_sqlite
def test_one_paper_is_looked_at_before_any_is_made(awards: Awards, desk: Desk) -> None:
    case = awards.entered("Nguyễn Thị Bình")
    one, two = (
        press(desk, case, "state register", at="/preview", issuer=issuer)
        for issuer in ("", "Chủ tịch xã Tân Khánh")
    )
    assert one.mimetype == two.mimetype == "image/png"
    assert one.data != two.data, "with the words that will be printed"
    assert awards.reads(lambda s: s.scalars(select(CertificateBatch)).all()) == []
    assert press(desk, case, "state register", PARTYS, at="/preview").status_code == 404
    assert press(desk, case, "state register", at="/preview", issuer="Tân Khánh chữ 买").status_code == 422
    assert press(desk, case, "an", at="/preview").status_code in (403, 404)
    assert press(desk, case, "emulation", at="/preview").status_code == 200
    waiting = awards.draft("X", achievement_key="x")
    assert press(desk, waiting, "emulation", at="/preview").status_code == 404


@on_sqlite
def test_what_was_typed_stays_where_a_name_cannot_be_printed(awards: Awards, desk: Desk) -> None:
    case = awards.entered("Nguyễn Thị Bình", "Lê Văn Hai")
    awards.does(lambda s: s.execute(update(BatchItem).values(tries=0)))
    refused = press(desk, case, "state register", issuer="Ủy ban Tân Khánh 买")
    assert (refused.status_code, 'value="Ủy ban Tân Khánh 买"' in refused.text) == (422, True)
    foreign = press(desk, case, "state register", issuer="Thủ tướng Chính phủ")
    assert (foreign.status_code, 'value="Thủ tướng Chính phủ"' in foreign.text) == (409, True)
    assert awards.reads(lambda s: s.scalars(select(CertificateBatch)).all()) == []


# --- nobody waits for it ---


def writing_meanwhile(world: World, monkeypatch: pytest.MonkeyPatch) -> list[str]:
    """Somebody else writes while names are tried; on SQLite that waits for whoever holds the only place to write."""
    look, issuer_of, wrote = batches.look, organisers.issuer_of, list[str]()

    def write(when: str) -> None:
        with world.database.transaction() as session:
            session.execute(update(AuditEntry).where(AuditEntry.deed == "none").values(reason="x"))
        wrote.append(when)

    def slow(entries: Any, known: Any, before: Any = None) -> Any:
        if before is None:
            write("while they are tried")
        return look(entries, known, before)

    def reading(*told: Any) -> str:
        write("while they are read")
        return issuer_of(*told)

    monkeypatch.setattr(batches, "look", slow)
    monkeypatch.setattr(organisers, "issuer_of", reading)
    return wrote


@on_sqlite
def test_others_write_while_the_papers_of_a_list_are_laid_out(
    awards: Awards, desk: Desk, monkeypatch: pytest.MonkeyPatch
) -> None:
    case = awards.entered("Nguyễn Thị Bình")
    wrote = writing_meanwhile(awards.world, monkeypatch)
    assert press(desk, case, "state register").status_code == 303
    assert (wrote, len(printed(awards))) == (["while they are tried"], 1)
