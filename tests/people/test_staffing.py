"""Roles are given and taken one change after another, and somebody always keeps the system."""

import uuid
from collections.abc import Callable
from concurrent.futures import ThreadPoolExecutor
from datetime import date, timedelta

import pytest
from sqlalchemy import select
from sqlalchemy.exc import IntegrityError
from sqlalchemy.orm import Session

from backend import clock
from backend.errors import DomainError, NotAllowed, NotFound, NotSignedIn
from backend.people import keys, sign_in, staff, staffing
from backend.people.errors import (
    ChangedMeanwhile,
    LastOperator,
    LoginSuspended,
    NotForOneself,
    OneTimePasswordOver,
    PasswordChangeNeeded,
    RoleDatesWrong,
    RoleHeldAlready,
    RoleUnknown,
    UsernameTaken,
    WrongPassword,
)
from backend.people.models import RoleGrant, StaffLogin
from backend.people.staff import Staff
from backend.units import change as units
from backend.units.errors import UnitUnknown
from tests.support.world import PASSWORD, World

SEAL = keys.Seal("a key for tests")
HASHED = keys.hash_secret(PASSWORD)


def today() -> date:
    return clock.today()


def as_staff(session: Session, person: uuid.UUID) -> Staff:
    token, _ = sign_in.open_session(session, person, None)
    session.flush()
    return staff.staff_member(session, token)


def change(session: Session, world: World, whom: str, by: str = "operator") -> staffing.Change:
    person = world.staff[whom]
    version = session.get_one(StaffLogin, person, populate_existing=True).version
    return staffing.Change(as_staff(session, world.staff[by]), person, version)


def give(
    session: Session, world: World, whom: str, role: str, unit: uuid.UUID | None = None, **more: date | None
) -> RoleGrant:
    days: dict[str, date | None] = {"since": today(), "last_day": None} | more
    return staffing.grant(session, change(session, world, whom), role, unit or world.commune, **days)  # type: ignore[arg-type]


def roles_of(world: World, whom: str) -> set[str]:
    with world.database.transaction() as session:
        return set(as_staff(session, world.staff[whom]).roles)


def grants_of(session: Session, person: uuid.UUID) -> list[RoleGrant]:
    return list(session.scalars(select(RoleGrant).where(RoleGrant.person_id == person)))


def refusal(world: World, deed: Callable[[Session], object]) -> type[DomainError] | None:
    try:
        with world.database.transaction() as session:
            deed(session)
    except DomainError as error:
        return type(error)
    return None


# --- granting and ending ---------------------------------------------------------------------------------------------


def test_a_role_holds_from_its_first_day_to_its_last(world: World) -> None:
    first, last = today() + timedelta(days=2), today() + timedelta(days=4)
    with world.database.transaction() as session:
        give(session, world, "head", "question_editor", since=first, last_day=last)
    held = {}
    for days in range(7):
        with clock.stopped_at(clock.now() + timedelta(days=days)):
            held[days] = "question_editor" in roles_of(world, "head")
    assert held == {0: False, 1: False, 2: True, 3: True, 4: True, 5: False, 6: False}


def test_an_ended_role_is_gone_at_once_and_may_be_given_again_the_same_day(world: World) -> None:
    with world.database.transaction() as session:
        row = give(session, world, "head", "inspector")
        signed_in = sign_in.open_session(session, world.staff["head"], None)[0]
    with world.database.transaction() as session:
        assert staff.staff_member(session, signed_in).holds("inspector")
        staffing.end_grant(session, change(session, world, "head"), row.id)
    with world.database.transaction() as session:
        assert not staff.staff_member(session, signed_in).holds("inspector")
        give(session, world, "head", "inspector")
    assert "inspector" in roles_of(world, "head")


def test_ending_a_role_that_has_not_begun_means_it_never_will(world: World) -> None:
    soon = today() + timedelta(days=3)
    with world.database.transaction() as session:
        row = give(session, world, "head", "inspector", since=soon)
        staffing.end_grant(session, change(session, world, "head"), row.id)
    with clock.stopped_at(clock.now() + timedelta(days=3)):
        assert "inspector" not in roles_of(world, "head")


