"""The units of the node's commune: what there is, a list to send in with a preview, and the history of each."""

import uuid
from dataclasses import dataclass
from typing import Any

from flask import Response, flash, redirect, request, url_for
from flask.typing import ResponseReturnValue
from flask_babel import gettext

from admin import shown
from admin.blueprint import SCORECARD_READERS, UNIT_ROLES, actor, blueprint, page
from admin.figures import indicators_of, people_in, visible_activities
from backend import clock, http
from backend.db.node import own_unit
from backend.errors import N_, NotFound
from backend.http import guarded, staff_with
from backend.people.staff import reach
from backend.safeguards.audit import note
from backend.scorecards.queries import Figure, figures
from backend.units import handout, importing, sheets
from backend.units.importing import Preview
from backend.units.lineage import lineage
from backend.units.listing import Trouble
from backend.units.overview import History, history, last_names, units_of
from backend.units.plan import Change
from backend.units.queries import NamedUnit, named
from backend.units.sheets import SheetRefused
from backend.units.splitting import splits_of
from backend.units.trees import LinesUp
from campaigns.models import Activity

KINDS = {
    "hamlet": N_("Xóm, thôn, bản, tổ dân phố"),
    "party_organisation": N_("Đảng bộ"),
    "party_cell": N_("Chi bộ"),
    "agency": N_("Cơ quan"),
    "school": N_("Trường học"),
    "school_class": N_("Lớp học"),
    "youth_branch": N_("Chi đoàn"),
    "association": N_("Hội, đoàn thể"),
    "body": N_("Ban, tổ, hội đồng"),
}
TREES = {
    "territory": N_("chính quyền"),
    "party": N_("đảng"),
    "front": N_("mặt trận, đoàn thể"),
    "youth": N_("đoàn thanh niên"),
}
POPULATIONS = {
    "residents_from_7": N_("người từ 7 tuổi"),
    "residents": N_("người dân"),
    "adults_present": N_("người lớn thực tế có mặt"),
    "members": N_("thành viên"),
}
CHANGES = {
    "added": N_("Thêm %(unit)s (mã %(code)s), trực thuộc %(parent)s, từ %(since)s"),
    "renamed": N_("Đổi tên %(before)s thành %(after)s, từ %(since)s"),
    "moved": N_("Chuyển %(unit)s từ %(before)s sang %(after)s, từ %(since)s"),
    "counted": N_("Ghi số người của %(unit)s: %(people)s, đếm ngày %(since)s, nguồn: %(source)s"),
    "join_code": N_("Cấp mã tham gia %(code)s cho %(unit)s"),
}
GROUPS = {
    "added": N_("Thêm mới"),
    "renamed": N_("Đổi tên"),
    "moved": N_("Chuyển nơi trực thuộc"),
    "counted": N_("Số người mới"),
    "join_code": N_("Mã tham gia mới"),
}
HANDOUTS = {
    "csv": (handout.as_csv, "text/csv"),
    "xlsx": (handout.as_workbook, "application/vnd.openxmlformats-officedocument.spreadsheetml.sheet"),
}
EVENTS = {
    "merge": N_("Nhập làm một"),
    "split": N_("Chia tách"),
    "move": N_("Chuyển nơi trực thuộc"),
    "rename": N_("Đổi tên"),
    "abolish": N_("Giải thể"),
}


def commune_in_reach() -> NamedUnit:
    """The commune this node serves; for a member of elsewhere there is nothing here. Raises NotFound, NotSetUp."""
    own = own_unit(http.session())
    if own not in reach(http.session(), http.staff(), *UNIT_ROLES):
        raise NotFound
    return named(http.session(), own, clock.today())


@blueprint.get("/units")
@guarded(staff_with(*UNIT_ROLES))
def units() -> Response:
    """Everything the commune has today, by kind."""
    return _units_page()


def _units_page(sentence: str = "", status: int = 200) -> Response:
    commune, words = commune_in_reach(), request.args.get("q", "").replace("\x00", "")[:80]
    found = units_of(http.session(), commune.id, clock.today(), words)
    return page(
        "units.html",
        status,
        commune=commune,
        words=words,
        found=[(kind, found[kind]) for kind in KINDS if kind in found],
        sentence=sentence,
        most_rows=sheets.MOST_ROWS,
        **_words(),
    )


def _words() -> dict[str, Any]:
    return {"kinds": KINDS, "trees": TREES, "populations": POPULATIONS, "events": EVENTS}


# --- a list to send in -----------------------------------------------------------------------------------------------


@blueprint.get("/units/list.<word>")
@guarded(staff_with(*UNIT_ROLES))
def unit_list(word: str) -> Response:
    """The commune's units as a file to fill in and send back: xlsx, or csv for whoever has no spreadsheet."""
    if word not in HANDOUTS:
        raise NotFound
    make, mimetype = HANDOUTS[word]
    answer = Response(make(handout.rows(http.session(), commune_in_reach().id)), mimetype=mimetype)
    answer.headers["Content-Disposition"] = f'attachment; filename="danh-sach-don-vi.{word}"'
    return answer


