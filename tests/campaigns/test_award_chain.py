"""The way of an award: every line by its own hands, four people, nobody on the own list, one achievement once, taken back everywhere."""

import threading
import uuid
from datetime import timedelta
from decimal import Decimal
from typing import Any

import pytest
from sqlalchemy import func, insert, select
from sqlalchemy.exc import IntegrityError

from backend import clock
from backend.certificates import designs, turn
from backend.certificates.batch_models import BatchItem, CertificateBatch
from backend.certificates.errors import BatchExists, DesignUnknown
from backend.certificates.hands import OneHand
from backend.certificates.models import Certificate
from backend.db.base import new_id
from backend.participation.models import Change
from backend.participation.queries import standing_facts
from backend.safeguards.audit import Actor
from backend.safeguards.models import AuditEntry
from backend.units import reorganise
from campaigns.award import (
    appeals,
    certificates,
    chain,
    naming,
    prizes,
    proposals,
    queries,
    register,
    revoking,
    suggesting,
)
from campaigns.award.errors import (
    AccountUnknown,
    AlreadyNominated,
    Answered,
    AppealedAlready,
    AwardChanged,
    AwardedAlready,
    AwardNotNow,
    AwardNotYours,
    FormUnknown,
    MinutesMissing,
    NameAlike,
    NameMissing,
    NobodyNominated,
    NoPrize,
    NothingToRecover,
    NotStanding,
    NumberMissing,
    NumberTaken,
    OverBudget,
    OwnAward,
    PaperExists,
    PrizeTaken,
    PrizeThere,
    PrizeWrong,
    SamePerson,
    SignatureMissing,
    SourceNotSettled,
    WordsMissing,
    WrongLine,
)
from campaigns.award.hands import Paper, hand
from campaigns.award.measures import COLLECTIVE, GIVEN
from campaigns.award.models import Appeal, Book, Case, Decision, Entry, Nominee, Prize, Step
from campaigns.award.proposals import Candidate
from campaigns.award.rules import HANDS
from campaigns.models import Activity
from campaigns.registry import sources
from tests.support.awards import ROLES, Awards, awards_of, close_contest, minutes
from tests.support.world import World

LINES = ("state", "party", "front", "youth")
WHY = "Khai gian thành tích, đã kiểm tra lại"


@pytest.fixture
def awards(world: World) -> Awards:
    return awards_of(world)


def entries(awards: Awards, case: uuid.UUID | None = None) -> list[Entry]:
    query = select(Entry).order_by(Entry.number)
    return awards.reads(lambda s: list(s.scalars(query.where(Entry.case_id == case) if case else query)))


def case_of(awards: Awards, case: uuid.UUID) -> Case:
    return awards.reads(lambda s: s.get_one(Case, case))


# --- the chain ------------------------------------------------------------------------------------------------------


@pytest.mark.parametrize("line", LINES)
def test_each_line_reaches_its_own_book_through_its_own_hands(awards: Awards, line: str) -> None:
    case = awards.entered("Nguyễn Thị Bình", line=line)
    (entry,) = entries(awards, case)
    done = case_of(awards, case)
    assert (done.state, entry.number, entry.name) == ("registered", 1, "Nguyễn Thị Bình")
    steps = awards.reads(lambda s: [one.deed for one in chain.steps_of(s, case)])
    assert steps == list(ROLES[line])
    book = awards.reads(lambda s: s.get_one(Book, entry.book_id))
    assert (book.line, book.tier, book.unit_id) == (line, "formal", awards.units[line][1])
    decision = awards.reads(lambda s: chain.decision_of(s, case))
    assert decision is not None
    assert (decision.line, decision.signer, decision.id) == (line, "Trần Văn Tám", entry.decision_id)


@pytest.mark.parametrize("line", LINES)
def test_no_deed_is_done_out_of_turn_or_by_the_hands_of_another_line(awards: Awards, line: str) -> None:
    case, way = awards.draft(line=line), list(ROLES[line])
    for at, deed in enumerate(way):
        for other in way[:at] + way[at + 1 :]:
            assert awards.refusal(lambda s, d=other: act(s, awards, case, d, line)) is AwardNotNow, (
                deed,
                other,
            )
        for stranger in LINES:
            if stranger != line and deed in ROLES[stranger]:
                wrong = awards.refusal(lambda s, d=deed, w=stranger: act(s, awards, case, d, line, by=w))
                assert wrong is AwardNotYours, (deed, stranger)
        awards.act(case, deed, line)
    assert case_of(awards, case).state == "registered"


def act(session: Any, awards: Awards, case: uuid.UUID, deed: str, line: str, by: str | None = None) -> Case:
    return chain.act(
        session, case, deed, awards.hand(session, by or line, deed), minutes=minutes(), paper=awards.paper()
    )


def test_an_organisers_certificate_needs_a_second_person_and_no_decision(awards: Awards) -> None:
    case = awards.entered("Nguyễn Thị Bình", tier="organiser")
    (entry,) = entries(awards, case)
    assert entry.decision_id is None
    assert awards.reads(lambda s: chain.decision_of(s, case)) is None


def test_one_person_never_plays_two_hands_whatever_roles_they_hold(awards: Awards) -> None:
    with awards.world.database.transaction() as session:
        everything = staff_with_all(session, awards)
    case = awards.draft()
    awards.does(lambda s: chain.act(s, case, "propose", hand(s, everything)))
    wrong = awards.refusal(lambda s: chain.act(s, case, "council", hand(s, everything), minutes=minutes()))
    assert wrong is SamePerson
    awards.act(case, "council")
    assert (
        awards.refusal(lambda s: chain.act(s, case, "sign", hand(s, everything), paper=awards.paper()))
        is SamePerson
    )


def staff_with_all(session: Any, awards: Awards) -> uuid.UUID:
    from backend.people import staff

    roles = [(role, awards.world.commune) for role in ("emulation_council", "signer", "clerk")]
    return staff.hire(session, name="Lan", username="lan", password="mot-mat-khau-dai",
                      grants=[*roles, ("unit_head", awards.world.hamlet)])  # fmt: skip


@pytest.mark.parametrize("pair", [(a, b) for n, a in enumerate(HANDS) for b in HANDS[n + 1 :]], ids=str)
def test_the_database_too_refuses_one_person_in_two_hands(awards: Awards, pair: tuple[str, str]) -> None:
    case = awards.draft()

    def both(session: Any) -> None:
        row = session.get_one(Case, case)
        for part in pair:
            setattr(row, chain.HAND_COLUMNS[part], uuid.UUID(int=7))

    with pytest.raises(IntegrityError):
        awards.does(both)


