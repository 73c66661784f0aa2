"""Honour walls for everybody: the page of a unit, its poster, and the picture for a phone's story.

What may be shown is asked each time (campaigns.award.wall); nothing is kept by caches, so that a withdrawn name is gone
at the next reading. No search engine lists who was honoured.
"""

import uuid
from dataclasses import dataclass

from flask import Blueprint, Response, make_response
from flask.typing import ResponseReturnValue
from sqlalchemy import select

from backend import clock, http
from backend.http import anybody, guarded
from backend.media import honour as drawing
from backend.public import feeds
from backend.public.page import page
from backend.units.models import Unit
from backend.units.queries import NamedUnit, named_many
from backend.units.words import sort_key
from campaigns.award import forms, wall
from campaigns.award.queries import WallRow

blueprint = Blueprint("honour", __name__, template_folder="templates")

PICTURES_AN_HOUR = 120
"""From one address: drawing takes its time."""
CODE = 40


@dataclass(frozen=True)
class Opened:
    """A wall that is open, and the unit whose it is."""

    unit: NamedUnit
    wall: wall.Wall

    @property
    def address(self) -> str:
        """Where strangers find it: on pictures and in feeds."""
        return f"{http.services().settings.public_url}/vinh-danh/{self.unit.code}"


@blueprint.get("/vinh-danh")
@guarded(anybody)
def every() -> str:
    """Units that show a wall. Nobody's name stands here."""
    units = named_many(http.session(), wall.open_walls(http.session()), clock.today())
    return page("honour_all", units=sorted(units.values(), key=lambda one: (sort_key(one.name), one.code)))


@blueprint.get("/vinh-danh/<string:unit_code>")
@guarded(anybody)
def one(unit_code: str) -> ResponseReturnValue:
    """The wall; of a unit that does not show one nothing is said, not even that it is there."""
    found = _opened(unit_code)
    if found is None:
        return page("honour", missing=True), 404
    years = sorted({row.year for row in found.wall.rows}, reverse=True)
    return page(
        "honour",
        unit=found.unit,
        wall=found.wall,
        years=[(year, [row for row in found.wall.rows if row.year == year]) for year in years],
        award=award_of,
    )


@blueprint.get("/vinh-danh/<string:unit_code>/poster.png")
@guarded(anybody)
@http.writes_on_read
def poster(unit_code: str) -> ResponseReturnValue:
    """A4, standing, for the notice board. 404 while nobody stands on the wall."""
    return _picture(unit_code, "poster")


@blueprint.get("/vinh-danh/<string:unit_code>/story.png")
@guarded(anybody)
@http.writes_on_read
def story(unit_code: str) -> ResponseReturnValue:
    """1080 × 1920, for sharing on a phone."""
    return _picture(unit_code, "story")


@blueprint.get("/vinh-danh/<string:unit_code>.atom")
@guarded(anybody)
def atom(unit_code: str) -> ResponseReturnValue:
    """The same for a portal, as an Atom feed (RFC 4287)."""
    found = _opened(unit_code)
    if found is None:
        return page("honour", missing=True), 404
    return Response(feeds.atom(_feed(found)), content_type="application/atom+xml; charset=utf-8")


@blueprint.get("/vinh-danh/<string:unit_code>.json")
@guarded(anybody)
def json(unit_code: str) -> ResponseReturnValue:
    """The same as a JSON feed (jsonfeed.org, version 1.1)."""
    found = _opened(unit_code)
    if found is None:
        return page("honour", missing=True), 404
    return Response(feeds.json_feed(_feed(found)), content_type="application/feed+json; charset=utf-8")


@blueprint.after_request
def keep_quiet(answer: Response) -> Response:
    """Names of persons: no search engine lists them, no shared cache keeps what may be withdrawn in a minute."""
    answer.headers["X-Robots-Tag"] = "noindex, nofollow"
    answer.headers["Cache-Control"] = "no-store"
    return answer


def _opened(code: str) -> Opened | None:
    session = http.session()
    asked = select(Unit.id).where(Unit.code == code)
    unit: uuid.UUID | None = None if "\x00" in code or len(code) > CODE else session.scalars(asked).first()
    read = wall.read(session, unit) if unit else None
    if unit is None or read is None:
        return None
    named = named_many(session, [unit], clock.today()).get(unit)
    return Opened(named, read) if named else None


def award_of(row: WallRow) -> str:
    """'Giấy khen · Quyết định số 15/QĐ-UBND ngày 20/11/2026': what was given, and the paper behind it."""
    if row.number is None or row.day is None:
        return forms.words_of(row.form)
    return f"{forms.words_of(row.form)} · Quyết định số {row.number} ngày {row.day:%d/%m/%Y}"


def _picture(code: str, shape: drawing.Shape) -> ResponseReturnValue:
    """What is on it is read to the end before drawing begins: that takes its time, and SQLite has one writer."""
    http.count_here("honour_picture", PICTURES_AN_HOUR)
    http.release()  # a 404 takes back what it did, the count stays
    found = _opened(code)
    if found is None or not found.wall.rows:
        return page("honour", missing=True), 404
    told = drawing.Wall(
        unit=found.unit.full_name,
        words=found.wall.words,
        lines=[drawing.Line(row.name, row.achievement, award_of(row)) for row in found.wall.rows],
        day=f"Theo trang vinh danh ngày {clock.today():%d/%m/%Y}",
        url=found.address,
        sample=http.services().settings.demo,
    )
    http.release()
    answer = make_response(drawing.picture(told, shape))
    answer.content_type = "image/png"
    answer.headers.set("Content-Disposition", "inline", filename=f"vinh-danh-{found.unit.code}-{shape}.png")
    return answer


def _feed(found: Opened) -> feeds.Feed:
    return feeds.Feed(
        title=f"Bảng vinh danh – {found.unit.full_name}",
        author=found.unit.full_name,
        address=found.address,
        since=found.wall.since,
        items=[
            feeds.Item(row.entry_id, row.name, row.achievement, award_of(row), row.entered_at)
            for row in found.wall.rows
        ],
    )
