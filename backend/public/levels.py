"""What provinces (and the country) gave out over their units: the signed statement as a page, and the files to take home."""

import csv
import io
from codecs import BOM_UTF8
from collections.abc import Mapping
from decimal import Decimal
from typing import Any

from flask import Blueprint, Response, request
from flask.typing import ResponseReturnValue
from flask_babel import gettext

from backend import clock, http
from backend.calendars import heading
from backend.http import anybody, guarded
from backend.levels import publishing, reading
from backend.levels.publishing import LICENCE, Listed, Published
from backend.levels.words import FLAGS, WHY
from backend.own_calendars.reading import period
from backend.public.open_data import heading_words, kept, shown_number
from backend.public.page import page
from backend.targets.csv_file import shown
from backend.units.queries import NamedUnit, named_to_the_last

blueprint = Blueprint("levels", __name__, template_folder="templates")

COLUMNS = (
    "unit_code", "unit_name", "element", "title_vi", "title_en", "measured_in", "flag", "numerator", "denominator",
    "value", "revision", "digest", "calendar", "period", "publication", "licence",
)  # fmt: skip


@blueprint.get("/tong-hop")
@guarded(anybody)
def every() -> ResponseReturnValue:
    """Every period that was given out, the last published first."""
    session = http.session()
    rows = publishing.listed(session)
    units = named_to_the_last(session, {row.unit_id for row in rows}, clock.today())
    found = [(units[row.unit_id], row, _period_words(row)) for row in rows if row.unit_id in units]
    titles = reading.titles(session, {_template(row.dataset) for row in rows})
    return kept(page("levels", rows=found, titles=titles, template=_template))


@blueprint.get("/tong-hop/<string:unit_code>/<string:template>/<string:line>/<string:calendar>/<string:code>")
@guarded(anybody)
def one(unit_code: str, template: str, line: str, calendar: str, code: str) -> ResponseReturnValue:
    """One period of one level: what was published last, or the number asked for (`ban`)."""
    found = _found(unit_code, template, line, calendar, code)
    if found is None:
        return page("levels", rows=[], titles={}, template=_template, missing=True), 404
    unit, told = found
    said = told.said
    return kept(
        page(
            "levels_one",
            unit=unit,
            row=told.row,
            said=said,
            elements={one["code"]: one for one in said["elements"]},
            title=reading.titles(http.session(), [template])[template],
            when=_period_words(told.row),
            template=template,
            amount=_amount,
            ends=_ends,
            why=_why,
            flag=_flag,
            number=_number,
        )
    )


@blueprint.get(
    "/tong-hop/<string:unit_code>/<string:template>/<string:line>/<string:calendar>/<string:code>/so-lieu.<word>"
)
@guarded(anybody)
def file(unit_code: str, template: str, line: str, calendar: str, code: str, word: str) -> ResponseReturnValue:  # fmt: skip
    """json: the very bytes that were signed, whose SHA-256 the page shows. csv: a row a figure."""
    found = _found(unit_code, template, line, calendar, code)
    if found is None or word not in ("json", "csv"):
        return page("levels", rows=[], titles={}, template=_template, missing=True), 404
    unit, told = found
    name = f"tong-hop-{unit.code}-{template}-{code}-{told.row.number}.{word}"
    if word == "json":
        answer = Response(told.row.statement, content_type="application/json")
        answer.headers["Lantoa-Signature"], answer.headers["Lantoa-Key"] = told.row.signature, told.row.key_id
    else:
        answer = Response(_csv(told), content_type="text/csv; charset=utf-8")
    answer.headers.set("Content-Disposition", "attachment", filename=name)
    return kept(answer)


def _found(
    unit_code: str, template: str, line: str, calendar: str, code: str
) -> tuple[NamedUnit, Published] | None:
    session = http.session()
    unit = reading.unit_with(session, unit_code)
    number = request.args.get("ban", "")
    asked = int(number) if number.isascii() and number.isdigit() and len(number) < 6 else None
    words = (one.replace("\x00", "")[:60] for one in (line, f"figures/{template}", calendar, code))
    line, dataset, calendar, code = words
    told = publishing.one(session, unit.id, line, dataset, calendar, code, asked) if unit else None
    if unit is None or told is None:
        return None
    named = named_to_the_last(session, [unit.id], clock.today()).get(unit.id)
    return (named, told) if named else None


def _template(dataset: str) -> str:
    return dataset.partition("/")[2] or dataset


def _period_words(row: Listed | Any) -> str:
    return heading_words(heading(period(http.session(), row.calendar, row.period)))


# --- numbers before a reader's eyes -----------------------------------------------------------------------------------


def _amount(element: Mapping[str, Any], text: str | None) -> str:
    """'8,5 %', '1.306 người'; the statement writes numbers as texts."""
    unit = "%" if element["factor"] == 100 else element["noun"]
    return f"{shown_number(Decimal(text or '0'))} {unit}".strip()


def _number(text: str | None) -> str:
    return "–" if text is None else shown_number(Decimal(text))


def _flag(code: str) -> str:
    return gettext(FLAGS.get(code, FLAGS["N"]))


def _ends(element: Mapping[str, Any], told: Mapping[str, Any]) -> str:
    """The rate where it is one, else the sum: exactly, or at least and at most."""
    end = told["rate"] if element["factor"] is not None else told["above"]
    if end is None or not (told["told"] or "hidden" in end["why"]):
        return gettext("chưa có số liệu")
    if end["most"] == end["least"]:
        return _amount(element, end["least"])
    least = shown_number(Decimal(end["least"]))
    if end["most"] is None:
        return gettext("ít nhất %(least)s", least=_amount(element, end["least"]))
    return gettext("ít nhất %(least)s, nhiều nhất %(most)s", least=least, most=_amount(element, end["most"]))


def _why(told: Mapping[str, Any]) -> list[str]:
    end = told["rate"] or told["above"]
    return [gettext(WHY[code], count=count) for code, count in end["why"].items() if code in WHY]


# --- the table --------------------------------------------------------------------------------------------------------


def _csv(told: Published) -> bytes:
    """UTF-8 with the mark at its beginning that tells a spreadsheet so; nothing in it is a formula."""
    text = io.StringIO(newline="")
    rows = csv.writer(text, lineterminator="\r\n")
    rows.writerow(COLUMNS)
    elements = {one["code"]: one for one in told.said["elements"]}
    for unit in told.said["units"]:
        for figure in unit["figures"]:
            rows.writerow(_row(told, unit, figure, elements[figure["element"]]))
    return BOM_UTF8 + text.getvalue().encode()


def _row(told: Published, unit: Mapping[str, Any], figure: Mapping[str, Any], element: Mapping[str, Any]) -> list[str]:  # fmt: skip
    title = element["title"]
    cells = (
        unit["code"], unit["name"], element["code"], title["vi"], title.get("en", title["vi"]),
        "%" if element["factor"] == 100 else element["noun"], figure["flag"], figure["numerator"], figure["denominator"],
        figure["value"], unit["revision"], unit["digest"], told.row.calendar, told.row.period, told.row.number, LICENCE,
    )  # fmt: skip
    return ["" if cell is None else shown(str(cell)) for cell in cells]