def test_nobody_acts_on_a_list_with_the_own_name_with_or_without_an_account(awards: Awards) -> None:
    case = awards.draft("Nguyễn Thị Bình", "STATE  COUNCIL")
    awards.act(case, "propose")
    assert awards.refusal(lambda s: act(s, awards, case, "council", "state")) is OwnAward
    phone = awards.world.phone("Người cùng tên")
    with awards.world.database.transaction() as session:
        from backend.people.models import RoleGrant

        session.add(
            RoleGrant(person_id=uuid.UUID(phone.me["id"]), role="emulation_council", unit_id=awards.world.commune,
                      valid_from=clock.today())
        )  # fmt: skip
    own = awards.draft(
        Candidate("person", "Tên khác hẳn", subject=awards.subject(phone)), achievement_key="khac"
    )
    awards.act(own, "propose")
    me = uuid.UUID(phone.me["id"])
    assert awards.refusal(lambda s: chain.act(s, own, "council", hand(s, me), minutes=minutes())) is OwnAward


def test_a_struck_name_bars_nobody_and_an_empty_list_goes_nowhere(awards: Awards) -> None:
    case = awards.draft("state council")

    def strike(session: Any, why: str) -> None:
        row = proposals.held(session, case)
        (one,) = proposals.nominees(session, case)
        proposals.strike(session, row, one.id, why, awards.hand(session, "state", "propose"))

    assert awards.refusal(lambda s: strike(s, "vì thế")) is WordsMissing
    awards.does(lambda s: strike(s, "Không đủ thời gian công tác"))
    assert awards.refusal(lambda s: act(s, awards, case, "propose", "state")) is NobodyNominated


def test_giving_back_begins_a_new_round_with_new_minutes_and_hands(awards: Awards) -> None:
    case = awards.until(awards.draft("A", "B"), "council")
    assert (
        awards.refusal(lambda s: chain.act(s, case, "give_back", awards.hand(s, "state", "sign"), words="ít"))
        is WordsMissing
    )
    awards.does(lambda s: chain.act(s, case, "give_back", awards.hand(s, "state", "sign"), words=WHY))
    row = case_of(awards, case)
    assert (row.state, row.round, row.minutes, chain.hands_of(row)) == ("drafted", 2, None, {})
    awards.until(case, "register")
    rounds = awards.reads(lambda s: [(one.round, one.deed) for one in chain.steps_of(s, case)])
    assert rounds[:3] == [(1, "propose"), (1, "council"), (1, "give_back")]
    assert rounds[3] == (2, "propose")


def test_a_page_opened_before_a_change_is_told_so(awards: Awards) -> None:
    case = awards.draft()
    seen = case_of(awards, case).revision
    awards.act(case, "propose")
    late = awards.refusal(
        lambda s: chain.act(
            s, case, "council", awards.hand(s, "state", "council"), revision=seen, minutes=minutes()
        )
    )
    assert late is AwardChanged


@pytest.mark.parametrize(
    ("deed", "more", "refused"),
    [
        ("council", {"minutes": None}, MinutesMissing),
        ("council", {"minutes": minutes(agreed=8)}, MinutesMissing),
        ("council", {"minutes": minutes(agreed=0)}, MinutesMissing),
        ("council", {"minutes": minutes(words=" ")}, MinutesMissing),
        ("council", {"minutes": minutes(day=clock.today() + timedelta(days=1))}, MinutesMissing),
        ("sign", {"paper": None}, SignatureMissing),
        ("sign", {"paper": Paper(signer="Tám")}, SignatureMissing),
        ("number", {"paper": Paper()}, NumberMissing),
        ("number", {"paper": Paper("15/QĐ-UBND")}, NumberMissing),
        ("number", {"paper": Paper("15/QĐ-UBND", clock.today() + timedelta(days=1))}, NumberMissing),
    ],
)
def test_a_deed_without_what_its_paper_needs_is_refused(
    awards: Awards, deed: str, more: dict[str, Any], refused: type
) -> None:
    case, way = awards.draft(), list(ROLES["state"])
    awards.until(case, way[way.index(deed) - 1])
    before = case_of(awards, case).state
    wrong = awards.refusal(
        lambda s: chain.act(s, case, deed, awards.hand(s, "state", deed), **{"minutes": minutes(), **more})
    )
    assert wrong is refused
    assert case_of(awards, case).state == before


def test_a_decision_number_is_used_once_a_year_by_one_office_and_line(awards: Awards) -> None:
    one, other = (awards.until(awards.draft(key, achievement_key=key), "sign") for key in ("A", "B"))
    paper = Paper("15/QĐ-UBND", clock.today())
    for case, expected in ((one, None), (other, NumberTaken)):
        found = awards.refusal(
            lambda s, c=case: chain.act(s, c, "number", awards.hand(s, "state", "number"), paper=paper)
        )
        assert found is expected
    party = awards.until(awards.draft("C", line="party"), "sign", "party")
    awards.act(party, "number", "party", paper=paper)


@pytest.mark.parametrize(
    ("more", "refused"),
    [
        ({"form": "thon-van-hoa"}, None),
        ({"form": "khong-co"}, FormUnknown),
        ({"form": "giay-chung-nhan"}, FormUnknown),
        ({"achievement": "  "}, NameMissing),
    ],
)
def test_a_list_is_for_a_form_that_exists(awards: Awards, more: dict[str, Any], refused: type | None) -> None:
    def begin(session: Any) -> None:
        activity = session.get_one(Activity, awards.activity)
        proposals.draft(session, activity, awards.outline(**more), awards.hand(session, "state", "propose"))

    assert awards.refusal(begin) is refused


def test_the_front_and_the_youth_act_through_their_own_units(awards: Awards) -> None:
    def begin(session: Any, line: str) -> None:
        activity = session.get_one(Activity, awards.activity)
        outline = awards.outline("state")
        told = proposals.Outline(line, "formal", "giay-khen", outline.unit, outline.deciding, "x")
        proposals.draft(session, activity, told, awards.hand(session, "state", "propose"))

    for line in ("front", "youth"):
        assert awards.refusal(lambda s, one=line: begin(s, one)) is WrongLine


