"""Movements: launched by numbered documents, entered with own goals, reviewed once and for good, without a last one."""

import json
import uuid
from datetime import timedelta
from decimal import Decimal

import pytest
from sqlalchemy import select, text, update
from sqlalchemy.exc import DBAPIError
from sqlalchemy.orm import Session

from backend import clock
from backend.errors import DomainError
from backend.participation.models import Fact
from backend.safeguards import signing
from backend.safeguards.audit import OPERATOR
from backend.units import change as units
from campaigns import evidence, lifecycle, registry
from campaigns.models import Activity, Campaign
from campaigns.movement import enrolment, errors, firms, launching, queries, reviews
from campaigns.movement.criteria import Say
from campaigns.movement.models import Enrolment, Firm, Mark, Promise, Review
from campaigns.movement.schemas import MovementSettings
from tests.structure.test_budgets import spent
from tests.support.movements import (
    CHANNEL,
    ENTRANTS,
    LINKED,
    QR,
    Movement,
    business,
    facts,
    figure,
    launched,
    movement_of,
    scheduled,
    yes,
)
from tests.support.world import SINCE, World


@pytest.fixture
def movement(world: World) -> Movement:
    return movement_of(world)


# --- launched ---------------------------------------------------------------------------------------------------------


def test_cannot_open_without_a_document(world: World) -> None:
    made = Movement(world, {})
    scheduled(world, document=False)

    def open_it() -> None:
        made.at(lambda s, a, _s: lifecycle.open_activity(s, a, OPERATOR))

    with pytest.raises(errors.NoDocument):
        open_it()
    launched(made, world.commune)
    open_it()


def test_cannot_open_without_a_criterion(world: World) -> None:
    made = Movement(world, {})
    scheduled(world, criteria=())
    with pytest.raises(errors.NoCriterion):
        made.at(lambda s, a, _s: lifecycle.open_activity(s, a, OPERATOR))


def test_three_bodies(movement: Movement) -> None:
    commune = movement.world.commune
    launched(movement, commune, "front", number="05/TB-MTTQ")
    launched(movement, commune, "youth", number="03/KH-ĐTN")
    found = movement.at(lambda s, a, _s: launching.documents(s, a))
    assert [(one.line, one.number) for one in found] == [
        ("state", "12/KH-UBND"),
        ("front", "05/TB-MTTQ"),
        ("youth", "03/KH-ĐTN"),
    ]


def test_a_body_launches_in_its_own_office_alone(movement: Movement) -> None:
    with movement.world.database.transaction() as session:
        front = units.found(
            session, code="05752-MT", kind="association", name="Ủy ban Mặt trận", level_word="", since=SINCE,
            parents={"front": movement.world.commune},
        )  # fmt: skip
    with pytest.raises(errors.LineWrong):
        launched(movement, movement.world.commune, "front")
    with pytest.raises(errors.LineWrong):
        launched(movement, front, "state")
    launched(movement, front, "front")
    launched(movement, movement.world.commune, "youth", number="03/KH-ĐTN")


def test_a_body_launches_once_in_each_office_and_only_within_the_movement(movement: Movement) -> None:
    launched(movement, movement.world.commune, "front")
    with pytest.raises(errors.LaunchedAlready):
        launched(movement, movement.world.commune, "front", number="99")
    with pytest.raises(errors.NotHere):
        launched(movement, movement.world.far_commune)


@pytest.mark.parametrize("more", [{"number": " "}, {"signer": ""}, {"day": "ahead"}])
def test_a_document_has_number_day_and_signer(movement: Movement, more: dict[str, object]) -> None:
    told = {"day": clock.today() + timedelta(days=1)} if "day" in more else more
    with pytest.raises(errors.DocumentMissing):
        launched(movement, movement.world.commune, "front", **told)


# --- entering ---------------------------------------------------------------------------------------------------------


