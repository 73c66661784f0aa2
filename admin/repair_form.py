"""The form with which a visit that cannot be read as it came is made legible: what is there is filled in, the rest is asked."""

import uuid
from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import Any, NoReturn

import msgspec
from flask import request
from flask_babel import gettext

from admin import team_words
from admin.forms import typed
from admin.team_words import household_seen, typed_day
from backend import http
from backend.errors import N_, DomainError, NotAllowed
from backend.people.consents import text, texts
from backend.teams import queries
from backend.teams.errors import HouseholdUnknown
from campaigns.legible import part
from campaigns.visit.actions import CONSENT
from campaigns.visit.catalogue import reasons_of, services_of
from campaigns.visit.models import LONGEST_NOTE
from campaigns.visit.schemas import LogIn, VisitSettings

SPARE_LINES = 2
DEVICES = {"own": N_("có máy riêng"), "shared": N_("dùng chung máy"), "none": N_("chưa có máy")}
FIELDS = {
    "household": N_("Hộ"),
    "met": N_("Gặp"),
    "consent": N_("Lời đồng ý"),
    "place": N_("Nơi"),
    "services": N_("Việc đã hướng dẫn"),
    "device": N_("Thiết bị"),
    "follow_up_on": N_("Hẹn thăm lại"),
    "note": N_("Ghi chú"),
    "photos": N_("Ảnh"),
}


class RepairIncomplete(DomainError):
    status = 409
    code = "repair_incomplete"
    sentence = N_("Chưa nhận được: %(what)s.")


@dataclass(frozen=True)
class Line:
    """One service: as it stands in the deed, and what was chosen for it."""

    told: str = ""
    service: str = ""
    outcome: str = ""
    reason: str = ""


@dataclass(frozen=True)
class Form:
    household: str = ""
    met: str = ""
    agreed: bool = False
    place: str = "home"
    lines: list[Line] = field(default_factory=list)
    device: str = ""
    follow_up_on: str = ""
    note: str = ""


# --- what the deed says ---------------------------------------------------------------------------------------------


def faults(told: Mapping[str, Any]) -> list[str]:
    """What does not fit, in the words of the form."""
    shapes = {one.name: one for one in msgspec.structs.fields(LogIn)}
    wrong = [name for name, one in shapes.items() if name in told and not _fits(told[name], one.type)]
    missing = [name for name, one in shapes.items() if one.required and name not in told]
    strange = [name for name in told if name not in shapes]
    lines = [
        gettext("%(field)s: ghi không đúng khuôn", field=_field(name)) for name in wrong if name != "note"
    ]
    if "note" in wrong:
        lines.append(_note_fault(told["note"]))
    lines += [gettext("%(field)s: chưa có", field=_field(name)) for name in missing]
    return lines + [
        gettext("Có mục lạ “%(name)s” mà hệ thống không biết", name=name[:40]) for name in strange
    ]


def _fits(value: Any, shape: Any) -> bool:
    try:
        msgspec.convert(value, shape, strict=False)
    except (msgspec.MsgspecError, RecursionError):
        return False
    return True


def _note_fault(note: Any) -> str:
    if not isinstance(note, str):
        return gettext("%(field)s: ghi không đúng khuôn", field=_field("note"))
    return gettext("Ghi chú dài %(count)s chữ, nhiều nhất là %(most)s", count=len(note), most=LONGEST_NOTE)


def _field(name: str) -> str:
    return gettext(FIELDS[name]) if name in FIELDS else name


def told_form(told: Mapping[str, Any], settings: VisitSettings) -> Form:
    """Filled in as far as the deed can be read; what does not fit any choice stays open."""
    return Form(
        household=_code_of(told.get("household")),
        met=_choice(told.get("met"), team_words.MET),
        agreed=_version(told.get("consent")) is not None,
        place=_choice(told.get("place"), team_words.PLACES) or "home",
        lines=_told_lines(told.get("services"), settings) + [Line()] * SPARE_LINES,
        device=_choice(told.get("device"), DEVICES),
        follow_up_on=_words(told.get("follow_up_on"), 20),
        note=_words(told.get("note"), 20_000),
    )


def _told_lines(rows: Any, settings: VisitSettings) -> list[Line]:
    known = {service.code for service in services_of(settings)}
    why_not = {reason.code for reason in reasons_of(settings)}
    lines = []
    for row in rows if isinstance(rows, list) else []:
        one = row if isinstance(row, dict) else {"service": row}
        service = _words(one.get("service"), 80)
        outcome = _words(one.get("outcome"), 80)
        lines.append(
            Line(
                told=f"{service}, {_outcome_word(outcome)}".strip(", "),
                service=service if service in known else "",
                outcome=_choice(outcome, team_words.OUTCOMES),
                reason=_choice(one.get("reason"), why_not),
            )
        )
    return lines[:40]