def test_nobody_stands_on_a_list_twice(awards: Awards) -> None:
    phone = awards.world.phone("Bình")
    one = Candidate("person", "Bình", subject=awards.subject(phone))
    case = awards.draft(one)

    def again(session: Any, other: Candidate) -> None:
        row = proposals.held(session, case)
        proposals.add(session, row, other, awards.hand(session, "state", "propose"))

    assert awards.refusal(lambda s: again(s, one)) is AlreadyNominated
    assert awards.refusal(lambda s: again(s, Candidate("person", " "))) is NameMissing
    for typed in ("Bình", "BÌNH", "binh", "Bi\u0300nh"):
        assert awards.refusal(lambda s, t=typed: again(s, Candidate("person", t))) is NameAlike, typed
    assert awards.refusal(lambda s: again(s, Candidate("person", "Bình", is_other="khác"))) is WordsMissing
    awards.does(
        lambda s: again(s, Candidate("person", "Bình", is_other="Ông Bình xóm dưới, chưa dùng ứng dụng"))
    )
    awards.does(lambda s: again(s, Candidate("person", "Bính")))
    on_list = awards.reads(lambda s: proposals.nominees(s, case))
    assert len({row.recipient_key for row in on_list}) == len(on_list) == 3
    assert on_list[1].facts == [
        {"label": "Là người khác trùng tên", "value": "Ông Bình xóm dưới, chưa dùng ứng dụng"}
    ]


# --- one achievement once ---------------------------------------------------------------------------------------------


def test_the_same_achievement_twice_is_refused_and_names_the_decision(awards: Awards) -> None:
    late, signed, numbered = (
        awards.until(awards.draft("Trần Văn Ba", "nguyễn thị  bình"), deed)
        for deed in ("propose", "sign", "number")
    )
    awards.entered("Nguyễn Thị Bình")
    number = awards.reads(lambda s: s.scalars(select(Decision.number).order_by(Decision.id.desc())).first())
    for case, deed in ((late, "council"), (signed, "number"), (numbered, "register")):
        before = case_of(awards, case).state
        with pytest.raises(AwardedAlready) as caught:
            awards.act(case, deed)
        assert caught.value.values["document"] == number
        assert case_of(awards, case).state == before, "nothing of it was entered"
        assert entries(awards, case) == []
    fresh = awards.draft("Nguyễn Thị Bình")
    with pytest.raises(AwardedAlready):
        awards.act(fresh, "propose")


def test_a_name_honoured_elsewhere_meanwhile_holds_up_nobody_else(awards: Awards) -> None:
    """Both lists are signed and numbered; one is entered first. The other 29 are honoured all the same."""
    phone = awards.world.phone("Bà Hoa")
    hoa = Candidate("person", "Bà Hoa", subject=awards.subject(phone))
    first, second = (
        awards.until(awards.draft(hoa, *names, achievement_key="mot-viec"), "number")
        for names in (("A",), ("B", "C"))
    )
    awards.act(first, "register")
    with pytest.raises(AwardedAlready):
        awards.act(second, "register")
    awards.act(second, "register", cross_out=True)
    assert case_of(awards, second).state == "registered"
    told = {one.name: (one.number, one.void_why) for one in entries(awards, second)}
    assert told == {"Bà Hoa": (3, register.TWICE), "B": (4, None), "C": (5, None)}
    assert counted(awards, GIVEN) == 4
    standing = awards.reads(lambda s: certificates.entries_of(s, s.get_one(Case, second)))
    assert [one.name for one, _ in standing] == ["B", "C"], "only they are printed"


def test_other_lines_do_not_honour_it_again_and_a_certificate_is_no_commendation(awards: Awards) -> None:
    same = {"achievement_key": "mot-viec"}
    phone = awards.world.phone("Bình")
    who = Candidate("person", "Bình", subject=awards.subject(phone))
    party = awards.until(awards.draft(who, line="party", **same), "number", "party")
    awards.entered(who, **same)
    with pytest.raises(AwardedAlready):
        awards.act(party, "register", "party")
    awards.entered(who, tier="organiser", **same)
    awards.entered(who, achievement_key="viec-khac")


def test_the_database_itself_refuses_a_second_standing_entry(awards: Awards) -> None:
    case = awards.entered("Nguyễn Thị Bình")
    (entry,) = entries(awards, case)
    columns = {
        column.name: getattr(entry, column.name)
        for column in Entry.__table__.columns
        if column.name not in ("id", "number", "nominee_id")
    }
    other = awards.draft("X", achievement_key="khac")
    nominee = awards.reads(lambda s: s.scalars(select(Nominee.id).where(Nominee.case_id == other)).one())
    twice = columns | {"id": new_id(), "number": 99, "nominee_id": nominee}
    with pytest.raises(IntegrityError):
        awards.does(lambda s: s.execute(insert(Entry).values(twice)))
    awards.does(lambda s: s.execute(insert(Entry).values(twice | {"void_why": "Ghi nhầm sang dòng này"})))


def test_a_revoked_entry_and_a_void_number_stand_in_nobodys_way_and_no_number_is_given_again(
    awards: Awards,
) -> None:
    first = awards.entered("Nguyễn Thị Bình")
    (entry,) = entries(awards, first)
    awards.does(
        lambda s: register.void(s, entry.id, "Ghi nhầm dòng trong sổ", awards.hand(s, "state", "register"))
    )
    second = awards.entered("Nguyễn Thị Bình")
    (again,) = entries(awards, second)
    assert again.number == 2
    assert (
        awards.refusal(
            lambda s: register.void(
                s, entry.id, "Ghi nhầm dòng trong sổ", awards.hand(s, "state", "register")
            )
        )
        is NotStanding
    )


def test_numbers_of_a_book_have_no_gaps_and_each_line_has_a_book_of_its_own(awards: Awards) -> None:
    for key, names in (("a", ("A", "B", "C")), ("b", ("D",)), ("c", ("E", "F"))):
        awards.entered(*names, achievement_key=key)
    awards.entered("G", line="party")
    books = awards.reads(lambda s: {book.line: book.last for book in s.scalars(select(Book))})
    assert books == {"state": 6, "party": 1}
    assert sorted(e.number for e in entries(awards) if e.name != "G") == [1, 2, 3, 4, 5, 6]


def test_a_unit_that_took_others_in_is_not_honoured_twice_for_what_they_did(awards: Awards) -> None:
    world = awards.world
    unit = Candidate("unit", "xóm Đồng Tiến", unit=world.hamlet)
    awards.entered(unit)
    with world.database.transaction() as session:
        new = reorganise.NewUnit("05752-T09", "Đồng Cầu", "xóm")
        reorganise.merge(
            session, [world.hamlet, world.other_hamlet], new, on=clock.today(), document="Nghị quyết 1"
        )
    target = awards.reads(lambda s: proposals.key_of(s, unit)).partition(":")[2]
    assert target != str(world.hamlet)
    again = Candidate("unit", "xóm Đồng Cầu", unit=uuid.UUID(target))
    awards.units["state"] = (world.commune, world.commune)
    with world.database.transaction() as session:
        from backend.people.models import RoleGrant

        session.add(RoleGrant(person_id=awards.people["state", "propose"], role="unit_head", unit_id=world.commune,
                              valid_from=clock.today()))  # fmt: skip
    case = awards.draft(again)
    with pytest.raises(AwardedAlready):
        awards.act(case, "propose")
    (entry,) = entries(awards)
    assert entry.unit_id == world.hamlet, "the entry keeps the unit as it was"