def test_a_unit_enters_with_what_it_sets_itself_and_is_counted_once_confirmed(movement: Movement) -> None:
    entrant = movement.enrol("Đồng Tiến", confirmed=False, nguoi_du_thi=30)
    assert movement.counted() == {}
    movement.at(lambda s, a, _s: enrolment.confirm(s, a, enrolment.held(s, entrant), movement.officer))
    assert movement.counted() == {"movement.enrolled": 1}
    with movement.world.database.transaction(writes=False) as session:
        kept = {row.criterion: row.target for row in session.scalars(select(Promise))}
    assert kept[ENTRANTS] == Decimal(30)
    assert kept[LINKED] == Decimal(50), "what was not named is the level proposed to all"


def test_a_unit_enters_once_and_one_of_another_commune_never(movement: Movement) -> None:
    movement.enrol("Đồng Tiến")
    with pytest.raises(errors.EnrolledAlready):
        movement.enrol("Đồng Tiến")
    movement.hamlets["Xa Lạ"] = movement.world.far_hamlet
    with pytest.raises(errors.NotHere):
        movement.enrol("Xa Lạ")


def test_a_goal_below_the_least_is_refused(movement: Movement) -> None:
    with pytest.raises(errors.PromiseTooLow):
        movement.enrol("Đồng Tiến", nguoi_du_thi=4)


def test_a_promise_is_frozen_by_the_first_review(movement: Movement) -> None:
    entrant = movement.enrol("Đồng Tiến", nguoi_du_thi=30)

    def change(target: float) -> None:
        def do(session, activity, settings):  # type: ignore[no-untyped-def]
            row = enrolment.held(session, entrant)
            told = [enrolment.PromiseIn(ENTRANTS, target)]
            enrolment.promise(session, activity, settings, row, told, movement.officer)

        movement.at(do)

    change(25)
    assert movement.row(entrant).promise_version == 2
    assert movement.row(entrant).state == "open", "a changed promise needs a yes again"
    assert movement.counted() == {}
    movement.at(lambda s, a, _s: enrolment.confirm(s, a, enrolment.held(s, entrant), movement.officer))
    movement.review()
    with pytest.raises(errors.PromiseFrozen):
        change(20)


def test_two_who_answer_at_once_the_second_is_told(movement: Movement) -> None:
    entrant = movement.enrol("Đồng Tiến", confirmed=False)
    seen = movement.row(entrant).revision
    movement.at(lambda s, a, _s: enrolment.confirm(s, a, enrolment.held(s, entrant, seen), movement.officer))
    with pytest.raises(errors.ChangedSince):
        movement.at(lambda s, a, _s: enrolment.held(s, entrant, seen))


def test_a_unit_that_leaves_is_taken_out_of_the_count_and_may_come_back(movement: Movement) -> None:
    entrant = movement.enrol("Đồng Tiến")
    movement.at(lambda s, a, _s: enrolment.withdraw(s, a, enrolment.held(s, entrant), movement.officer))
    assert movement.counted() == {}
    assert movement.enrol("Đồng Tiến") == entrant
    assert movement.counted() == {"movement.enrolled": 1}


def test_leaving_and_coming_back_does_not_thaw_what_a_review_froze(movement: Movement) -> None:
    entrant = movement.enrol("Đồng Tiến", nguoi_du_thi=30)
    movement.review()
    movement.at(lambda s, a, _s: enrolment.withdraw(s, a, enrolment.held(s, entrant), movement.officer))
    assert movement.enrol("Đồng Tiến", nguoi_du_thi=5) == entrant
    assert goals(movement, entrant)[ENTRANTS] == Decimal(30)
    late = movement.enrol("Cầu Cong", nguoi_du_thi=7)
    assert goals(movement, late)[ENTRANTS] == Decimal(7), "who enters late sets itself something as well"


def goals(movement: Movement, entrant: uuid.UUID) -> dict[str, Decimal | None]:
    """What holds of what it set itself."""
    with movement.world.database.transaction(writes=False) as session:
        query = select(Promise).where(
            Promise.enrolment_id == entrant, Promise.version == movement.row(entrant).promise_version
        )
        return {row.criterion: row.target for row in session.scalars(query)}


# --- what is said -----------------------------------------------------------------------------------------------------


