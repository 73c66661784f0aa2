"""QR codes to print: the cards households keep, and the code on the wall of the hamlet house, which changes every week."""

import io
import uuid
from dataclasses import dataclass

import segno
from flask import Response, request
from markupsafe import Markup

from admin.blueprint import TEAM_ROLES, blueprint, page
from admin.team_words import hamlet_seen, team_seen
from backend import clock, http
from backend.http import guarded, staff_with
from backend.teams import cards, queries
from backend.teams.queries import HouseholdView
from backend.teams.rules import week_of
from backend.units.queries import NamedUnit


@dataclass(frozen=True)
class Card:
    """A code drawn as SVG with what stands under it. The nickname is not on it: whoever finds a card learns nothing."""

    title: str
    under: str
    picture: Markup


@blueprint.get("/teams/<uuid:team_id>/cards")
@guarded(staff_with(*TEAM_ROLES))
def team_cards(team_id: uuid.UUID) -> Response:
    """The cards of a team's households. Raises TeamUnknown, NotAllowed."""
    team = team_seen(team_id)
    found = queries.part_of_team(http.session(), team.id, after=_after())
    cards = [_card(row) for row in found.rows]
    return page("household_cards.html", title=team.name, team=team, house=None, found=found, cards=cards)


def _after() -> str:
    """Where the sheet goes on."""
    return request.args.get("after", "")[:120]


@blueprint.get("/units/<uuid:unit_id>/cards")
@guarded(staff_with(*TEAM_ROLES))
def household_cards(unit_id: uuid.UUID) -> Response:
    """The cards of a hamlet's households, and the code of its house. Raises NotFound."""
    hamlet = hamlet_seen(unit_id)
    found = queries.part_of_hamlet(http.session(), hamlet.id, after=_after())
    return page(
        "household_cards.html",
        title=hamlet.full_name,
        hamlet=hamlet,
        house=None if _after() else _house(hamlet),
        found=found,
        cards=[_card(row) for row in found.rows],
    )


def _card(row: HouseholdView) -> Card:
    return Card(row.code, row.hamlet.name, drawn(cards.household_card(http.services().seal, row)))


def _house(hamlet: NamedUnit) -> Card:
    week = week_of(clock.today())
    text = cards.house_code(http.services().seal, hamlet.id, week)
    return Card(hamlet.heading, week, drawn(text))


def drawn(text: str) -> Markup:
    """A QR code as SVG without a size of its own; the page says how large."""
    file = io.BytesIO()
    code = segno.make(text, error="m", micro=False)
    code.save(file, kind="svg", xmldecl=False, svgns=True, border=4, omitsize=True)
    return Markup(file.getvalue().decode())  # noqa: S704 - drawn here, from a text of letters and digits