# --- prizes -----------------------------------------------------------------------------------------------------------


def prized(name: str, code: str = "nhat", scope: str = "") -> Candidate:
    return Candidate("person", name, prize=code, prize_scope=scope or None)


def test_over_budget_is_refused_and_one_person_gets_one_prize(awards: Awards) -> None:
    many = awards.draft(prized("A"), prized("B"))
    with pytest.raises(OverBudget):
        awards.act(many, "propose")
    both = awards.until(awards.draft(prized("A", "nhat", "dot-0"), achievement_key="w"), "number")
    twice = awards.until(awards.draft(prized("C", "nhi", "dot-1"), "D", achievement_key="y"), "number")
    awards.entered(prized("C", "nhat", "dot-1"), achievement_key="x")
    with pytest.raises(OverBudget):
        awards.act(both, "register")
    awards.does(lambda s: publish(s, awards, 2))  # the way out: one prize more
    awards.act(both, "register")
    with pytest.raises(PrizeTaken):
        awards.act(twice, "register")
    awards.act(twice, "register", cross_out=True)
    assert [(one.name, one.void_why) for one in entries(awards, twice)] == [
        ("C", register.PRIZED), ("D", None),
    ]  # fmt: skip


def test_what_is_handed_over_is_recorded_once_and_published_without_names(awards: Awards) -> None:
    case = awards.entered(prized("Nguyễn Thị Bình"), "Trần Văn Ba")
    with_prize, without = sorted(entries(awards, case), key=lambda one: one.prize_id is None)

    def give(session: Any, entry: Entry, **more: Any) -> None:
        keeper = hand(session, awards.world.staff["emulation"])
        prizes.hand_over(session, entry.id, more.get("day", clock.today()), more.get("to", "Bình"), keeper)

    assert awards.refusal(lambda s: give(s, without)) is NoPrize
    assert awards.refusal(lambda s: give(s, with_prize, to=" ")) is NoPrize
    assert awards.refusal(lambda s: give(s, with_prize, day=clock.today() + timedelta(days=1))) is NoPrize
    awards.does(lambda s: give(s, with_prize))
    assert awards.refusal(lambda s: give(s, with_prize)) is NoPrize, "twice"
    assert awards.reads(lambda s: prizes.public(s, awards.activity)) == []
    awards.does(lambda s: publish(s, awards))
    (shown,) = awards.reads(lambda s: prizes.public(s, awards.activity))
    assert (shown.words, shown.given, shown.handed_over, shown.source) == ("Giải Nhất", 1, 1, "Ngân sách xã")


def test_what_was_paid_stays_what_was_paid_and_what_was_revoked_comes_back(awards: Awards) -> None:
    (entry,) = entries(awards, awards.entered(prized("A")))

    def keeper(session: Any) -> Any:
        return hand(session, awards.world.staff["emulation"])

    def back(session: Any, amount: int, day: Any = None) -> None:
        prizes.recover(session, entry.id, day or clock.today(), Decimal(amount), keeper(session))

    def told() -> Any:
        return dict(
            awards.reads(lambda s: [(row.code, one) for row, one in prizes.budget(s, awards.activity)])
        )["nhat"]

    awards.does(lambda s: prizes.hand_over(s, entry.id, clock.today(), "A", keeper(s)))
    awards.does(lambda s: publish(s, awards, amount=900_000))
    assert (told().paid, told().handed_over, told().owed) == (500_000, 1, 0), "not what it would be today"
    assert awards.refusal(lambda s: back(s, 500_000)) is NothingToRecover, "it still stands"
    awards.does(lambda s: revoke(s, awards, entry.id))
    assert (told().paid, told().handed_over, told().given, told().owed) == (0, 0, 0, 500_000)
    for wrong in (0, -1, 500_001):
        assert awards.refusal(lambda s, w=wrong: back(s, w)) is NothingToRecover, wrong
    assert awards.refusal(lambda s: back(s, 1, clock.today() - timedelta(days=1))) is NothingToRecover
    awards.does(lambda s: back(s, 200_000))
    assert told().owed == 300_000
    awards.does(lambda s: back(s, 500_000))
    assert told().owed == 0
    assert awards.refusal(lambda s: back(s, 500_000)) is NothingToRecover


def test_a_new_prize_never_replaces_one_that_is_there(awards: Awards) -> None:
    def add(session: Any, code: str) -> None:
        told = prizes.PrizeTold(code, "Giải Nhất", Decimal(1), 9, is_new=True)
        keeper = hand(session, awards.world.staff["emulation"])
        prizes.put(session, session.get_one(Activity, awards.activity), told, keeper)

    assert awards.refusal(lambda s: add(s, "nhat")) is PrizeThere
    assert [one.most for one in awards.reads(lambda s: prizes.of(s, awards.activity))] == [1, 1]
    awards.does(lambda s: add(s, "nhat-2"))


def publish(session: Any, awards: Awards, most: int = 1, amount: int = 500_000) -> Prize:
    keeper = hand(session, awards.world.staff["emulation"])
    told = prizes.PrizeTold("nhat", "Giải Nhất", Decimal(amount), most, source="Ngân sách xã", published=True)
    return prizes.put(session, session.get_one(Activity, awards.activity), told, keeper)


def test_fewer_prizes_than_were_given_is_refused(awards: Awards) -> None:
    awards.does(lambda s: publish(s, awards, 2))
    awards.entered(prized("A"), prized("B"))
    assert awards.refusal(lambda s: publish(s, awards, 1)) is PrizeWrong


# --- revocation and appeals -------------------------------------------------------------------------------------------


def revoke(session: Any, awards: Awards, entry: uuid.UUID, line: str = "state", **more: Any) -> list[Entry]:
    paper = more.get("paper", awards.paper())
    return revoking.revoke(
        session, [entry], paper, more.get("why", WHY), awards.hand(session, line, "register")
    )