def test_a_declared_figure_needs_its_paper(movement: Movement) -> None:
    entrant = movement.enrol("Đồng Tiến")
    with pytest.raises(errors.PaperMissing):
        movement.declare(entrant, Say(LINKED, value=Decimal(60)))
    with pytest.raises(errors.CriterionUnknown):
        movement.declare(entrant, yes("khong-co"))


def test_measured_declared_and_self_stand_apart(movement: Movement) -> None:
    entrant = movement.enrol("Đồng Tiến", nguoi_du_thi=30)
    movement.took_part("Đồng Tiến", 20)
    movement.declare(entrant, figure(ENTRANTS, "99"), figure(LINKED, "60"), yes(CHANNEL))
    movement.review()
    with movement.world.database.transaction(writes=False) as session:
        rows = session.scalars(select(Mark).where(Mark.review == 1, Mark.criterion == ENTRANTS)).all()
        assert {row.source: row.value for row in rows} == {
            "measured": Decimal(20),
            "declared": Decimal(99),
        }
        (found,) = reviews.entrants(
            session,
            [session.get_one(Enrolment, entrant)],
            registry.settings_of(session.get_one(Activity, movement.activity)).of("unit"),
            1,
        )
    assert ENTRANTS in found.standing.open, "99 declared does not make 20 measured reach 30"
    assert set(found.standing.met) == {LINKED, CHANNEL}


def test_people_are_counted_once_and_only_from_the_opening_on(movement: Movement) -> None:
    entrant = movement.enrol("Đồng Tiến")
    movement.took_part("Đồng Tiến", 20)
    movement.took_part("Đồng Tiến", 10, days_ago=40)
    movement.review()
    with movement.world.database.transaction(writes=False) as session:
        mark = session.scalars(
            select(Mark).where(Mark.enrolment_id == entrant, Mark.review == 1, Mark.source == "measured")
        ).one()
    assert (mark.value, mark.before) == (Decimal(20), Decimal(10))


def test_a_handful_is_hidden_and_nothing_follows_from_it(movement: Movement) -> None:
    entrant = movement.enrol("Đồng Tiến")
    movement.took_part("Đồng Tiến", 3)
    movement.review()
    with movement.world.database.transaction(writes=False) as session:
        mark = session.scalars(
            select(Mark).where(Mark.enrolment_id == entrant, Mark.review == 1, Mark.source == "measured")
        ).one()
    assert (mark.value, mark.why_missing) == (None, "hidden")


def shown(movement: Movement, *names: str) -> dict[str, tuple[Decimal | None, str | None]]:
    """Hamlet -> what the newest review keeps of what was counted, of these criteria's first."""
    ids = {movement.hamlets[name]: name for name in names}
    with movement.world.database.transaction(writes=False) as session:
        number = max(session.scalars(select(Review.number)))
        rows = session.execute(
            select(Enrolment.unit_id, Mark.value, Mark.why_missing)
            .join(Mark, Mark.enrolment_id == Enrolment.id)
            .where(Mark.review == number, Mark.source == "measured")
        )
        return {ids[unit]: (value, why) for unit, value, why in rows if unit in ids}


def test_a_hidden_hamlet_does_not_come_back_by_subtraction(movement: Movement) -> None:
    """Whoever knows the commune's total has the others to take away: the neighbour hides along."""
    movement.enrol_all()
    for name in list(movement.hamlets)[1:]:
        movement.took_part(name, 20)
    movement.took_part("Đồng Tiến", 2)
    movement.review()
    found = shown(movement, *movement.hamlets)
    hidden = [name for name, (_, why) in found.items() if why == "hidden"]
    assert sorted(hidden) == ["Cầu Cong", "Đồng Tiến"]
    assert "Xóm Cầu Cong" not in movement.leaders(ENTRANTS)


def firms_in(movement: Movement, hamlet: str, many: int) -> None:
    facts(movement.world, "movement.firms", movement.hamlets[hamlet], many, 2)


FIRMS_THERE = {
    "code": "noi-dang-ky", "vi": "Nơi đăng ký", "en": "Firms", "source": "measured", "measure": "movement.firms",
    "take": "quantity", "target": 3, "compared": True,
}  # fmt: skip