@pytest.mark.parametrize(
    ("since", "last_day", "fits"),
    [(0, 5, False), (10, None, False), (12, 14, False), (21, None, True), (0, 9, True)],
)
def test_two_grants_of_one_role_never_overlap(
    world: World, since: int, last_day: int | None, fits: bool
) -> None:
    start = today()

    def on(days: int | None) -> date | None:
        return None if days is None else start + timedelta(days=days)

    with world.database.transaction() as session:
        give(session, world, "head", "inspector", since=on(10 if fits else 4), last_day=on(20))

    def again(session: Session) -> None:
        give(session, world, "head", "inspector", since=on(since), last_day=on(last_day))

    assert refusal(world, again) is (None if fits else RoleHeldAlready)


def test_the_same_role_on_another_unit_is_another_grant(world: World) -> None:
    with world.database.transaction() as session:
        give(session, world, "head", "unit_head", world.other_hamlet)
    with world.database.transaction() as session:
        head = as_staff(session, world.staff["head"])
        assert head.roles["unit_head"] == {world.hamlet, world.other_hamlet}


def test_what_does_not_fit_is_refused(world: World) -> None:
    yesterday, tomorrow = today() - timedelta(days=1), today() + timedelta(days=1)

    def refused(role: str, unit: uuid.UUID | None = None, **days: date | None) -> type[DomainError] | None:
        return refusal(world, lambda s: give(s, world, "head", role, unit, **days))

    assert refused("emperor") is RoleUnknown
    assert refused("inspector", since=yesterday) is RoleDatesWrong
    assert refused("inspector", since=tomorrow, last_day=today()) is RoleDatesWrong
    assert refused("inspector", uuid.uuid4()) is UnitUnknown
    assert refused("inspector", world.far_commune) is NotAllowed
    assert refused("inspector", world.province) is NotAllowed
    assert refusal(world, lambda s: give(s, world, "operator", "question_editor")) is NotForOneself
    assert refusal(world, lambda s: give(s, world, "far", "inspector")) is NotAllowed


def test_only_an_operators_reach_counts_not_that_of_other_roles(world: World) -> None:
    def by_an(session: Session) -> None:
        staffing.grant(
            session,
            change(session, world, "head", by="an"),
            "inspector",
            world.hamlet,
            since=today(),
            last_day=None,
        )

    assert refusal(world, by_an) is NotAllowed


def test_a_grant_of_somebody_else_is_not_found(world: World) -> None:
    def end(session: Session) -> None:
        (row,) = grants_of(session, world.staff["dpo"])
        staffing.end_grant(session, change(session, world, "head"), row.id)

    assert refusal(world, end) is NotFound


# --- two at once -----------------------------------------------------------------------------------------------------


def test_whoever_saw_an_older_version_changes_nothing(world: World) -> None:
    with world.database.transaction() as session:
        seen = change(session, world, "head")
        staffing.grant(session, seen, "inspector", world.commune, since=today(), last_day=None)
        (row,) = [row for row in grants_of(session, world.staff["head"]) if row.role == "unit_head"]
    for deed in (
        lambda s: staffing.grant(s, seen, "dpo", world.commune, since=today(), last_day=None),
        lambda s: staffing.end_grant(s, seen, row.id),
        lambda s: staffing.suspend(s, seen),
        lambda s: staffing.restore(s, seen),
        lambda s: staffing.renew_password(s, seen, HASHED),
    ):
        assert refusal(world, deed) is ChangedMeanwhile
    assert roles_of(world, "head") == {"unit_head", "inspector"}


def test_two_operators_at_once_one_is_told(world: World) -> None:
    """Both saw the same page and press at the same moment; with the same first day or another."""
    with world.database.transaction() as session:
        seen = change(session, world, "head")

    def press(days: int) -> type[DomainError] | None:
        since = today() + timedelta(days=days)
        return refusal(
            world, lambda s: staffing.grant(s, seen, "inspector", world.commune, since=since, last_day=None)
        )

    with ThreadPoolExecutor(2) as pool:
        answers = list(pool.map(press, (0, 1)))
    assert sorted(answers, key=str) == [ChangedMeanwhile, None]
    with world.database.transaction(writes=False) as session:
        assert [r.role for r in grants_of(session, world.staff["head"])].count("inspector") == 1