def test_revoked_everywhere_in_one_transaction(awards: Awards) -> None:
    phone = awards.world.phone("Bình")
    case = awards.entered(Candidate("person", "Bình", subject=awards.subject(phone)), "Trần Văn Ba")
    entry = next(one for one in entries(awards, case) if one.subject)
    assert counted(awards, GIVEN) == 2
    assert {row.name for row in awards.reads(lambda s: queries.wall_rows(s, awards.world.commune))} == {
        "Bình", "Trần Văn Ba",
    }  # fmt: skip
    awards.does(lambda s: revoke(s, awards, entry.id))
    after = awards.reads(lambda s: s.get_one(Entry, entry.id))
    assert (after.revoked_why, after.number) == (WHY, entry.number)
    withdrawing = awards.reads(lambda s: s.get_one(Decision, after.revoked_by_decision))
    assert withdrawing.withdraws_id == entry.decision_id
    assert counted(awards, GIVEN) == 1
    assert {row.name for row in awards.reads(lambda s: queries.wall_rows(s, awards.world.commune))} == {
        "Trần Văn Ba"
    }
    assert awards.refusal(lambda s: revoke(s, awards, entry.id)) is NotStanding
    told = awards.reads(
        lambda s: s.scalar(select(func.count()).select_from(Change).where(Change.subject == entry.subject))
    )
    assert told
    assert awards.reads(
        lambda s: s.scalars(select(AuditEntry.deed).where(AuditEntry.deed == "award.revoke")).all()
    )


def test_one_withdrawing_decision_takes_back_as_many_as_it_names(awards: Awards) -> None:
    one, other = entries(awards, awards.entered("A", "B"))
    (third,) = entries(awards, awards.entered("C", achievement_key="khac"))
    paper = Paper("142/QĐ-UBND", clock.today(), "Trần Văn Tám", "Chủ tịch")
    for entry in (one, other, third):
        awards.does(lambda s, e=entry: revoke(s, awards, e.id, paper=paper))
    decisions = {
        awards.reads(lambda s, e=e: s.get_one(Entry, e.id)).revoked_by_decision for e in (one, other, third)
    }
    assert len(decisions) == 1
    (fourth,) = entries(awards, awards.entered("D", achievement_key="nua"))
    for wrong in (
        Paper("142/QĐ-UBND", clock.today() - timedelta(days=1), "Trần Văn Tám", "Chủ tịch"),
        Paper("142/QĐ-UBND", clock.today(), "Người khác", "Chủ tịch"),
    ):
        assert awards.refusal(lambda s, p=wrong: revoke(s, awards, fourth.id, paper=p)) is NumberTaken
    granting = awards.reads(lambda s: s.get_one(Decision, fourth.decision_id))
    same = Paper(granting.number, granting.day, granting.signer, granting.signer_title)
    assert awards.refusal(lambda s: revoke(s, awards, fourth.id, paper=same)) is NumberTaken, (
        "that one gave it"
    )


def counted(awards: Awards, measure: str) -> int:
    """What stands in the ledger; the commune and its hamlets together."""
    units = {awards.world.commune, awards.world.hamlet}
    facts = awards.reads(lambda s: standing_facts(s, awards.activity, measure, units, "all"))
    return sum(fact.quantity for fact in facts)


@pytest.mark.parametrize(
    ("more", "refused"),
    [
        ({"why": "ngắn"}, WordsMissing),
        ({"paper": Paper()}, NumberMissing),
        ({"paper": Paper("1/QĐ", clock.today())}, SignatureMissing),
        ({"line": "party"}, AwardNotYours),
    ],
)
def test_a_revocation_needs_decision_reason_and_the_right_office(
    awards: Awards, more: dict[str, Any], refused: type
) -> None:
    (entry,) = entries(awards, awards.entered("A"))
    assert awards.refusal(lambda s: revoke(s, awards, entry.id, **more)) is refused
    assert awards.reads(lambda s: s.get_one(Entry, entry.id)).revoked_at is None


def test_an_appeal_is_answered_once_in_words_by_somebody_else(awards: Awards) -> None:
    phone = awards.world.phone("Bình")
    subject = awards.subject(phone)
    made = awards.does(
        lambda s: appeals.write(s, awards.activity, subject, "Tôi chưa có tên trong danh sách")
    )
    assert made is not None
    assert awards.does(lambda s: appeals.write(s, awards.activity, subject, "Lần nữa")) is None

    def answer(session: Any, words: str, who: uuid.UUID | None = None) -> None:
        by = hand(session, who or awards.world.staff["emulation"])
        appeals.answer(session, made.id, False, words, by)

    assert awards.refusal(lambda s: answer(s, "ít")) is WordsMissing
    assert awards.refusal(lambda s: answer(s, WHY, awards.people["state", "sign"])) is AwardNotYours
    awards.does(lambda s: answer(s, "Đợt này xét theo danh sách đã chốt"))
    assert awards.refusal(lambda s: answer(s, WHY)) is Answered


def test_whoever_proposed_may_appeal_and_never_answers_it(awards: Awards) -> None:
    case = awards.until(awards.draft("A"), "council")

    def appeal(session: Any, deed: str) -> Any:
        by = awards.hand(session, "state", deed)
        return appeals.write_for_case(
            session, session.get_one(Case, case), "Xin xem lại ý kiến của hội đồng", by
        )

    assert awards.refusal(lambda s: appeal(s, "council")) is AwardNotYours
    made = awards.does(lambda s: appeal(s, "propose"))
    wrong = awards.refusal(
        lambda s: appeals.answer(s, made.id, True, WHY, awards.hand(s, "state", "propose"))
    )
    assert wrong is OwnAward
    assert awards.refusal(lambda s: appeal(s, "propose")) is AppealedAlready
    deeds = awards.reads(lambda s: s.scalars(select(AuditEntry.deed)).all())
    assert deeds.count("award.appeal") == 1, "what was not written leaves no trace"


# --- what rules suggest -----------------------------------------------------------------------------------------------


def test_a_ranking_suggests_the_first_with_one_prize_each_and_the_facts_behind(awards: Awards) -> None:
    world = awards.world
    for name, right in (("Nhất", 5), ("Nhì", 4), ("Ba", 3), ("Tư", 1)):
        world.phone(name).take_part(right)
    rule = rule_named(awards, "giai")
    assert awards.refusal(lambda s: found(s, awards, "giai")) is SourceNotSettled
    close_contest(world)
    told = awards.reads(lambda s: found(s, awards, "giai"))
    assert [(one.name, one.prize) for one in told.candidates] == [("Nhất", "nhat"), ("Nhì", "nhi")]
    assert {"label": "Thứ hạng", "value": "1"} in told.candidates[0].facts
    case = awards.does(lambda s: take_up(s, awards, "giai"))
    on_list = awards.reads(lambda s: proposals.nominees(s, case))
    assert [(one.printed_name, one.by_rule) for one in on_list] == [("Nhất", rule.code), ("Nhì", rule.code)]
    assert on_list[0].facts == list(told.candidates[0].facts)
    again = awards.reads(lambda s: found(s, awards, "giai"))
    assert all(one.taken for one in again.candidates), "they wait on a list already"
    awards.until(case, "register")
    assert awards.reads(lambda s: found(s, awards, "giai")).candidates == [], "those prizes are given"