def _outcome_word(outcome: str) -> str:
    return gettext(team_words.OUTCOMES[outcome]) if outcome in team_words.OUTCOMES else outcome


def _words(value: Any, most: int) -> str:
    return str(value).replace("\x00", "")[:most] if isinstance(value, str | int) else ""


def _choice(value: Any, choices: Any) -> str:
    return value if isinstance(value, str) and value in choices else ""


def _version(value: Any) -> int | None:
    """The version of the consent text that was read, if it is one there is."""
    version: int | None = part(value, int)
    return version if version and text(CONSENT, version) else None


def _code_of(value: Any) -> str:
    household: uuid.UUID | None = part(value, uuid.UUID)
    found = team_words.household_of(str(household)) if household else None
    return found.code if found else ""


# --- what was typed -------------------------------------------------------------------------------------------------


def typed_form() -> Form:
    columns = [request.form.getlist(name) for name in ("told", "service", "outcome", "reason")]
    return Form(
        household=typed("household", 40),
        met=typed("met", 20),
        agreed=typed("agreed", 3) == "yes",
        place=typed("place", 20),
        lines=[Line(*(cell.replace("\x00", "")[:80] for cell in row)) for row in zip(*columns, strict=False)][
            :40
        ],
        device=typed("device", 10),
        follow_up_on=typed("follow_up_on", 20),
        note=typed("note", 20_000),
    )


def body_of(form: Form, told: Mapping[str, Any]) -> LogIn:
    """The visit as it was put right; photos and links of the deed stay where they are sound. Raises RepairIncomplete,
    DayInvalid, HouseholdUnknown, NotAllowed.
    """
    _check(form)
    photos = told.get("photos")
    wanted = {
        "household": _household(form, told),
        "met": form.met,
        "consent": (_version(told.get("consent")) or texts()[CONSENT].version) if form.agreed else None,
        "place": form.place,
        "services": [_service(line) for line in form.lines if line.service],
        "device": form.device or None,
        "follow_up_on": typed_day(form.follow_up_on) if form.follow_up_on else None,
        "follow_up_of": part(told.get("follow_up_of"), uuid.UUID),
        "corrects": part(told.get("corrects"), uuid.UUID),
        "no_further_visit": told.get("no_further_visit") is True,
        "photos": [one for one in photos if _is_digest(one)][:5] if isinstance(photos, list) else [],
        "note": form.note or None,
    }
    try:
        return msgspec.convert(wanted, LogIn)
    except msgspec.ValidationError:
        raise RepairIncomplete(what=gettext("còn mục chọn chưa đúng")) from None


def _check(form: Form) -> None:
    """Raises RepairIncomplete with what is to be done next."""
    what = None
    if form.met not in team_words.MET:
        what = gettext("xin chọn có gặp ai không")
    elif len(form.note) > LONGEST_NOTE:
        what = gettext(
            "ghi chú dài %(count)s chữ, xin rút còn %(most)s", count=len(form.note), most=LONGEST_NOTE
        )
    elif any(line.service and line.outcome not in team_words.OUTCOMES for line in form.lines):
        what = gettext("xin chọn từng việc đã đến đâu")
    elif any(line.outcome and not line.service for line in form.lines):
        what = gettext("có dòng đã chọn đến đâu mà chưa chọn việc; xin chọn việc, hoặc bỏ cả dòng")
    if what:
        raise RepairIncomplete(what=what)


def _household(form: Form, told: Mapping[str, Any]) -> uuid.UUID:
    """By the code; without one the household the deed names, which may still be on its way."""
    named: uuid.UUID | None = part(told.get("household"), uuid.UUID)
    if form.household and form.household != _code_of(told.get("household")):
        return _of_own_team(form.household)
    if named is None:
        raise RepairIncomplete(what=gettext("xin ghi mã hộ"))
    return named


def _of_own_team(code: str) -> uuid.UUID:
    """Raises HouseholdUnknown for one out of reach, too: what was typed must not be lost to another page."""
    found = queries.with_code(http.session(), code)
    try:
        return household_seen(found).id if found else _unknown()
    except NotAllowed:
        return _unknown()


def _unknown() -> NoReturn:
    raise HouseholdUnknown


def _service(line: Line) -> dict[str, str | None]:
    why_not = line.reason or None if line.outcome == "not_possible" else None
    return {"service": line.service, "outcome": line.outcome, "reason": why_not}


def _is_digest(value: Any) -> bool:
    return isinstance(value, str) and len(value) == 64 and set(value) <= set("0123456789abcdef")
