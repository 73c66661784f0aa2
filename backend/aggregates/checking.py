"""Whether a packet of figures may be believed: everything is asked before a row is written.

Figures from elsewhere are checked by the rules of this node's own copy of the template: full scope, every cell in its place,
values that are what their two sides come to, no small number shown, sums that are sums.
"""

import weakref
from dataclasses import dataclass
from datetime import date, timedelta

from sqlalchemy.orm import Session

from backend import clock
from backend.aggregates import wording
from backend.aggregates.dataset import Dataset, of_line
from backend.aggregates.packet import (
    HELD,
    HIDDEN,
    SHOWN,
    WITHOUT_FIGURE,
    Cell,
    Element,
    Figures,
    dataset_of,
    sheet_id,
)
from backend.aggregates.standing import Before, before
from backend.calendars import CalendarUnknown, Period, PeriodUnknown
from backend.cards import shapes, store
from backend.cards.models import CardTemplate
from backend.cards.shapes import Formula, Template
from backend.cards.templates import shipped_all
from backend.federation.packets.stream import Arrived, PacketHeld, PacketRefused
from backend.federation.peers import queries as peers
from backend.federation.shapes import read_day
from backend.own_calendars import reading as own_calendars
from backend.participation.measures import MeasureBook
from backend.tallies.disclosure import may_show

MOST_DIGITS = 14
"""Before the point: what the column of a value holds."""

_held_datasets: "weakref.WeakKeyDictionary[object, dict[tuple[str, str], Dataset]]" = (
    weakref.WeakKeyDictionary()
)
"""By engine: a template is its fingerprint, so what was read of it once holds for good."""


@dataclass(frozen=True)
class Checked:
    body: Figures
    dataset: Dataset
    period: Period
    before: Before


def check(session: Session, arrived: Arrived, measures: MeasureBook) -> Checked:
    """Raises PacketHeld for what may be understood later, PacketRefused for what never will."""
    body: Figures = arrived.body
    _addressed(arrived, body)
    period = _period(session, body)
    wording.moments(body)
    wording.words(body)
    found = _scope(session, arrived, body, period)
    dataset = _dataset(session, body, measures)
    _elements(body, dataset)
    _cells(body, dataset)
    _sums(body)
    return Checked(body, dataset, period, found)


def _addressed(arrived: Arrived, body: Figures) -> None:
    if arrived.header.stream != body.dataset or dataset_of(body.template.code) != body.dataset:
        raise PacketRefused("other-dataset", "/dataset")
    if body.line != arrived.peer.line:
        raise PacketRefused("other-line", "/line")


def _period(session: Session, body: Figures) -> Period:
    try:
        period = own_calendars.period(session, body.calendar, body.period)
    except CalendarUnknown:
        raise PacketHeld("calendar-unknown", "/calendar") from None
    except PeriodUnknown:
        raise PacketRefused("period-unknown", "/period") from None
    if (
        period.last > clock.today()
    ):  # over there it may be the next day already, but no earlier than midnight here
        raise PacketRefused("future-period", "/period")
    return period


# --- for whom ---------------------------------------------------------------------------------------------------


def _scope(session: Session, arrived: Arrived, body: Figures, period: Period) -> Before:
    """Below the first unit, named once each; the first one within what the peer speaks for on the period's last day, and
    none of the others what another peer speaks for."""
    known = {body.top.code}
    for number, unit in enumerate(body.scope.units[1:], start=1):
        if unit.code in known:
            raise PacketRefused("unit-twice", f"/scope/units/{number}/code")
        if unit.parent not in known:
            raise PacketRefused("unit-not-below", f"/scope/units/{number}/parent")
        known.add(unit.code)
    day, peer = last_day_of(body, period), arrived.peer.id
    sheet = sheet_id(body.top.code, body.dataset, body.line, body.calendar, body.period)
    found = before(session, peer, body.line, body.top.code, known - {body.top.code}, day, sheet)
    if not found.is_in_reach and not peers.may_speak_for(session, peer, body.top.code, day):
        raise PacketRefused("outside-reach", "/scope/units/0/code")
    if found.is_of_another:
        raise PacketRefused("outside-reach", "/scope/units")
    return found


def last_day_of(body: Figures, period: Period) -> date:
    """The last day of the period on which the unit was there, as it says itself."""
    until = _day(body.top.until, "/scope/units/0/to")
    for number, unit in enumerate(body.scope.units):
        _day(unit.since, f"/scope/units/{number}/from")
        _day(unit.until, f"/scope/units/{number}/to")
    if until is None or until > period.last:
        return period.last
    if until <= period.first:
        raise PacketRefused("unit-ended-before", "/scope/units/0/to")
    return until - timedelta(days=1)