def test_few_firms_of_a_hamlet_are_told_no_more_than_few_people(world: World) -> None:
    movement = movement_of(world, criteria=(FIRMS_THERE,))
    movement.enrol_all()
    for number, name in enumerate(movement.hamlets):
        firms_in(movement, name, 3 if number < 2 else 6 + number)
    movement.review()
    found = shown(movement, *movement.hamlets)
    assert {name for name, (_, why) in found.items() if why == "hidden"} == {"Đồng Tiến", "Cầu Cong"}
    assert found["Xóm 3"][0] == Decimal(8)


def test_few_firms_lead_nowhere(world: World) -> None:
    movement = movement_of(world, criteria=(FIRMS_THERE,))
    movement.enrol_all()
    firms_in(movement, "Đồng Tiến", 2)
    movement.review()
    assert movement.leaders("noi-dang-ky") == []


def test_figures_of_many_units_take_few_statements_and_each_its_own_history(movement: Movement) -> None:
    for name in movement.hamlets:
        movement.took_part(name, 6)
    today = clock.today()
    wanted = [*movement.hamlets.values(), movement.world.commune]
    found: dict[uuid.UUID, dict[str, evidence.Tallied]] = {}

    def read() -> None:
        with movement.world.database.transaction(writes=False) as session:
            book = registry.measure_book()
            found.update(
                evidence.unit_figures(
                    session, book, {"contest.entrants"}, wanted, today - timedelta(days=9), today
                )
            )

    asked = spent(movement.world.database, read)
    assert {found[unit]["contest.entrants"].people for unit in movement.hamlets.values()} == {6}
    assert found[movement.world.commune]["contest.entrants"].people == 60
    assert asked.count("SELECT fact") == 2, "one for the commune, and one for all hamlets"
    assert len(asked) <= 6


# --- reviews ----------------------------------------------------------------------------------------------------------


def season(movement: Movement) -> None:
    """All ten are in; the plain ones with 10 to 70 people, the remote ones with 8 to 10."""
    movement.enrol_all()
    for number, name in enumerate(list(movement.hamlets)[:7], start=1):
        movement.took_part(name, 10 * number)
    for number, name in enumerate(list(movement.hamlets)[7:], start=8):
        movement.took_part(name, number)


def test_only_like_units_are_compared_and_the_last_is_in_no_statement(movement: Movement) -> None:
    season(movement)
    movement.review()
    told = movement.statement()
    (asked,) = (one for one in told["criteria"] if one["code"] == ENTRANTS)
    found = {group["group"]["vi"]: [one["name"] for one in group["leaders"]] for group in asked["groups"]}
    assert found == {
        "Các đơn vị ở những nơi còn lại": ["Xóm Xóm 7", "Xóm Xóm 6", "Xóm Xóm 5"],
        "Các đơn vị ở nơi khó khăn": ["Xóm Vùng xa 10"],
    }
    assert [group["others"] for group in asked["groups"]] == [4, 2]
    said = json.dumps(told, ensure_ascii=False)
    for behind in (
        "Đồng Tiến",
        "Cầu Cong",
        "Vùng xa 8",
        "Vùng xa 9",
        *map(str, list(movement.hamlets.values())[:2]),
    ):
        assert behind not in said


def test_a_published_review_is_signed_and_stays(movement: Movement) -> None:
    season(movement)
    number = movement.review()
    with movement.world.database.transaction(writes=False) as session:
        row = session.scalars(select(Review)).one()
        assert row.statement is not None
        assert row.signature is not None
        assert row.key_id is not None
        assert signing.holds(session, row.statement, row.signature, row.key_id)
        assert not signing.holds(session, row.statement | {"number": 9}, row.signature, row.key_id)
    with pytest.raises(errors.Published):
        movement.at(lambda s, a, _s: reviews.write(s, reviews.one(s, a.id, number), "khác"))
    with pytest.raises(errors.Published):
        movement.at(lambda s, a, _s: reviews.discard(s, reviews.one(s, a.id, number), OPERATOR))
    for deed in (update(Review).values(words="khác"), text("DELETE FROM movement_review")):
        with pytest.raises(DBAPIError), movement.world.database.transaction() as session:
            session.execute(deed)


