"""Giving something of this office's down to the nodes below: targets, a template, a calendar, or a pack."""

import re
import uuid
from collections.abc import Callable
from dataclasses import dataclass
from datetime import datetime, time

from flask import Response, flash, redirect, request, url_for
from flask.typing import ResponseReturnValue
from flask_babel import gettext
from sqlalchemy.orm import Session

from admin import documents_words as words
from admin.blueprint import DOCUMENT_KEEPERS, actor, blueprint, page
from admin.documents import office_here
from admin.forms import refusal_of, typed
from admin.peers_words import LINES
from admin.team_words import DayInvalid, typed_day
from backend import clock, http
from backend.cards import from_above as cards
from backend.cards import store
from backend.cards.issued import issues_of
from backend.cards.models import CardTemplateIssue
from backend.errors import N_, DomainError, NotFound
from backend.federation.documents import giving
from backend.federation.peers import queries as peers
from backend.federation.shapes import is_moment
from backend.http import guarded, staff_with
from backend.own_calendars import from_above as calendars
from backend.own_calendars import reading
from backend.targets import from_above as targets
from backend.targets.models import TargetSet
from backend.targets.queries import sets_of_issuers
from backend.units.models import Unit
from campaigns.given_pack import ADDITIONS, Addition
from campaigns.giving_packs import Order
from campaigns.giving_packs import give as give_pack
from campaigns.pack import PackInvalid
from campaigns.pack.store import at_hand, named, read_once

CLOCK = re.compile(r"([01]?\d|2[0-3])[:hg]([0-5]\d)", re.ASCII)
MOST_STEPS = 50


class ContentMissing(DomainError):
    status = 400
    code = "document_content_missing"
    sentence = N_("Xin chọn nội dung gửi xuống và ít nhất một nơi nhận.")


class HourInvalid(DomainError):
    status = 400
    code = "document_hour_invalid"
    sentence = N_("Xin ghi giờ mở đề theo dạng giờ:phút, ví dụ 07:00, và ngày theo dạng ngày/tháng/năm.")


@dataclass(frozen=True)
class Choice:
    """Something that can go down. `key`: 'targets:<id>'."""

    key: str
    heading: str
    title: str


@blueprint.get("/documents/give")
@guarded(staff_with(*DOCUMENT_KEEPERS))
def document_give() -> Response:
    """What can go down, and to whom. Raises NotThisOffice."""
    return _form(office_here())


def _form(unit: uuid.UUID, error: DomainError | None = None) -> Response:
    session = http.session()
    below = peers.children(session)
    return page(
        "document_give.html",
        error.status if error else 200,
        choices=_choices(session, unit),
        below={one.unit_code: one.name for one in below},
        lines={line: LINES[line] for line in dict.fromkeys(one.line for one in below)}
        or {"state": LINES["state"]},
        additions={one: words.ADDITIONS[one] for one in ADDITIONS},
        typed={name: typed(name, 120) for name in ("what", "line", "day", "hour", "min_software", "to")},
        chosen=set(request.form.getlist("unit")),
        added=set(request.form.getlist("addition")),
        sentence=http.sentence_of(error) if error else "",
    )


def _choices(session: Session, unit: uuid.UUID) -> list[Choice]:
    found = [
        Choice(f"targets:{one.id}", gettext("Bộ chỉ tiêu"), one.title)
        for one in sets_of_issuers(session, [unit])
    ]
    found += [
        Choice(
            f"template:{one.id}",
            gettext("Mẫu phiếu điểm"),
            gettext("%(title)s, bản %(version)s", title=_title(session, one), version=one.version),
        )
        for one in issues_of(session, [unit])
    ]
    found += [
        Choice(f"calendar:{row.id}", gettext("Lịch"), row.title)
        for row, _ in reading.of_units(session, [unit])
    ]
    return found + _packs()


def _title(session: Session, one: CardTemplateIssue) -> str:
    return str(store.template_with(session, one.template_sha).title["vi"])


def _packs() -> list[Choice]:
    found = []
    for folder in at_hand(http.services().settings.data):
        try:
            pack = read_once(folder)
        except PackInvalid:
            continue
        title = gettext("%(title)s, bản %(version)s", title=pack.title["vi"], version=pack.version)
        found.append(Choice(f"pack:{folder.name}", gettext("Gói cuộc vận động"), title))
    return found


