"""Templates of scorecards: what comes with the product and what offices brought in, with a door to bring in another."""

import base64
import json
import uuid
import zlib
from dataclasses import dataclass
from datetime import date
from functools import partial
from pathlib import Path
from typing import Any

import yaml
from flask import Response, flash, redirect, request, url_for
from flask.typing import ResponseReturnValue
from flask_babel import gettext

from admin import card_words
from admin.blueprint import CARD_KEEPERS, CARD_READERS, actor, blueprint, page
from admin.forms import refusal_of, typed
from admin.household_list import FileMissing
from backend import calendars, clock, http
from backend.cards import adopting, issuing, template_reading, template_sheet, templates
from backend.cards.errors import TemplateUnknown
from backend.cards.issuing import Version
from backend.cards.template_reading import Checked
from backend.errors import DomainError, Malformed, NotAllowed
from backend.http import guarded, staff_with
from backend.own_calendars.reading import usable
from backend.people.staff import reach
from backend.targets.queries import above
from backend.units.errors import UnitUnknown
from backend.units.queries import NamedUnit, named_many
from backend.units.sheets import SheetRefused
from campaigns.registry import measure_book

ISSUERS = ("commune", "province")
EXAMPLE = Path(issuing.__file__).parent / "examples" / "chuyen-doi-so-xa.yaml"
MOST_PACKED = 1024 * 1024
TABLES = (".csv", ".xlsx")


@dataclass(frozen=True)
class Shelf:
    """A template with its versions, the newest first."""

    code: str
    versions: list[Version]


@blueprint.get("/card-templates")
@guarded(staff_with(*CARD_READERS))
def card_templates() -> Response:
    """Every template that a card in the member's reach may be opened with, and where each version is in use."""
    return _list()


def _list(error: DomainError | None = None) -> Response:
    shelves: dict[str, list[Version]] = {}
    for one in issuing.versions(http.session(), _issuers()):
        shelves.setdefault(one.template.code, []).append(one)
    issuers = {one.issuer for rows in shelves.values() for one in rows if one.issuer}
    own = _own()
    return page(
        "card_templates.html",
        error.status if error else 200,
        shelves=[Shelf(code, rows) for code, rows in shelves.items()],
        issuers=named_many(http.session(), issuers, clock.today()),
        own=own,
        may_confirm=partial(_may_confirm, own),
        today=clock.today(),
        month=calendars.at("thang", clock.today(), "month"),
        sent=request.form,
        sentence=http.sentence_of(error) if error else "",
        words=card_words,
    )


def _issuers() -> set[uuid.UUID]:
    """Whose templates the member may see: those of units in reach, and of all above the own ones."""
    session, today = http.session(), clock.today()
    held = {unit for role in CARD_READERS for unit in http.staff().roles.get(role, ())}
    return reach(session, http.staff(), *CARD_READERS).union(*(above(session, unit, today) for unit in held))


def _own() -> list[NamedUnit]:
    """Units whose office the member is, and which may bring in a template."""
    held = {unit for role in CARD_KEEPERS for unit in http.staff().roles.get(role, ())}
    named = named_many(http.session(), held, clock.today()).values()
    return sorted((unit for unit in named if unit.kind in ISSUERS), key=lambda unit: unit.code)


def _may_confirm(own: list[NamedUnit], one: Version) -> bool:
    """For units above those it rates, or where the code is the unit's own."""
    return any(unit.id == one.issuer or unit.kind != one.template.unit_kind for unit in own)


def _calendars() -> dict[str, calendars.Calendar]:
    """Those a template of the member's units may count by."""
    return {one.code: one for one in usable(http.session(), [unit.id for unit in _own()], clock.today())}


def _issuer() -> uuid.UUID:
    """Raises UnitUnknown, NotAllowed for a unit of somebody else's."""
    try:
        chosen = uuid.UUID(typed("unit", 40))
    except ValueError:
        raise UnitUnknown from None
    if chosen not in {unit.id for unit in _own()}:
        raise NotAllowed
    return chosen


def _known(sha256: str) -> Version:
    """Raises TemplateUnknown."""
    found = issuing.known(http.session(), sha256, _issuers())
    if found is None:
        raise TemplateUnknown(template=sha256[:8])
    return found


@blueprint.get("/card-templates/example.yaml")
@guarded(staff_with(*CARD_READERS))
def card_template_example() -> Response:
    """A set of criteria to begin with, marked unconfirmed."""
    answer = Response(EXAMPLE.read_bytes(), mimetype="application/yaml")
    answer.headers["Content-Disposition"] = f'attachment; filename="{EXAMPLE.name}"'
    return answer


@blueprint.get("/card-templates/<template_sha>.yaml")
@guarded(staff_with(*CARD_READERS))
def card_template_file(template_sha: str) -> Response:
    """As it is written, to be changed and brought in again."""
    found = _known(template_sha).template
    answer = Response(as_file(issuing.data_of(found)), mimetype="application/yaml")
    name = f"{found.code}-{found.version}.yaml"
    answer.headers["Content-Disposition"] = f'attachment; filename="{name}"'
    return answer


FIRST = (
    "template",
    "version",
    "rules",
    "title",
    "kind",
    "calendar",
    "interval",
    "unit_kind",
    "trial",
    "preset",
    "document",
)
LAST = ("classes", "groups")


def as_file(data: dict[str, Any]) -> str:
    """In the order in which people read it; what an indicator stands for is written out again when it is read."""
    order = [*FIRST, *sorted(data.keys() - {*FIRST, *LAST}), *LAST]
    told = {name: data[name] for name in order if name in data}
    told["groups"] = [
        {**group, "criteria": [_criterion(row) for row in group["criteria"]]}
        for group in data.get("groups", [])
    ]
    return yaml.safe_dump(told, allow_unicode=True, sort_keys=False, width=120)