def test_a_later_figure_does_not_move_what_a_review_kept(movement: Movement) -> None:
    season(movement)
    movement.review()
    before = movement.statement()
    movement.took_part("Đồng Tiến", 60, days_ago=1)
    movement.review()
    assert movement.statement(1) == before
    assert "Xóm Đồng Tiến" in movement.leaders(ENTRANTS, 2)


def test_one_draft_at_a_time_and_its_day_lies_within_the_movement(movement: Movement) -> None:
    season(movement)
    movement.review(publish=False)
    with pytest.raises(errors.DraftThere):
        movement.review(publish=False)
    movement.at(lambda s, a, _s: reviews.discard(s, reviews.one(s, a.id, 1), OPERATOR))
    for day in (clock.today() + timedelta(days=1), clock.today() - timedelta(days=60)):
        with pytest.raises(errors.DayWrong):
            movement.at(
                lambda s, a, g, day=day: reviews.draft(
                    s, a, g, registry.measure_book(), "interim", day, OPERATOR
                )
            )


def test_after_the_final_review_nothing_is_written_and_the_movement_may_be_settled(
    movement: Movement,
) -> None:
    entrant = movement.enrol("Đồng Tiến", nguoi_du_thi=20)
    movement.took_part("Đồng Tiến", 40)
    movement.declare(entrant, figure(LINKED, "60"), yes(CHANNEL))
    movement.at(lambda s, a, _s: lifecycle.close_activity(s, a, OPERATOR))
    with pytest.raises(lifecycle.StillRunning):
        movement.at(lambda s, a, _s: lifecycle.settle_activity(s, a, OPERATOR))
    movement.review("final")
    assert movement.counted() == {"movement.enrolled": 1, "movement.completed": 1}
    assert movement.statement()["units"] == {"enrolled": 1, "completed": 1}
    for deed in (lambda: movement.enrol("Cầu Cong"), lambda: movement.declare(entrant, yes(CHANNEL)),
                 lambda: movement.review(), lambda: movement.review("final")):  # fmt: skip
        with pytest.raises(errors.Over):
            deed()
    movement.at(lambda s, a, _s: lifecycle.settle_activity(s, a, OPERATOR))


def test_the_kind_tells_the_leaders_of_the_newest_review_and_nobody_else(movement: Movement) -> None:
    season(movement)
    kind = registry.kind_named("movement")
    assert movement.at(lambda s, a, _s: kind.leaders(s, a)) == []
    movement.review()
    found = movement.at(lambda s, a, _s: kind.leaders(s, a))
    assert [(one.place, one.value, one.final) for one in found if one.criterion == ENTRANTS] == [
        (1, "70%", False), (2, "60%", False), (3, "50%", False), (1, "10%", False),
    ]  # fmt: skip
    assert {one.unit for one in found} <= set(movement.hamlets.values())


# --- firms on the phone -----------------------------------------------------------------------------------------------


def test_a_household_business_enters_on_the_phone_and_looks_at_itself(movement: Movement) -> None:
    phone = movement.owner()
    told = business(movement)
    verdict = phone.do("movement.enrol", told)
    assert (verdict["outcome"], verdict["result"]["state"]) == ("counted", "confirmed"), verdict
    said = {
        "enrolment": told["enrolment"],
        "marks": [{"criterion": QR, "met": True, "words": "Có mã ở quầy"}],
    }
    assert phone.do("movement.assess", said)["outcome"] == "counted"
    assert phone.do("movement.assess", said)["outcome"] == "counted"
    assert movement.counted() == {"movement.firms": 1, "movement.assessed": 1}
    (firm,) = movement.mine(phone)["firms"]
    assert firm["name"] == "Tạp hóa Cô Lành"
    assert firm["marks"][0] | {"photos": {}} == {
        "criterion": QR, "source": "self", "value": None, "met": True, "why_missing": None, "words": "Có mã ở quầy",
        "photos": {},
    }  # fmt: skip
    with movement.world.database.transaction(writes=False) as session:
        units = set(session.scalars(select(Fact.unit_id).where(Fact.measure == "movement.firms")))
    assert units == {movement.world.hamlet}