def test_the_database_itself_refuses_the_same_grant_twice_and_an_end_before_the_start(world: World) -> None:
    def row(**more: object) -> RoleGrant:
        plain = {
            "person_id": world.staff["head"],
            "role": "unit_head",
            "unit_id": world.hamlet,
            "valid_from": today(),
        }
        return RoleGrant(**plain | more)

    for wrong in (row(), row(role="dpo", valid_to=today() - timedelta(days=1))):
        with pytest.raises(IntegrityError), world.database.transaction() as session:
            session.add(wrong)


def test_one_username_twice_at_once_makes_one_member(world: World) -> None:
    def hire(_number: int) -> type[DomainError] | None:
        return refusal(world, lambda s: staffing.add(s, "Người mới", "nguoimoi", HASHED))

    with ThreadPoolExecutor(2) as pool:
        assert sorted(pool.map(hire, range(2)), key=str) == [UsernameTaken, None]
    with world.database.transaction(writes=False) as session:
        assert len(session.scalars(select(StaffLogin).where(StaffLogin.username == "nguoimoi")).all()) == 1


# --- somebody keeps the system ---------------------------------------------------------------------------------------


def end_operator(session: Session, world: World, whom: str, by: str | None = None) -> None:
    (row,) = [r for r in grants_of(session, world.staff[whom]) if r.role == "system_operator"]
    staffing.end_grant(session, change(session, world, whom, by=by or whom), row.id)


def test_the_last_operator_stays(world: World) -> None:
    assert refusal(world, lambda s: end_operator(s, world, "operator")) is LastOperator
    assert refusal(world, lambda s: staffing.suspend(s, change(s, world, "operator"))) is LastOperator
    with world.database.transaction() as session:
        give(session, world, "head", "system_operator", last_day=today() + timedelta(days=30))
    assert refusal(world, lambda s: end_operator(s, world, "operator")) is LastOperator, (
        "the other one's time ends"
    )
    with world.database.transaction() as session:
        give(session, world, "office", "system_operator")
        staffing.suspend(session, change(session, world, "office"))
    assert refusal(world, lambda s: end_operator(s, world, "operator")) is LastOperator, (
        "the other one is suspended"
    )
    with world.database.transaction() as session:
        staffing.restore(session, change(session, world, "office"))
        end_operator(session, world, "operator")
    assert roles_of(world, "operator") == set()
    assert "system_operator" in roles_of(world, "office")


def test_two_operators_leaving_at_once_leave_one(world: World) -> None:
    with world.database.transaction() as session:
        give(session, world, "office", "system_operator")
    with ThreadPoolExecutor(2) as pool:
        answers = list(
            pool.map(
                lambda whom: refusal(world, lambda s: end_operator(s, world, whom)), ("operator", "office")
            )
        )
    assert sorted(answers, key=str) == [LastOperator, None]


# --- logins ----------------------------------------------------------------------------------------------------------


def visit(name: str) -> staff.Visit:
    return staff.Visit.of(SEAL, name, "here")


def enter(session: Session, name: str, password: str) -> uuid.UUID:
    compared = keys.compare(password, staff.password_hash(session, visit(name)))
    return staff.enter(session, visit(name), compared)


def test_a_suspended_member_is_out_at_once_and_the_right_password_says_why(world: World) -> None:
    with world.database.transaction() as session:
        token = sign_in.open_session(session, world.staff["head"], None)[0]
        staffing.suspend(session, change(session, world, "head"))
    with world.database.transaction() as session:
        with pytest.raises(NotSignedIn):
            staff.staff_member(session, token)
        with pytest.raises(LoginSuspended):
            enter(session, "head", PASSWORD)
        with pytest.raises(WrongPassword):
            enter(session, "head", "wrong")
        staffing.restore(session, change(session, world, "head", by="operator"))
        assert enter(session, "head", PASSWORD) == world.staff["head"]
        with pytest.raises(NotSignedIn):
            staff.staff_member(session, token)


def test_a_session_begun_while_being_suspended_is_worth_nothing(world: World) -> None:
    with world.database.transaction() as session:
        staffing.suspend(session, change(session, world, "head"))
        token = sign_in.open_session(session, world.staff["head"], None)[0]
    with world.database.transaction(writes=False) as session, pytest.raises(NotSignedIn):
        staff.staff_member(session, token)