def rule_named(awards: Awards, code: str) -> Any:
    return awards.reads(lambda s: suggesting.rule_of(s.get_one(Activity, awards.activity), code))


def found(session: Any, awards: Awards, code: str) -> suggesting.Suggested:
    activity = session.get_one(Activity, awards.activity)
    rule = suggesting.rule_of(activity, code)
    assert rule is not None
    by = awards.hand(session, "organiser" if rule.tier == "organiser" else "state", "register")
    return suggesting.suggest(session, activity, rule, sources(), by)


def take_up(session: Any, awards: Awards, code: str) -> uuid.UUID:
    activity = session.get_one(Activity, awards.activity)
    rule = suggesting.rule_of(activity, code)
    assert rule is not None
    line = "organiser" if rule.tier == "organiser" else "state"
    unit, deciding = awards.units[line]
    by = awards.hand(session, line, "propose")
    return suggesting.take_up(session, activity, rule, by, sources(), unit=unit, deciding=deciding).id


def test_whoever_passed_is_suggested_for_a_certificate_and_nobody_else_is_named(awards: Awards) -> None:
    awards.world.phone("Đạt").take_part(5)
    awards.world.phone("Chưa đạt").take_part(1)
    close_contest(awards.world)
    told = awards.reads(lambda s: found(s, awards, "hoan-thanh"))
    assert [one.name for one in told.candidates] == ["Đạt"]


def test_a_child_is_suggested_by_initials(awards: Awards) -> None:
    from backend.people.models import Person

    phone = awards.world.phone("Nguyễn Văn An")
    phone.take_part(5)
    with awards.world.database.transaction() as session:
        session.get_one(Person, uuid.UUID(phone.me["id"])).birth_year = clock.today().year - 12
    close_contest(awards.world)
    told = awards.reads(lambda s: found(s, awards, "hoan-thanh"))
    assert [one.name for one in told.candidates] == ["N. V. A."]


def test_a_unit_of_which_few_took_part_is_neither_suggested_nor_refused(awards: Awards) -> None:
    world = awards.world
    for n in range(4):
        world.phone(f"Người {n}").take_part(5)
    close_contest(world)
    few = awards.reads(lambda s: found(s, awards, "xom"))
    assert (few.candidates, few.is_silent) == ([], True)


def test_a_unit_that_reached_it_is_suggested_with_its_figure(awards: Awards) -> None:
    world = awards.world
    for hamlet in (world.hamlet, world.other_hamlet):
        for n in range(8):
            world.phone(f"Người {n}", hamlet).take_part(5)
    close_contest(world)
    told = awards.reads(lambda s: found(s, awards, "xom"))
    assert [(one.name, one.facts[1]["value"]) for one in told.candidates] == [
        ("xóm Đồng Tiến", "20%"), ("xóm Cầu Cong", "26,7%"),
    ]  # fmt: skip
    case = awards.does(lambda s: take_up(s, awards, "xom"))
    awards.until(case, "register")
    assert counted(awards, COLLECTIVE) >= 1
    walls = awards.reads(lambda s: queries.wall_rows(s, world.hamlet))
    assert "xóm Đồng Tiến" in {row.name for row in walls}


# --- forgetting -------------------------------------------------------------------------------------------------------


def test_whoever_leaves_is_gone_from_lists_and_leaves_initials_in_the_book(awards: Awards) -> None:
    phone = awards.world.phone("Nguyễn Thị Bình")
    subject = awards.subject(phone)
    facts = ({"label": "Thứ hạng", "value": "1"},)
    case = awards.entered(Candidate("person", "Nguyễn Thị Bình", subject=subject, facts=facts))
    awards.does(lambda s: appeals.write(s, awards.activity, subject, "Xin xem lại giúp tôi"))
    mine = phone.get(f"/activities/{awards.activity}/mine").json
    assert [one["name"] for one in mine["awards"]] == ["Nguyễn Thị Bình"]
    assert mine["state"] == "awarded"
    from campaigns.award import forgetting

    awards.does(lambda s: forgetting.erase(s, subject))
    (entry,) = entries(awards, case)
    (nominee,) = awards.reads(lambda s: proposals.nominees(s, case))
    assert (entry.name, entry.subject, entry.number) == ("N. T. B.", None, 1)
    assert (nominee.printed_name, nominee.subject, nominee.facts) == ("N. T. B.", None, [])
    assert str(subject) not in entry.recipient_key + nominee.recipient_key


def test_when_the_time_is_over_facts_and_appeals_go_and_the_register_stays(awards: Awards) -> None:
    """A register of awards is kept by duty: nobody who never left loses an award to a date in a consent text."""
    phone = awards.world.phone("Nguyễn Thị Bình")
    subject, facts = awards.subject(phone), ({"label": "Thứ hạng", "value": "1"},)
    firm = Candidate("firm", "Công ty Cơ khí Bình", firm=uuid.uuid4(), facts=facts)
    case = awards.entered(Candidate("person", "Nguyễn Thị Bình", subject=subject, facts=facts), firm)
    certified = awards.entered("Lê Thị Tư", tier="organiser")
    left = awards.draft(Candidate("person", "Trần Văn Ba", facts=facts), achievement_key="khac")
    awards.act(left, "propose")
    awards.does(lambda s: appeals.write(s, awards.activity, subject, "Xin xem lại giúp tôi"))
    from campaigns.award import forgetting

    awards.does(lambda s: forgetting.forget(s, awards.activity))
    assert {one.name: one.subject for one in entries(awards, case)} == {
        "Nguyễn Thị Bình": subject, "Công ty Cơ khí Bình": None,
    }  # fmt: skip
    on_lists = awards.reads(lambda s: list(s.scalars(select(Nominee))))
    assert all(row.facts == [] for row in on_lists)
    assert {row.printed_name for row in on_lists} == {
        "Nguyễn Thị Bình",
        "Công ty Cơ khí Bình",
        "T. V. B.",
        "L. T. T.",
    }
    assert [one.name for one in entries(awards, certified)] == ["L. T. T."], "no duty keeps that one"
    assert awards.reads(lambda s: s.scalars(select(Appeal)).all()) == []
    assert case_of(awards, left).state == "dropped"
    mine = phone.get(f"/activities/{awards.activity}/mine").json
    assert (mine["state"], [one["name"] for one in mine["awards"]]) == ("awarded", ["Nguyễn Thị Bình"])
    again = awards.draft(Candidate("person", "Nguyễn Thị Bình", subject=subject))
    with pytest.raises(AwardedAlready):
        awards.act(again, "propose")
    forgotten = case_of(awards, case).forgotten_at
    assert forgotten is not None
    awards.does(lambda s: forgetting.forget(s, awards.activity))
    assert case_of(awards, case).forgotten_at == forgotten, "each list once"
    awards.does(lambda s: forgetting.erase(s, subject))
    assert {one.name for one in entries(awards, case)} == {"N. T. B.", "Công ty Cơ khí Bình"}