def _criterion(row: dict[str, Any]) -> dict[str, Any]:
    left_out = {"formula", "explain"} if "indicator" in row else set()
    order = ["code", "title", "most", *sorted(row.keys() - {"code", "title", "most", *left_out})]
    return {name: row[name] for name in order if name in row}


# --- bringing one in ------------------------------------------------------------------------------------------------


@blueprint.post("/card-templates/preview")
@guarded(staff_with(*CARD_KEEPERS))
def preview_card_template() -> ResponseReturnValue:
    """What the file holds and everything wrong with it; nothing is written."""
    unit, file = _issuer(), request.files.get("file")
    if file is None or not file.filename:
        return _list(FileMissing())
    try:
        checked = _checked(file.stream.read(), file.filename)
    except SheetRefused as refused:
        return _list(refused)
    code = str(checked.data.get("template", ""))
    return page(
        "card_template_preview.html",
        200 if checked.template else 422,
        checked=checked,
        made=checked.template,
        unit=next(one for one in _own() if one.id == unit),
        valid_from=typed("valid_from", 10),
        packed=_packed(checked.data) if checked.template else "",
        version=issuing.next_version(http.session(), code) if checked.template else None,
        words=card_words,
    )


def _checked(data: bytes, name: str) -> Checked:
    """Raises SheetRefused for a table that cannot be read."""
    if not name.lower().endswith(TABLES):
        try:
            return template_reading.check(data.decode("utf-8-sig"), measure_book(), _calendars())
        except UnicodeDecodeError:
            return Checked(None, [gettext("chữ trong tệp không phải Unicode (UTF-8)")])
    frame = templates.newest(card_words.TEMPLATE)
    code, title = typed("code", 40), typed("title", 200)
    made, wrong = template_sheet.read(data, name, code, title, frame)
    if not (code and title):
        wrong = [gettext("tệp bảng cần có mã mẫu và tên mẫu, ghi ở hai ô bên trên"), *wrong]
    return (
        Checked(None, wrong, made)
        if wrong
        else template_reading.check_data(made, measure_book(), known=_calendars())
    )


def _packed(data: Any) -> str:
    return base64.b85encode(
        zlib.compress(json.dumps(data, ensure_ascii=False, default=str).encode(), 9)
    ).decode()


def _unpacked(text: str) -> Any:
    """Raises Malformed for what this page did not write."""
    try:
        found = zlib.decompressobj().decompress(base64.b85decode(text.replace("\x00", "")), MOST_PACKED)
        return json.loads(found)
    except (ValueError, zlib.error, RecursionError):
        raise Malformed from None


@blueprint.post("/card-templates")
@guarded(staff_with(*CARD_KEEPERS))
def issue_card_template() -> ResponseReturnValue:
    """Yes to the preview; looked at once more, for it came back from outside."""
    unit, data = _issuer(), _unpacked(request.form.get("packed", ""))
    checked = (
        template_reading.check_data(data, measure_book(), known=_calendars())
        if isinstance(data, dict)
        else None
    )
    if checked is None or checked.template is None or "template" not in checked.data:
        raise Malformed
    valid_from, made = _valid_from(), []
    if refused := refusal_of(
        lambda: made.append(issuing.issue(http.session(), unit, checked.data, valid_from, actor()))
    ):
        return _list(refused)
    flash(gettext("Đã đưa vào dùng: %(code)s, bản %(version)s.", code=made[0].code, version=made[0].version))
    return redirect(url_for("admin.card_templates"), 303)


def _valid_from() -> date:
    """Raises Malformed."""
    try:
        return date.fromisoformat(typed("valid_from", 10))
    except ValueError:
        raise Malformed from None


@blueprint.post("/card-templates/<template_sha>/confirm")
@guarded(staff_with(*CARD_KEEPERS))
def confirm_card_template(template_sha: str) -> ResponseReturnValue:
    """A document fixes the thresholds: a new version that is no preset any more, and names it."""
    unit, of = _issuer(), _known(template_sha).template
    document = {
        "number": typed("number", 60),
        "date": typed("dated", 10),
        "issued_by": typed("issued_by", 200),
    }
    try:
        date.fromisoformat(document["date"])
    except ValueError:
        raise Malformed from None
    if not document["number"] or not document["issued_by"]:
        raise Malformed
    valid_from, ends_trial = _valid_from(), request.form.get("ends_trial") == "1"
    if refused := refusal_of(
        lambda: issuing.confirm(
            http.session(), unit, of, document, valid_from, actor(), ends_trial=ends_trial
        )
    ):
        return _list(refused)
    flash(gettext("Đã ghi văn bản xác nhận. Phiếu mở từ kỳ áp dụng sẽ theo bản mới."))
    return redirect(url_for("admin.card_templates"), 303)


# --- on a card that is open -----------------------------------------------------------------------------------------


@blueprint.post("/cards/<uuid:card_id>/template")
@guarded(staff_with(*CARD_KEEPERS))
def card_adopt(card_id: uuid.UUID) -> ResponseReturnValue:
    """Raises CardUnknown, NotFound, NotAllowed."""
    from admin.card_one import card_page  # it shows the button of this door

    here = card_words.seen(card_id)
    if not card_words.may_adopt(here):
        raise NotAllowed
    if refused := refusal_of(
        lambda: adopting.adopt_template(http.session(), here.id, actor(), typed("reason", 500))
    ):
        return card_page(here, refused, "template")
    flash(gettext("Phiếu này từ nay theo bản mẫu mới. Các bản đã công bố giữ nguyên."))
    return redirect(url_for("admin.card", card_id=here.id), 303)