@blueprint.post("/units/upload")
@guarded(staff_with(*UNIT_ROLES))
def upload_units() -> ResponseReturnValue:
    """What the file would change, in words; nothing is written yet."""
    commune, file = commune_in_reach(), request.files.get("file")
    if file is None or not file.filename:
        return _units_page(gettext("Xin chọn một tệp Excel (.xlsx) hoặc CSV trước."), 400)
    try:
        found = importing.preview(http.session(), commune.id, file.stream.read(), file.filename)
    except SheetRefused as refused:
        return _units_page(http.sentence_of(refused), refused.status)
    return page(
        "units_preview.html", commune=commune, found=found, groups=_groups(found), troubles=_told(found)
    )


def _groups(found: Preview) -> list[tuple[str, list[tuple[int, str]]]]:
    """The changes in words with their lines, one kind of change after the other."""
    return [
        (gettext(title), lines)
        for what, title in GROUPS.items()
        if (lines := [(c.entry.line, change_words(c)) for c in found.plan.changes if c.what == what])
    ]


def change_words(change: Change) -> str:
    values = dict(change.values) | {"since": shown.day(change.since)}
    if "people" in values:
        values["people"] = shown.number(values["people"])
    return gettext(CHANGES[change.what]) % values


def _told(found: Preview) -> list[tuple[int, str]]:
    return [(trouble.line, trouble_words(trouble)) for trouble in found.troubles]


def trouble_words(trouble: Trouble) -> str:
    return gettext(trouble.sentence) % trouble.values if trouble.values else gettext(trouble.sentence)


@blueprint.post("/units/uploads/<uuid:upload_id>")
@guarded(staff_with(*UNIT_ROLES))
def apply_units(upload_id: uuid.UUID) -> ResponseReturnValue:
    """Yes to the preview. Raises UploadGone, PlanOutdated: nothing is overwritten that was not shown."""
    commune = commune_in_reach()
    done = importing.apply(http.session(), commune.id, upload_id, request.form.get("digest", ""))
    note(
        http.session(),
        actor(),
        "units.import",
        "unit_upload",
        upload_id,
        unit=commune.id,
        reason=_summary(done.changes),
    )
    flash(
        gettext(
            "Đã ghi %(count)s thay đổi. Đơn vị không có trong tệp vẫn giữ nguyên.", count=len(done.changes)
        )
    )
    return redirect(url_for("admin.units"))


def _summary(changes: tuple[Change, ...]) -> str:
    """'added 3, renamed 1': codes, for the trail."""
    counts = {what: sum(change.what == what for change in changes) for what in GROUPS}
    return ", ".join(f"{what} {count}" for what, count in counts.items() if count)


# --- one unit ----------------------------------------------------------------------------------------------------------


@dataclass(frozen=True)
class Line:
    """A unit's rate in an activity, as it was or as it is."""

    unit: uuid.UUID
    name: str
    is_now: bool
    figure: Figure


@blueprint.get("/units/<uuid:unit_id>/history")
@guarded(staff_with(*UNIT_ROLES))
def unit_history(unit_id: uuid.UUID) -> Response:
    """What it was called, where it stood, how many people it had, what it came from or went into. Raises UnitUnknown."""
    found = history(http.session(), unit_id)
    commune = commune_in_reach()
    if unit_id not in LinesUp(http.session()).ever_below([commune.id]):
        raise NotFound
    return page(
        "units_history.html",
        commune=commune,
        found=found,
        figures=_figures(found),
        splits=splits_told(unit_id),
        told=events_told(found),
        **_words(),
    )


def events_told(found: History) -> dict[uuid.UUID, Any]:
    """Each event in words, with what rests on it."""
    from admin.reorganising import told  # that page needs this one

    return {one.event.id: told(one.event) for one in found.happened}


def splits_told(unit: uuid.UUID) -> list[dict[str, Any]]:
    """The splits the unit had a part in, with the counts of before laid over the units of now."""
    from admin.splitting import as_now_lines, names_of_parts  # that page needs this one

    return [
        {"split": one, "parts": names_of_parts(one), "lines": as_now_lines(one)}
        for one in splits_of(http.session(), unit)
    ]


def _figures(found: History) -> list[tuple[Activity, list[Line]]]:
    """The unit and what went into it, in each activity the member may read; nothing for who may read none."""
    session = http.session()
    if found.unit.kind not in ("commune", "hamlet", "school", "school_class"):
        return []
    mine = reach(session, http.staff(), *SCORECARD_READERS)
    units = _with_parts(found.unit.id)
    names = last_names(session, units)
    told = []
    for activity, campaign in visible_activities():
        if campaign.owner_unit_id in mine and activity.frozen_at:
            rates = figures(session, indicators_of(activity), activity.id, campaign.owner_unit_id, units)
            lines = [Line(u, names[u], not lineage(session).next(u), people_in(rates[u])) for u in units]
            told.append((activity, lines))
    return told


def _with_parts(unit: uuid.UUID) -> list[uuid.UUID]:
    """The unit, what it went into, and everything that went into it, as they came about."""
    known = lineage(http.session())
    units = known.history([unit])
    chain = [unit]
    while step := known.next(chain[-1]):
        chain.append(step.target)
    return [*sorted(units - {unit}, key=str), *chain]