# --- who is meant -----------------------------------------------------------------------------------------------------


def test_a_receipt_leads_to_its_account_and_only_with_the_name_that_goes_with_it(awards: Awards) -> None:
    phone = awards.world.phone("Nguyễn Thị Hoa")
    receipt = phone.take_part(5)["receipt"]

    def ask(session: Any, code: str, name: str) -> Any:
        return naming.of_receipt(session, code, name)

    for name in ("Nguyễn Thị Hoa", "Hoa", "Bà Nguyễn Thị Hoa"):
        assert awards.reads(lambda s, n=name: ask(s, f" {receipt.lower()} ", n)) == (
            awards.subject(phone),
            name,
        )
    for code, name in ((receipt, "Trần Văn Ba"), (receipt, ""), ("KHONG-CO", "Nguyễn Thị Hoa")):
        assert awards.refusal(lambda s, c=code, n=name: ask(s, c, n)) is AccountUnknown
    from backend.people.models import Person

    with awards.world.database.transaction() as session:
        session.get_one(Person, uuid.UUID(phone.me["id"])).birth_year = clock.today().year - 12
    assert awards.reads(lambda s: ask(s, receipt, "Nguyễn Thị Hoa"))[1] == "N. T. H."


def test_two_of_one_name_in_two_hamlets_are_two_and_long_achievements_stay_apart(awards: Awards) -> None:
    one = awards.until(awards.draft("Nguyễn Văn An"), "number")
    awards.units["state"] = (awards.world.other_hamlet, awards.world.commune)
    with awards.world.database.transaction() as session:
        from backend.people.models import RoleGrant

        session.add(RoleGrant(person_id=awards.people["state", "propose"], role="unit_head",
                              unit_id=awards.world.other_hamlet, valid_from=clock.today()))  # fmt: skip
    other = awards.draft("Nguyễn Văn An")
    awards.act(one, "register")
    awards.until(other, "register")
    long = "Có nhiều đóng góp trong phong trào chung sức xây dựng nông thôn mới trên địa bàn toàn xã năm "
    keys = {
        case_of(awards, awards.draft("X", achievement=long + year, achievement_key="")).achievement_key
        for year in ("2026", "2027")
    }
    assert len(keys) == 2
    assert naming.fitted("x" * 200, 120) != naming.fitted("x" * 199, 120)


def test_party_awards_of_persons_are_on_no_wall(awards: Awards) -> None:
    awards.entered("Nguyễn Thị Bình", line="party")
    awards.entered(Candidate("unit", "chi bộ Đồng Tiến", unit=awards.units["party"][0]), line="party",
                   achievement_key="tap-the")  # fmt: skip
    assert [row.name for row in awards.reads(lambda s: queries.wall_rows(s, awards.world.commune))] == [
        "chi bộ Đồng Tiến"
    ]


def test_steps_stay_as_they_were_done(awards: Awards) -> None:
    case = awards.entered("A")
    steps = awards.reads(lambda s: list(s.scalars(select(Step).where(Step.case_id == case))))
    assert {one.person_id for one in steps} == {awards.people["state", deed] for deed in ROLES["state"]}


# --- paper ------------------------------------------------------------------------------------------------------------


def one_hand(awards: Awards) -> Any:
    services = awards.world.app.services
    return OneHand(services.signer, services.settings.public_url, services.settings.data, papers=False)


def printed(awards: Awards, case: uuid.UUID, line: str = "state", tier: str = "formal") -> uuid.UUID:
    """One batch of everything in the book."""

    def make(session: Any) -> uuid.UUID:
        row = session.get_one(Case, case)
        (design, *_) = designs.usable(session, awards.world.commune, clock.today(), tier, line)
        by = awards.hand(session, "organiser" if tier == "organiser" else line, "register")
        return certificates.make(
            session, row, design.id, by, awards.world.app.services.settings.public_url
        ).id

    return awards.does(make)


def test_certificates_say_what_the_register_says_and_two_officers_make_one_batch(awards: Awards) -> None:
    phone = awards.world.phone("Nguyễn Thị Bình")
    who = Candidate("person", "Nguyễn Thị Bình", subject=awards.subject(phone))
    case = awards.entered(who, "Trần Văn Ba", Candidate("unit", "xóm Đồng Tiến", unit=awards.world.hamlet))
    batch = printed(awards, case)
    with pytest.raises(BatchExists):
        printed(awards, case)
    awards.does(lambda s: turn.in_one(s, one_hand(awards), batch))
    made = awards.reads(lambda s: {row.statement["name"]: row for row in s.scalars(select(Certificate))})
    assert set(made) == {"Nguyễn Thị Bình", "Trần Văn Ba", "xóm Đồng Tiến"}
    mine = made["Nguyễn Thị Bình"]
    assert (mine.tier, mine.subject, mine.recipient_kind) == ("formal", who.subject, "person")
    assert made["xóm Đồng Tiến"].recipient_unit_id == awards.world.hamlet
    told = str(mine.statement)
    decision = awards.reads(lambda s: chain.decision_of(s, case))
    assert decision is not None
    for word in ("Giấy khen", "Dẫn đầu chuyển đổi số", decision.number, "Vào sổ số 1/", "xã Tân Khánh"):
        assert word in told
    shown = phone.get(f"/activities/{awards.activity}/mine").json["awards"]
    assert [one["certificate"] for one in shown] == [mine.number]