def test_without_agreement_or_below_age_nobody_enters_a_firm(movement: Movement) -> None:
    stranger = movement.world.phone("Tú", consent=False)
    assert stranger.do("movement.enrol", business(movement))["reason"] == "consent_missing"
    child = movement.world.phone("Bé", birth_year=clock.today().year - 15, consent=False)
    child.agree("movement_record")
    assert child.do("movement.enrol", business(movement))["reason"] == "too_young"


@pytest.mark.parametrize(
    ("more", "reason"),
    [
        ({"hamlet": "far"}, "entrant_hamlet_unknown"),
        ({"name": "  .  "}, "entrant_name_missing"),
        ({"name": "\u200b\u200b \u00a0"}, "entrant_name_missing"),
        ({"promises": [{"criterion": "khong-co"}]}, "criterion_unknown"),
        ({"promises": [{"criterion": "don-hang", "target": 1}]}, "promise_too_low"),
        ({"promises": [{"criterion": ENTRANTS, "target": 50}]}, "criterion_unknown"),
    ],
)
def test_what_does_not_fit_is_refused_with_a_reason(
    movement: Movement, more: dict[str, object], reason: str
) -> None:
    if more.get("hamlet") == "far":
        more = {"hamlet": str(movement.world.far_hamlet)}
    verdict = movement.owner().do("movement.enrol", business(movement, **more))
    assert verdict["reason"] == reason
    assert verdict["message"]


def test_one_name_stands_once_in_a_hamlet_whoever_types_it_and_however(movement: Movement) -> None:
    first, second = movement.owner("Lành"), movement.owner("Thịnh")
    assert first.do("movement.enrol", business(movement))["outcome"] == "counted"
    assert first.do("movement.enrol", business(movement))["reason"] == "firm_enrolled"
    assert second.do("movement.enrol", business(movement, "TẠP  HOÁ cô lành"))["reason"] == "firm_taken"


def test_nobody_speaks_for_the_firm_of_another(movement: Movement) -> None:
    told = business(movement)
    movement.owner().do("movement.enrol", told)
    other = movement.owner("Thịnh")
    said = {"enrolment": told["enrolment"], "marks": [{"criterion": QR, "met": False}]}
    assert other.do("movement.assess", said)["reason"] == "entrant_unknown"
    assert other.do("movement.withdraw", {"enrolment": told["enrolment"]})["reason"] == "entrant_unknown"
    assert movement.mine(other)["firms"] == []


def test_a_firm_that_withdraws_is_taken_out_of_the_count_and_may_come_back(movement: Movement) -> None:
    phone, told = movement.owner(), business(movement)
    phone.do("movement.enrol", told)
    assert phone.do("movement.withdraw", {"enrolment": told["enrolment"]})["outcome"] == "noted"
    assert movement.counted() == {}
    said = {"enrolment": told["enrolment"], "marks": [{"criterion": QR, "met": True}]}
    assert phone.do("movement.assess", said)["reason"] == "entrant_withdrawn"
    back = business(movement)
    verdict = phone.do("movement.enrol", back)
    assert (verdict["outcome"], verdict["result"]["enrolment"]) == ("counted", told["enrolment"])
    assert movement.counted() == {"movement.firms": 1}
    # Written without signal right behind it: the phone does not know yet that the old one came back.
    said |= {"enrolment": back["enrolment"]}
    assert phone.do("movement.assess", said)["outcome"] == "counted"
    assert movement.counted() == {"movement.firms": 1, "movement.assessed": 1}
    (firm,) = movement.mine(phone)["firms"]
    assert (firm["id"], firm["state"]) == (told["enrolment"], "confirmed")


