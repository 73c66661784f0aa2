"""Open data: which units give their published figures to everybody, what those are, and the files to take home."""

from collections.abc import Mapping
from dataclasses import dataclass
from decimal import Decimal
from itertools import groupby

from flask import Blueprint, Response, request
from flask.typing import ResponseReturnValue
from flask_babel import format_decimal, gettext
from sqlalchemy import select

from backend import clock, http
from backend.calendars import Heading, heading
from backend.http import anybody, guarded
from backend.open_data import choices
from backend.open_data.models import OpenDataChoice
from backend.public import open_files
from backend.public.open_figures import DAYS, OpenFigure, figures
from backend.public.page import page
from backend.units.models import Unit
from backend.units.queries import NamedUnit, named_many

blueprint = Blueprint("open_data", __name__, template_folder="templates")

KEPT_S = 300
"""So long a copy may be shown after the unit stopped; the console says so."""
FIRST_SHOWN = 3
"""So many figures stand large at the head of the page."""
FILES = {"csv": "text/csv; charset=utf-8", "json": "application/json"}


@dataclass(frozen=True)
class Block:
    """Figures of one scorecard, series or contest in one period."""

    source: str
    about: Mapping[str, str]
    when: Heading
    rows: tuple[OpenFigure, ...]

    @property
    def newest(self) -> OpenFigure:
        return max(self.rows, key=lambda row: row.published_at)


@blueprint.get("/du-lieu-mo")
@guarded(anybody)
def every() -> Response:
    """The units that publish."""
    session = http.session()
    units = named_many(session, choices.publishing(session), clock.today()).values()
    return kept(page("open_data", units=sorted(units, key=lambda one: one.code)))


@blueprint.get("/du-lieu-mo/<string:unit_code>")
@guarded(anybody)
def one(unit_code: str) -> ResponseReturnValue:
    """A unit's published figures; of a unit that does not publish nothing is said, not even that it is there."""
    found = _publishing(unit_code)
    if found is None:
        return page("open_data", units=[], missing=True), 404
    unit, choice = found
    rows = figures(http.session(), unit.id)
    return kept(
        page(
            "open_data_unit",
            unit=unit,
            licence=choice.licence,
            large=[row for row in rows if row.status == "shown" and row.source == "scorecard"][:FIRST_SHOWN],
            blocks=_blocks(rows),
            columns=open_files.COLUMNS,
            schema=open_files.SCHEMA,
            count=len(rows),
            share=_share,
            value=shown_number,
            words=heading_words,
            measured=gettext,  # not the template's own: '% dự toán' is no place for a value
            latest=max((row.published_at for row in rows), default=None),
        )
    )


@blueprint.get("/du-lieu-mo/<string:unit_code>/so-lieu.<word>")
@guarded(anybody)
def file(unit_code: str, word: str) -> ResponseReturnValue:
    """The same as a file: csv or json."""
    found = _publishing(unit_code)
    if found is None or word not in FILES:
        return page("open_data", units=[], missing=True), 404
    unit, choice = found
    rows = open_files.rows_of(unit, choice.licence, figures(http.session(), unit.id))
    data = open_files.to_csv(rows) if word == "csv" else open_files.to_json(unit, choice.licence, rows)
    answer = Response(data, content_type=FILES[word])
    answer.headers.set("Content-Disposition", "attachment", filename=f"so-lieu-mo-{unit.code}.{word}")
    return kept(answer)


def _publishing(code: str) -> tuple[NamedUnit, OpenDataChoice] | None:
    session = http.session()
    unit = session.scalars(select(Unit.id).where(Unit.code == code.replace("\x00", "")[:40])).first()
    choice = choices.standing(session, [unit]).get(unit) if unit else None
    if unit is None or choice is None or not choice.is_on:
        return None
    named = named_many(session, [unit], clock.today()).get(unit)
    return (named, choice) if named else None


def kept(body: str | Response) -> Response:
    """May be kept for some minutes, by whoever stands between as well; asked for again with its tag, it is not sent twice."""
    answer = body if isinstance(body, Response) else Response(body)
    answer.headers["Cache-Control"] = f"public, max-age={KEPT_S}"
    answer.vary.update(("Accept-Language", "Cookie"))
    answer.add_etag()
    answer.make_conditional(request)
    return answer


def _blocks(rows: list[OpenFigure]) -> list[Block]:
    def place(row: OpenFigure) -> tuple[str, str, str, str]:
        return (row.source, row.about["vi"], row.period.calendar, row.period.code)

    return [
        Block(key[0], told[0].about, _heading(told[0]), tuple(told))
        for key, group in groupby(rows, key=place)
        if (told := list(group))
    ]


def _heading(row: OpenFigure) -> Heading:
    if row.period.calendar == DAYS:
        return Heading("%(days)s", {"days": f"{row.period.first:%d/%m/%Y} - {row.period.last:%d/%m/%Y}"})
    return heading(row.period)


def heading_words(told: Heading) -> str:
    """In the reader's language; the days where the name alone would make one think of others."""
    name = gettext(told.sentence, **told.values)
    return f"{name} ({told.days})" if told.days else name


def shown_number(number: Decimal) -> str:
    """'1.306', '8,5': as exact as it was published."""
    places = -int(number.as_tuple().exponent)
    return str(format_decimal(number, format="#,##0" + ("." + "0" * places if places > 0 else "")))


def _share(row: OpenFigure) -> int | None:
    """Of a whole, for a bar from 0 to 100."""
    if row.numerator is None or not row.denominator:
        return None
    return int(min(Decimal(100), row.numerator * 100 / row.denominator))