def test_a_revoked_award_takes_its_certificate_along_and_one_not_drawn_yet_is_never_drawn(
    awards: Awards,
) -> None:
    drawn, waiting = awards.entered("A", achievement_key="a"), awards.entered("B", achievement_key="b")
    awards.does(lambda s: turn.in_one(s, one_hand(awards), printed_now(s, awards, drawn)))
    batch = printed(awards, waiting)
    for case in (drawn, waiting):
        (entry,) = entries(awards, case)
        awards.does(lambda s, one=entry: revoke(s, awards, one.id))
    awards.does(lambda s: turn.in_one(s, one_hand(awards), batch))
    (only,) = awards.reads(lambda s: list(s.scalars(select(Certificate))))
    assert (only.statement["name"], only.revoked_reason) == ("A", WHY)
    item = awards.reads(lambda s: s.scalars(select(BatchItem).where(BatchItem.batch_id == batch)).one())
    assert item.state == "refused"
    page = awards.world.client().get(f"/xac-minh/{only.number}")
    assert page.status_code == 200
    assert WHY in page.text


def test_what_was_printed_or_handed_over_is_revoked_and_never_crossed_out(awards: Awards) -> None:
    drawn, paid, waiting = (
        entries(awards, awards.entered(who, achievement_key=key))[0]
        for key, who in (("a", "A"), ("b", prized("B")), ("c", "C"))
    )
    awards.does(lambda s: turn.in_one(s, one_hand(awards), printed_now(s, awards, drawn.case_id)))
    keeper = awards.world.staff["emulation"]
    awards.does(lambda s: prizes.hand_over(s, paid.id, clock.today(), "B", hand(s, keeper)))
    batch = printed(awards, waiting.case_id)

    def void(session: Any, entry: Entry) -> None:
        register.void(session, entry.id, "Ghi nhầm dòng trong sổ", awards.hand(session, "state", "register"))

    for entry in (drawn, paid):
        assert awards.refusal(lambda s, e=entry: void(s, e)) is PaperExists
        assert awards.reads(lambda s, e=entry: s.get_one(Entry, e.id)).void_why is None
    awards.does(lambda s: void(s, waiting))
    awards.does(lambda s: turn.in_one(s, one_hand(awards), batch))
    (only,) = awards.reads(lambda s: list(s.scalars(select(Certificate))))
    assert (only.statement["name"], only.revoked_at) == ("A", None)


def test_nobody_crosses_out_the_own_line_and_whose_it_was_is_told(awards: Awards) -> None:
    phone = awards.world.phone("Bình")
    (entry,) = entries(awards, awards.entered(Candidate("person", "Bình", subject=awards.subject(phone))))
    named = awards.until(awards.draft("State Register", achievement_key="khac"), "number")
    awards.does(lambda s: chain.act(s, named, "register", hand(s, awards.world.staff["emulation"])))
    (own,) = entries(awards, named)

    def void(session: Any, one: Entry) -> None:
        register.void(session, one.id, "Ghi nhầm dòng trong sổ", awards.hand(session, "state", "register"))

    def changes() -> int:
        query = select(func.count()).select_from(Change).where(Change.subject == entry.subject)
        return awards.reads(lambda s: s.scalar(query) or 0)

    before = changes()
    assert awards.refusal(lambda s: void(s, own)) is OwnAward
    awards.does(lambda s: void(s, entry))
    assert changes() == before + 1


def test_an_award_revoked_while_its_batch_is_made_is_never_drawn(awards: Awards) -> None:
    """Whoever revokes waits for whoever prints, and finds the item that is to be given up."""
    case = awards.entered("A")
    (entry,) = entries(awards, case)
    over = threading.Event()

    def take_back() -> None:
        awards.does(lambda s: revoke(s, awards, entry.id))
        over.set()

    with awards.world.database.transaction() as session:
        batch = printed_now(session, awards, case)
        thread = threading.Thread(target=take_back)
        thread.start()
        assert not over.wait(0.5), "it went on beside the printing"
    thread.join(30)
    assert over.is_set()
    awards.does(lambda s: turn.in_one(s, one_hand(awards), batch))
    assert awards.reads(lambda s: list(s.scalars(select(Certificate)))) == []


@pytest.mark.parametrize("wrong", ["tier", "line", "unit", "retired", "older"])
def test_a_list_is_printed_with_designs_of_its_own_tier_line_and_office(awards: Awards, wrong: str) -> None:
    """Nothing else comes out as a commendation, or under the signature of another office."""
    ours = Actor("staff", awards.world.staff["emulation"])
    praise = designs.find_shipped("giay-khen")

    def own(session: Any, unit: uuid.UUID, replaces: int = 0) -> uuid.UUID:
        return designs.save(
            session, unit, praise, praise.body, "Mẫu riêng", clock.today(), ours, replaces=replaces
        ).id

    case = awards.entered("A", tier="organiser" if wrong == "tier" else "formal")
    design = {"tier": praise.id, "line": designs.shipped_id("giay-khen-dang")}.get(wrong)
    if wrong == "unit":
        design = awards.does(lambda s: own(s, awards.world.far_commune))
    if wrong in ("retired", "older"):
        design = awards.does(lambda s: own(s, awards.world.commune))
    if wrong == "retired":
        awards.does(lambda s: designs.retire(s, design, ours))
    if wrong == "older":
        awards.does(lambda s: own(s, awards.world.commune, 1))
    assert design is not None

    def make(session: Any) -> None:
        by = awards.hand(session, "organiser" if wrong == "tier" else "state", "register")
        url = awards.world.app.services.settings.public_url
        certificates.make(session, session.get_one(Case, case), design, by, url)

    assert awards.refusal(make) is DesignUnknown
    assert awards.reads(lambda s: list(s.scalars(select(CertificateBatch)))) == []


def test_a_paper_bears_the_day_of_its_decision(awards: Awards) -> None:
    case = awards.until(awards.draft("A"), "sign")
    day = clock.today() - timedelta(days=3)
    awards.act(case, "number", paper=Paper("77/QĐ-UBND", day))
    awards.act(case, "register")
    batch = printed(awards, case)
    assert awards.reads(lambda s: s.get_one(CertificateBatch, batch)).issued_on == day


def printed_now(session: Any, awards: Awards, case: uuid.UUID) -> uuid.UUID:
    (design, *_) = designs.usable(session, awards.world.commune, clock.today(), "formal", "state")
    by, url = awards.hand(session, "state", "register"), awards.world.app.services.settings.public_url
    return certificates.make(session, session.get_one(Case, case), design.id, by, url).id


def test_only_a_list_in_the_book_is_printed(awards: Awards) -> None:
    case = awards.until(awards.draft(), "number")
    assert awards.refusal(lambda s: printed_now(s, awards, case)) is AwardNotNow
