"""Sittings of the council: a list, and a new one by its decision document with the judges who hold that office today."""

import uuid
from typing import Any

import msgspec
from flask import Response, flash, redirect, request, url_for
from flask.typing import ResponseReturnValue
from flask_babel import gettext

from admin import idea_words
from admin.blueprint import IDEA_SECRETARIES, blueprint, page
from admin.forms import refusal_of, typed
from admin.idea_words import Year, councils_of, paper, secretary, whole, year_asked, years_seen
from backend import http
from backend.errors import N_, DomainError
from backend.http import guarded, staff_with
from backend.people.staff import reach
from backend.units.queries import NamedUnit
from backend.units.words import fold
from campaigns.initiative import council, overview
from campaigns.initiative.errors import RubricUnusable
from campaigns.initiative.models import Council
from campaigns.initiative.schemas import Criterion

SPARE = 2
MOST = 12


class UnitNotFound(DomainError):
    status = 409
    code = "unit_not_found"
    sentence = N_("Không tìm thấy đơn vị “%(word)s”. Xin chọn một đơn vị trong danh sách gợi ý.")


class TitleMissing(DomainError):
    status = 409
    code = "title_missing"
    sentence = N_("Xin ghi tên kỳ họp của hội đồng.")


@blueprint.get("/ideas/councils")
@guarded(staff_with(*IDEA_SECRETARIES))
def idea_councils() -> Response:
    """Sittings there are, and the form for a new one. Raises NotFound while there is no year."""
    return _councils_page()


def _councils_page(error: DomainError | None = None) -> Response:
    year, session = year_asked(), http.session()
    rows = councils_of(year)
    return page(
        "idea_councils.html",
        error.status if error else 200,
        year=year,
        years=years_seen(),
        rows=rows,
        progress=_by_council(overview.progress(session, [one.id for one in rows])),
        judges=judges_known(),
        units=idea_words.reachable_units(year, *IDEA_SECRETARIES),
        marks=council.Marks.of(year.settings),
        words=idea_words,
        form=request.form,
        sentence=http.sentence_of(error) if error else "",
    )


def _by_council(found: dict[tuple[uuid.UUID, uuid.UUID], overview.Progress]) -> dict[uuid.UUID, list[int]]:
    """Council -> initiatives, sheets handed in, sheets expected."""
    sums: dict[uuid.UUID, list[int]] = {}
    for (sitting, _), one in found.items():
        row = sums.setdefault(sitting, [0, 0, 0])
        row[0], row[1], row[2] = row[0] + 1, row[1] + one.handed_in, row[2] + one.judges
    return sums


def judges_known() -> dict[uuid.UUID, str]:
    """Suggested members: whoever holds the office of a judge in reach."""
    return overview.may_judge(http.session(), reach(http.session(), http.staff(), *IDEA_SECRETARIES))


@blueprint.post("/ideas/councils")
@guarded(staff_with(*IDEA_SECRETARIES))
def convene_council() -> ResponseReturnValue:
    """A sitting by a decision document. Raises NotFound while there is no year."""
    year = year_asked()
    made: list[uuid.UUID] = []

    def convene() -> None:
        made.append(_convene(year).id)

    if error := refusal_of(convene):
        return _councils_page(error)
    flash(gettext("Đã lập hội đồng. Thang điểm còn sửa được đến khi có phiếu đầu tiên."))
    return redirect(url_for("admin.idea_council", council_id=made[0]), 303)


def _convene(year: Year) -> Council:
    if not typed("title", 200):
        raise TitleMissing
    marks = council.Marks(
        year.settings.rubric, year.settings.recommend_from, whole("judges", 20), whole("quorum", 50)
    )
    return council.convene(
        http.session(), year.activity.id, title=typed("title", 200), paper=paper(), members=_members(year),
        marks=marks, blind=typed("blind", 3) == "yes", by=secretary(year),
    )  # fmt: skip


def _members(year: Year) -> list[council.Member]:
    """Those for whom a part was chosen. Raises UnitNotFound."""
    units = idea_words.reachable_units(year, *IDEA_SECRETARIES)
    return [
        council.Member(person, typed(f"part-{person}", 10), _unit(typed(f"unit-{person}", 200), units))
        for person in judges_known()
        if typed(f"part-{person}", 10) in idea_words.PARTS
    ]


def _unit(told: str, units: list[NamedUnit]) -> uuid.UUID | None:
    """By its code or its name. Raises UnitNotFound."""
    if not told:
        return None
    found = {
        one.id for one in units if told == one.code or fold(told) in (fold(one.full_name), fold(one.name))
    }
    if len(found) != 1:
        raise UnitNotFound(word=told[:60])
    return found.pop()


# --- the rubric, as a form -------------------------------------------------------------------------------------------


def marks_typed() -> council.Marks:
    """As it was filled in; a line without a name is none. Raises RubricUnusable, NumberInvalid."""
    lines = [n for n in range(MOST) if typed(f"vi-{n}", 120)]
    rubric = [_criterion(n) for n in lines]
    if not rubric:
        raise RubricUnusable
    try:
        known = msgspec.convert(rubric, tuple[Criterion, ...])
    except msgspec.ValidationError:
        raise RubricUnusable from None
    return council.Marks(known, whole("recommend_from"), whole("judges", 20), whole("quorum", 50))


def _criterion(n: int) -> dict[str, Any]:
    name = typed(f"vi-{n}", 120)
    return {
        "code": typed(f"code-{n}", 40) or f"muc-{n + 1}", "vi": name, "en": typed(f"en-{n}", 120) or name,
        "max": whole(f"max-{n}"), "weight": whole(f"weight-{n}"), "pass": whole(f"pass-{n}"),
    }  # fmt: skip


def most_points(rubric: tuple[Criterion, ...]) -> int:
    """What the best possible sheet comes to."""
    return sum(one.max * one.weight for one in rubric)
