"""The committee's list: classes the cells proposed, and the decisions typed in with their document. Nothing is computed."""

import uuid
from datetime import date

from flask import Response, flash, redirect, request, url_for
from flask.typing import ResponseReturnValue
from flask_babel import gettext

from admin import pledge_words
from admin.blueprint import PARTY_COMMITTEES, blueprint, page
from admin.forms import refusal_of, typed
from admin.pledge_many import NoneChosen, Not
from admin.pledge_words import Year, asked_year, cells_seen, committee, committees, past_day
from backend import http
from backend.errors import DomainError, NotFound
from backend.http import guarded, staff_with, writes_on_read
from campaigns.pledge import cell
from campaigns.pledge.errors import ChangedSince, ClassUnknown, DocumentMissing
from campaigns.pledge.proposals import Proposal, class_stand, newest_classes, proposals
from campaigns.pledge.rating import rating_of
from campaigns.pledge.readers import trace_listed


@blueprint.get("/pledges/classes")
@writes_on_read
@guarded(staff_with(*PARTY_COMMITTEES))
def pledge_classes() -> Response:
    """What the cells proposed and what was decided. Raises NotFound while there is no year."""
    return _classes_page(_year())


def _year() -> Year:
    year = asked_year()
    if year is None:
        raise NotFound
    return year


def _rows(year: Year) -> list[Proposal]:
    cells = [one.id for one in cells_seen(year, *PARTY_COMMITTEES)]
    return proposals(http.session(), year.activity, cells)


def _classes_page(year: Year, error: DomainError | None = None, refused: list[Not] | None = None) -> Response:
    cells = {one.id: one for one in cells_seen(year, *PARTY_COMMITTEES)}
    rows, rating = _rows(year), rating_of(year.activity)
    _trace(rows)
    status = error.status if error else 409 if refused else 200
    return page(
        "pledge_classes.html",
        status,
        year=year,
        years=pledge_words.years_seen(),
        cells=cells,
        waiting=[one for one in rows if one.decided is None],
        decided=[one for one in rows if one.decided],
        rating=rating,
        class_names=rating.names(http.language()),
        ticked=set(request.form.getlist("pledge")),
        chosen={one.pledge: request.form.get(f"class-{one.pledge}", one.proposed.chosen) for one in rows},
        typed=pledge_words.everything_typed("document", "day", "words"),
        words=pledge_words,
        sentence=http.sentence_of(error) if error else "",
        refused=refused or [],
    )


def _trace(rows: list[Proposal]) -> None:
    """Each member is told once a day that the committee read the class, and the deeds where the cell shares them."""
    offices = committees({one.cell for one in rows})
    for office in set(offices.values()):
        mine = [one for one in rows if offices[one.cell] == office]
        for part, is_shared in (("class", False), ("body", True)):
            listed = {one.pledge: one.number for one in mine if (one.items is not None) is is_shared}
            if listed:
                trace_listed(http.session(), office, listed, part, office.unit)


@blueprint.post("/pledges/classes")
@guarded(staff_with(*PARTY_COMMITTEES))
def pledge_decide() -> ResponseReturnValue:
    """A decision by its document, for those ticked. What changed meanwhile is named and stays. Raises NotFound."""
    year = _year()
    ticked = set(request.form.getlist("pledge"))
    rows = [one for one in _rows(year) if any(t.startswith(f"{one.pledge}:") for t in ticked)]
    papers: list[cell.Paper] = []
    if error := refusal_of(lambda: papers.append(_paper(rows))):
        return _classes_page(year, error)
    refused = []
    for one in sorted(rows, key=lambda row: row.pledge):
        if error := refusal_of(lambda one=one: _decide(year, one, papers[0], ticked)):  # type: ignore[misc]
            refused.append(Not(one.name, http.sentence_of(error)))
    if done := len(rows) - len(refused):
        flash(gettext("Đã ghi quyết định cho %(count)s đảng viên.", count=done))
    if refused:
        return _classes_page(year, refused=refused)
    return redirect(url_for("admin.pledge_classes", activity_id=year.activity.id), 303)


def _paper(rows: list[Proposal]) -> cell.Paper:
    """Raises NoneChosen, DocumentMissing, DayInvalid, DayAhead."""
    if not rows:
        raise NoneChosen
    number, day = typed("document", 60), typed("day", 10)
    if not (number and day):
        raise DocumentMissing
    signed: date = past_day("day")
    return cell.Paper(number, signed)


def _decide(year: Year, row: Proposal, paper: cell.Paper, ticked: set[str]) -> None:
    """The stand the form was made from. Raises ChangedSince, ClassUnknown."""
    held, unit = cell.at_hand(http.session(), row.pledge, "committee", {row.cell})
    _check_unchanged(row.pledge, ticked)
    chosen = typed(f"class-{row.pledge}", 30)
    if not chosen:
        raise ClassUnknown
    cell.decide(http.session(), year.activity, held, chosen, "", paper, committee(unit))


def _check_unchanged(pledge: uuid.UUID, ticked: set[str]) -> None:
    """Looked at with the pledge in hand. Raises ChangedSince."""
    rows = newest_classes(http.session(), [pledge])
    stand = class_stand(rows.get((pledge, "cell")), rows.get((pledge, "committee")))
    if f"{pledge}:{stand}" not in ticked:
        raise ChangedSince