@blueprint.post("/documents/give")
@guarded(staff_with(*DOCUMENT_KEEPERS))
def document_give_now() -> ResponseReturnValue:
    """Give it out. Raises NotThisOffice, NotFound."""
    unit, made = office_here(), list[str]()
    if error := refusal_of(lambda: made.append(_give(unit))):
        return _form(unit, error)
    flash(gettext("Đã ký và gửi. Các máy chủ cấp dưới nhận ở lần kết nối tới và báo lại ở đây."))
    return redirect(url_for("admin.document_given", digest=made[0]), 303)


def _give(unit: uuid.UUID) -> str:
    """The digest. Raises ContentMissing and what giving raises."""
    session = http.session()
    kind, _, key = typed("what", 200).partition(":")
    to = (
        (session.get_one(Unit, unit).code,)
        if typed("to", 5) == "all"
        else tuple(request.form.getlist("unit"))
    )
    line = typed("line", 10) or "state"
    order = Order(to, line, _additions(), _opens(), typed("min_software", 20))
    way = _WAYS.get(kind)
    if way is None or not to or line not in LINES:
        raise ContentMissing
    return way(session, unit, key, order)


def _additions() -> tuple[Addition, ...]:
    sent = set(request.form.getlist("addition"))
    return tuple(one for one in ADDITIONS if one in sent)


def _opens() -> datetime | None:
    """Raises HourInvalid."""
    day, hour = typed("day", 10), typed("hour", 5)
    if not day and not hour:
        return None
    found = CLOCK.fullmatch(hour)
    try:
        if found is None:
            raise HourInvalid
        opens = datetime.combine(typed_day(day), time(int(found[1]), int(found[2])), clock.VIETNAM)
    except DayInvalid:
        raise HourInvalid from None
    if not is_moment(opens):
        raise HourInvalid
    return opens


def _targets(session: Session, unit: uuid.UUID, key: str, order: Order) -> str:
    row = _own(session.get(TargetSet, _id(key)), unit, "issuer_unit_id")
    body = targets.told(session, row.id)
    return _given(session, targets.TARGETS.name, _first(session, row).hex[:12], body, order, row.title)


def _first(session: Session, row: TargetSet) -> uuid.UUID:
    """Of sets that follow each other the first: they are one series below as well."""
    for _ in range(MOST_STEPS):
        before = session.get(TargetSet, row.supersedes_id) if row.supersedes_id else None
        if before is None:
            break
        row = before
    return row.id


def _template(session: Session, unit: uuid.UUID, key: str, order: Order) -> str:
    row = next((one for one in issues_of(session, [unit]) if one.id == _id(key)), None)
    if row is None:
        raise NotFound
    title = gettext("%(title)s, bản %(version)s", title=_title(session, row), version=row.version)
    return _given(session, cards.TEMPLATES.name, row.code, cards.told(session, row.id), order, title)


def _calendar(session: Session, unit: uuid.UUID, key: str, order: Order) -> str:
    row = next((row for row, _ in reading.of_units(session, [unit]) if row.id == _id(key)), None)
    if row is None:
        raise NotFound
    return _given(session, "calendar", row.code, calendars.told(session, row.id), order, row.title)


def _pack(session: Session, unit: uuid.UUID, key: str, order: Order) -> str:
    folder = named(http.services().settings.data, key)
    if folder is None:
        raise NotFound
    return give_pack(session, http.services().signer, folder, order, actor()).digest


def _given(session: Session, kind: str, part: str, body: object, order: Order, title: str) -> str:
    house = http.services()
    made = giving.give(
        session, house.signer, house.documents[kind], part, body, units=order.units, line=order.line, by=actor(),
        title=title, min_software=order.min_software,
    )  # fmt: skip
    return made.digest


def _id(text: str) -> uuid.UUID:
    try:
        return uuid.UUID(text)
    except ValueError:
        raise NotFound from None


def _own(row: TargetSet | None, unit: uuid.UUID, column: str) -> TargetSet:
    if row is None or getattr(row, column) != unit:
        raise NotFound
    return row


_WAYS: dict[str, Callable[[Session, uuid.UUID, str, Order], str]] = {
    "targets": _targets,
    "template": _template,
    "calendar": _calendar,
    "pack": _pack,
}
