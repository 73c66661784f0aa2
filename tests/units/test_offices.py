"""Keeps the two lines apart: where a unit has a Party organisation, its people act on the Party's line and nobody else."""

import uuid

import pytest

from backend import clock
from backend.db.base import new_id
from backend.people.staff import Staff
from backend.reports.hands import Desk
from backend.reports.models import Submission
from backend.units import change as units
from backend.units import offices
from tests.support.reports import Office, office
from tests.support.world import SINCE, World

OF_LINE = {"party": "xa-dang-uy-tinh-uy", "state": "xa-ubnd-ubnd-tinh"}


@pytest.fixture
def here(world: World) -> Office:
    return office(world)


@pytest.fixture
def organisation(here: Office) -> uuid.UUID:
    return organisation_of(here, here.world.commune)


def organisation_of(here: Office, unit: uuid.UUID, code: str = "DB") -> uuid.UUID:
    with here.world.database.transaction() as session:
        return units.found(
            session, code=f"05752-{code}", kind="party_organisation", name="Đảng bộ xã Tân Khánh", level_word="",
            since=SINCE, parents={"party": unit},
        )  # fmt: skip


def desk(here: Office, **roles: uuid.UUID) -> Desk:
    with here.world.database.transaction(writes=False) as session:
        granted = {role: frozenset({unit}) for role, unit in roles.items()}
        return Desk.of(session, Staff(here.world.staff["an"], new_id(), "an", granted))


def at(here: Office, line: str, state: str) -> Submission:
    row = here.row(here.open(here.duty(line=line, obligation=OF_LINE[line])))
    row.state = state
    return row


DEEDS = [("drafter", "draft", "open"), ("reviewer", "review", "drafted"), ("signer", "sign", "reviewed"),
         ("clerk", "number", "signed")]  # fmt: skip


@pytest.mark.parametrize(("role", "deed", "state"), DEEDS)
def test_one_grant_acts_on_one_line(
    here: Office, organisation: uuid.UUID, role: str, deed: str, state: str
) -> None:
    party, local = desk(here, **{role: organisation}), desk(here, **{role: here.world.commune})
    for line, acts, does_not in (("party", party, local), ("state", local, party)):
        row = at(here, line, state)
        assert acts.holds(row, deed), line
        assert acts.may_read(row)
        assert not does_not.holds(row, deed), line
        assert not does_not.may_read(row)


def test_where_there_is_one_office_one_grant_serves_both_lines(here: Office) -> None:
    for line in ("party", "state"):
        assert desk(here, signer=here.world.commune).holds(at(here, line, "reviewed"), "sign")


def test_the_receiver_of_a_line_is_that_lines_office(here: Office) -> None:
    above = organisation_of(here, here.world.province, "TU")
    party, state = at(here, "party", "sent"), at(here, "state", "sent")
    assert desk(here, party_office=above).holds(party, "receive")
    assert not desk(here, party_office=above).may_read(state)
    assert desk(here, party_office=here.world.province).holds(state, "receive")
    assert not desk(here, party_office=here.world.province).may_read(party)
    assert not desk(here, province_viewer=here.world.province).may_read(party)


def test_an_organisation_below_an_organisation_is_no_office_of_it(
    here: Office, organisation: uuid.UUID
) -> None:
    lower = organisation_of(here, organisation, "DB2")
    with here.world.database.transaction(writes=False) as session:
        known = offices.offices(session, [organisation, lower, here.world.commune], clock.today())
    assert known.acting(here.world.commune, "party") == {organisation}
    assert known.acting(organisation, "party") == {organisation}
    assert known.acting(here.world.commune, "state") == {here.world.commune}
    assert known.posts([lower]) == {(lower, "party"), (lower, "state")}