def test_a_firm_that_comes_back_may_use_the_id_it_had(movement: Movement) -> None:
    phone, told = movement.owner(), business(movement)
    phone.do("movement.enrol", told)
    phone.do("movement.withdraw", {"enrolment": told["enrolment"]})
    assert phone.do("movement.enrol", told)["outcome"] == "counted"
    assert movement.row(uuid.UUID(told["enrolment"])).state == "confirmed"


def test_an_officer_enters_a_firm_again_that_had_withdrawn(movement: Movement) -> None:
    phone, told = movement.owner(), business(movement)
    phone.do("movement.enrol", told)
    phone.do("movement.withdraw", {"enrolment": told["enrolment"]})

    def again(session: Session, activity: Activity, settings: MovementSettings) -> None:
        firm = session.scalars(select(Firm)).one()
        firms.enrol(session, activity, settings, firm, [], movement.officer)

    movement.at(again)
    assert movement.counted() == {"movement.firms": 1}
    with pytest.raises(errors.EnrolledAlready):
        movement.at(again)


def test_an_officer_writes_a_business_down_only_with_an_agreement_and_deletes_it_when_asked(
    movement: Movement,
) -> None:
    hamlet, day = movement.world.hamlet, clock.today()
    for agreed in (None, firms.Agreed("", day), firms.Agreed("spoken", day + timedelta(days=1))):
        with pytest.raises(errors.AgreementMissing):
            movement.at(
                lambda s, _a, _s, agreed=agreed: firms.add(
                    s, "household_business", "Tạp hóa", hamlet, movement.officer, agreed=agreed
                )
            )

    def add(session: Session, activity: Activity, settings: MovementSettings) -> None:
        agreed = firms.Agreed("spoken", day)
        firm = firms.add(session, "firm", "Mộc Gia Bảo", hamlet, movement.officer, agreed=agreed)
        row = firms.enrol(session, activity, settings, firm, [], movement.officer)
        firms.assess(session, activity, row, [yes(QR)], movement.officer)

    movement.at(add)
    assert movement.counted() == {"movement.firms": 1, "movement.assessed": 1}
    movement.at(lambda s, _a, _s: firms.remove(s, s.scalars(select(Firm)).one(), movement.officer))
    assert movement.counted() == {}
    with movement.world.database.transaction(writes=False) as session:
        for table in (Firm, Enrolment, Mark, Promise):
            assert session.scalars(select(table)).all() == [], table


def test_what_an_owner_entered_no_officer_deletes(movement: Movement) -> None:
    movement.owner().do("movement.enrol", business(movement))
    with pytest.raises(errors.OwnersOwn):
        movement.at(lambda s, _a, _s: firms.remove(s, s.scalars(select(Firm)).one(), movement.officer))


def test_firms_are_numbers_in_a_review_and_few_are_none(movement: Movement) -> None:
    for number in range(4):
        movement.owner(f"Chủ {number}").do("movement.enrol", business(movement, f"Cửa hàng {number}"))
    movement.review()
    assert movement.statement()["firms"]["enrolled"] is None
    movement.owner("Chủ 5").do("movement.enrol", business(movement, "Cửa hàng 5"))
    movement.review()
    told = movement.statement(2)
    assert told["firms"]["enrolled"] == 5
    assert "Cửa hàng" not in json.dumps(told, ensure_ascii=False)


def test_a_person_who_leaves_takes_the_household_business_along(movement: Movement) -> None:
    phone, told = movement.owner(), business(movement)
    phone.do("movement.enrol", told)
    phone.do("movement.assess", {"enrolment": told["enrolment"], "marks": [{"criterion": QR, "met": True}]})
    kind, subject = registry.kind_named("movement"), movement.subject(phone)
    with movement.world.database.transaction() as session:
        assert kind.held(session, subject)[0]["name"] == "Tạp hóa Cô Lành"
        kind.erase(session, subject)
        assert kind.held(session, subject) == []
        for table in (Firm, Enrolment, Mark, Promise):
            assert session.scalars(select(table)).all() == [], table


