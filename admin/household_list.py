"""A list of households to send in from a file, with a preview in words before anything is written."""

from flask import Response, flash, redirect, request, url_for
from flask.typing import ResponseReturnValue
from flask_babel import gettext

from admin.blueprint import TEAM_KEEPERS, actor, blueprint, page
from admin.team_words import HOUSEHOLD_KINDS, hamlets_seen, home_commune, must_keep
from admin.units import HANDOUTS
from backend import clock, http
from backend.errors import N_, DomainError, NotFound
from backend.http import guarded, staff_with
from backend.safeguards.audit import note
from backend.teams import importing
from backend.teams.queries import households_in, teams_in
from backend.units.errors import PlanOutdated
from backend.units.queries import NamedUnit
from backend.units.sheets import MOST_ROWS, SheetRefused

GROUPS = {"added": N_("Hộ mới"), "renamed": N_("Đổi tên gọi"), "assigned": N_("Giao cho tổ")}
CHANGES = {
    "added": N_("%(nickname)s (%(kind)s), %(hamlet)s"),
    "renamed": N_("%(code)s: tên gọi mới là %(nickname)s"),
    "assigned": N_("%(code)s %(nickname)s: giao cho %(team)s"),
}


class FileMissing(DomainError):
    status = 400
    code = "file_missing"
    sentence = N_("Xin chọn một tệp Excel (.xlsx) hoặc CSV trước.")


def _commune() -> NamedUnit:
    """Raises NotFound for the organiser of another commune."""
    must_keep()
    return home_commune()


@blueprint.get("/household-list")
@guarded(staff_with(*TEAM_KEEPERS))
def household_list() -> Response:
    return _form_page()


def _form_page(error: DomainError | None = None) -> Response:
    _commune()
    return page(
        "household_list.html",
        error.status if error else 200,
        hamlets=hamlets_seen(),
        most_rows=MOST_ROWS,
        sentence=http.sentence_of(error) if error else "",
    )


@blueprint.get("/household-list/file.<word>")
@guarded(staff_with(*TEAM_KEEPERS))
def household_file(word: str) -> Response:
    """The households there are, as a file to fill in and send back: xlsx or csv. Raises NotFound."""
    commune = _commune()
    if word not in HANDOUTS:
        raise NotFound
    make, mimetype = HANDOUTS[word]
    answer = Response(make(_rows(commune)), mimetype=mimetype)
    answer.headers["Content-Disposition"] = f'attachment; filename="danh-sach-ho.{word}"'
    return answer


def _rows(commune: NamedUnit) -> list[list[str]]:
    """The heading and a row for each household; nothing in it that a household would not want to be read out."""
    session, hamlets = http.session(), hamlets_seen()
    codes = {unit.id: unit.code for unit in hamlets}
    teams = {team.id: team.code for team in teams_in(session, commune.id, clock.today())}
    heading = [words[0] for words in importing.COLUMNS.values()]
    rows = [
        [row.code, codes[row.hamlet.id], importing.KIND_WORDS[row.kind][0], row.nickname, teams.get(row.team, "") if row.team else ""]
        for row in households_in(session, codes)
    ]  # fmt: skip
    return [heading, *rows]


@blueprint.post("/household-list")
@guarded(staff_with(*TEAM_KEEPERS))
def upload_households() -> ResponseReturnValue:
    """What the file would change, in words; nothing is written yet."""
    commune, file = _commune(), request.files.get("file")
    if file is None or not file.filename:
        return _form_page(FileMissing())
    try:
        found = importing.preview(http.session(), commune.id, file.stream.read(), file.filename)
    except SheetRefused as refused:
        return _form_page(refused)
    return page(
        "household_preview.html",
        found=found,
        file_name=file.filename[:200],
        lines=importing.as_text(found.entries),
        groups=_groups(found),
        troubles=[(t.line, gettext(t.sentence) % t.values if t.values else gettext(t.sentence)) for t in found.troubles],
    )  # fmt: skip


def _groups(found: importing.Plan) -> list[tuple[str, list[tuple[int, str]]]]:
    return [
        (gettext(title), lines)
        for what, title in GROUPS.items()
        if (lines := [(c.line, _words(c)) for c in found.changes if c.what == what])
    ]


def _words(change: importing.Change) -> str:
    values = {
        "nickname": change.nickname,
        "kind": gettext(HOUSEHOLD_KINDS[change.kind]).lower(),
        "hamlet": change.hamlet_name,
        "code": change.code,
        "team": change.team_name,
    }
    told = gettext(CHANGES[change.what]) % values
    if change.what == "added" and change.team:
        told += gettext(", giao cho %(team)s", team=change.team_name)
    return told


@blueprint.post("/household-list/yes")
@guarded(staff_with(*TEAM_KEEPERS))
def apply_households() -> ResponseReturnValue:
    """Yes to the preview. What changed meanwhile, or was written already, is refused and said."""
    commune = _commune()
    entries = importing.from_text(request.form.get("lines", "").replace("\x00", ""))
    try:
        done = importing.apply(http.session(), commune.id, entries, request.form.get("digest", ""), actor())
    except PlanOutdated as refused:
        return _form_page(refused)
    counts = {what: sum(change.what == what for change in done.changes) for what in GROUPS}
    told = ", ".join(f"{what} {count}" for what, count in counts.items() if count)
    note(http.session(), actor(), "household.import", "unit", commune.id, unit=commune.id, reason=told)
    flash(
        gettext("Đã ghi %(count)s thay đổi. Hộ không có trong tệp vẫn giữ nguyên.", count=len(done.changes))
    )
    return redirect(url_for("admin.households"))