def _day(text: str | None, pointer: str) -> date | None:
    if text is not None and read_day(text) is None:
        raise PacketRefused("no-such-day", pointer)
    return None if text is None else read_day(text)


# --- by which template ------------------------------------------------------------------------------------------


def _dataset(session: Session, body: Figures, measures: MeasureBook) -> Dataset:
    held = _held_datasets.setdefault(session.get_bind().engine, {})
    key = (body.template.sha256, body.line)
    if key not in held:
        held[key] = of_line(_template(session, body.template.sha256), body.line, measures)
    found = held[key].template
    if (found.code, found.version) != (body.template.code, body.template.version):
        raise PacketRefused("other-template", "/template")
    if found.rules != body.rules or found.calendar != body.calendar:
        raise PacketRefused("other-template", "/rules")
    return held[key]


def _template(session: Session, sha256: str) -> Template:
    """One that was used or given out here, or one that comes with the product and is used for the first time."""
    if row := session.get(CardTemplate, sha256):
        return shapes.read(row.body)
    shipped = next((one for one in shipped_all() if one.sha256 == sha256), None)
    if shipped is None:
        raise PacketHeld("template-unknown", "/template/sha256")
    store.keep_template(session, shipped)
    return shipped


def _elements(body: Figures, dataset: Dataset) -> None:
    """Every measured criterion of that line in the template's order, and none hidden by a laxer rule than here."""
    own, told = dataset.elements, body.scope.elements
    if [one.code for one in told] != [one.code for one in own]:
        raise PacketRefused("other-elements", "/scope/elements")
    for number, (one, other) in enumerate(zip(told, own, strict=True)):
        adds = one.additivity == other.additivity or (
            one.additivity == "at_most" and other.additivity == "distinct"
        )
        if not adds or (one.about_people, one.noun) != (other.about_people, other.noun) or one.k < other.k:
            raise PacketRefused("other-elements", f"/scope/elements/{number}")


# --- cell by cell -----------------------------------------------------------------------------------------------


def _cells(body: Figures, dataset: Dataset) -> None:
    """Each place once and in order: a cell that is missing is no figure left standing."""
    columns, cells = len(body.scope.elements), body.cells
    if len(cells) != len(body.scope.units) * columns:
        raise PacketRefused("scope-not-full", "/cells")
    rules = [(one, formula) for one, (_, formula) in zip(body.scope.elements, dataset.measured, strict=True)]
    for place, cell in enumerate(cells):
        if cell.unit * columns + cell.element != place or not 0 <= cell.element < columns:
            raise PacketRefused("scope-not-full", f"/cells/{place}")
        if code := _wrong(cell, *rules[cell.element]):
            raise PacketRefused(code, f"/cells/{place}")


def _wrong(cell: Cell, element: Element, formula: Formula) -> str | None:
    if cell.flag in WITHOUT_FIGURE:
        return "hidden-yet-told" if cell.numerator is not None or cell.value is not None else None
    if cell.numerator is None:
        return "figure-missing"
    if element.about_people and not _is_many(cell, element, formula):
        return "small-number-shown"
    if cell.value != value_text(formula, cell.numerator, cell.denominator):
        return "value-differs"
    if cell.value is not None and len(cell.value.partition(".")[0]) > MOST_DIGITS:
        return "value-too-large"
    return None


def _is_many(cell: Cell, element: Element, formula: Formula) -> bool:
    nothing_asked = formula.denominator is not None and not cell.numerator and not cell.denominator
    return nothing_asked or may_show(cell.numerator or 0, cell.denominator, element.k)


def value_text(formula: Formula, numerator: int, denominator: int | None) -> str | None:
    """What `dataset.value_of` comes to, written as in a packet: in whole numbers, for there are very many."""
    if not formula.is_ratio:
        return str(numerator)
    if not denominator:
        return None
    scale = 10**formula.decimals
    whole, rest = divmod((2 * numerator * formula.factor * scale + denominator) // (2 * denominator), scale)
    return f"{whole}.{rest:0{formula.decimals}d}".rstrip("0").rstrip(".") if rest else str(whole)


def _sums(body: Figures) -> None:
    """Where a sum's rest is told, nothing of it is hidden, and the parts and the rest are the whole."""
    columns = len(body.scope.elements)
    for place, one in enumerate(body.scope.elements):
        if one.apart is None:
            continue
        column = body.cells[place::columns]
        if any(cell.flag in HIDDEN or cell.flag == HELD for cell in column):
            raise PacketRefused("hidden-yet-told", f"/scope/elements/{place}/apart")
        parts = sum(cell.numerator or 0 for cell in column[1:])
        if column[0].flag == SHOWN and column[0].numerator != parts + one.apart:
            raise PacketRefused("sum-differs", f"/scope/elements/{place}/apart")
