"""Party line and State line never mix: whatever counts what the Party counts goes to a Party parent and to nobody else."""

import uuid
from collections.abc import Iterator
from dataclasses import replace
from decimal import Decimal
from typing import Any

import pytest
from sqlalchemy import select
from sqlalchemy.orm import Session

from backend import clock
from backend.aggregates.dataset import line_of, of_line
from backend.aggregates.models import AggregateSent
from backend.aggregates.told_before import body_in
from backend.cards import canonical, shapes, store, templates
from backend.cards.models import Card
from backend.cards.shapes import Template
from campaigns.registry import KINDS, measure_book
from tests.aggregates.telling import MEASURES, a_month, cell, peer, strangers, tell_all
from tests.cards.book import MONTH, PUBLISHED, opened, published, write
from tests.support.world import World

PLEDGED = {
    "code": "dang-ky-neu-guong", "title": {"vi": "Đảng viên đăng ký nêu gương", "en": "Members who pledged"}, "most": 20, "target": 30,
    "formula": {
        "numerator": {"measure": "pledge.registered", "take": "people"}, "denominator": None, "population": None,
        "factor": 1, "decimals": 0, "about_people": True,
    },
    "curve": {"kind": "linear", "cap": 1},
}  # fmt: skip
GATED = {
    "kind": "unique_people", "at_least": 50, "keeps": 0.5, "above": {"measure": "pledge.confirmed", "take": "people"},
    "below": {"measure": "pledge.registered", "take": "people"},
}  # fmt: skip


def both_lines(**more: Any) -> Template:
    """The commune's monthly card with a criterion of the Party's besides."""
    data = canonical.read(templates.newest("xa-thang").body)
    data["version"] = 91
    data["groups"][0]["criteria"].append(PLEDGED | more)
    return shapes.read(canonical.to_bytes(_plain(data)))


def _plain(value: Any) -> Any:
    if isinstance(value, float):
        return Decimal(str(value))
    if isinstance(value, dict):
        return {key: _plain(inner) for key, inner in value.items()}
    return [_plain(inner) for inner in value] if isinstance(value, list) else value


# --- which line -------------------------------------------------------------------------------------------------


def test_every_measure_of_a_pledge_is_the_partys_and_sensitive() -> None:
    pledges = next(kind for kind in KINDS if kind.name == "pledge")
    assert {(one.line, one.is_sensitive) for one in pledges.measures} == {("party", True)}


def test_a_line_takes_its_own_criteria_and_no_other() -> None:
    template = both_lines()
    party, state = of_line(template, "party", MEASURES), of_line(template, "state", MEASURES)
    assert [one.code for one in party.elements] == ["dang-ky-neu-guong"]
    assert "dang-ky-neu-guong" not in [one.code for one in (*state.elements, *state.criteria)]
    assert {one.code for one in (*party.criteria, *state.criteria)} == {one.code for one in template.criteria}


def test_a_party_measure_in_the_denominator_or_in_a_gate_makes_it_the_partys() -> None:
    data = canonical.read(templates.newest("xa-thang").body)
    contest = data["groups"][0]["criteria"][0]
    contest["gates"] = [GATED]
    gated = shapes.read(canonical.to_bytes(_plain(data)))
    assert line_of(gated["du-thi"], gated, MEASURES) == "party"
    below = both_lines(
        code="theo-dang-vien",
        formula=PLEDGED["formula"] | {"numerator": {"measure": "visit.visits", "take": "facts"}, "denominator": {"measure": "pledge.registered", "take": "people"}},
    )  # fmt: skip
    assert line_of(below["theo-dang-vien"], below, MEASURES) == "party"


def test_what_is_declared_goes_with_everything_that_is_measured() -> None:
    template = both_lines()
    assert line_of(template["niem-yet"], template, MEASURES) == "state"
    only = replace(template, groups=tuple(replace(group, criteria=tuple(c for c in group.criteria if c.code in ("dang-ky-neu-guong", "niem-yet"))) for group in template.groups))  # fmt: skip
    assert line_of(only["niem-yet"], only, MEASURES) == "party"


def test_sensitive_figures_are_told_of_ten_people_or_nobody() -> None:
    template = both_lines()
    assert [one.k for one in of_line(template, "party", MEASURES).elements] == [10]
    assert {one.k for one in of_line(template, "state", MEASURES).elements} == {5}
    assert measure_book()["contest.passed"].is_sensitive


# --- what goes where --------------------------------------------------------------------------------------------


@pytest.fixture
def session(world: World) -> Iterator[Session]:
    with world.database.transaction() as session:
        yield session


def a_card_of_both(session: Session, world: World, members: int) -> Card:
    with clock.stopped_at(PUBLISHED):
        store.freeze(session, MONTH, both_lines())
    write(session, strangers(world.commune, members, measure="pledge.registered"))
    a_month(session, world)
    return session.scalars(select(Card)).one()


def bodies(session: Session) -> dict[str, Any]:
    tell_all(session)
    return {row.line: body_in(row) for row in session.scalars(select(AggregateSent))}


def test_pledge_counts_reach_the_party_parent_alone(world: World, session: Session) -> None:
    peer(session, "parent", name="UBND tỉnh")
    peer(session, "parent", line="party", name="Tỉnh ủy")
    a_card_of_both(session, world, 14)
    found = bodies(session)
    assert set(found) == {"party", "state"}
    assert cell(found["party"], "05752", "dang-ky-neu-guong").numerator == 14
    state = next(row for row in session.scalars(select(AggregateSent)) if row.line == "state")
    assert b"neu-guong" not in state.body
    assert [one.code for one in found["party"].scope.units] == ["05752"]  # no hamlet is a Party cell


def test_the_states_points_are_without_what_pledges_earned(world: World, session: Session) -> None:
    """Else the difference between the card's sum and the sum of what is told would be the pledges."""
    peer(session, "parent", name="UBND tỉnh")
    peer(session, "parent", line="party", name="Tỉnh ủy")
    card = a_card_of_both(session, world, 14)
    found = bodies(session)
    whole = opened(session, world)
    assert whole.id == card.id
    assert (found["state"].points.out_of, found["party"].points.out_of) == ("100", "20")
    assert (found["state"].points.rated, found["party"].points.rated) == (None, None)


def test_eight_members_are_too_few_to_be_told(world: World, session: Session) -> None:
    """The card shows eight; the points worked out of them stay at home with them."""
    peer(session, "parent", line="party", name="Tỉnh ủy")
    a_card_of_both(session, world, 8)
    (body,) = bodies(session).values()
    hidden = cell(body, "05752", "dang-ky-neu-guong")
    assert (hidden.numerator, hidden.value, hidden.flag) == (None, None, "S")
    assert body.points is None


def test_one_line_knows_nothing_of_the_others_restatement(world: World, session: Session) -> None:
    """A later revision that moves pledges alone tells the State the same figures under the next number."""
    peer(session, "parent", name="UBND tỉnh")
    card = a_card_of_both(session, world, 14)
    before = bodies(session)["state"]
    from datetime import timedelta

    from tests.cards.book import AGAIN

    write(
        session, strangers(world.commune, 12, measure="pledge.registered", received=AGAIN - timedelta(days=1))
    )
    published(session, card, AGAIN)
    rows = tell_all(session, AGAIN + timedelta(hours=1))
    assert [body_in(row).cells for row in rows] == [before.cells]
    assert uuid.UUID(str(rows[0].peer_id))