def test_a_one_time_password_opens_nothing_but_the_choice_of_an_own_one(world: World) -> None:
    one_time = staffing.one_time_password()
    with world.database.transaction() as session:
        person = staffing.add(session, "  Lê Thị  Mới ", "Le.Moi", keys.hash_secret(one_time))
    with world.database.transaction() as session:
        with pytest.raises(PasswordChangeNeeded):
            enter(session, "le.moi", one_time)
        token = sign_in.open_session(session, person, None)[0]
        session.flush()
        with pytest.raises(NotSignedIn):
            staff.staff_member(session, token)
        compared = keys.compare(one_time, staff.password_hash(session, visit("le.moi")))
        staff.change_password(session, visit("le.moi"), compared, HASHED)
        assert enter(session, "le.moi", PASSWORD) == person
        with pytest.raises(WrongPassword):
            enter(session, "le.moi", one_time)


def test_a_one_time_password_ends_after_a_week(world: World) -> None:
    with world.database.transaction() as session:
        staffing.renew_password(session, change(session, world, "head"), HASHED)
    with clock.stopped_at(clock.now() + staffing.ONE_TIME_LIFE), world.database.transaction() as session:
        with pytest.raises(OneTimePasswordOver):
            enter(session, "head", PASSWORD)
        compared = keys.compare(PASSWORD, staff.password_hash(session, visit("head")))
        with pytest.raises(OneTimePasswordOver):
            staff.change_password(session, visit("head"), compared, HASHED)


def test_one_time_passwords_are_readable_and_never_the_same() -> None:
    made = {staffing.one_time_password() for _ in range(200)}
    assert len(made) == 200
    assert all(len(word) == 14 and not set(word) & set("01ilo") for word in made)


def test_a_member_of_the_province_is_not_taken_over_by_an_operator_of_the_commune(world: World) -> None:
    with world.database.transaction() as session:
        session.add(
            RoleGrant(
                person_id=world.staff["head"], role="inspector", unit_id=world.province, valid_from=today()
            )
        )
    for deed in (
        lambda s: staffing.renew_password(s, change(s, world, "head"), HASHED),
        lambda s: staffing.suspend(s, change(s, world, "head")),
        lambda s: give(s, world, "head", "dpo"),
    ):
        assert refusal(world, deed) is NotAllowed


def test_nobody_but_the_question_editor_reads_keys() -> None:
    assert staff.KEY_READERS == ("question_editor",)
    assert set(staff.DUTIES) == set(staff.ROLES)


# --- the Party's line ------------------------------------------------------------------------------------------------


def plant_cell(session: Session, world: World) -> tuple[uuid.UUID, uuid.UUID]:
    """The commune's Party organisation and a cell of it."""
    since = date(2025, 7, 1)
    above = units.found(session, code="05752-DB", kind="party_organisation", name="xã Tân Khánh", level_word="đảng bộ",
                        since=since, parents={"party": world.commune})  # fmt: skip
    cell = units.found(session, code="05752-CB01", kind="party_cell", name="Đồng Tiến", level_word="chi bộ", since=since,
                       parents={"party": above})  # fmt: skip
    return above, cell


def test_an_operator_appoints_the_secretary_of_a_cell_without_reaching_into_it(world: World) -> None:
    with world.database.transaction() as session:
        above, cell = plant_cell(session, world)
        give(session, world, "head", "cell_secretary", cell)
    with world.database.transaction() as session:
        secretary, operator = (as_staff(session, world.staff[name]) for name in ("head", "operator"))
        assert staff.reach(session, secretary, "cell_secretary") == {cell}
        assert not {cell, above} & staff.reach(session, operator)
        assert cell in staff.reach_on_every_line(session, operator, staffing.KEEPER)


def test_a_role_on_the_party_organisation_reaches_its_cells_and_no_hamlet(world: World) -> None:
    with world.database.transaction() as session:
        above, cell = plant_cell(session, world)
        give(session, world, "head", "party_committee", above)
    with world.database.transaction() as session:
        assert staff.reach(session, as_staff(session, world.staff["head"]), "party_committee") == {
            above,
            cell,
        }
