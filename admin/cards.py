"""The cards of a period: the commune's own, or those of all communes a province sees, in groups of like size."""

import uuid
from collections.abc import Mapping
from dataclasses import dataclass, replace

from flask import Response, flash, redirect, request, url_for
from flask.typing import ResponseReturnValue
from flask_babel import gettext

from admin import card_papers, card_words
from admin.blueprint import CARD_KEEPERS, CARD_READERS, CARD_ROLES, actor, blueprint, page
from admin.card_choice import Choice, asked, asked_in
from admin.card_papers import Way
from admin.card_words import SIDE_BY_SIDE, ended_units
from admin.forms import typed
from backend import clock, http
from backend.cards import actions
from backend.cards.sizes import Sized, in_sizes
from backend.cards.standings import Standing, standings, with_card
from backend.http import guarded, staff_with
from backend.people.staff import reach, require_reach
from backend.scorecards.standing import band_words
from backend.units.errors import UnitUnknown
from backend.units.queries import NamedUnit, named_many
from backend.units.words import sort_key

MOST_CARDS = 50
"""So many communes stand on one page."""


@dataclass(frozen=True)
class Line:
    """A commune with its card of the month; `class_title` in words; `ways`: how far its paper has come on each line."""

    unit: NamedUnit
    standing: Standing | None
    class_title: str | None
    may_open: bool
    may_compare: bool
    ways: list[Way]
    size: Sized | None = None
    """Of the first of its group: what the group is called."""


@blueprint.get("/cards")
@guarded(staff_with(*CARD_ROLES))
def cards() -> Response:
    """Raises TemplateUnknown; PeriodUnknown for a period of another calendar or length."""
    choice = asked()
    period = choice.period
    number = min(max(request.args.get("page", 1, type=int), 1), 1000)
    seen = _seen(choice)
    several = len(seen.units) > 1
    groups = (
        in_sizes(http.session(), seen.shown, choice.shape, period.last)
        if several
        else [Sized(None, seen.shown)]
    )
    in_order = [(unit, group) for group in groups for unit in group.units]
    here = in_order[(number - 1) * MOST_CARDS : number * MOST_CARDS]
    return page(
        "cards.html",
        period=period,
        choice=choice,
        lines=_with_sizes(
            _lines(choice, seen, [unit for unit, _ in here]), [group for _, group in here], len(groups) > 1
        ),
        without=len(seen.units) - len(seen.with_card),
        several=several,
        number=number,
        more=len(in_order) > number * MOST_CARDS,
        shape=choice.shape,
        band_words=band_words,
        words=card_words,
        sheet=SIDE_BY_SIDE,
        sees_templates=http.staff().holds(*CARD_READERS),
    )


@dataclass(frozen=True)
class Seen:
    """The communes a member sees in name order. `shown`: those with a card, and the own, which may open one."""

    units: list[NamedUnit]
    with_card: set[uuid.UUID]
    own: set[uuid.UUID]
    reached: set[uuid.UUID]

    @property
    def shown(self) -> list[NamedUnit]:
        return [unit for unit in self.units if unit.id in self.with_card or unit.id in self.own]


def _with_sizes(lines: list[Line], groups: list[Sized], several: bool) -> list[Line]:
    """The first line of each group bears its name."""
    begins = [number for number, group in enumerate(groups) if not number or group is not groups[number - 1]]
    return [
        replace(line, size=group) if several and number in begins else line
        for number, (line, group) in enumerate(zip(lines, groups, strict=True))
    ]


def _seen(choice: Choice) -> Seen:
    session, period = http.session(), choice.period
    reached = reach(session, http.staff(), *CARD_READERS)
    own = {unit for role in CARD_KEEPERS for unit in http.staff().roles.get(role, ())}
    communes = named_many(session, reached | card_papers.acted_for(), clock.today(), "commune")
    communes |= ended_units(choice.code, period)
    in_order = sorted(communes.values(), key=lambda unit: sort_key(unit.name))
    return Seen(in_order, with_card(session, communes, choice.code, period), own, reached)


def _lines(choice: Choice, seen: Seen, units: list[NamedUnit]) -> list[Line]:
    session = http.session()
    found = standings(session, [unit.id for unit in units], choice.code, choice.period)
    ways = card_papers.ways_of(one.card for one in found.values())
    return [
        _line(unit, found.get(unit.id), ways, unit.id in seen.own, unit.id in seen.reached) for unit in units
    ]


def _line(
    unit: NamedUnit, standing: Standing | None, ways: Mapping[uuid.UUID, list[Way]], may_open: bool,
    may_compare: bool,
) -> Line:  # fmt: skip
    on_way = ways.get(standing.card, []) if standing else []
    title = standing.class_title if standing else None
    return Line(unit, standing, title["vi"] if title else None, may_open, may_compare, on_way)


@blueprint.post("/cards")
@guarded(staff_with(*CARD_KEEPERS))
def open_card() -> ResponseReturnValue:
    """Raises UnitUnknown, NotAllowed, TemplateUnknown, PeriodUnknown, PeriodAhead, NotForThisUnit, NotThereThen."""
    try:
        unit = uuid.UUID(typed("unit"))
    except ValueError:
        raise UnitUnknown from None
    require_reach(http.session(), http.staff(), unit, *CARD_KEEPERS)
    choice = asked_in(typed("template", 40), typed("period", 20))
    card = actions.open_card(http.session(), unit, choice.code, choice.period, actor())
    flash(gettext("Đã mở phiếu. Chỉ tiêu, mẫu phiếu và số dân của kỳ này được giữ nguyên từ bây giờ."))
    return redirect(url_for("admin.card", card_id=card.id), 303)
