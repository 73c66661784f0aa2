"""One unit as it told: its card, its parts, what moved from revision to revision; and the level's answer to it."""

from flask import flash, redirect, request, url_for
from flask.typing import ResponseReturnValue
from flask_babel import gettext

from admin import levels_words
from admin.blueprint import LEVEL_KEEPERS, LEVEL_READERS, actor, blueprint, page
from admin.forms import refusal_of, typed
from admin.levels_choice import Choice, beside, chosen, keeps, key_of
from backend import http
from backend.errors import DomainError, NotAllowed, NotFound
from backend.http import guarded, staff_with
from backend.levels import accepting, reading
from backend.levels.changes import ledger
from backend.levels.errors import NothingTold
from backend.levels.overview import NEWER, TOLD, Line, overview
from backend.people.staff import names_of


@blueprint.get("/levels/units/<string:unit_code>")
@guarded(staff_with(*LEVEL_READERS))
def level_unit(unit_code: str) -> ResponseReturnValue:
    """Raises NotFound also for a unit that is not right below the level, NothingTold."""
    return _page(chosen(), unit_code)


def _page(choice: Choice, unit_code: str, error: DomainError | None = None) -> ResponseReturnValue:
    session, about = http.session(), choice.told()
    line = _line(choice, unit_code)
    sheet = reading.sheet(session, about, line.unit.code)
    if sheet is None:
        raise NothingTold
    given = accepting.answers(session, about, [line.unit.code]).get(line.unit.code, [])
    return page(
        "levels_unit.html",
        error.status if error else 200,
        choice=choice,
        line=line,
        sheet=sheet,
        parts_told=[unit for unit in sheet.units if unit.code != line.unit.code],
        entries=ledger(reading.history(session, about, line.unit.code)),
        answers={one.digest: one for one in given},
        names=names_of(session, {one.by for one in given if one.by}),
        **beside(choice, [line]),
        may_answer=keeps(choice) and line.state in (TOLD, NEWER),
        sentence=http.sentence_of(error) if error else "",
        form=request.form,
        words=levels_words,
        key_of=key_of,
        tab="",
    )


def _line(choice: Choice, unit_code: str) -> Line:
    found = overview(http.session(), choice.level, choice.told())
    line = next((one for one in found.lines if one.unit.code == unit_code), None)
    if line is None:
        raise NotFound
    return line


@blueprint.post("/levels/units/<string:unit_code>/answer")
@guarded(staff_with(*LEVEL_KEEPERS))
def level_answer(unit_code: str) -> ResponseReturnValue:
    """Accept or return the revision that was read. Raises NotAllowed, NotFound, NothingTold."""
    choice = chosen()
    if not keeps(choice):
        raise NotAllowed
    line, session, about = _line(choice, unit_code), http.session(), choice.told()
    digest, words = typed("digest", 64), typed("words", 500)
    accepted = typed("outcome", 10) == "accepted"

    def answer() -> None:
        if accepted:
            accepting.accept(session, about, line.unit.code, digest, actor(), line.unit.id)
        else:
            accepting.give_back(session, about, line.unit.code, digest, words, actor(), line.unit.id)

    if error := refusal_of(answer):
        return _page(choice, unit_code, error)
    flash(
        gettext("Đã chấp nhận. Bản này được giữ nguyên; câu trả lời đang chuyển về đơn vị gửi.")
        if accepted
        else gettext("Đã trả lại. Lý do đang chuyển về đơn vị gửi; đơn vị sẽ gửi bản kế tiếp.")
    )
    return redirect(url_for("admin.level_unit", unit_code=unit_code, **choice.query), 303)