def test_a_verified_cooperative_stays_without_the_person(movement: Movement) -> None:
    phone = movement.owner()
    phone.do("movement.enrol", business(movement, "Hợp tác xã Chè Xanh", sort="cooperative"))
    kind, subject = registry.kind_named("movement"), movement.subject(phone)
    with movement.world.database.transaction() as session:
        session.scalars(select(Firm)).one().verified_by = movement.officer.id
        session.flush()
        kind.erase(session, subject)
        assert session.scalars(select(Firm)).one().enrolled_by is None


def test_a_unit_sees_its_measured_figure_on_the_phone_and_no_other_units(movement: Movement) -> None:
    movement.enrol("Đồng Tiến")
    movement.enrol("Cầu Cong")
    movement.took_part("Đồng Tiến", 20)
    movement.took_part("Cầu Cong", 30)
    phone = movement.owner()
    movement.review(publish=False)
    assert movement.mine(phone)["units"][0]["marks"] == [], "a draft is nobody's business"
    movement.at(lambda s, a, _s: reviews.discard(s, reviews.one(s, a.id, 1), OPERATOR))
    movement.review()
    movement.took_part("Đồng Tiến", 1, days_ago=1)
    movement.review(publish=False)
    (unit,) = movement.mine(phone)["units"]
    assert unit["name"] == "Xóm Đồng Tiến"
    assert [(one["source"], one["value"]) for one in unit["marks"]] == [("measured", 20.0)], (
        "as it was published"
    )
    assert "Cầu Cong" not in json.dumps([unit, movement.mine(phone)["firms"]], ensure_ascii=False)


def test_facts_of_another_commune_and_of_other_units_do_not_count(movement: Movement) -> None:
    movement.enrol("Đồng Tiến")
    facts(movement.world, "contest.entrants", movement.world.far_hamlet, 50, 2)
    movement.took_part("Cầu Cong", 50)
    movement.review()
    assert movement.leaders(ENTRANTS) == []
    with movement.world.database.transaction(writes=False) as session:
        assert session.scalars(select(Mark.value).where(Mark.source == "measured")).all() == [None, None]


def test_every_refusal_says_what_to_do() -> None:
    told = [one for one in vars(errors).values() if isinstance(one, type) and issubclass(one, DomainError)]
    assert all(one.sentence.strip() and 400 <= one.status < 500 for one in told if one is not DomainError)
    assert len({one.code for one in told}) == len(told)


def test_a_movement_that_takes_no_firms_says_so(world: World) -> None:
    made = movement_of(world, firms=False)
    assert made.owner().do("movement.enrol", business(made))["reason"] == "firms_not_here"
    assert made.mine(made.owner("B"))["hamlets"] == []


def test_of_a_whole_province_the_hamlets_of_the_own_commune_are_offered(
    movement: Movement, monkeypatch: pytest.MonkeyPatch
) -> None:
    phone = movement.owner()
    told = movement.mine(phone)
    assert (len(told["hamlets"]), told["hamlets_cut"]) == (10, False)
    monkeypatch.setattr(queries, "MOST_HAMLETS", 11)
    with movement.world.database.transaction() as session:
        session.get_one(Campaign, movement.world.campaign).owner_unit_id = movement.world.province
    told = movement.mine(phone)
    assert (len(told["hamlets"]), told["hamlets_cut"]) == (10, True)
    assert str(movement.world.far_hamlet) not in {one["id"] for one in told["hamlets"]}


def test_a_goal_set_on_the_phone_holds_until_the_first_review(movement: Movement) -> None:
    phone, told = movement.owner(), business(movement)
    phone.do("movement.enrol", told)
    goal = {"enrolment": told["enrolment"], "promises": [{"criterion": QR, "words": "Dán mã ở quầy"}]}
    assert phone.do("movement.promise", goal)["outcome"] == "noted"
    (firm,) = movement.mine(phone)["firms"]
    assert firm["promises"][QR] == {"target": None, "words": "Dán mã ở quầy"}
    movement.review()
    assert phone.do("movement.promise", goal)["reason"] == "promise_frozen"


def test_an_unknown_entrant_is_not_there(movement: Movement) -> None:
    with pytest.raises(DomainError):
        movement.at(lambda s, _a, _s: enrolment.held(s, uuid.uuid4()))
